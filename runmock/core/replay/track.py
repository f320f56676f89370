"""One recorded interaction in a player: what it answers, and how often it was played."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from runmock.core.replay.interaction import Interaction
    from runmock.core.replay.matching import Key, RequestKey


@dataclass(slots=True)
class Track:
    """One recorded interaction and how often it was played."""

    position: int
    interaction: Interaction
    request: RequestKey
    key: Key
    """Of `request`: equal for requests that `match_on` does not distinguish."""
    played: int = 0

    @property
    def place(self) -> str:
        """For messages: `interaction 2, line 41`, without the line where there is none."""
        line = self.interaction.source.line
        return f"interaction {self.position}" + (f", line {line}" if line else "")
