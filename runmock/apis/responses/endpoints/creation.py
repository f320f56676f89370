"""Creating a response: which scripted run answers the request, or which response it continues."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from runmock.apis.responses import refusals
from runmock.apis.responses.continuation import continued
from runmock.apis.responses.endpoints.responses import stream_of
from runmock.apis.responses.history import expanded, instructions_of, last_user_text
from runmock.apis.responses.item_checks import check_calls, check_choice, check_reasoning, tools_of
from runmock.apis.responses.playing.responding import Place, respond
from runmock.apis.responses.playing.stock import stock_run
from runmock.apis.responses.stored import ResponsesRun
from runmock.apis.service.offered_tools import check_offered, uses_tools
from runmock.apis.service.provider import Provider
from runmock.apis.service.refusals import Refused
from runmock.apis.service.scripted_refusals import refused_by
from runmock.core.engine.experiments import Reach
from runmock.core.engine.run_status import RunStatus
from runmock.core.engine.stage import NothingScripted
from runmock.core.script.output_checks import check_outputs
from runmock.core.script.script import ToolCalls

if TYPE_CHECKING:
    from collections.abc import Mapping

    from runmock.apis.responses.continuation import Continued
    from runmock.apis.responses.history import Expanded
    from runmock.apis.responses.playing.response_stream import ResponseStream
    from runmock.apis.responses.state import Memory
    from runmock.apis.responses.stored import StoredResponse
    from runmock.apis.service.call import Call
    from runmock.core.script.script import ScriptedRun


AGENT_IN_PATH = re.compile(r"/agents/([^/]+)/endpoint/")
"""The name of a hosted agent in an API root. Source: docs/protocol/responses.md#endpoints."""


def create_response(memory: Memory, call: Call) -> StoredResponse | ResponseStream:
    """POST /responses. A request that the SDK sends again has its answer again."""
    body = call.body
    response = memory.given_before(body) if call.is_retry else None
    if response is None:
        response = _new_or_broken_off(memory, call)
    if body.get("stream") is True:
        return stream_of(memory, response)
    response.show_whole()
    return response


def _new_or_broken_off(memory: Memory, call: Call) -> StoredResponse:
    """A new response; the latest one where no run is left, its stream broke off, and its request comes again."""
    body = dict(call.body)
    try:
        response = _created(memory, call)
    except Refused:
        memory.creates.append((body, None))
        raise
    except NothingScripted:
        last_body, last = memory.creates[-1] if memory.creates else ({}, None)
        if last is None or last.has_ended or last_body != body or body.get("stream") is not True:
            raise
        return last
    memory.creates.append((body, response))
    return response


def _created(memory: Memory, call: Call) -> StoredResponse:
    """A new response. Raises Refused, NothingScripted, ScriptError and OutputMismatch."""
    body, stage = call.body, memory.stage
    previous_id = body.get("previous_response_id")
    if stage.chaos is not None and previous_id and stage.chaos.forgets(previous_id, stage.playlist):
        raise Refused(refusals.no_previous_response(previous_id))
    request = expanded(memory, body)
    has_assistant = assistant_of(call) is not None
    if not stage.is_stock and call.provider is not Provider.OTHER:
        if not has_assistant:
            check_choice(body)
        check_reasoning(memory, request)
    check_calls(request.items, is_whole=not stage.is_stock)
    found = continued(memory, request)
    place = None if found is None else _continued(memory, call, found)
    run, place = _begun(memory, call, request) if found is None or place is None else (found.response.run, place)
    run.requests.append(dict(body))
    memory.ids.note_calls(request.input)
    if not (stage.is_stock or has_assistant):  # else it may bring tools that the request does not show
        _check_tools(run, place)
    response = respond(memory, run, place, call, request)
    _keep(memory, response)
    return response


def _begun(memory: Memory, call: Call, request: Expanded) -> tuple[ResponsesRun, Place]:
    """A new run for a request. Raises NothingScripted, and Refused for a scripted refusal."""
    script = _script_for(memory, call, request)
    run = ResponsesRun(
        id="", script=script, request=dict(call.body), status=RunStatus.IN_PROGRESS, encode=memory.stage.encode
    )
    memory.runs.append(run)
    memory.stage.created.append(run)
    return run, Place()


