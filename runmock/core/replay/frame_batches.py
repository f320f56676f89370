"""Frames that nothing keeps apart go out together: for HTTP libraries, the SDK and servers each one has its price.

In a process only recorded events do, for nothing comes of reading them; a scripted run moves on while its stream is
read, and may be cancelled at any event. What ends a stream begins a frame: whether it was read is seen by it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from runmock.core.assistants.stream_ends import EVERY_END
from runmock.core.http.exchange import Frame
from runmock.core.http.json_text import STDLIB_JSON, JsonText

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from runmock.core.replay.interaction import StreamEvent

LONGEST = 64
"""So many events at most."""


def in_blocks(events: Iterable[StreamEvent], written: JsonText = STDLIB_JSON) -> Iterator[Frame]:
    """Recorded events without a pause between them; what a server sent after the end goes with the end."""
    recorded = list(events)
    end = next((number for number, event in enumerate(recorded) if event.name in EVERY_END), len(recorded))
    for part in (recorded[:end], recorded[end:]):
        for start in range(0, len(part), LONGEST):
            block = part[start : start + LONGEST]
            yield Frame(0, b"".join([event.encoded(written) for event in block]), len(block))


def together(frames: Iterable[Frame], size: int) -> Iterator[Frame]:
    """Up to so many frames as one, where no pause keeps them apart; an exception comes after what came before it."""
    coming, waiting, failure = iter(frames), list[Frame](), None
    frame: Frame | None
    while True:
        try:
            frame = next(coming, None)
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
    return Frame(frames[0].after_ms, b"".join([one.data for one in frames]), sum([one.events for one in frames]))
