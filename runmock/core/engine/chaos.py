"""A chaos pass: one experiment in one session.

An experiment happens once: when the application requests the run again, it gets the run as it was written.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from runmock.core.engine.experiments import LATEST_EVENT
from runmock.core.errors import Hung
from runmock.core.script.conditions import unmet
from runmock.core.script.script import Ending

if TYPE_CHECKING:
    from collections.abc import Mapping
    from random import Random

    from runmock.core.engine.experiments import Experiment, Reach
    from runmock.core.engine.played_run import PlayedRun
    from runmock.core.script.playlist import Playlist
    from runmock.core.script.script import HttpError, ScriptedRun

ENOUGH_REQUESTS = 20_000
"""An application that sends more requests in one experiment is taken to be endless."""


@dataclass(slots=True)
class Chaos:
    """One experiment in one session: which run it strikes, and where."""

    experiment: Experiment
    random: Random | None = None
    """Chooses the run and the event that are struck; None: the first run that can be changed, after its first delta."""
    most_requests: int = ENOUGH_REQUESTS
    requests: int = 0
    _refused: int = 0
    _passed: int | None = None
    """How many that it could strike are still passed by before one is struck; None before the first."""
    _written: ScriptedRun | None = None
    struck: ScriptedRun | None = None
    """The script of the run that the experiment has changed."""
    was_asked_again: bool = False
    """Whether the application has requested the changed run again."""
    healed: PlayedRun | None = None
    """The changed run, where a request that continues it came again: from then on it is as it was written."""
    _struck_request: tuple[Any, ...] = ()
    _forgotten: str | None = None
    """The id of the answer that is unknown from now on."""

    def count(self) -> None:
        """Count a request. Raises Hung when there are too many."""
        self.requests += 1
        if self.requests > self.most_requests:
            raise Hung(f"the application does not finish: it has sent {self.most_requests} requests")

    @property
    def has_refused(self) -> bool:
        """Whether a request was refused by the experiment itself."""
        return self._refused > 0 or self._forgotten is not None

    def refusal(self, *, is_retired: bool = True) -> HttpError | None:
        """The refusal of a request that creates a run; None when it is not refused. Counts the refusal.

        `is_retired`: whether the API was switched off somewhere.
        """
        error = self.experiment.refusal
        if error is None or self._refused >= error.times or (error.is_sunset and not is_retired):
            return None
        self._refused += 1
        return error

    def forgets(self, answer_id: str, playlist: Playlist) -> bool:
        """Whether the answer that a request continues is refused as unknown: one of them is, from then on."""
        self._begin(playlist)
        if self.experiment.is_forgetful and self._forgotten is None and self._is_due():
            self._forgotten = answer_id
        return self._forgotten == answer_id

    def take(
        self, playlist: Playlist, facts: Mapping[str, Any], thread_id: str | None, reach: Reach
    ) -> ScriptedRun | None:
        """The run that answers a request, changed if the experiment strikes it; None when no run is left for it.

        When the request of the changed run comes again, it gets the run as the script has it.
        """
        request = (thread_id, facts)
        if self._written is not None and request == self._struck_request:
            return self.written_again()
        self._begin(playlist)
        script = playlist.take(facts)
        if self._written is not None and _question(facts) == _question(self._struck_request[1]):
            self.was_asked_again = True
        if script is None:
            written = self._written
            return None if written is None or unmet(written, facts) else self.written_again()
        is_apt = self.experiment.applies(reach)
        if is_apt and self.struck is None and script.http is None and script.ending == Ending():
            changed = self._changed(script) if self._is_due() else None
            if changed is not None:
                self._written, self.struck, self._struck_request = script, changed, request
                return changed
        return script

    def heal(self, run: PlayedRun) -> None:
        """A request that continues a run came again: where the experiment has let the run end, it is as written now."""
        if run.script is self.struck and self._written is not None and self.experiment.ending is not None:
            run.script, self.healed, self.was_asked_again = self._written, run, True

    def written_again(self) -> ScriptedRun | None:
        """The changed run as it was written, which the application has requested again."""
        self.was_asked_again = True
        return self._written

    def _begin(self, playlist: Playlist) -> None:
        """Choose how many are passed by, if that is still to be done."""
        if self._passed is None:
            waiting = len(playlist.leftovers())
            self._passed = self.random.randrange(waiting) if self.random is not None and waiting else 0

    def _is_due(self) -> bool:
        """Whether the experiment strikes what it may strike now. Counts it."""
        self._passed = (self._passed or 0) - 1
        return self._passed < 0

    def _changed(self, script: ScriptedRun) -> ScriptedRun | None:
        after = None if self.random is None else self.random.randrange(1, LATEST_EVENT)
        changed = self.experiment.change(script, after)
        is_verbatim = script.canned is not None or bool(script.events)
        return None if changed is script or (is_verbatim and changed is not None and not changed.faults) else changed


def _question(facts: Mapping[str, Any]) -> Any:
    return facts.get("last_message")
