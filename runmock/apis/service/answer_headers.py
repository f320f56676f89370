"""Headers that the service sends with every answer, and with those that are to be asked for again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from runmock.core.engine.stage import Stage

VERSION_HEADER = ("openai-version", "2020-10-01")
POLL_HEADER = "openai-poll-after-ms"
"""The SDK's poll helpers sleep this long instead of a second; a stuck run keeps the second.

Source: docs/protocol/polling.md#the-poll-helpers-of-the-sdk.
"""


@dataclass(slots=True)
class AnswerHeaders:
    """Mutable: the answers of a session are numbered. All APIs share it: `stage.shared(AnswerHeaders)`."""

    stage: Stage
    answered: int = 0

    def next(self) -> tuple[tuple[str, str], ...]:
        """The headers of the next answer."""
        self.answered += 1
        return VERSION_HEADER, ("x-request-id", f"req_{self.answered:032x}")
