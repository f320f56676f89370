"""Run steps: list and retrieve; file search results have their content only if the query says so (`include`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runmock.apis.assistants import objects
from runmock.apis.assistants.endpoints import runs
from runmock.apis.assistants.endpoints.call import includes_content
from runmock.apis.service.lists import page
from runmock.apis.service.refusals import Refused, not_found
from runmock.core.engine.progress import settle_for_reading

if TYPE_CHECKING:
    from runmock.apis.assistants.state import Memory
    from runmock.apis.service.call import Call
    from runmock.core.http.exchange import JSON


def list_run_steps(memory: Memory, call: Call) -> JSON:
    """GET /threads/{thread_id}/runs/{run_id}/steps."""
    run = runs.find(memory, call)
    settle_for_reading(run.thread.active)
    return page(run.steps, call, as_json=lambda step: _step_json(step, call))


def retrieve_run_step(memory: Memory, call: Call) -> JSON:
    """GET /threads/{thread_id}/runs/{run_id}/steps/{step_id}."""
    run, step_id = runs.find(memory, call), call.ids["step_id"]
    settle_for_reading(run.thread.active)
    if step_id not in run.steps:
        if not memory.create_if_lenient(step_id, is_stock_only=True):
            raise Refused(not_found("run step", step_id))
        details = {"type": "message_creation", "message_creation": {"message_id": memory.ids.mint("message")}}
        run.steps[step_id] = objects.step(step_id, run.object, memory.stage.clock.now, details)
    return _step_json(run.steps[step_id], call)


def _step_json(step: JSON, call: Call) -> JSON:
    return step if includes_content(call) else objects.without_content(step)
