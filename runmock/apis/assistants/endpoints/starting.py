"""Starting a run: its object, its place on the thread and in the memory, and the events that are to come."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

from runmock.apis.assistants import objects
from runmock.apis.assistants.playing import verbatim
from runmock.apis.assistants.playing.stream_form import FORM
from runmock.apis.assistants.playing.timeline import Timeline
from runmock.apis.assistants.state import Memory, StoredThread, ThreadRun
from runmock.core.engine.run_status import RunStatus
from runmock.core.engine.stream_faults import FaultyStream

if TYPE_CHECKING:
    from collections.abc import Mapping

    from runmock.core.script.script import ScriptedRun


def start(  # noqa: PLR0913 - what a run is made of
    memory: Memory,
    thread: StoredThread,
    script: ScriptedRun,
    body: Mapping[str, Any],
    *,
    run_id: str | None = None,
    includes_content: bool = False,
    is_prolonged: bool = False,
) -> ThreadRun:
    """A new queued run of a script on a thread; `body` is the create request, whose assistant exists."""
    assistant = memory.assistants[body["assistant_id"]]
    stage, new_id = memory.stage, run_id or memory.ids.mint("run")
    made = objects.run(new_id, stage.clock.tick(), thread.object["id"], body, assistant, stage.model)
    overrides = copy.deepcopy(script.overrides)
    metadata = made["metadata"] | overrides.pop("metadata", {})
    whole = made | overrides | {"metadata": metadata}
    run = ThreadRun(
        id=str(whole["id"]),
        status=RunStatus(whole["status"]),
        object=whole,
        thread=thread,
        request=dict(body),
        script=script,
        encode=stage.encode,
    )
    timeline = Timeline(run, memory.ids, stage.clock, stage.shapes, includes_content, is_prolonged)
    run.events, run.cancelling, run.after_late_cancel = (
        timeline.events(),
        timeline.cancelled,
        timeline.after_late_cancel,
    )
    if script.canned is not None or script.events:
        verbatim.take_over(run)
    if script.faults:
        has_deltas = bool(script.steps) or any(name.endswith(".delta") for name, _ in script.events)
        run.faults = FaultyStream.of(script.faults, str(script.source), FORM, has_deltas=has_deltas)
    thread.runs[run.id] = memory.runs[run.id] = thread.active = run
    stage.begin(run)
    memory.threads.setdefault(run.object.get("thread_id") or thread.object["id"], thread)
    return run
