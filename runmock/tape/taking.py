"""A take becomes an interaction: what it means, without transport, chunks, or anything secret in a header."""

from __future__ import annotations

import itertools
import json
import math
import statistics
from typing import TYPE_CHECKING, Any

from runmock.core.content import Content
from runmock.core.interaction import Interaction, Pace, StreamEvent
from runmock.core.media import is_json, media_type
from runmock.core.operations import api_path, gives_file
from runmock.core.recorder import Chunk, Ending
from runmock.core.redacted import redacted_query
from runmock.core.request_body import body_of
from runmock.core.sse import EventDecoder
from runmock.tape.bodies import GZIP, unpacked
from runmock.tape.redaction import redacted_texts

if TYPE_CHECKING:
    from runmock.core.exchange import Request
    from runmock.core.recorder import Take
    from runmock.core.script import Source
    from runmock.core.sse import ServerSentEvent

KEPT_HEADERS = frozenset({"retry-after", "retry-after-ms", "x-should-retry", "content-disposition"})
"""All headers of an answer that a cassette keeps, besides a content type that is not the API's usual one."""
LARGEST = 64 * 1024 * 1024
"""Bytes; of a larger binary answer a cassette keeps size and digest alone."""
ENDS = frozenset({"done", "error"})
"""The last event of a whole stream."""
_FAILED = 400


def interaction_of(take: Take, source: Source) -> Interaction:
    """What a take means. Raises CassetteError for a body that cannot be unpacked."""
    request = take.request
    headers = tuple((name, value) for name, value in take.headers if name in KEPT_HEADERS)
    told: dict[str, Any]
    told = _stream(take) if take.is_stream else _answer(take, headers)
    if take.status >= _FAILED:
        told = {key: redacted_texts(value) if key in {"json", "text"} else value for key, value in told.items()}
    return Interaction(
        source=source,
        method=request.method,
        path=api_path(request.method, request.path),
        query=redacted_query(request.query),
        body=body_of(request),
        status=take.status,
        **{"headers": headers, **told},
    )


def root_of(take: Take) -> str:
    """The API root, origin included."""
    request = take.request
    return take.origin + request.path.removesuffix("/").removesuffix(api_path(request.method, request.path))


def body_of_answer(take: Take) -> bytes:
    """The whole body of an answer that is no stream, unpacked. Raises CassetteError when it cannot be."""
    kind = take.header("content-type") or (_FILE if _is_file(take) else "")
    return unpacked(take.body, take.header("content-encoding"), kind)


_FILE = "application/octet-stream"
"""What the API says of a file's content, whatever it is (files-protocol.md, 4)."""


def _is_file(take: Take) -> bool:
    """Whether the answer is a file that the application uploaded or a run made: every byte of it counts."""
    request = take.request
    return take.status < _FAILED and gives_file(request.method, api_path(request.method, request.path))


def _answer(take: Take, headers: tuple[tuple[str, str], ...]) -> dict[str, Any]:
    """JSON where the answer says that it is some; else a text, or bytes, each with its type."""
    kind, body = take.header("content-type"), body_of_answer(take)
    typed = ((("content-type", kind),) if kind else ()) + headers
    if not _is_file(take) and (is_json(kind) or not kind):
        try:
            value = json.loads(body, parse_float=_finite, parse_constant=_finite)
        except (ValueError, RecursionError):
            pass  # a text, whatever it says of itself
        else:
            return {"json": value, "headers": headers if media_type(kind) in USUAL else typed}
    is_half = take.ending is not Ending.WHOLE
    return {**_as_it_is(body), "headers": typed, "is_truncated": is_half}


USUAL = frozenset({"application/json", ""})
"""Types of JSON that need not be told."""


def _as_it_is(body: bytes) -> dict[str, Any]:
    """A body whose every byte counts: a text where it is one, else bytes, or their digest when they are too many."""
    try:
        return {"text": body.decode()}
    except UnicodeDecodeError:
        content = Content.of(body)
        return {"content": content if content.size <= LARGEST else content.without_bytes()}


def _finite(text: str) -> float:
    """A number. Raises ValueError for one that no answer can repeat: beyond a float, or none at all."""
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(text)
    return value


def _stream(take: Take) -> dict[str, Any]:
    """The events, how they were paced, and whether the end was seen; a last event without its blank line counts."""
    decoder = EventDecoder()
    events: list[ServerSentEvent] = []
    times: list[float] = []
    packing = take.header("content-encoding")
    is_plain = packing in {"", "identity"} and not take.body.startswith(GZIP)
    chunks = take.chunks if is_plain else [Chunk(0, unpacked(take.body, packing))]
    for at_ms, data in chunks:
        found = decoder.feed(data)
        events += found
        times += [at_ms] * len(found)
    if decoder.rest and (trimmed := decoder.feed(b"\n\n")) and trimmed[-1].name in ENDS:
        events += trimmed
    told = tuple(event_of(event) for event in events)
    return {
        "stream": told,
        "pace": _pace(times),
        "is_truncated": not told or told[-1].name not in ENDS,
    }


def event_of(event: ServerSentEvent) -> StreamEvent:
    """An event as a recording keeps it; its own text where name and JSON do not say it all."""
    if event == ("done", "[DONE]"):
        return StreamEvent("done")
    try:
        data = None if event.data.startswith("[DONE]") else json.loads(event.data)
    except (ValueError, RecursionError):
        data = None
    if data is None and event.data != "null":
        lines = "".join(f"data: {line}\n" for line in event.data.split("\n"))
        name = "" if event.name == "message" else f"event: {event.name}\n"
        return StreamEvent(event.name, None, f"{name}{lines}\n")
    return StreamEvent(event.name, data)


def _pace(times: list[float]) -> Pace:
    """The first event's delay and the usual gap, in whole milliseconds."""
    if not times:
        return Pace()
    gaps = [later - earlier for earlier, later in itertools.pairwise(times)]
    return Pace(round(times[0]), round(statistics.median(gaps)) if gaps else 0)


def sdk_of(request: Request) -> str | None:
    """The SDK that sent a request, as it says of itself: `openai 3.54.0`; None when it does not."""
    version = request.headers.get("x-stainless-package-version")
    language = request.headers.get("x-stainless-lang", "python")
    if version is None:
        return None
    return f"openai {version}" if language == "python" else f"openai {version} ({language})"
