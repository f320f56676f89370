"""The rule for the numbers of a stream's events: each is one higher than the one before it.

Source: docs/protocol/responses.md#streams. Streams without any number are right as well.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from runmock.core.report.broken_rule import BrokenRule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runmock.core.http.json_values import Keys


@dataclass(slots=True)
class Numbering:
    """Checks the numbers of one stream; mutable."""

    next: int
    """The number behind the highest one so far."""
    last: int = -1
    """The last number; events that come too late, or again, are followed by those that were next before."""
    skipped: int = 0
    """How many events without a number came since the last one with it: each may have had one. So may an error have."""

    def check(self, name: str, data: Any, keys: Keys) -> Iterator[BrokenRule]:
        """Check the number of an event."""
        number = data.get("sequence_number") if isinstance(data, dict) else None
        if number is None or name == "error":
            self.skipped += 1
            return
        if type(number) is not int:
            yield BrokenRule("numbering", keys, f"{name} has the sequence_number {number!r}, which is not a number")
            self.skipped += 1
            return
        if not (self.next <= number <= self.next + self.skipped or number == self.last + 1):
            yield BrokenRule("numbering", keys, f"{name} has the sequence_number {number}; {self.next} is next")
        self.last, self.next, self.skipped = number, max(self.next, number + 1), 0
