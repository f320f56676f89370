"""How fast streams are played: at once, at the recorded pace, a multiple of it, or a fixed one."""

from __future__ import annotations

import re
from dataclasses import dataclass

from runmock.core.errors import UsageError

DURATION = re.compile(r"[0-9]+(\.[0-9]+)? ?(ms|s)")
"""A time: a number with its unit."""
_UNITS_MS = {"ms": 1, "s": 1000}
_FACTOR = re.compile(r"^(\d+(?:\.\d+)?)x$")


def duration_ms(text: str) -> float | None:
    """The milliseconds that `20ms` or `1.5s` means; None for what is no time."""
    written = DURATION.fullmatch(text)
    return None if written is None else float(text.removesuffix(written[2])) * _UNITS_MS[written[2]]


@dataclass(frozen=True, slots=True)
class Pace:
    """The delay before a frame: the recorded delay times `factor`, or always `fixed_ms`."""

    factor: float = 0
    fixed_ms: float | None = None

    def delay_ms(self, recorded_ms: float) -> float:
        """Milliseconds to wait before a frame that came after `recorded_ms` in the recording."""
        return recorded_ms * self.factor if self.fixed_ms is None else self.fixed_ms

    @classmethod
    def read(cls, text: str | float | None) -> Pace:
        """A Pace from an option: `0`, `recorded`, `2x` (twice as fast as recorded), `20ms`, `1.5s`; a number is in ms.

        Raises UsageError for anything else.
        """
        if text is None or text == "0":
            return AT_ONCE  # as nearly always
        option = str(text).strip()
        if option == "recorded":
            return cls(factor=1)
        if match := _FACTOR.match(option):
            if float(match[1]) > 0:
                return cls(factor=1 / float(match[1]))
        elif (ms := duration_ms(option)) is not None and " " not in option:
            return cls(fixed_ms=ms)
        elif option.replace(".", "", 1).isdecimal():
            return cls(fixed_ms=float(option))
        raise UsageError(f"pace {text!r} is not known; give 0, recorded, 2x (twice as fast as recorded) or 20ms")


AT_ONCE = Pace(fixed_ms=0.0)
"""The pace without any delay."""
