"""The exception tree.

    RunmockError (Exception)            raised where runmock itself was called
    |-- CassetteError                   a cassette says something wrong: file:line:column, the key, a suggestion
    |   |-- CassetteNotFoundError       a named cassette is not there
    |   `-- VerbError                   a verb's argument is wrong; a UsageError too
    `-- UsageError                      an option or a verb was used wrongly

    RunmockFailure (BaseException)      raised inside the application's own call, and the test fails
    |-- UnmatchedRequest                a miss: nothing on the cassette for this request
    |-- ScriptError                     the script cannot be played: a tool that nobody offers, say
    |-- OutputMismatch                  the application submitted other tool outputs than the script expects
    `-- Hung                            in a chaos pass: the application does not finish

Failures are BaseExceptions because the openai SDK 1.x and 2.x wrap every Exception of a transport in
`APIConnectionError` and retry it; a BaseException gets through SDK 1.x, 2.x and 3.x, sync and async
(docs/protocol/sdk.md#exceptions-of-a-transport).
"""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


class RunmockError(Exception):
    """The caller of runmock can correct this error; its text explains how."""


class UsageError(RunmockError):
    """An option, a keyword of the marker or a verb was used in a wrong way."""


class CassetteError(RunmockError):
    """A cassette cannot be used; the text begins with file:line:column."""

    def __init__(
        self,
        message: str,
        path: str,
        line: int | None = None,
        column: int | None = None,
        faults: tuple[tuple[int, int, str], ...] = (),
    ) -> None:
        """`faults`: each validation error as (line, column, message), where `message` joins several."""
        self.message, self.path, self.line, self.column = message, path, line, column
        self.keyed: tuple[tuple[tuple[str | int, ...], str], ...] = ()
        """Validation errors by the keys that lead to the value, for cassettes that are not files."""
        self.faults = faults or ((line or 1, column or 1, message),)
        place = ":".join(str(part) for part in (path, line, column) if part is not None)
        super().__init__(f"{place}: {message}")


class CassetteNotFoundError(CassetteError):
    """A cassette with this name does not exist."""


class VerbError(CassetteError, UsageError):
    """A verb has a wrong argument; the text begins with the verb and the argument."""


class RunmockFailure(BaseException):
    """Fails the test: raised in the application's call, and again at the end if the application swallowed it."""


class UnmatchedRequest(RunmockFailure):
    """Nothing on the cassette answers this request.

    `facts`: what a script's `match:` was compared with; None for a request that begins no run.
    """

    def __init__(self, message: str, facts: Mapping[str, Any] | None = None) -> None:
        super().__init__(message)
        self.facts = facts


class ScriptError(RunmockFailure):
    """The script cannot be played as it is written."""


class OutputMismatch(RunmockFailure):
    """The application submitted other tool outputs than the script's `outputs:` expects."""


class Hung(RunmockFailure):
    """The application does not finish, in an experiment of a chaos pass."""


for _public in (RunmockError, UsageError, CassetteError, CassetteNotFoundError, VerbError, RunmockFailure):
    _public.__module__ = "runmock"
for _failure in (UnmatchedRequest, ScriptError, OutputMismatch, Hung):
    _failure.__module__ = "runmock"  # so a traceback ends in `runmock.UnmatchedRequest: ...`


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return `; did you mean 'reply'?` for the nearest known word, else the empty string."""
    words = {known_word.lower(): known_word for known_word in known}
    near = difflib.get_close_matches(word.lower(), list(words), n=1, cutoff=0.6)
    return f"; did you mean '{words[near[0]]}'?" if near else ""


_FEW = 2
"""A word is a slip of a known word when at most this many letters differ."""


def slip_of(word: str, known: Iterable[str]) -> str | None:
    """The known word from which `word` differs by one or two letters, in any case; None when none is that near."""
    near = ((_letters_between(word.lower(), known_word), known_word) for known_word in known)
    letters, nearest = min(near, default=(_FEW + 1, ""))
    return nearest if letters <= _FEW else None


def _letters_between(word: str, known: str) -> int:
    """How many letters are inserted, deleted, changed or swapped with their neighbour; exact only up to `_FEW`.

    That is Damerau's and Levenshtein's distance, row by row.
    """
    if abs(len(word) - len(known)) > _FEW:
        return _FEW + 1
    older: list[int] = []
    row = list(range(len(known) + 1))
    for number, letter in enumerate(word):
        new = [number + 1]
        for place, other in enumerate(known):
            fewest = min(row[place + 1] + 1, new[place] + 1, row[place] + (letter != other))
            is_swapped = number and place and letter == known[place - 1] and word[number - 1] == other
            new.append(min(fewest, older[place - 1] + 1) if is_swapped else fewest)
        older, row = row, new
    return row[-1]


def notes_of(error: BaseException) -> list[str]:
    """The notes that were added to an exception: for example where a recording is that could not become a cassette."""
    return list(getattr(error, "__notes__", ()))
