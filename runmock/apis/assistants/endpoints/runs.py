"""Runs: list, retrieve, modify, cancel, submit tool outputs. Creating them has a module of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from runmock.apis.assistants.endpoints import assistants, threads
from runmock.apis.assistants.endpoints.creation import start
from runmock.apis.assistants.playing.stock import stock_run, waiting_run
from runmock.apis.service import refusals
from runmock.apis.service.lists import page
from runmock.apis.service.refusals import Refused
from runmock.apis.service.scripted_refusals import refused_by
from runmock.core.engine.played_run import RunStream
from runmock.core.engine.progress import end_while_waiting, look, look_refused, move_on
from runmock.core.engine.run_status import AT_REST, CANCELLABLE, RunStatus
from runmock.core.script.output_checks import check_outputs

if TYPE_CHECKING:
    from collections.abc import Mapping

    from runmock.apis.assistants.state import Memory, ThreadRun
    from runmock.apis.service.call import Call
    from runmock.core.http.exchange import JSON
    from runmock.core.script.script import ScriptedRun


def find(memory: Memory, call: Call) -> ThreadRun:
    """The run in the path. Raises Refused (404) if there is none in that thread; without a cassette it is created."""
    run_id, thread_id = call.ids["run_id"], call.ids["thread_id"]
    run = memory.runs.get(run_id)
    if run is not None and (run.is_verbatim or run.thread is memory.threads.get(thread_id)):
        return run
    if run is not None:
        threads.find(memory, thread_id)  # refuses a thread that there cannot be
    if (run is None or run_id in memory.auto_created) and memory.create_if_lenient(run_id, is_stock_only=True):
        return _new_run(memory, call, None)
    raise Refused(refusals.not_found("run", run_id))


def _new_run(memory: Memory, call: Call, script: ScriptedRun | None) -> ThreadRun:
    """A new run with the id in the path, which the client brought; it plays `script`, else the stock run."""
    body = {"assistant_id": memory.ids.mint("assistant")}
    assistant = assistants.find(memory, body["assistant_id"])
    thread = threads.find(memory, call.ids["thread_id"])
    before = thread.active
    run = start(memory, thread, script or stock_run(body, assistant), body, run_id=call.ids["run_id"])
    thread.active = before  # asking for an unknown run locks no thread
    return run


def list_runs(memory: Memory, call: Call) -> JSON:
    """GET /threads/{thread_id}/runs; a list moves each run on, as a retrieve does."""
    thread = threads.find(memory, call.ids["thread_id"])

    def observed(run: ThreadRun) -> JSON:
        look(run)
        return run.as_json(memory.stage.shapes)

    return page(thread.runs, call, as_json=observed)


def retrieve_run(memory: Memory, call: Call) -> JSON:
    """GET /threads/{thread_id}/runs/{run_id}; each retrieve moves the run on as its script says.

    A scripted refusal between two steps refuses the retrieve that would find the run past it.
    """
    run = find(memory, call)
    refuse_if_due(run, call, is_submit=False)
    move_on(run)
    refuse_if_due(run, call, is_submit=False)
    run.looks += 1
    return run.as_json(memory.stage.shapes)


def refuse_if_due(run: ThreadRun, call: Call, *, is_submit: bool) -> None:
    """Refuse a request about a run where its script says so, and count that. Raises Refused."""
    error = run.due_refusal(is_submit=is_submit)
    if error is not None:
        run.refused += 1
        raise refused_by(error, call)


def modify_run(memory: Memory, call: Call) -> JSON:
    """POST /threads/{thread_id}/runs/{run_id}: metadata is merged; refused until the run ends or waits for outputs."""
    run = find(memory, call)
    if run.status not in AT_REST and not memory.stage.is_stock:
        look_refused(run)
        if run.status not in AT_REST:
            raise Refused(refusals.cannot_update(run.status))
    run.object["metadata"] = (run.object.get("metadata") or {}) | (call.body.get("metadata") or {})
    return run.as_json(memory.stage.shapes)


def cancel_run(memory: Memory, call: Call) -> JSON:
    """POST /threads/{thread_id}/runs/{run_id}/cancel: it is cancelling, and a later retrieve finds it cancelled."""
    run = find(memory, call)
    if run.status not in CANCELLABLE and run.id in memory.auto_created:
        run = _new_run(memory, call, None)
    if run.status not in CANCELLABLE:
        raise Refused(refusals.cannot_cancel(run.status))
    run.cancel()
    if run.status is not RunStatus.CANCELLING:  # it has just completed
        raise Refused(refusals.cannot_cancel(run.status))
    return run.as_json(memory.stage.shapes)


def tool_outputs(body: Mapping[str, Any]) -> list[tuple[Any, Any]]:
    """The pairs of call id and output in a submit request; other things in its list are left out."""
    outputs = body.get("tool_outputs")
    items = outputs if isinstance(outputs, list) else []
    return [(item.get("tool_call_id"), item.get("output")) for item in items if isinstance(item, dict)]


def submit_tool_outputs(memory: Memory, call: Call) -> JSON | RunStream:
    """POST /threads/{thread_id}/runs/{run_id}/submit_tool_outputs: exactly the announced calls, once each."""
    run, outputs = find(memory, call), tool_outputs(call.body)
    if run.id in memory.auto_created:
        run = _new_run(memory, call, waiting_run(call_id for call_id, _ in outputs))
        run.advance_until(RunStatus.REQUIRES_ACTION)
        outputs = [(call_id, output or "") for call_id, (_, output) in zip(run.waiting, outputs, strict=True)]
    if run.ends_while_waiting:
        end_while_waiting(run)
    if run.status is not RunStatus.REQUIRES_ACTION:
        raise Refused(refusals.not_waiting(run.status))
    submitted_ids = [call_id for call_id, _ in outputs]
    if sorted(submitted_ids, key=str) != sorted(run.waiting):
        raise Refused(refusals.wrong_outputs(run.waiting, submitted_ids))
    if run.script.refusals:
        refuse_if_due(run, call, is_submit=True)
    run.outputs |= dict(outputs)
    if run.expected_outputs is not None:
        check_outputs(run, run.expected_outputs)
    run.finish_answer()
    stream = RunStream(run) if call.body.get("stream") is True else None
    run.advance_past(RunStatus.REQUIRES_ACTION)  # whether or not the stream is ever read
    return stream or run.as_json(memory.stage.shapes)
