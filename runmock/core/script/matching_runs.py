"""The scripted runs with conditions that wait for their requests; a request does not try them all.

A run that asks for a literal text, as `last_message: Hello`, is found by that text. The others, which ask for patterns
and mappings, are tried in their order.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

from runmock.core.script.conditions import conditions_of
from runmock.core.script.patterns import as_regex, matcher_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from runmock.core.script.script import ScriptedRun

TEXTS = ("last_message", "instructions", "model", "assistant_id")
"""The conditions by whose text a run is found: by the first of them that it has as a literal text."""

Matchers: TypeAlias = "tuple[tuple[str, Callable[[Any], bool]], ...]"
"""The names of conditions, each with what says whether a value meets it."""


@dataclass(slots=True)
class MatchingRuns:
    """Mutable. Runs are in order, and each has a number, of which later runs have larger ones."""

    runs: dict[int, ScriptedRun] = field(default_factory=dict)
    """By number, in order."""
    _by_text: dict[str, dict[str, dict[int, None]]] = field(default_factory=lambda: {name: {} for name in TEXTS})
    """By condition and text: the numbers of the runs that are found so."""
    _others: dict[int, None] = field(default_factory=dict)
    """The numbers of the other runs."""
    _matchers: dict[int, Matchers] = field(default_factory=dict)
    """What the request of a run must meet, by the run's number; made when the run is first tried."""
    _next: int = 0

    def __iter__(self) -> Iterator[ScriptedRun]:
        return iter(self.runs.values())

    def append(self, run: ScriptedRun) -> None:
        """Add a run behind all others."""
        self.runs[self._next] = run
        self._numbers_beside(run)[self._next] = None
        self._next += 1

    def insert(self, index: int, run: ScriptedRun) -> None:
        """Add a run at an index; the runs behind it get new numbers."""
        behind = list(self.runs)[index:]
        moved = [self.pop(number) for number in behind]
        for each in (run, *moved):
            self.append(each)

    def find(self, facts: Mapping[str, Any]) -> int | None:
        """The number of the first run whose conditions a request with these facts meets; None when there is none."""
        return next((number for number in sorted(self._to_try(facts)) if self._fits(number, facts)), None)

    def number_of(self, run: ScriptedRun) -> int | None:
        """The number of this very run; None when it is not here."""
        return next((number for number in self._numbers_beside(run) if self.runs[number] is run), None)

    def replace(self, number: int, run: ScriptedRun) -> None:
        """Put a run in the place of another one."""
        self._forget(number)
        self.runs[number] = run
        self._numbers_beside(run)[number] = None

    def pop(self, number: int) -> ScriptedRun:
        """Remove a run, and return it."""
        self._forget(number)
        return self.runs.pop(number)

    def _forget(self, number: int) -> None:
        self._matchers.pop(number, None)
        del self._numbers_beside(self.runs[number])[number]

    def _numbers_beside(self, run: ScriptedRun) -> dict[int, None]:
        """The numbers of the runs that are found as this one is."""
        for name in TEXTS:
            text = getattr(run.match, name)
            if isinstance(text, str) and as_regex(text) is None:
                return self._by_text[name].setdefault(text, {})
        return self._others

    def _to_try(self, facts: Mapping[str, Any]) -> Iterable[int]:
        """The numbers of the runs that a request with these facts may meet."""
        yield from self._others
        for name, by_text in self._by_text.items():
            if name not in facts:  # then the condition is left out of account
                for numbers in by_text.values():
                    yield from numbers
            elif isinstance(text := facts[name], str):
                yield from by_text.get(text, ())

    def _fits(self, number: int, facts: Mapping[str, Any]) -> bool:
        """Whether a request meets all conditions of a run; the first one that it does not meet decides."""
        if number not in self._matchers:
            conditions = conditions_of(self.runs[number])
            self._matchers[number] = tuple((name, matcher_of(value)) for name, value in conditions.items())
        return all(name not in facts or matches(facts[name]) for name, matches in self._matchers[number])
