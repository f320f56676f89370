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
