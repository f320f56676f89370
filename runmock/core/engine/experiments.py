"""The experiments of a chaos pass: each lets one thing go wrong in one run of a script."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, NamedTuple

from runmock.core.engine.run_status import UNWELCOME, RunStatus
from runmock.core.script.faults import CHANGES, SERVER_ERROR, FaultKind, StreamFault
from runmock.core.script.script import Ending, HttpError, Message, ScriptedRun, StepRefusal, ToolCalls
from runmock.core.script.text_pieces import split_text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

FOR_GOOD = 1_000
"""How often a request is refused that is never to succeed."""
SOON = (("retry-after-ms", "10"),)
"""A short wait before a retry, so that tests are fast."""
HOUR_MS = 3_600_000
LATEST_EVENT = 10


class Reach(NamedTuple):
    """What can go wrong with a run, by its API and by how it was requested."""

    is_polled: bool
    """Whether the application asks again and again how the run stands."""
    endings: frozenset[RunStatus] = UNWELCOME
    """The statuses with which it may end."""
    has_numbers: bool = False
    """Whether the events of its streams have numbers and ids that can change."""


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
    fault: FaultKind | None = None
    """What it puts into a stream."""
    is_forgetful: bool = False
    """Whether an answer that a request continues is refused as unknown."""

    def applies(self, reach: Reach) -> bool:
        """Whether it can go wrong with such a run."""
        if self.is_forgetful or (self.is_polled_only and not reach.is_polled):
            return False
        return self.ending in {None, *reach.endings} and (reach.has_numbers or self.fault not in CHANGES)


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

    return Experiment(change=change, is_usual=is_usual, fault=kind)


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
