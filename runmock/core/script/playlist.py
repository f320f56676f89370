"""The scripted runs that are still to be used, and which of them a request gets.

An entry with `match:` goes to the first request that it matches; the others go out in order.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, TypeAlias

from runmock.core.script.patterns import matcher_of, satisfies

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from runmock.core.script.script import ScriptedRun

Matchers: TypeAlias = "tuple[tuple[str, Callable[[Any], bool]], ...]"
"""The names of conditions, each with what says whether a value meets it."""

CONDITIONS = ("api", "assistant_id", "model", "last_message", "instructions", "metadata", "stream", "body")


@dataclass(slots=True)
class Playlist:
    """Scripted runs waiting for their requests."""

    in_order: deque[ScriptedRun] = field(default_factory=deque)
    matching: list[ScriptedRun] = field(default_factory=list)
    _matchers: dict[int, tuple[ScriptedRun, Matchers]] = field(default_factory=dict)
    """What the request of a run must meet, by the run's identity; the run stands beside it, so that no other has it."""

    def add(self, runs: Iterable[ScriptedRun]) -> None:
        """Append scripted runs."""
        for run in runs:
            (self.in_order if run.match is None else self.matching).append(run)

    def replace(self, old: ScriptedRun, new: ScriptedRun) -> bool:
        """Replace a scripted run by another; False when it was used already."""
        for waiting in (self.in_order, self.matching):
            for number, run in enumerate(waiting):
                if run is old:
                    del waiting[number]
                    self._insert(new, number)
                    return True
        return False

    def _insert(self, run: ScriptedRun, number: int) -> None:
        (self.in_order if run.match is None else self.matching).insert(number, run)

    def take(self, facts: Mapping[str, Any]) -> ScriptedRun | None:
        """The scripted run for a request with these facts (by the names in CONDITIONS), or None. It counts as used."""
        for waiting in (self.matching, self.in_order):
            for number, run in enumerate(waiting):
                if self._fits(run, facts):
                    return self._use(waiting, number)
        return None

    def _fits(self, run: ScriptedRun, facts: Mapping[str, Any]) -> bool:
        """Whether a request meets all conditions of a run; the first one that it does not meet decides."""
        if (known := self._matchers.get(id(run))) is None:
            matchers = tuple((name, matcher_of(value)) for name, value in conditions_of(run).items())
            known = self._matchers[id(run)] = (run, matchers)
        return all(name not in facts or matches(facts[name]) for name, matches in known[1])

    def _use(self, waiting: deque[ScriptedRun] | list[ScriptedRun], number: int) -> ScriptedRun:
        run = waiting[number]
        if run.http is not None and run.http.times > 1:
            waiting[number] = replace(run, http=replace(run.http, times=run.http.times - 1))
        else:
            del waiting[number]
        return run

    def leftovers(self) -> list[ScriptedRun]:
        """The scripted runs that no request has used, in the order of the cassettes."""
        return sorted([*self.matching, *self.in_order], key=lambda run: (run.source.cassette, run.source.index))


def conditions_of(run: ScriptedRun) -> dict[str, Any]:
    """What a run asks of its request, by the names in CONDITIONS: its `match:`, and the API of its canned values."""
    own = {} if run.only_api is None else {"api": run.only_api}
    if run.match is None:
        return own
    return own | {name: value for name in CONDITIONS if (value := getattr(run.match, name)) is not None}


def unmet(run: ScriptedRun, facts: Mapping[str, Any]) -> list[str]:
    """The names of the conditions that a request with these facts does not meet.

    A condition on what the request cannot have at all, as its facts do not name it, is left out of account.
    """
    expected = {name: value for name, value in conditions_of(run).items() if name in facts}
    return [name for name, value in expected.items() if not satisfies(facts[name], value)]
