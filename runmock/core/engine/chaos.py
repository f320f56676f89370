"""A chaos pass: experiments, each of which lets one thing go wrong in one run of a script.

An experiment happens once: when the application requests the run again, it gets the run as it was written.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, NamedTuple

from runmock.core.engine.run_status import UNWELCOME, RunStatus
from runmock.core.errors import Hung
from runmock.core.script.faults import SERVER_ERROR, FaultKind, StreamFault
from runmock.core.script.playlist import Playlist, unmet
from runmock.core.script.script import Ending, HttpError, Message, ScriptedRun, StepRefusal, ToolCalls
from runmock.core.script.text_pieces import split_text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from random import Random

    from runmock.core.engine.played_run import PlayedRun

FOR_GOOD = 1_000
"""How often a request is refused that is never to succeed."""
SOON = (("retry-after-ms", "10"),)
"""A short wait before a retry, so that tests are fast."""
HOUR_MS = 3_600_000
LATEST_EVENT = 10
ENOUGH_REQUESTS = 20_000
"""An application that sends more requests in one experiment is taken to be endless."""


class Reach(NamedTuple):
    """What can go wrong with a run, by its API and by how it was requested."""

    is_polled: bool
    """Whether the application asks again and again how the run stands."""
    endings: frozenset[RunStatus] = UNWELCOME
    """The statuses with which it may end."""


@dataclass(frozen=True, slots=True)
class Experiment:
    """One thing that goes wrong: the request that creates the run is refused, or the run is played differently."""

    refusal: HttpError | None = None
    change: Callable[[ScriptedRun, int | None], ScriptedRun | None] = lambda run, _: run
    """Changes a run; the second argument is the number of events before a fault, None the usual. None: it cannot."""
    is_usual: bool = True
    """Whether it is part of every pass; others are what no service does, and happen only when they are named."""
    is_polled_only: bool = False
    """Whether it only applies to runs that are polled; a streamed run has a stall instead."""
    ending: RunStatus | None = None
    """The status with which it lets a run end."""
    is_forgetful: bool = False
    """Whether an answer that a request continues is refused as unknown."""

    def applies(self, reach: Reach) -> bool:
        """Whether it can go wrong with such a run."""
        is_for_it = reach.is_polled or not self.is_polled_only
        return is_for_it and not self.is_forgetful and self.ending in {None, *reach.endings}


def _ending(status: RunStatus, **more: Any) -> Experiment:
    ending = Ending(status, **more)

    def change(run: ScriptedRun, _: int | None) -> ScriptedRun:
        *before, last = run.steps or (Message(text=""),)
        steps = (*before, _half(last)) if isinstance(last, Message) else run.steps
        return replace(run, steps=steps, ending=ending)

    return Experiment(change=change, is_polled_only=ending.is_stuck, ending=None if ending.is_stuck else status)


def _half(message: Message) -> Message:
    """The first half of a message, of a run that ends in the middle of its answer."""
    if message.parts:
        return Message(parts=message.parts[: (len(message.parts) + 1) // 2])
    if message.chunks:
        return Message(chunks=message.chunks[: (len(message.chunks) + 1) // 2])
    words = split_text(json.dumps(message.json) if message.text is None else message.text)  # no `$...` is cut
    return Message(text="".join(words[: len(words) // 2]))


def _while_waiting(run: ScriptedRun, _: int | None) -> ScriptedRun | None:
    calls = _first_calls(run)
    return None if calls is None else replace(run, steps=run.steps[: calls + 1], ending=Ending(RunStatus.EXPIRED))


def _first_calls(run: ScriptedRun) -> int | None:
    return next((number for number, step in enumerate(run.steps) if isinstance(step, ToolCalls)), None)


def _poll_refused(run: ScriptedRun, _: int | None) -> ScriptedRun:
    return replace(run, refusals=(StepRefusal(0, HttpError(500, headers=SOON)),))


def _submit_refused(run: ScriptedRun, _: int | None) -> ScriptedRun | None:
    calls = _first_calls(run)
    busy = HttpError(429, headers=SOON)
    return None if calls is None else replace(run, refusals=(StepRefusal(calls + 1, busy),))


def _stream(kind: FaultKind, *, is_usual: bool = True, **more: Any) -> Experiment:
    def change(run: ScriptedRun, after: int | None) -> ScriptedRun:
        return replace(run, faults=(StreamFault(kind, after, is_elastic=True, **more),))

    return Experiment(change=change, is_usual=is_usual)


EXPERIMENTS: Mapping[str, Experiment] = {
    "http_429_once": Experiment(HttpError(429, headers=SOON)),
    "http_500_once": Experiment(HttpError(500, headers=SOON)),
    "http_503": Experiment(HttpError(503, headers=SOON, times=FOR_GOOD)),
    "http_401": Experiment(HttpError(401, times=FOR_GOOD)),
    "sunset": Experiment(HttpError(404, is_sunset=True, times=FOR_GOOD)),
    "fail": _ending(RunStatus.FAILED, code="server_error", message="Sorry, something went wrong."),
    "expire": _ending(RunStatus.EXPIRED),
    "cancel": _ending(RunStatus.CANCELLED),
    "incomplete": _ending(RunStatus.INCOMPLETE, reason="max_completion_tokens"),
    "content_filter": _ending(RunStatus.INCOMPLETE, reason="content_filter"),
    "stuck": _ending(RunStatus.IN_PROGRESS, is_stuck=True),
    "expire_while_waiting": Experiment(change=_while_waiting, ending=RunStatus.EXPIRED),
    "poll_500_once": Experiment(change=_poll_refused),
    "submit_429_once": Experiment(change=_submit_refused),
    "previous_response_gone": Experiment(is_forgetful=True),
    "disconnect": _stream(FaultKind.DISCONNECT),
    "truncate": _stream(FaultKind.TRUNCATE),
    "stall": _stream(FaultKind.STALL, ms=HOUR_MS),
    "error_event": _stream(FaultKind.ERROR_EVENT, error={"error": SERVER_ERROR}),
    "error_event_flat": _stream(FaultKind.ERROR_EVENT, error=SERVER_ERROR),
    "not_json": _stream(FaultKind.NOT_JSON),
    "half_frame": _stream(FaultKind.HALF_FRAME),
    "unknown_event": _stream(FaultKind.UNKNOWN_EVENT),
    "duplicate": _stream(FaultKind.DUPLICATE, is_usual=False),
    "out_of_order": _stream(FaultKind.OUT_OF_ORDER, is_usual=False),
    "wrong_index": _stream(FaultKind.WRONG_INDEX, is_usual=False),
    "sequence_gap": _stream(FaultKind.SEQUENCE_GAP, is_usual=False),
    "response_id_changes": _stream(FaultKind.RESPONSE_ID_CHANGES, is_usual=False),
    "item_id_changes": _stream(FaultKind.ITEM_ID_CHANGES, is_usual=False),
}
"""The experiments by name, in the order of a pass."""


@dataclass(slots=True)
class Chaos:
    """One experiment in one session: which run it strikes, and where."""

    experiment: Experiment
    random: Random | None = None
    """Chooses the run and the event that are struck; None: the first run that can be changed, after its first delta."""
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
        if self.requests > ENOUGH_REQUESTS:
            raise Hung(f"the application does not finish: it has sent {ENOUGH_REQUESTS} requests")

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
