"""A take becomes an interaction: what it means, without transport, chunks, or anything secret in a header."""

from __future__ import annotations

import itertools
import json
import statistics
from typing import TYPE_CHECKING, Any

from runmock.core.errors import CassetteError
from runmock.core.interaction import Interaction, Pace, StreamEvent
from runmock.core.multipart import upload
from runmock.core.operations import api_path
from runmock.core.recorder import Chunk, Ending
from runmock.core.redacted import redacted_query
from runmock.core.sse import EventDecoder
from runmock.tape.bodies import GZIP, unpacked

if TYPE_CHECKING:
    from runmock.core.exchange import Request
    from runmock.core.recorder import Take
    from runmock.core.script import Source
    from runmock.core.sse import ServerSentEvent

KEPT_HEADERS = frozenset({"retry-after", "retry-after-ms", "x-should-retry"})
"""All headers of an answer that a cassette keeps, besides the content type of a text."""
ENDS = frozenset({"done", "error"})
"""The last event of a whole stream."""


def interaction_of(take: Take, source: Source) -> Interaction:
    """What a take means, its texts as they came. Raises CassetteError for a body that is no text."""
    request = take.request
    headers = tuple((name, value) for name, value in take.headers if name in KEPT_HEADERS)
    told: dict[str, Any]
    told = _stream(take) if take.is_stream else _answer(take, headers)
    return Interaction(
        source=source,
        method=request.method,
        path=api_path(request.method, request.path),
        query=redacted_query(request.query),
        body=_body(request),
        status=take.status,
        **{"headers": headers, **told},
    )


def root_of(take: Take) -> str:
    """The API root, origin included."""
    request = take.request
    return take.origin + request.path.removesuffix("/").removesuffix(api_path(request.method, request.path))


def _body(request: Request) -> Any:
    if not request.body.strip():
        return None
    try:
        return json.loads(request.body)
    except (ValueError, RecursionError):
        sent = upload(request.body)
        return _text(request.body, f"the body of {request.method} {request.path}") if sent is None else sent


def _text(body: bytes, what: str) -> str:
    try:
        return body.decode()
    except UnicodeDecodeError:
        raise CassetteError(f"{what} is no text: {len(body):,} bytes that are not UTF-8", "recording") from None


def _answer(take: Take, headers: tuple[tuple[str, str], ...]) -> dict[str, Any]:
    kind, body = take.header("content-type"), unpacked(take.body, take.header("content-encoding"))
    if "json" in kind or not kind:
        try:
            return {"json": json.loads(body)}
        except (ValueError, RecursionError):
            pass  # a text, whatever it says of itself
    what = f"the answer to {take.request.method} {take.request.path}"
    headers = ((("content-type", kind),) if kind else ()) + headers
    is_half = take.ending is not Ending.WHOLE
    return {"text": _text(body, what), "headers": headers, "is_truncated": is_half}


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
