"""Recorded deltas that nothing keeps apart go out together: for the HTTP library and the SDK each frame has its price.

Only deltas, which change nothing but a text: of any other event the application may ask at once what it says. Only
recorded ones: a scripted run moves on while its stream is read, and may be cancelled at any event.
"""

from __future__ import annotations

from itertools import groupby, islice
from typing import TYPE_CHECKING

from runmock.core.exchange import Frame

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

LONGEST = 64
"""So many events at most."""
_DELTAS = (b"event: thread.message.delta\n", b"event: thread.run.step.delta\n")


def in_blocks(events: Iterable[bytes]) -> Iterator[Frame]:
    """Frames without a pause between them."""
    for are_deltas, group in groupby(events, lambda event: event.startswith(_DELTAS)):
        size = LONGEST if are_deltas else 1
        while block := list(islice(group, size)):
            yield Frame(0, b"".join(block), len(block))


def together(frames: Iterable[Frame], size: int) -> Iterator[Frame]:
    """Up to so many frames as one, where no pause keeps them apart; an exception comes after what came before it."""
    waiting: list[Frame] = []
    try:
        for frame in frames:
            if waiting and (frame.after_ms or len(waiting) == size):
                yield _joined(waiting)
                waiting = []
            waiting.append(frame)
    except Exception:
        if waiting:
            yield _joined(waiting)
        raise
    if waiting:
        yield _joined(waiting)


def _joined(frames: list[Frame]) -> Frame:
    return Frame(frames[0].after_ms, b"".join([one.data for one in frames]), sum([one.events for one in frames]))
