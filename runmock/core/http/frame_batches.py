"""Frames without a pause between them go out as one, because each frame costs time in HTTP libraries, SDK and servers.

Within a process only recorded events are joined: reading them changes nothing. A scripted run moves on while its
stream is read, and may be cancelled at any event. The event that ends a stream always begins a frame, so that it
shows whether the application has read it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from runmock.core.http.alike_events import AlikeEncoder
from runmock.core.http.exchange import Frame
from runmock.core.http.json_text import STDLIB_JSON, JsonText
from runmock.core.http.sse import NAMELESS
from runmock.core.replay.interaction import AlikeDeltas, first_of, is_end

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from runmock.core.replay.interaction import Ends, StreamEvent

LONGEST = 64
"""A frame holds at most this many events."""


def event_batches(
    parts: Iterable[StreamEvent | AlikeDeltas], ends: Ends = (), written: JsonText = STDLIB_JSON
) -> Iterator[Frame]:
    """Frames of recorded events that have no pause between them; events after the stream's end share its frame."""
    recorded = list(parts)
    end = _position_of_end(recorded, ends)
    for block in _blocks(_runs(recorded[:end], written)):
        yield _frame(block)
    if end < len(recorded):
        is_last = end == len(recorded) - 1
        for block in _blocks(_runs(recorded[end:], written)):
            yield _frame(block, is_last=is_last)


def _position_of_end(parts: Sequence[StreamEvent | AlikeDeltas], ends: Ends) -> int:
    """The position of the first part with an end of the stream; behind the last part when there is none."""
    for position, part in enumerate(parts):
        if (isinstance(part, AlikeDeltas) or part.data is None or part.name in ends) and is_end(first_of(part), ends):
            return position
    return len(parts)


class _Events(NamedTuple):
    """Events in a row that are not known to be alike."""

    events: Sequence[StreamEvent]
    written: JsonText

    def encoded(self, start: int, stop: int) -> bytes:
        """The bytes of the events from one position to before another."""
        return _encoded(self.events[start:stop], self.written)


_Run: TypeAlias = "_Events | AlikeEncoder"


def _runs(parts: Sequence[StreamEvent | AlikeDeltas], written: JsonText) -> list[tuple[_Run, int]]:
    """Alike deltas, and the events between them, each with its number of events."""
    runs: list[tuple[_Run, int]] = []
    events: list[StreamEvent] = []
    for part in parts:
        if isinstance(part, AlikeDeltas):
            runs += (_Events(events, written), len(events)), (AlikeEncoder(part, written), len(part.texts))
            events = []
        else:
            events.append(part)
    return [*runs, (_Events(events, written), len(events))]


def _blocks(runs: Iterable[tuple[_Run, int]]) -> Iterator[list[tuple[_Run, int, int]]]:
    """Runs with two positions; they are cut so that each block but the last one has as many events as a frame may."""
    block: list[tuple[_Run, int, int]] = []
    room = LONGEST
    for run, size in runs:
        start = 0
        while start < size:
            stop = min(size, start + room)
            block.append((run, start, stop))
            room -= stop - start
            start = stop
            if not room:
                yield block
                block, room = [], LONGEST
    if block:
        yield block


def _encoded(events: Sequence[StreamEvent], written: JsonText) -> bytes:
    """The bytes of some events, which are encoded together where each has a name and JSON."""
    if [event for event in events if event.raw is not None or event.data is None or event.name == NAMELESS]:
        return b"".join([event.encoded(written) for event in events])
    try:
        texts = written.each_compact([event.data for event in events])
        names = [event.name.encode() for event in events]
    except UnicodeEncodeError:  # half of a surrogate pair
        return b"".join([event.encoded(written) for event in events])
    return b"".join([b"event: %b\ndata: %b\n\n" % named for named in zip(names, texts, strict=True)])


def _frame(block: Sequence[tuple[_Run, int, int]], *, is_last: bool = False) -> Frame:
    data = b"".join([run.encoded(start, stop) for run, start, stop in block])
    return Frame(0, data, sum([stop - start for _, start, stop in block]), is_last)


class JoinedFrames:
    """Up to `size` frames without a pause between them as one; an exception is raised after the frames before it."""

    def __init__(self, frames: Iterable[Frame], size: int) -> None:
        self._frames, self._joined = frames, _all_joined(frames, size)

    def __iter__(self) -> Iterator[Frame]:
        return self

    def __next__(self) -> Frame:
        return next(self._joined)

    def close(self) -> None:
        """Nobody reads them any more."""
        close: Callable[[], object] = getattr(self._frames, "close", tuple)
        close()


def _all_joined(frames: Iterable[Frame], size: int) -> Iterator[Frame]:
    upcoming, waiting, failure = iter(frames), list[Frame](), None
    frame: Frame | None
    while True:
        try:
            frame = next(upcoming, None)
        except BaseException as error:  # noqa: BLE001 - it is raised below
            frame, failure = None, error
        if waiting and (frame is None or frame.after_ms or len(waiting) == size):
            yield _joined(waiting)
            waiting = []
        if frame is None:
            break
        waiting.append(frame)
    if failure is not None:
        raise failure


def _joined(frames: list[Frame]) -> Frame:
    return Frame(
        frames[0].after_ms, b"".join([frame.data for frame in frames]), sum([frame.events for frame in frames])
    )
