"""How fast streams are played: at once, at the pace that the cassette tells, a multiple of it, or a fixed one."""

from __future__ import annotations

import re
from dataclasses import dataclass

from runmock.core.errors import UsageError

_DURATION = re.compile(r"^(\d+(?:\.\d+)?)(ms|s)$")
_FACTOR = re.compile(r"^(\d+(?:\.\d+)?)x$")


@dataclass(frozen=True, slots=True)
class Pace:
    """The delay before a frame, from the delay that the cassette tells: `factor` of it, or always `fixed_ms`."""

    factor: float = 0
    fixed_ms: float | None = None

    def delay_ms(self, told_ms: float) -> float:
        """Milliseconds to wait before a frame for which the cassette tells `told_ms`."""
        return told_ms * self.factor if self.fixed_ms is None else self.fixed_ms

    @classmethod
    def read(cls, text: str | float | None) -> Pace:
        """`0`, `recorded`, `2x` (twice as fast as recorded), `20ms`, `1.5s`; a number is milliseconds.

        Raises UsageError for anything else.
        """
        said = str(text).strip() if text is not None else "0"
        if said == "recorded":
            return cls(factor=1)
        if found := _FACTOR.match(said):
            if float(found[1]) > 0:
                return cls(factor=1 / float(found[1]))
        elif found := _DURATION.match(said):
            return cls(fixed_ms=float(found[1]) * (1000 if found[2] == "s" else 1))
        elif said.replace(".", "", 1).isdecimal():
            return cls(fixed_ms=float(said))
        raise UsageError(f"pace {text!r} is not known; give 0, recorded, 2x (twice as fast as recorded) or 20ms")
