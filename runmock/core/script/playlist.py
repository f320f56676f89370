"""The scripted runs that are still to be used, and which of them a request gets.

An entry with `match:` goes to the first request that it matches; the others go out in order.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from runmock.core.script.conditions import unmet
from runmock.core.script.matching_runs import MatchingRuns

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from runmock.core.script.script import ScriptedRun


@dataclass(slots=True)
class Playlist:
    """Scripted runs waiting for their requests."""

    in_order: deque[ScriptedRun] = field(default_factory=deque)
    matching: MatchingRuns = field(default_factory=MatchingRuns)

    def add(self, runs: Iterable[ScriptedRun]) -> None:
        """Append scripted runs."""
        for run in runs:
            (self.in_order if run.match is None else self.matching).append(run)

    def replace(self, old: ScriptedRun, new: ScriptedRun) -> bool:
        """Replace a scripted run by another; False when it was used already."""
        if old.match is not None:
            number = self.matching.number_of(old)
            if number is not None:
                self.matching.replace(number, new)
            return number is not None
        for index, run in enumerate(self.in_order):
            if run is old:
                del self.in_order[index]
                (self.in_order if new.match is None else self.matching).insert(index, new)
                return True
        return False

    def take(self, facts: Mapping[str, Any]) -> ScriptedRun | None:
        """The scripted run for a request with these facts (by the names in CONDITIONS), or None. It counts as used."""
        if self.matching.runs and (number := self.matching.find(facts)) is not None:
            run = self.matching.runs[number]
            if (again := _once_less(run)) is None:
                return self.matching.pop(number)
            self.matching.replace(number, again)
            return run
        for index, run in enumerate(self.in_order):
            if run.only_api is None or not unmet(run, facts):
                if (again := _once_less(run)) is None:
                    del self.in_order[index]
                else:
                    self.in_order[index] = again
                return run
        return None

    def leftovers(self) -> list[ScriptedRun]:
        """The scripted runs that no request has used, in the order of the cassettes."""
        return sorted([*self.matching, *self.in_order], key=lambda run: (run.source.cassette, run.source.index))


def _once_less(run: ScriptedRun) -> ScriptedRun | None:
    """What is left of a run when a request has used it: a refusal may be for several requests."""
    if run.http is None or run.http.times <= 1:
        return None
    return replace(run, http=replace(run.http, times=run.http.times - 1))
