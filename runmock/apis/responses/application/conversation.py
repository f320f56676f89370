"""A conversation with one scripted run that is kept for this API: what an application sends so that it is played."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from runmock.apis.responses.stored import ResponsesRun
from runmock.core.engine.run_status import RunStatus
from runmock.core.errors import CassetteError
from runmock.core.script.examples import example_of, example_output
from runmock.core.script.script import CodeInterpreter, FileSearch, ToolCalls

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runmock.core.api_documents import ScriptClient
    from runmock.core.http.exchange import JSON
    from runmock.core.script.script import Script, ScriptedRun

QUESTION = "Hello!"


def converse(client: ScriptClient, script: Script, run: ScriptedRun, *, is_streamed: bool) -> None:
    """Have one conversation: create a response, and others for the outputs of its calls.

    A run that is cancelled or stuck is created in the background, where that can be seen. Raises CassetteError where
    nothing answers.
    """
    is_background = run.ending.status is RunStatus.CANCELLED or run.ending.is_stuck
    body = _request(run, script, is_streamed=is_streamed and not is_background, is_background=is_background)
    for _ in range(1 if run.http is None else run.http.times):
        before = len(client.runs)
        answer = client.send("POST", "/responses", body)
    if len(client.runs) == before:
        if run.http is None:
            raise _refused(run, (answer.json or {}).get("error") or {})
        return
    played = client.runs[-1]
    assert isinstance(played, ResponsesRun)
    while played.waiting:
        last = played.responses[-1].id
        outputs = [
            {"type": "function_call_output", "call_id": call_id, "output": output}
            for call_id, output in _outputs(played)
        ]
        client.send("POST", "/responses", {**body, "input": outputs, "previous_response_id": last})
    if is_background:
        for _ in range(len(run.polls) + 1):
            client.send("GET", f"/responses/{played.responses[-1].id}")


def _refused(run: ScriptedRun, error: JSON) -> CassetteError:
    message = f"the request that the match of run {run.source.index} describes is refused: {error.get('message')}"
    return CassetteError(message, run.source.cassette, run.source.line)


def _outputs(run: ResponsesRun) -> Iterator[tuple[str, str]]:
    """The id of each call that the run waits for, with an output that the script accepts."""
    step = run.script.steps[run.responses[-1].position - 1]
    expectations = step.outputs if isinstance(step, ToolCalls) else None
    for number, call_id in enumerate(run.waiting):
        name = run.calls[call_id].name
        expectation = expectations[number] if isinstance(expectations, tuple) else (expectations or {}).get(name)
        yield call_id, example_output(expectation, name, run.script.source)


def _request(run: ScriptedRun, script: Script, *, is_streamed: bool, is_background: bool) -> JSON:
    """The body of a create that meets the run's `match:`, and offers the tools that the run calls."""
    match = run.match
    body: JSON = {"model": script.model, "input": QUESTION}
    if match is not None:
        written = {"model": match.model, "input": match.last_message, "instructions": match.instructions}
        conditions: dict[str, Any] = {**written, "metadata": match.metadata}
        body |= {key: example_of(value, key, run.source) for key, value in conditions.items() if value is not None}
        body |= example_of(match.body or {}, "body", run.source)
        is_streamed = is_streamed if match.stream is None else match.stream
    if "tools" not in body and (tools := list(_tools(run))):
        body["tools"] = tools
    if "include" not in body and (included := list(_included(run))):
        body["include"] = included
    return body | ({"stream": True} if is_streamed else {}) | ({"background": True} if is_background else {})


def _included(run: ScriptedRun) -> Iterator[str]:
    """What shows the results of tools, where the script has some."""
    if any(isinstance(step, CodeInterpreter) and (step.logs is not None or step.images) for step in run.steps):
        yield "code_interpreter_call.outputs"
    if any(isinstance(step, FileSearch) and step.results for step in run.steps):
        yield "file_search_call.results"


def _tools(run: ScriptedRun) -> Iterator[JSON]:
    names: dict[str, JSON] = {}
    for step in run.steps:
        if isinstance(step, ToolCalls) and not step.is_unoffered:
            names |= {call.name: {"type": "function", "name": call.name, "parameters": {}} for call in step.calls}
        elif isinstance(step, CodeInterpreter):
            names["code_interpreter"] = {"type": "code_interpreter", "container": {"type": "auto"}}
        elif isinstance(step, FileSearch):
            names["file_search"] = {"type": "file_search", "vector_store_ids": ["vs_1"]}
    yield from names.values()
