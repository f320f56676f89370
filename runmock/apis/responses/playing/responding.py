"""Plays a script from one of its steps to the next thing that the application must do: that is one response.

A response is made whole, with all its events, when its request comes: what is sent of it, and when, changes nothing of
it. So a request that is sent twice gets the same again, and an old response can be continued later.
"""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any, NamedTuple

from runmock.apis.responses import objects
from runmock.apis.responses.playing.item_events import write_step
from runmock.apis.responses.playing.items import unplayable
from runmock.apis.responses.playing.response_writer import ResponseWriter
from runmock.apis.responses.playing.stream_form import FORM
from runmock.apis.responses.playing.verbatim import is_verbatim, write_verbatim
from runmock.apis.responses.stored import StoredResponse
from runmock.apis.service.files.session_files import SessionFiles
from runmock.core.engine.run_status import RunStatus
from runmock.core.engine.stream_faults import FaultyStream
from runmock.core.script.script import Message, ToolCalls

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from runmock.apis.responses.history import Expanded
    from runmock.apis.responses.state import Memory
    from runmock.apis.responses.stored import ResponsesRun
    from runmock.apis.service.call import Call
    from runmock.core.http.exchange import JSON
    from runmock.core.script.script import Ending, FunctionCall, Step

LIMIT = "max_output_tokens"
"""What this API calls the reason of a response that has reached its limit."""


class Place(NamedTuple):
    """Where in its script a response begins."""

    position: int = 0
    outputs: Mapping[str, str] = {}
    """The outputs of the run's calls so far, by the call's id."""
    calls: Mapping[str, FunctionCall] = {}
    """The run's calls so far, by their ids."""


def respond(memory: Memory, run: ResponsesRun, place: Place, call: Call, request: Expanded) -> StoredResponse:
    """The response to a request, with its place in the script.

    Raises ScriptError for what this API has no answer for.
    """
    stage, script, body = memory.stage, run.script, call.body
    partition = memory.ids.partition() if request.conversation is None else request.conversation.partition
    now = stage.clock.tick()
    model = script.overrides.get("model") or body.get("model") or stage.model
    made = objects.response(memory.ids.mint("resp", partition, now), now, call, model)
    made["metadata"] |= script.overrides.get("metadata", {})
    is_background = body.get("background") is True
    options = body.get("stream_options") or {}
    writer = ResponseWriter(
        object=made,
        script=script,
        request=body,
        expanded=request,
        ids=memory.ids,
        partition=partition,
        now=now,
        files=stage.shared(SessionFiles),
        outputs=place.outputs,
        calls=dict(place.calls),
        has_readers=is_background or body.get("stream") is True or bool(script.faults),
        is_padded=not is_background and options.get("include_obfuscation") is not False,
    )
    begun = {**made, **script.response}  # who writes a response changes no value in it
    written = _canned(writer) if is_verbatim(script) else _written(writer, place.position)
    return StoredResponse(
        object=writer.object,
        begun=begun,
        events=writer.events,
        run=run,
        start=place.position,
        position=written.position,
        before=request.before,
        input=request.input,
        last_status=written.status,
        outputs=place.outputs,
        calls=writer.calls,
        waiting=tuple(writer.waiting),
        conversation=request.conversation,
        faults=_faults(run, writer),
        is_stored=body.get("store") is not False,
        is_background=is_background,
        is_stuck=written.is_stuck,
        is_verbatim=is_verbatim(script),
    )


class Written(NamedTuple):
    """What was written of a script for a response."""

    position: int
    """The index of the step after it."""
    status: RunStatus
    """How the response ends, or where it is stuck."""
    is_stuck: bool = False


def _written(writer: ResponseWriter, begin: int) -> Written:
    """Write the response, from a step of its script on."""
    made, script = writer.object, writer.script
    _check_ending(writer)
    made["status"] = "queued" if made["background"] else "in_progress"
    writer.snapshot("response.created")
    if made["background"]:
        writer.snapshot("response.queued")
        made["status"] = "in_progress"
    if script.ending.is_stuck and script.ending.status is RunStatus.QUEUED:
        return Written(begin, RunStatus.QUEUED, is_stuck=True)
    writer.snapshot("response.in_progress")
    position = _write_steps(writer, script.steps, begin)
    if script.ending.is_stuck and not writer.waiting:
        return Written(position, script.ending.status, is_stuck=True)
    status = _end(writer)
    made["status"] = str(status)
    if script.response:
        made |= copy.deepcopy(script.response)
    writer.snapshot(f"response.{'failed' if status is RunStatus.CANCELLED else status}")
    return Written(position, status)


