"""Runs: list, retrieve, modify, cancel, submit tool outputs. Creating them has a module of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runmock.core import objects, refusals
from runmock.core.matching import tool_outputs
from runmock.core.outputs import check_outputs
from runmock.core.run import CANCELLABLE, RunStatus
from runmock.core.service import threads
from runmock.core.service.call import Call, Refused
from runmock.core.service.lists import page
from runmock.core.stream import RunStream

if TYPE_CHECKING:
    from runmock.core.exchange import JSON
    from runmock.core.memory import Memory, Run


def find(memory: Memory, call: Call) -> Run:
    """The run that the path names; runs never come into being by being asked for."""
    run_id = call.ids["run_id"]
    run = memory.runs.get(run_id)
    if run is None or not (run.is_verbatim or run.thread is threads.find(memory, call.ids["thread_id"])):
        raise Refused(refusals.not_found("run", run_id))
    return run


def told(memory: Memory, run: Run) -> JSON:
    """The run as JSON endpoints tell it."""
    return run.object if run.is_verbatim else objects.as_json(run.object, memory.shapes)


def list_runs(memory: Memory, call: Call) -> JSON:
    """GET /threads/{thread_id}/runs; being listed moves a run on as being retrieved does."""
    thread = threads.find(memory, call.ids["thread_id"])

    def observed(run: Run) -> JSON:
        run.observe()
        return told(memory, run)

    return page(thread.runs, call, told=observed)


def retrieve_run(memory: Memory, call: Call) -> JSON:
    """GET /threads/{thread_id}/runs/{run_id}; each retrieve moves the run on as its script says."""
    run = find(memory, call)
    run.observe()
    return told(memory, run)


def modify_run(memory: Memory, call: Call) -> JSON:
    """POST /threads/{thread_id}/runs/{run_id}: metadata is merged."""
    run = find(memory, call)
    run.object["metadata"] = (run.object.get("metadata") or {}) | (call.body.get("metadata") or {})
    return told(memory, run)


def cancel_run(memory: Memory, call: Call) -> JSON:
    """POST /threads/{thread_id}/runs/{run_id}/cancel: it is cancelling, and a later retrieve finds it cancelled."""
    run = find(memory, call)
    if run.status not in CANCELLABLE:
        raise Refused(refusals.cannot_cancel(run.status))
    run.cancel()
    return told(memory, run)


def submit_tool_outputs(memory: Memory, call: Call) -> JSON | RunStream:
    """POST /threads/{thread_id}/runs/{run_id}/submit_tool_outputs: exactly the announced calls, once each."""
    run = find(memory, call)
    if run.ends_unasked:
        run.end_unasked()
    if run.status is not RunStatus.REQUIRES_ACTION:
        raise Refused(refusals.not_waiting(run.status))
    given = tool_outputs(call.body)
    got = [call_id for call_id, _ in given]
    if sorted(got, key=str) != sorted(run.waiting):
        raise Refused(refusals.wrong_outputs(run.waiting, got))
    run.outputs |= dict(given)
    check_outputs(run)
    run.finish_answer()
    stream = RunStream(run) if call.wants_stream else None
    run.advance_past(RunStatus.REQUIRES_ACTION)  # whether or not the stream is ever read
    return stream or told(memory, run)
