"""What a row is: what is measured, in which unit, and the limit. Which questions the rows answer."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple

EVERYBODY = ("runmock", "respx", "pytest-httpx", "pytest-httpx2", "vcrpy", "openai-responses")


class Question(StrEnum):
    """Each has a table, in this order."""

    CALL = "What does a call cost?"
    SUITE = "What does my suite pay?"
    GROWTH = "Does it grow?"
    RECORDING = "What does recording cost?"
    SERVE = "What does a server cost?"
    DOCUMENTS = "How long do files take?"


class Unit(StrEnum):
    """How the value of a round is told beside that of the floor in the same turn."""

    TIMES = "times the floor"
    MORE = "more than the floor"
    MORE_MS = "ms more than the floor"
    ITSELF = "the value itself"


class Spread(NamedTuple):
    """The median of rounds between its quartiles."""

    low: float
    middle: float
    high: float


@dataclass(frozen=True)
class Row:
    """What is measured.

    `prepare` makes, for the name of a contender, an object whose `round()` returns a value: seconds, unless the unit
    says otherwise. With `sizes` it gets each of them instead, and `round()` returns the seconds of one item: the smallest
    size is the floor, and the largest is runmock's value.
    """

    name: str
    prepare: Callable[[Any], Any]
    limit: float
    who: tuple[str, ...] = EVERYBODY
    unit: Unit = Unit.TIMES
    of: str = ""
    """What a value counts, if the unit does not say it."""
    share: int = 1
    """A value is shown as this part of it: of a thousand tests each has a thousandth."""
    sizes: tuple[int, ...] = ()
    line: str = ""
    """What the line in the chart of growth is called."""
    is_quick: bool = False
    is_to_reach: bool = False
    """The limit is the least that counts, not the most."""
    rounds: int | None = None
    """No more than these, where one takes seconds."""
    slow: tuple[str, ...] = ()
    """Contenders that would take minutes: a round of theirs grows with the square of the cassette."""
    why_not: str = ""
    """The reason, where the limit is not kept."""

    def keeps(self, value):
        """Whether a value keeps to the limit, or reaches it."""
        return value >= self.limit if self.is_to_reach else value <= self.limit

    def is_ahead(self, peer, ours, again):
        """Whether a peer is better than runmock by more than the noise, which `again` shows: the floor beside itself."""
        same = {Unit.TIMES: 1, Unit.ITSELF: again.middle}.get(self.unit, 0)
        noise = max(abs(again.low - same), abs(again.high - same))
        if self.unit is Unit.TIMES:
            noise *= ours.middle
        better = peer.middle - ours.middle if self.is_to_reach else ours.middle - peer.middle
        return better > noise


def beside(floor, value, row):
    """The value of a round as it is shown, beside the floor's of the same turn."""
    match row.unit:
        case Unit.ITSELF:
            return value
        case Unit.MORE:
            return (value - floor) / row.share
        case Unit.MORE_MS:
            return (value - floor) * 1000 / row.share
        case _:
            return value / floor
