"""A take becomes an interaction: the meaning of an answer, without transport, chunks, and most headers."""

from __future__ import annotations

import itertools
import json
import statistics
from typing import TYPE_CHECKING, Any, NamedTuple

from runmock.apis.registry import identify
from runmock.apis.service.roots import gives_file
from runmock.core.errors import CassetteError
from runmock.core.http.json_text import finite
from runmock.core.http.media_types import is_json, media_type
from runmock.core.http.request_body import kept_body
from runmock.core.replay.binary_content import BinaryContent
from runmock.core.replay.interaction import Interaction, RecordedPace, has_end, is_end, stream_of, unlike_events
from runmock.core.replay.recorder import AnswerEnd, Portion
from runmock.core.script.script import Source
from runmock.core.secrets.redacted import redacted_query
from runmock.tape.reading.bodies import GZIP, unpacked
from runmock.tape.reading.captured_events import captured_events

if TYPE_CHECKING:
    from collections.abc import Sequence

    from runmock.core.http.exchange import Request
    from runmock.core.replay.interaction import Ends, StreamEvent
    from runmock.core.replay.recorder import CapturedAnswer

KEPT_HEADERS = frozenset({"retry-after", "retry-after-ms", "x-should-retry", "content-disposition"})
"""All headers of an answer that a cassette keeps, besides a content type that is not the API's usual one."""
LARGEST = 64 * 1024 * 1024
"""Bytes; of a larger binary answer a cassette keeps size and digest alone."""
_FAILED = 400
_WHY_HALF = {
    AnswerEnd.WHOLE: "upstream closed the stream of {request} without {end}",
    AnswerEnd.LEFT: "the stream of {request} was not read to its end",
    AnswerEnd.BROKEN: "upstream broke off in the stream of {request}",
}
"""Why the end of a stream is missing, by how its answer ended."""


def interaction_of(take: CapturedAnswer, source: Source, *, lets_go: bool = False) -> Interaction:
    """The interaction of a take, its texts as they came. Raises CassetteError for a body that cannot be unpacked.

    `lets_go`: the take keeps the interaction in the place of its bytes, which go while they are read.
    """
    if take.interaction is not None:
        return take.interaction._replace(source=source)
    request = take.request
    headers = tuple((name, value) for name, value in take.headers if name in KEPT_HEADERS)
    stream = _stream_of(take, lets_go=lets_go)
    answer = _answer(take, headers, lets_go=lets_go) if stream is None else _stream_fields(stream, take.ending)
    interaction = Interaction(
        source=source,
        method=request.method,
        path=take.incoming.operation.path,
        query=redacted_query(request.query),
        body=kept_body(take.incoming),
        status=take.status,
        identify=identify,
        **{"headers": headers, **answer},
    )
    if lets_go:
        take.portions.clear()
        take.interaction = interaction
    return interaction


def root_of(take: CapturedAnswer) -> str:
    """The API root that the request went to, such as `https://api.openai.com/v1`."""
    request = take.request
    return take.origin + request.path.removesuffix("/").removesuffix(take.incoming.operation.path)


def body_of_answer(take: CapturedAnswer) -> bytes:
    """The whole body of an answer that is no stream, unpacked. Raises CassetteError when it cannot be."""
    kind = take.header("content-type") or (_FILE if _is_file(take) else "")
    return unpacked(take.body, take.header("content-encoding"), kind)


_FILE = "application/octet-stream"
"""The content type that the API sends with every file's content (docs/protocol/files.md#content)."""


def _is_file(take: CapturedAnswer) -> bool:
    """Whether the answer is the content of a file: one that the application uploaded or a run made."""
    request = take.request
    return take.status < _FAILED and gives_file(request.method, take.incoming.operation.path)


def _answer(take: CapturedAnswer, headers: tuple[tuple[str, str], ...], *, lets_go: bool) -> dict[str, Any]:
    """The fields of an interaction for an answer: its JSON if it claims to be JSON, else a text, or bytes."""
    kind, body = take.header("content-type"), body_of_answer(take)
    typed = ((("content-type", kind),) if kind else ()) + headers
    if lets_go:
        take.portions.clear()
    if not _is_file(take) and (is_json(kind) or not kind):
        try:
            value = json.loads(body, parse_float=finite, parse_constant=finite)
        except (ValueError, RecursionError):
            pass  # it is a text, whatever its content type says
        else:
            return {"json": value, "headers": headers if media_type(kind) in USUAL else typed}
    is_half = take.ending is not AnswerEnd.WHOLE
    return {**_as_it_is(body), "headers": typed, "is_truncated": is_half}


USUAL = frozenset({"application/json", ""})
"""Content types of JSON that a cassette leaves out."""


def _as_it_is(body: bytes) -> dict[str, Any]:
    """The field for a body that is kept to the byte: a text, or else bytes, or the digest of too many bytes."""
    try:
        return {"text": body.decode()}
    except UnicodeDecodeError:
        content = BinaryContent.of(body)
        return {"content": content if content.size <= LARGEST else content.without_bytes()}


