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
from runmock.apis.responses.state import StoredResponse
from runmock.apis.service.files.session_files import SessionFiles
from runmock.apis.service.refusals import FAILURES
from runmock.core.engine.run_status import RunStatus
from runmock.core.engine.stream_faults import FaultyStream
from runmock.core.script.script import Message, ToolCalls

if TYPE_CHECKING:
    from collections.abc import Mapping

    from runmock.apis.responses.history import Expanded
    from runmock.apis.responses.state import Memory, ResponsesRun
    from runmock.core.http.exchange import JSON
    from runmock.core.script.script import FunctionCall, Step

LIMIT = "max_output_tokens"
"""What this API calls the reason of a response that has reached its limit."""


class Place(NamedTuple):
    """Where in its script a response begins."""

    position: int = 0
    outputs: Mapping[str, str] = {}
    """The outputs of the run's calls so far, by the call's id."""
    calls: Mapping[str, FunctionCall] = {}
    """The run's calls so far, by their ids."""


def respond(
    memory: Memory, run: ResponsesRun, place: Place, body: Mapping[str, Any], request: Expanded
) -> StoredResponse:
    """The response to a request, with its place in the script.

    Raises ScriptError for what this API has no answer for.
    """
    stage, script = memory.stage, run.script
    partition = memory.ids.partition() if request.conversation is None else request.conversation.partition
    now = stage.clock.tick()
    model = script.overrides.get("model") or body.get("model") or stage.model
    made = objects.response(memory.ids.mint("resp", partition, now), now, body, model)
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
        is_padded=not is_background and options.get("include_obfuscation") is not False,
    )
    if is_verbatim(script):
        return _canned(run, writer, body, request)
    made["status"] = "queued" if is_background else "in_progress"
    writer.snapshot("response.created")
    if is_background:
        writer.snapshot("response.queued")
        made["status"] = "in_progress"
    writer.snapshot("response.in_progress")
    position = _write_steps(writer, script.steps, place.position)
    is_stuck = script.ending.is_stuck and not writer.waiting
    if not is_stuck:
        _end(writer)
    made |= copy.deepcopy(script.response)
    if not is_stuck and made["status"] != "cancelled":
        writer.snapshot(f"response.{made['status']}")
    return StoredResponse(
        object=made,
        events=writer.events,
        run=run,
        position=position,
        before=request.before,
        input=request.input,
        outputs=place.outputs,
        calls=writer.calls,
        waiting=tuple(writer.waiting),
        faults=_faults(run, writer),
        is_stuck=is_stuck,
        is_stored=body.get("store") is not False,
        is_background=is_background,
    )


def _canned(run: ResponsesRun, writer: ResponseWriter, body: Mapping[str, Any], request: Expanded) -> StoredResponse:
    """A canned answer; outputs of its calls begin a run of their own."""
    write_verbatim(writer)
    return StoredResponse(
        object=writer.object,
        events=writer.events,
        run=run,
        position=0,
        before=request.before,
        input=request.input,
        faults=_faults(run, writer),
        is_stored=body.get("store") is not False,
        is_background=body.get("background") is True,
    )


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


def _end(writer: ResponseWriter) -> None:
    """Write how the response ends: with calls, or as the script says."""
    made, script = writer.object, writer.script
    ending = script.ending
    made["service_tier"] = "default" if made["service_tier"] == "auto" else made["service_tier"]
    if writer.waiting or ending.status is RunStatus.COMPLETED:
        made["status"], made["completed_at"] = "completed", writer.now + 1
        made["usage"] = _usage(writer)
    elif ending.status is RunStatus.INCOMPLETE:
        reason = LIMIT if ending.reason == "max_completion_tokens" else ending.reason
        made["status"], made["incomplete_details"] = "incomplete", {"reason": reason}
        made["usage"] = _usage(writer)
    elif ending.status is RunStatus.FAILED:
        code = ending.code or "server_error"
        message = ending.message or FAILURES.get(code, FAILURES["server_error"])
        writer.emit("error", error={"type": code, "code": code, "message": message, "param": None})
        made["status"], made["output"], made["error"] = "failed", [], {"code": code, "message": message}
    elif ending.status is RunStatus.CANCELLED:
        if not made["background"]:
            unplayable(writer, "cancelled response outside of the background", "create it with background=True")
        made["status"], made["output"] = "cancelled", []
    else:
        unplayable(writer, f"status {ending.status}", "use fail: server_error, or stuck: in_progress")


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
