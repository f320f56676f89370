"""A take becomes an interaction: what it means, without transport, chunks, or anything secret in a header."""

from __future__ import annotations

import itertools
import json
import statistics
from typing import TYPE_CHECKING, Any, NamedTuple

from runmock.core.errors import CassetteError
from runmock.core.interaction import Interaction, Pace, event_of
from runmock.core.multipart import upload
from runmock.core.operations import api_path
from runmock.core.recorder import Chunk, Ending
from runmock.core.redacted import redacted_query
from runmock.core.sse import EventDecoder
from runmock.core.stream_ends import OTHERS, Ends, ends_of, has_end, is_end
from runmock.tape.bodies import GZIP, unpacked
from runmock.tape.redaction import redacted_texts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from runmock.core.exchange import Request
    from runmock.core.interaction import StreamEvent
    from runmock.core.recorder import Take
    from runmock.core.script import Source
    from runmock.core.sse import ServerSentEvent

KEPT_HEADERS = frozenset({"retry-after", "retry-after-ms", "x-should-retry"})
"""All headers of an answer that a cassette keeps, besides the content type of a text."""
_FAILED = 400
_WHY_HALF = {
    Ending.WHOLE: "upstream closed the stream of {request} without {end}",
    Ending.LEFT: "the stream of {request} was not read to its end",
    Ending.BROKEN: "upstream broke off in the stream of {request}",
}
"""Why the end of a stream is missing, by how its answer ended."""


def interaction_of(take: Take, source: Source) -> Interaction:
    """What a take means. Raises CassetteError for what a cassette cannot hold: a body that is no text."""
    request = take.request
    headers = tuple((name, value) for name, value in take.headers if name in KEPT_HEADERS)
    told: dict[str, Any]
    stream = _stream_of(take)
    told = _answer(take, headers) if stream is None else _stream_fields(stream, take.ending)
    if take.status >= _FAILED:
        told = {key: redacted_texts(value) if key in {"json", "text"} else value for key, value in told.items()}
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


class _StreamRead(NamedTuple):
    """What came of a stream."""

    events: tuple[StreamEvent, ...]
    times: tuple[float, ...]
    """When each came, in milliseconds."""
    ends: Ends
    """The events, any of which ends it."""
    is_cut: bool
    """The body stops within an event."""

    def is_half(self, ending: Ending | None) -> bool:
        """Whether its end was not seen. A stream of no API of ours ends with its body, when upstream ended that."""
        is_over = ending is Ending.WHOLE and not self.ends and not self.is_cut
        return not is_over and not has_end(self.events, self.ends)


def _stream_fields(stream: _StreamRead, ending: Ending | None) -> dict[str, Any]:
    """The events, how they were paced, and whether the end was seen."""
    return {"stream": stream.events, "pace": _pace(stream.times), "is_truncated": stream.is_half(ending)}


def why_half(take: Take) -> str | None:
    """Why the end of a stream is missing, as a sentence for people.

    None for a whole one, for what is no stream, and for what cannot be read.
    """
    try:
        stream = _stream_of(take)
    except CassetteError:
        return None
    if stream is None or not stream.is_half(take.ending):
        return None
    request = f"{take.request.method} {api_path(take.request.method, take.request.path)}"
    end = stream.ends[0] if stream.ends else "the rest of its last event"
    return _WHY_HALF[take.ending or Ending.LEFT].format(request=request, end=end)


def _stream_of(take: Take) -> _StreamRead | None:
    """The events of a stream; None for an answer that is none, or only calls itself one."""
    if not take.is_stream:
        return None
    decoder = EventDecoder()
    events: list[ServerSentEvent] = []
    times: list[float] = []
    for at_ms, data in _plain_chunks(take):
        found = decoder.feed(data)
        events += found
        times += [at_ms] * len(found)
    ends = ends_of(take.request.method, take.request.path) if take.status < _FAILED else OTHERS
    kept = [event_of(event) for event in events]
    last = [event_of(event) for event in decoder.feed(b"\n\n")] if decoder.rest else []
    is_over = take.ending is Ending.WHOLE and not ends
    if last and _is_complete(last[0]) and (is_over or is_end(last[0], ends)):
        kept, last = [*kept, *last], []  # recorders cut off the blank line
    if not kept and (take.status >= _FAILED or _is_json(take)):
        return None
    return _StreamRead(tuple(kept), tuple(times), ends, is_cut=bool(last))


def _is_complete(event: StreamEvent) -> bool:
    """Whether nothing seems to be missing in an event without its blank line."""
    return event.raw is None or event.is_done


def _plain_chunks(take: Take) -> list[Chunk]:
    packing = take.header("content-encoding")
    is_plain = packing in {"", "identity"} and not take.body.startswith(GZIP)
    return take.chunks if is_plain else [Chunk(0, unpacked(take.body, packing))]


def _is_json(take: Take) -> bool:
    """Whether the whole body is JSON, whatever its type says: gateways send errors so."""
    try:
        json.loads(unpacked(take.body, take.header("content-encoding")))
    except (ValueError, RecursionError):
        return False
    return True


def _pace(times: Sequence[float]) -> Pace:
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
