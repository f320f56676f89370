"""What the record of an application's requests asks of the edges: the time, and the functions that wait for answers."""

from __future__ import annotations

from typing import Protocol


class WaitingCallers(Protocol):
    """The application's functions that were waiting when an answer was given."""

    def raised(self) -> bool:
        """Whether one of them has been left by an exception since."""


class CallerWatch(Protocol):
    """What core cannot know by itself: the time, and which functions of the application wait for an answer."""

    def now_ns(self) -> int:
        """Nanoseconds on a clock that never goes back."""

    def is_time_real(self) -> bool:
        """Whether a sleep really takes its time; false when a test has replaced the functions for time and sleep."""

    def seconds_until(self, date: str) -> float | None:
        """How far away an HTTP date is; None when the text is not a date."""

    def callers(self) -> WaitingCallers:
        """The functions that wait for the answer that is being given."""


class UnknownCallers:
    """Functions in another process: what they do is not known, and nothing is held against them."""

    def raised(self) -> bool:
        """Whether one of them was left by an exception: it may well have been."""
        return True