def _canned(writer: ResponseWriter) -> Written:
    """A canned answer; outputs of its calls begin a run of their own."""
    write_verbatim(writer)
    return Written(0, STATUSES.get(str(writer.object["status"]), RunStatus.COMPLETED))


def _write_steps(writer: ResponseWriter, steps: tuple[Step, ...], begin: int) -> int:
    """Write the items up to the next calls; returns the index of the step after them."""
    is_cut = writer.script.ending.status is not RunStatus.COMPLETED and not writer.script.ending.is_stuck
    for position in range(begin, len(steps)):
        writer.position, step = position, steps[position]
        is_last = position == len(steps) - 1
        writer.is_cut_short = is_cut and is_last and isinstance(step, Message)
        write_step(writer, step)
        if isinstance(step, ToolCalls):
            return position + 1
    writer.position = len(steps)
    return len(steps)


def _check_ending(writer: ResponseWriter) -> None:
    """Raise ScriptError for an ending that this API does not have, also when other responses come before it."""
    ending = writer.script.ending
    if ending.status is RunStatus.EXPIRED:
        unplayable(writer, "status expired", "use fail: server_error, or stuck: in_progress")
    if ending.reason == "max_prompt_tokens":
        unplayable(writer, "reason max_prompt_tokens", "use incomplete: max_completion_tokens, or content_filter")


def _end(writer: ResponseWriter) -> RunStatus:
    """Write how the response ends: with calls, or as the script says. Returns its status."""
    made, ending = writer.object, writer.script.ending
    status = RunStatus.COMPLETED if writer.waiting else ending.status
    if made["service_tier"] == "auto" and status is not RunStatus.CANCELLED:
        made["service_tier"] = "default"
    ENDINGS[status](writer, ending)
    return status


def _complete(writer: ResponseWriter, _: Ending) -> None:
    writer.object |= {"completed_at": writer.now + 1, "usage": _usage(writer)}


def _incomplete(writer: ResponseWriter, ending: Ending) -> None:
    reason = LIMIT if ending.reason == "max_completion_tokens" else ending.reason
    writer.object |= {"incomplete_details": {"reason": reason}, "usage": _usage(writer)}


def _fail(writer: ResponseWriter, ending: Ending) -> None:
    error = {"code": ending.code, "message": ending.message}
    writer.emit("error", error={"type": ending.code, **error, "param": None})
    writer.object |= {"output": [], "error": error}


def _cancelled(writer: ResponseWriter, _: Ending) -> None:
    if not writer.object["background"]:
        unplayable(writer, "cancelled response outside of the background", "create it with background=True")
    writer.object["output"] = []


ENDINGS: Mapping[RunStatus, Callable[[ResponseWriter, Ending], None]] = {
    RunStatus.COMPLETED: _complete,
    RunStatus.INCOMPLETE: _incomplete,
    RunStatus.FAILED: _fail,
    RunStatus.CANCELLED: _cancelled,
}
"""What each ending writes into the object of a response, and the event before its last one."""
STATUSES: Mapping[Any, RunStatus] = {str(status): status for status in RunStatus}


def _usage(writer: ResponseWriter) -> JSON:
    """The response's part of the usage that the script gives, else a plausible number of tokens."""
    script = writer.script
    if script.usage is None:
        size = sum(len(objects.text_of(item)) for item in writer.expanded.items)
        written = sum(len(str(item)) for item in writer.object["output"])
        return objects.usage(30 + size // 4, written // 8)
    details = [script.usage.get(key) or {} for key in ("prompt_token_details", "completion_tokens_details")]
    cached, reasoning = details[0].get("cached_tokens", 0), details[1].get("reasoning_tokens", 0)
    whole = (script.usage["prompt_tokens"], script.usage["completion_tokens"], cached, reasoning)
    read, written, cached, reasoning = (_part(writer, tokens) for tokens in whole)
    return objects.usage(read, written, cached_tokens=cached, reasoning_tokens=reasoning)


def _part(writer: ResponseWriter, tokens: int) -> int:
    """The response's part of the run's tokens: the last response has what is left over."""
    each, rest = divmod(tokens, 1 + sum(isinstance(step, ToolCalls) for step in writer.script.steps))
    return each if writer.waiting else each + rest


def _faults(run: ResponsesRun, writer: ResponseWriter) -> FaultyStream | None:
    if not run.script.faults:
        return None
    if run.faults is None:
        has_deltas = any(FORM.is_delta(event) for event, _ in writer.events)
        run.faults = FaultyStream.of(run.script.faults, str(run.script.source), FORM, has_deltas=has_deltas)
    return run.faults
