"""A conversation with one scripted run: what an application would send, so that the run is played to its end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from runmock.apis.assistants.endpoints.call import CONTENT_OF_RESULTS
from runmock.apis.assistants.state import ThreadRun
from runmock.core.engine.run_status import AT_REST, TERMINAL, RunStatus
from runmock.core.errors import CassetteError
from runmock.core.script.examples import example_of, example_output
from runmock.core.script.script import CodeInterpreter, FileSearch, ToolCalls

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runmock.core.api_documents import ScriptClient
    from runmock.core.http.exchange import JSON
    from runmock.core.replay.interaction import Interaction
    from runmock.core.script.script import Script, ScriptedRun

QUESTION = "Hello!"
ASSISTANT = "asst_1"
MOST_POLLS = 2_100
"""More polls than a script's `poll:` can demand."""


def converse(client: ScriptClient, script: Script, run: ScriptedRun, *, is_streamed: bool) -> None:
    """Have one conversation: create a thread, a message and the run, and submit outputs.

    Read the messages in the end when the run was polled or is stuck.
    """
    thread = client.send("POST", "/threads", {}).json["id"]
    client.send("POST", f"/threads/{thread}/messages", {"role": "user", "content": _question(run)})
    body, query = _request(run, script, is_streamed=is_streamed), _query(run)
    for _ in range(1 if run.http is None else run.http.times):
        before = len(client.runs)
        answer = client.send("POST", f"/threads/{thread}/runs", body, query)
    if len(client.runs) == before:
        if run.http is None:
            raise _refused(run, answer)
        return
    played = client.runs[-1]
    assert isinstance(played, ThreadRun)
    path = f"/threads/{played.object.get('thread_id') or thread}/runs/{played.id}"
    _finish(client, played, path, is_streamed=body.get("stream") is True)
    if played.is_verbatim:
        return
    ending = played.script.ending
    if ending.status is RunStatus.CANCELLING:
        client.send("POST", f"{path}/cancel")
    if (body.get("stream") is True and ending.is_stuck) or ending.status is RunStatus.CANCELLING:
        _poll(client, played, path)
        client.send("GET", f"/threads/{thread}/messages")
    elif body.get("stream") is not True:
        if any(isinstance(step, CodeInterpreter | FileSearch) for step in run.steps):
            client.send("GET", f"{path}/steps", None, query)
        client.send("GET", f"/threads/{thread}/messages")


def _refused(run: ScriptedRun, answer: Interaction) -> CassetteError:
    """The error to raise for a run whose `match:` describes a request that the service refuses."""
    error = (answer.json or {}).get("error") or {}
    message = (
        f"the request that the match of run {run.source.index} describes is refused: {error.get('message')}; "
        "ask with the requests of a recording: --like RECORDING"
    )
    return CassetteError(message, run.source.cassette, run.source.line)


def _finish(client: ScriptClient, run: ThreadRun, path: str, *, is_streamed: bool) -> None:
    """Submit outputs as long as the run waits for some; poll it where it is not streamed.

    A run that ends while it waits gets no outputs: it is polled to its end.
    """
    while True:
        if not is_streamed and not run.is_verbatim:
            _poll(client, run, path)
        if run.status is not RunStatus.REQUIRES_ACTION:
            return
        if run.ends_while_waiting:
            while run.status not in TERMINAL:
                client.send("GET", path)
            return
        if not all(isinstance(call_id, str) for call_id in run.waiting):
            return  # of `events:`; outputs for it would be refused for ever
        outputs = [{"tool_call_id": call_id, "output": output} for call_id, output in _outputs(run)]
        body: JSON = {"tool_outputs": outputs, **({"stream": True} if is_streamed else {})}
        client.send("POST", f"{path}/submit_tool_outputs", body)


def _poll(client: ScriptClient, run: ThreadRun, path: str) -> None:
    ending = run.script.ending
    for _ in range(MOST_POLLS):  # pragma: no branch - a bound, so that a mistake here never hangs
        client.send("GET", path)
        if run.status in AT_REST or (run.never_settles and run.status in {ending.status, ending.without_cancel}):
            return


def _outputs(run: ThreadRun) -> Iterator[tuple[str, str]]:
    """The id of each call that the run waits for, with an output that the script accepts."""
    expectations = run.expected_outputs
    for number, call_id in enumerate(run.waiting):
        name = run.calls[call_id].name
        expectation = expectations[number] if isinstance(expectations, tuple) else (expectations or {}).get(name)
        yield call_id, example_output(expectation, name, run.script.source)


def _question(run: ScriptedRun) -> str:
    expected = None if run.match is None else run.match.last_message
    return QUESTION if expected is None else str(example_of(expected, "last_message", run.source))


def _request(run: ScriptedRun, script: Script, *, is_streamed: bool) -> JSON:
    """The body of a create-run request that meets the run's `match:`, and contains the tools that the run calls."""
    match = run.match
    body: JSON = {"assistant_id": script.assistants[0]["id"] if script.assistants else ASSISTANT}
    if match is not None:
        conditions = {key: getattr(match, key) for key in ("assistant_id", "model", "instructions", "metadata")}
        body |= {key: example_of(value, key, run.source) for key, value in conditions.items() if value is not None}
        body |= example_of(match.body or {}, "body", run.source)
        is_streamed = is_streamed if match.stream is None else match.stream
    if (body.get("response_format") or {}) == {"type": "json_schema"}:
        body["response_format"] = {"type": "json_schema", "json_schema": {"name": "answer", "schema": {}}}
    if "tools" not in body and not _has_tools(script, body["assistant_id"]) and (tools := list(_tools(run))):
        body["tools"] = tools
    return body | ({"stream": True} if is_streamed else {})


def _has_tools(script: Script, assistant_id: Any) -> bool:
    """Whether the script lists the tools of the assistant."""
    return any(assistant["id"] == assistant_id and assistant.get("tools") for assistant in script.assistants)


def _tools(run: ScriptedRun) -> Iterator[JSON]:
    names: dict[str, JSON] = {}
    for step in run.steps:
        if isinstance(step, ToolCalls) and not step.is_unoffered:
            names |= {call.name: {"type": "function", "function": {"name": call.name}} for call in step.calls}
        elif isinstance(step, CodeInterpreter):
            names["code_interpreter"] = {"type": "code_interpreter"}
        elif isinstance(step, FileSearch):
            names["file_search"] = {"type": "file_search"}
    yield from names.values()


def _query(run: ScriptedRun) -> dict[str, tuple[str, ...]]:
    """The query that requests the content of search results, where the script has such content."""
    results = [result for step in run.steps if isinstance(step, FileSearch) for result in step.results]
    return {"include[]": (CONTENT_OF_RESULTS,)} if any("content" in result for result in results) else {}
