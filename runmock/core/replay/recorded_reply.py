"""Makes a Reply of a recorded answer: a stream event by event, JSON as the service sends it, the rest byte for byte."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from runmock.core.engine.run_status import RunStatus
from runmock.core.errors import CassetteError, ScriptError, UnmatchedRequest
from runmock.core.http.alike_events import each_encoded
from runmock.core.http.exchange import Frame, Reply
from runmock.core.http.frame_batches import event_batches
from runmock.core.http.media_types import is_json
from runmock.core.replay.interaction import AlikeDeltas, first_of, parts_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from runmock.core.api import Api
    from runmock.core.engine.pace import Pace
    from runmock.core.engine.run_status import RunState
    from runmock.core.http.json_text import JsonText
    from runmock.core.replay.binary_content import BinaryContent
    from runmock.core.replay.interaction import Interaction, StreamEvent

Headers = tuple[tuple[str, str], ...]

_FEW = 16
"""A stream of so many events goes out at once; of a longer one the first event goes out alone, so that it is early."""


def reply_of(interaction: Interaction, api: Api, pace: Pace, written: JsonText) -> Reply:
    """The recorded answer as a Reply; `api` is that of its request.

    Raises UnmatchedRequest when the cassette does not keep its bytes, ScriptError when the file with them is missing.
    """
    if interaction.text is not None:
        return _whole(interaction, interaction.text.encode(), "text/plain; charset=utf-8")
    if interaction.content is not None:
        return _whole(interaction, _bytes_of(interaction, interaction.content), "application/octet-stream")
    kind, headers = _parted(interaction.headers) if interaction.headers else ("", ())
    if interaction.stream is not None:
        reply = Reply.of_events(_frames(interaction, pace, written), headers, interaction.status)
        return reply.with_run(lambda: _last_run(interaction, api))
    if kind and is_json(kind):
        reply = Reply.of_json(interaction.json, interaction.status, written=written)
        return Reply(reply.status, (("content-type", kind), *headers), reply.frames)
    state = api.run_state(interaction.json)
    if interaction.method == "GET" and (state is not None or _is_in_progress(interaction.json)):
        headers = (*headers, ("openai-poll-after-ms", "0"))
    frames = (Frame(0, written.indented(interaction.json)),)
    return Reply(interaction.status, (("content-type", "application/json"), *headers), frames, False, lambda: state)


def _is_in_progress(payload: Any) -> bool:
    """Whether an object is one that clients ask for again until it is done, though it is no run."""
    return isinstance(payload, dict) and payload.get("status") == RunStatus.IN_PROGRESS


def _parted(headers: Headers) -> tuple[str, Headers]:
    """The content type (the empty string when there is none), and the other headers."""
    kind, others = "", []
    for name, value in headers:
        if name.lower() == "content-type":
            kind = value
        else:
            others.append((name, value))
    return kind, tuple(others)


def _whole(interaction: Interaction, data: bytes, usual: str) -> Reply:
    """A body that is sent unchanged, with the recorded content type, else with `usual`."""
    kind, headers = _parted(interaction.headers)
    return Reply(interaction.status, (("content-type", kind or usual), *headers), (Frame(0, data),))


def _bytes_of(interaction: Interaction, content: BinaryContent) -> bytes:
    source = interaction.source
    request = f"{interaction.method} {interaction.path}"
    place = f"interaction {source.index}" + (f", line {source.line}" if source.line else "")
    if content.read is None:
        raise UnmatchedRequest(
            f"the answer to {request} is not in the cassette: its {content.size:,} bytes were too many to keep\n"
            f"  cassette  {source.cassette}, {place}\n"
            "  fix it    put the file beside the cassette, and name it there with 'path'"
        )
    try:
        return content.read()
    except CassetteError as error:
        raise ScriptError(
            f"{error.message}\n"
            f"  cassette  {source.cassette}, {place}, which answers {request}\n"
            "  fix it    put the file back, or record it again"
        ) from None


def _frames(interaction: Interaction, pace: Pace, written: JsonText) -> Iterator[Frame]:
    first_ms, gap_ms = map(pace.delay_ms, interaction.pace)
    parts = parts_of(interaction.stream)
    if not (first_ms or gap_ms) and len(parts) <= _FEW and len(interaction.stream or ()) <= _FEW:
        yield from event_batches(parts, interaction.operation.ends, written)
        return
    for part in parts[:1]:
        yield Frame(first_ms, first_of(part).encoded(written))
    others = _without_first(parts)
    if gap_ms:
        yield from (Frame(gap_ms, data) for part in others for data in each_encoded(part, written))
    else:
        yield from event_batches(others, interaction.operation.ends, written)


def _without_first(parts: Sequence[StreamEvent | AlikeDeltas]) -> Sequence[StreamEvent | AlikeDeltas]:
    """The parts of a stream without its first event."""
    others = parts[1:]
    if parts and isinstance(alike := parts[0], AlikeDeltas) and len(alike.texts) > 1:
        return (alike.between(1, len(alike.texts)), *others)
    return others


def _last_run(interaction: Interaction, api: Api) -> RunState | None:
    """The state of the run that a recorded stream shows last; None when it shows none."""
    for part in reversed(parts_of(interaction.stream)):
        if (state := api.run_state(first_of(part).data)) is not None:
            return state
    return None
