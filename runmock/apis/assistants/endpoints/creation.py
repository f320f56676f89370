"""Creating a run: which scripted run answers the request, or why the request is refused."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

from runmock.apis.assistants import objects
from runmock.apis.assistants.endpoints import assistants, threads
from runmock.apis.assistants.endpoints import call as calls
from runmock.apis.assistants.endpoints.used_files import check_files, make_files
from runmock.apis.assistants.playing import verbatim
from runmock.apis.assistants.playing.stock import stock_run
from runmock.apis.assistants.playing.stream_form import FORM, check_faults
from runmock.apis.assistants.playing.timeline import Timeline
from runmock.apis.assistants.state import ThreadRun
from runmock.apis.service import refusals
from runmock.apis.service.offered_tools import check_offered
from runmock.apis.service.provider import Provider
from runmock.apis.service.refusals import Refused
from runmock.apis.service.scripted_refusals import refused_by
from runmock.core.engine.experiments import Reach
from runmock.core.engine.played_run import RunStream
from runmock.core.engine.run_status import RunStatus
from runmock.core.engine.stage import NothingScripted
from runmock.core.engine.stream_faults import FaultyStream
from runmock.core.http.event import Event

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from runmock.apis.assistants.state import Memory, StoredThread
    from runmock.apis.service.call import Call
    from runmock.core.http.exchange import JSON
    from runmock.core.script.script import ScriptedRun


def create_run(memory: Memory, call: Call) -> JSON | RunStream:
    """POST /threads/{thread_id}/runs."""
    thread_id, assistant_id = call.ids["thread_id"], call.body["assistant_id"]
    thread = memory.threads.get(thread_id) or threads.find(memory, thread_id)
    if thread.locked_by is not None:
        threads.refuse_while_active(memory, thread, refusals.active_run)
    assistant = memory.assistants.get(assistant_id) or assistants.find(memory, assistant_id)
    added = call.body.get("additional_messages") or ()
    if added:
        check_files(memory, {}, added)
    if thread.object["id"] not in memory.auto_created:
        _check_question(memory, call, assistant, [*thread.messages.values(), *added])
    script = _script_for(memory, call, assistant, _last_text(added) or thread.last_user_text())
    for message in added:
        threads.add_message(memory, thread, message)
    return _started(memory, call, thread, script)


def create_thread_and_run(memory: Memory, call: Call) -> JSON | RunStream:
    """POST /threads/runs."""
    assistant = assistants.find(memory, call.body["assistant_id"])
    fields = call.body.get("thread") or {}
    check_files(memory, fields, fields.get("messages") or ())
    check_files(memory, call.body)
    _check_question(memory, call, assistant, fields.get("messages") or ())
    script = _script_for(memory, call, assistant, _last_text(fields.get("messages") or ()))
    thread = threads.remember(memory, memory.ids.mint("thread"), fields)
    resources = thread.object["tool_resources"] or objects.STREAM_TOOL_RESOURCES
    created = Event("thread.created", thread.object | {"tool_resources": resources})
    return _started(memory, call, thread, script, () if script.events else (created,))


def _check_question(memory: Memory, call: Call, assistant: JSON, messages: Iterable[JSON]) -> None:
    """Raise Refused when there is nothing to answer, and no instructions either.

    Only assistants that the application created are known to have none; only OpenAI is known to refuse it.
    """
    is_judged = (
        call.provider is Provider.OPENAI and not memory.stage.is_stock and assistant["id"] in memory.applications
    )
    if not is_judged or objects.instructions_of(call.body, assistant):
        return
    if all(message.get("role") != "user" for message in messages):
        raise Refused(refusals.nothing_to_answer())


def _last_text(messages: Any) -> str:
    texts = [
        objects.text_of({"content": objects.content(message.get("content"))})
        for message in messages
        if message.get("role") == "user"
    ]
    return texts[-1] if texts else ""


def _script_for(memory: Memory, call: Call, assistant: JSON, last_message: str) -> ScriptedRun:
    """The scripted run for this request. Raises Refused for a scripted refusal, ScriptError for an unplayable run."""
    body = call.body
    if memory.stage.is_stock:
        return stock_run(body, assistant)
    facts = {
        "api": "assistants",
        "assistant_id": body["assistant_id"],
        "model": body.get("model") or assistant["model"],
        "last_message": last_message,
        "instructions": objects.instructions_of(body, assistant),
        "metadata": body.get("metadata") or {},
        "stream": body.get("stream") is True,
        "body": dict(body),
    }
    script = _taken(memory, call, facts)
    if script is None:
        raise NothingScripted(facts)
    if script.http is not None:
        raise refused_by(script.http, call)
    _check_tools(script, body, assistant, is_guessed=assistant["id"] in memory.implied_assistants)
    return script


def _taken(memory: Memory, call: Call, facts: Mapping[str, Any]) -> ScriptedRun | None:
    chaos = memory.stage.chaos
    if chaos is None:
        return memory.stage.playlist.take(facts)
    if (error := chaos.refusal()) is not None:
        raise refused_by(error, call)
    reach = Reach(is_polled=not facts["stream"])
    return chaos.take(memory.stage.playlist, facts, call.ids.get("thread_id"), reach)


def _check_tools(script: ScriptedRun, body: Mapping[str, Any], assistant: JSON, *, is_guessed: bool) -> None:
    """Raise ScriptError when the script uses a tool that neither the run nor a known assistant offers."""
    if body.get("tools") is None and is_guessed:
        return
    offered = assistant["tools"] if body.get("tools") is None else body["tools"]
    names = [tool["function"]["name"] if tool.get("type") == "function" else str(tool.get("type")) for tool in offered]
    whose = f"assistant {assistant['id']}" if body.get("tools") is None else "this run's `tools`"
    check_offered(script, names, whose, "give the run or its assistant the tool")


def _started(
    memory: Memory, call: Call, thread: StoredThread, script: ScriptedRun, head: tuple[Event, ...] = ()
) -> JSON | RunStream:
    run = start(
        memory,
        thread,
        script,
        call.body,
        includes_content=bool(call.query) and calls.includes_content(call),
        is_prolonged=call.provider is Provider.AZURE,
    )
    return RunStream(run, head) if call.body.get("stream") is True else run.as_json(memory.stage.shapes)


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
    if script.faults:
        check_faults(script)
    assistant = memory.assistants[body["assistant_id"]]
    make_files(memory, script)
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
    stage.created.append(run)
    if not script.polls:
        stage.instant.append(run)
    memory.threads.setdefault(run.object.get("thread_id") or thread.object["id"], thread)
    return run
