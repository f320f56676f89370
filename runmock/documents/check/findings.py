"""The table of rules that `runmock check` knows; a finding names the rule that is broken, and the place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

RULES: Mapping[str, str] = {
    "format": "the file is a cassette that can be read",
    "transition": "a run or a response goes from one status only to those that may follow it",
    "event-order": "the events of a stream come in an order in which the service sends them",
    "numbering": "the events of a stream are numbered one by one, where they have numbers",
    "unknown-id": "every id refers to something that the file has before it, and one thing has one id",
    "unanswered-calls": "the outputs of every announced tool call are submitted",
    "truncated": "every stream has its end",
    "unfinished": "every run and every response is recorded to its end",
    "ending": "what has ended says how: `failed` has its error, `incomplete` its reason",
    "text": "deltas add up to the text, the arguments or the code of the finished object",
    "file": "a file beside the cassette that `path:` names is there, and is the one that was recorded",
    "secret": "nothing secret is in the file",
}
"""Every rule by its name: a sentence that is true when the rule is kept."""


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """A rule that is broken in a file, or a note, with its place; line and column count from 1."""

    path: str
    line: int
    column: int
    rule: str
    message: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}:{self.column}: {self.rule}: {self.message}"
