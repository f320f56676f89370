"""Run steps: list and retrieve; file search results come with their content only when it is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runmock.core import objects
from runmock.core.refusals import not_found
from runmock.core.service import runs
from runmock.core.service.call import Call, Refused
from runmock.core.service.lists import page

if TYPE_CHECKING:
    from runmock.core.exchange import JSON
    from runmock.core.memory import Memory


def list_run_steps(memory: Memory, call: Call) -> JSON:
    """GET /threads/{thread_id}/runs/{run_id}/steps."""
    run = runs.find(memory, call)
    return page(run.steps, call, told=lambda step: _told(step, call))


def retrieve_run_step(memory: Memory, call: Call) -> JSON:
    """GET /threads/{thread_id}/runs/{run_id}/steps/{step_id}."""
    step = runs.find(memory, call).steps.get(call.ids["step_id"])
    if step is None:
        raise Refused(not_found("run step", call.ids["step_id"]))
    return _told(step, call)


def _told(step: JSON, call: Call) -> JSON:
    return step if call.includes_content else objects.without_content(step)