class _StreamRead(NamedTuple):
    """The events of a recorded stream, when each came, and what ends such a stream."""

    events: Sequence[StreamEvent]
    times: tuple[float, ...]
    """When each event came, in milliseconds since the request."""
    ends: Ends
    """The events, any of which ends the stream."""
    is_cut: bool
    """Whether the body stops within an event."""

    def is_half(self, ending: AnswerEnd | None) -> bool:
        """Whether the stream's end is missing. If no event ends such streams, it ends where upstream ended the body."""
        is_over = ending is AnswerEnd.WHOLE and not self.ends and not self.is_cut
        return not is_over and not has_end(unlike_events(self.events), self.ends)


def _stream_fields(stream: _StreamRead, ending: AnswerEnd | None) -> dict[str, Any]:
    """The fields of an interaction for a stream: events, pace, and whether the end is missing."""
    return {"stream": stream.events, "pace": _pace(stream.times), "is_truncated": stream.is_half(ending)}


def why_half(take: CapturedAnswer) -> str | None:
    """Why the end of a stream is missing, as a sentence for people.

    None for a whole stream, for an answer that is no stream, and for a body that cannot be unpacked.
    """
    if not take.is_stream:
        return None
    try:
        interaction = interaction_of(take, Source("", 0))
    except CassetteError:
        return None
    if interaction.stream is None or not interaction.is_truncated:
        return None
    request, ends = f"{take.request.method} {take.incoming.operation.path}", _ends_of(take)
    end = ends[0] if ends else "the rest of its last event"
    return _WHY_HALF[take.ending or AnswerEnd.LEFT].format(request=request, end=end)


def _ends_of(take: CapturedAnswer) -> Ends:
    return take.incoming.operation.ends if take.status < _FAILED else ()


def _stream_of(take: CapturedAnswer, *, lets_go: bool) -> _StreamRead | None:
    """The events of an answer; None when it is no stream, even if its content type says that it is one."""
    if not take.is_stream:
        return None
    ends, padding, portions = _ends_of(take), take.incoming.operation.api.noise.padding, _plain_portions(take)
    in_turn = take.taken_portions() if lets_go and portions is take.portions and _is_surely_stream(take) else portions
    kept, times, last = captured_events(portions, padding, in_turn)
    is_over = take.ending is AnswerEnd.WHOLE and not ends
    if last and _is_complete(last[0]) and (is_over or is_end(last[0], ends)):
        kept, last = [*kept, *last], []  # recorders cut off the blank line
    if not kept and (take.status >= _FAILED or _is_json(take)):
        return None
    if not kept and is_over and not last and take.body.strip():
        return None  # only its content type is a stream's
    return _StreamRead(stream_of(kept), tuple(times), ends, is_cut=bool(last))


def _is_surely_stream(take: CapturedAnswer) -> bool:
    """Whether an answer is a stream by its first bytes, so that it is not read again as something else."""
    return take.status < _FAILED and _beginning(take).startswith((b"event:", b"data:"))


def _is_complete(event: StreamEvent) -> bool:
    """Whether an event is complete but for the blank line after it."""
    return event.raw is None or event.is_done


def _beginning(take: CapturedAnswer) -> bytes:
    """The first bytes of an answer: at least as many as a kind of content is known by, if it has as many."""
    return b"".join([bytes(portion.data[:_KNOWN_BY]) for portion in take.portions[:_KNOWN_BY]])


_KNOWN_BY = max(len(GZIP), len(b"event:"))


def _plain_portions(take: CapturedAnswer) -> list[Portion]:
    packing = take.header("content-encoding")
    if packing in {"", "identity"} and not _beginning(take).startswith(GZIP):
        return take.portions
    data = unpacked(take.body, packing)
    return [Portion(data, [len(data)], [0])]


def _is_json(take: CapturedAnswer) -> bool:
    """Whether the whole body is JSON, whatever its content type: gateways send errors as JSON typed as a stream."""
    try:
        json.loads(unpacked(take.body, take.header("content-encoding")))
    except (ValueError, RecursionError):
        return False
    return True


def _pace(times: Sequence[float]) -> RecordedPace:
    """The first event's delay and the usual gap, in whole milliseconds."""
    if not times:
        return RecordedPace()
    gaps = [later - earlier for earlier, later in itertools.pairwise(times)]
    return RecordedPace(round(times[0]), round(statistics.median(gaps)) if gaps else 0)


def sdk_of(request: Request) -> str | None:
    """The SDK and version in a request's headers, such as `openai 3.54.0`; None when they do not say."""
    version = request.headers.get("x-stainless-package-version")
    language = request.headers.get("x-stainless-lang", "python")
    if version is None:
        return None
    return f"openai {version}" if language == "python" else f"openai {version} ({language})"