def _script_for(memory: Memory, call: Call, request: Expanded) -> ScriptedRun:
    body, stage = call.body, memory.stage
    if stage.is_stock:
        return stock_run(body)
    facts = facts_of(memory, call, request)
    script = _taken(memory, call, facts)
    while script is not None and script.http is not None and script.http.is_sunset:
        script = _taken(memory, call, facts)  # this API lives
    if script is None:
        raise NothingScripted(facts)
    if script.http is not None:
        raise refused_by(refusals.in_the_services_words(script.http, body.get("model")), call)
    if script.match is not None and script.match.assistant_id is not None and "assistant_id" not in facts:
        stage.warn(
            f"{script.source}: assistant_id: {script.match.assistant_id} in its match was left out of account, because "
            "the request of the Responses API names no prompt and no agent"
        )
    return script


def _check_tools(run: ResponsesRun, place: Place) -> None:
    """Raise ScriptError where the next response uses a tool that none of the run's requests so far offers."""
    if not uses_tools(run.script):
        return
    tools = [tool for body in run.requests for tool in tools_of(body)]
    names = dict.fromkeys(str(tool["name"] if tool["type"] == "function" else tool["type"]) for tool in tools)
    steps = run.script.steps[place.position :]
    count = next((number for number, step in enumerate(steps, 1) if isinstance(step, ToolCalls)), len(steps))
    script = replace(run.script, steps=steps[:count])
    check_offered(script, [*names], "this request's `tools`", "give the request the tool")


def _taken(memory: Memory, call: Call, facts: Mapping[str, Any]) -> ScriptedRun | None:
    stage = memory.stage
    if stage.chaos is None:
        return stage.playlist.take(facts)
    if (error := stage.chaos.refusal(is_retired=False)) is not None:
        raise refused_by(error, call)
    return stage.chaos.take(stage.playlist, facts, call.body.get("previous_response_id"), _reach(call.body))


def _reach(body: Mapping[str, Any]) -> Reach:
    """What an experiment can do with the run of a request: only in the background it is polled, and cancelled."""
    is_background = body.get("background") is True
    endings = {RunStatus.FAILED, RunStatus.INCOMPLETE} | ({RunStatus.CANCELLED} if is_background else set())
    return Reach(is_background and body.get("stream") is not True, frozenset(endings), has_numbers=True)


def assistant_of(call: Call) -> str | None:
    """What a request names instead of an assistant: its stored prompt, or an agent of a project; None for neither."""
    body = call.body
    agent = body.get("agent") or body.get("agent_reference") or {}
    in_path = AGENT_IN_PATH.search(call.root)
    name: str | None = (body.get("prompt") or {}).get("id") or agent.get("name") or (in_path and in_path[1])
    return name


def facts_of(memory: Memory, call: Call, request: Expanded) -> dict[str, Any]:
    """What a script's `match:` is compared with."""
    body, items, assistant_id = call.body, request.items, assistant_of(call)
    return {
        "api": "responses",
        **({"assistant_id": assistant_id} if assistant_id else {}),
        "model": body.get("model") or memory.stage.model,
        "last_message": last_user_text(items),
        "instructions": instructions_of(body, items),
        "metadata": body.get("metadata") or {},
        "stream": body.get("stream") is True,
        "body": dict(body),
    }


def _continued(memory: Memory, call: Call, found: Continued) -> Place | None:
    """Where the script goes on; None where the outputs are the end of the run, and a message begins another.

    Raises OutputMismatch, and Refused where the script refuses the request.
    """
    response, run = found.response, found.response.run
    if memory.stage.chaos is not None and response.was_continued:
        memory.stage.chaos.heal(run)
    step = max(response.position - 1, 0)
    run.step = step
    if run.script.refusals and (error := run.due_refusal(is_submit=True)) is not None:
        run.refused += 1
        raise refused_by(refusals.in_the_services_words(error, call.body.get("model")), call)
    run.waiting, run.calls = response.waiting, dict(response.calls)
    run.outputs |= found.outputs
    expected = getattr(run.script.steps[step], "outputs", None) if run.script.steps else None
    if expected is not None:
        check_outputs(run, expected)
    response.was_continued = True
    if found.ends_run:
        run.status = RunStatus.COMPLETED
        return None
    return Place(response.position, {**response.outputs, **found.outputs}, response.calls)


def _keep(memory: Memory, response: StoredResponse) -> None:
    """Remember a response, and its calls."""
    run = response.run
    run.responses.append(response)
    run.id = run.id or response.id
    run.calls, run.waiting, run.step = dict(response.calls), response.waiting, response.position
    partition, now = response.id.partition("_")[2][:16], memory.stage.clock.now
    for item in response.input:
        if not item.get("id"):
            item["id"] = memory.ids.of_item(item["type"], partition, now)
    memory.keep(response)
    response.begin()
