"""The scripted runs with conditions that wait for their requests; a request does not try them all.

A run that asks for a literal text, as `last_message: Hello`, is found by that text. Of the runs that ask for a pattern,
as `last_message: /hello+/i`, those are tried whose request has the text that the pattern requires, `hello`. The others
are all tried. Whichever way runs are found, they are tried in their order.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

from runmock.core.script.conditions import conditions_of
from runmock.core.script.patterns import as_regex, matcher_of
from runmock.core.script.required_text import required_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from runmock.core.script.script import ScriptedRun

TEXTS = ("last_message", "instructions", "model", "assistant_id")
"""The conditions by whose text a run is found: by the first literal text, or else by the first pattern with a text."""

Matchers: TypeAlias = "tuple[tuple[str, Callable[[Any], bool]], ...]"
"""The names of conditions, each with what says whether a value meets it."""

Group: TypeAlias = "dict[int, str]"
"""The numbers of runs that are found in the same way, each with the text that its request must have."""


@dataclass(slots=True)
class MatchingRuns:
    """Mutable. Runs are in order, and each has a number, of which later runs have larger ones."""

    runs: dict[int, ScriptedRun] = field(default_factory=dict)
    """By number, in order."""
    _by_text: dict[str, dict[str, Group]] = field(default_factory=lambda: {name: {} for name in TEXTS})
    """By condition and text: the runs that ask for this text."""
    _by_pattern: dict[str, tuple[Group, Group]] = field(default_factory=lambda: {name: ({}, {}) for name in TEXTS})
    """By condition: the runs that ask for a pattern that heeds case, and those with one that ignores it."""
    _others: Group = field(default_factory=dict)
    """The other runs, whose requests may have any text."""
    _groups: dict[int, Group] = field(default_factory=dict)
    """By the number of a run: which of these groups it is in."""
    _matchers: dict[int, Matchers] = field(default_factory=dict)
    """What the request of a run must meet, by the run's number; made when the run is first tried."""
    _next: int = 0

    def __iter__(self) -> Iterator[ScriptedRun]:
        return iter(self.runs.values())

    def append(self, run: ScriptedRun) -> None:
        """Add a run behind all others."""
        self._put(self._next, run)
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
        group, _ = self._place_of(run)
        return next((number for number in group if self.runs[number] is run), None)

    def replace(self, number: int, run: ScriptedRun) -> None:
        """Put a run in the place of another one."""
        self._forget(number)
        self._put(number, run)

    def pop(self, number: int) -> ScriptedRun:
        """Remove a run, and return it."""
        self._forget(number)
        return self.runs.pop(number)

    def _put(self, number: int, run: ScriptedRun) -> None:
        group, text = self._place_of(run)
        group[number] = text
        self.runs[number], self._groups[number] = run, group

    def _forget(self, number: int) -> None:
        self._matchers.pop(number, None)
        del self._groups.pop(number)[number]

    def _place_of(self, run: ScriptedRun) -> tuple[Group, str]:
        """The group of a run, and the text that its request must have."""
        patterns: list[tuple[str, re.Pattern[str]]] = []
        for name in TEXTS:
            if not isinstance(text := getattr(run.match, name), str):
                continue
            if (pattern := as_regex(text)) is None:
                return self._by_text[name].setdefault(text, {}), text
            patterns.append((name, pattern))
        for name, pattern in patterns:
            if part := required_text(pattern):
                return self._by_pattern[name][bool(pattern.flags & re.IGNORECASE)], part
        return self._others, ""

    def _to_try(self, facts: Mapping[str, Any]) -> Iterable[int]:
        """The numbers of the runs that a request with these facts may meet."""
        yield from self._others
        for name in TEXTS:
            if name not in facts:  # then the condition is left out of account
                for group in (*self._by_text[name].values(), *self._by_pattern[name]):
                    yield from group
            elif isinstance(text := facts[name], str):
                yield from self._by_text[name].get(text, ())
                heeding_case, ignoring_case = self._by_pattern[name]
                yield from [number for number, part in heeding_case.items() if part in text]
                if ignoring_case:
                    lower = text.lower()
                    yield from [number for number, part in ignoring_case.items() if part in lower]

    def _fits(self, number: int, facts: Mapping[str, Any]) -> bool:
        """Whether a request meets all conditions of a run; the first one that it does not meet decides."""
        if number not in self._matchers:
            conditions = conditions_of(self.runs[number])
            self._matchers[number] = tuple((name, matcher_of(value)) for name, value in conditions.items())
        return all(name not in facts or matches(facts[name]) for name, matches in self._matchers[number])
