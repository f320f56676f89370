"""Turns a script into a recording: a made-up application has one conversation for each scripted run."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from runmock.apis.assistants.endpoints.call import CONTENT_OF_RESULTS
from runmock.core.engine.run_status import AT_REST, TERMINAL, RunStatus
from runmock.core.errors import CassetteError
from runmock.core.http.json_values import inside
from runmock.core.replay.ids_in_payloads import ids_in, payloads_of
from runmock.core.script.script import DEFAULT_CLOCK, CodeInterpreter, FileSearch, Image, Text, ToolCalls
from runmock.documents.convert.examples import example_of, example_output
from runmock.documents.convert.script_client import ScriptClient
from runmock.documents.story.timing import is_time
from runmock.tape.writing.aliases import Aliases
from runmock.tape.writing.cassette_text import Header, whole_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from runmock.core.assistants.memory import PlayedRun
    from runmock.core.http.exchange import JSON
    from runmock.core.replay.interaction import Interaction
    from runmock.core.script.script import Part, Script, ScriptedRun
    from runmock.tape.reading.cassette import Cassette

QUESTION = "Hello!"
ASSISTANT = "asst_1"
MOST_POLLS = 2_100
"""More polls than a script's `poll:` can demand."""


def expanded(cassette: Cassette, *, is_streamed: bool = True) -> tuple[Interaction, ...]:
    """The recorded interactions, then those of the script with an application that streams, or polls.

    Raises CassetteError where an application cannot be made up: a pattern without an example, say.
    """
    return expanded_with_runs(cassette, is_streamed=is_streamed)[0]


def expanded_with_runs(
    cassette: Cassette, *, is_streamed: bool = True
) -> tuple[tuple[Interaction, ...], dict[int, ScriptedRun]]:
    """As `expanded`, and the scripted run of each interaction that plays one, by the interaction's index."""
    if cassette.script is None:
        return cassette.interactions, {}
    has_clock = cassette.script.clock != DEFAULT_CLOCK
    client = ScriptClient(cassette if has_clock else with_clock_of(cassette, header_of(cassette)))
    recorded = len(cassette.interactions)
    runs: dict[int, ScriptedRun] = {}
    for run in cassette.script.runs:
        before = len(client.interactions)
        _converse(client, cassette.script, run, is_streamed=is_streamed or bool(run.events))
        runs |= dict.fromkeys(range(recorded + before, recorded + len(client.interactions)), run)
    return _aliases(cassette).aliased([*cassette.interactions, *client.interactions]), runs


def expanded_text(cassette: Cassette, interactions: tuple[Interaction, ...]) -> str:
    """The interactions as the text of a cassette. Raises CassetteError when there are none."""
    if not interactions:
        raise CassetteError("there is nothing to expand: no run is scripted, and none is recorded", cassette.path)
    return whole_text(header_of(cassette), _aliases(cassette).aliased(interactions))


def _aliases(cassette: Cassette) -> Aliases:
    """Aliases for what the script gives: an id that its author wrote, of a file or a call, stays as it is."""
    runs = () if cassette.script is None else cassette.script.runs
    return Aliases(auto_created={text for run in runs for text in _ids_written(run)})


def _ids_written(run: ScriptedRun) -> Iterator[str]:
    """Every id that the author of a script wrote into a run; those that the run makes itself are not among them."""
    yield from (text for text, _ in ids_in([run.overrides, run.canned, [data for _, data in run.events]]))
    for step in run.steps:
        if isinstance(step, ToolCalls):
            yield from (call.id for call in step.calls if call.id is not None)
        elif isinstance(step, CodeInterpreter):
            yield from step.images
        elif isinstance(step, FileSearch):
            yield from (text for text, _ in ids_in(list(step.results)))
        else:
            yield from _ids_in_parts(step.content)


def _ids_in_parts(parts: Iterable[Part]) -> Iterator[str]:
    for part in parts:
        if isinstance(part, Text):
            yield from (text for text, _ in ids_in(list(part.annotations)))
        elif isinstance(part, Image):
            yield from (text for text, _ in ids_in(part.image))


def header_of(cassette: Cassette) -> Header:
    """The header of a cassette; times count from its recording, its script's clock, or its first object."""
    recorded = cassette.recorded
    if recorded is not None and recorded.at is not None:
        return Header(recorded.at, recorded.upstream, recorded.sdk, recorded.counted_from)
    if cassette.script is not None:
        return Header(cassette.script.clock)
    payloads = (payload for interaction in cassette.interactions for payload in payloads_of(interaction))
    created = (inside(payload, "created_at") for payload in payloads)
    return Header(next((int(at) for at in created if is_time(at)), DEFAULT_CLOCK))


def header_like(cassette: Cassette, recording: Cassette) -> Header:
    """The header of what a script plays to a recording's requests: the recording's, but with the script's own clock."""
    header, script = header_of(recording), cassette.script
    has_clock = script is not None and script.clock != DEFAULT_CLOCK
    return Header(script.clock, header.upstream, header.sdk) if script is not None and has_clock else header


def with_clock_of(cassette: Cassette, header: Header) -> Cassette:
    """The cassette with the script's clock set to the header's time, so that times are written as short differences."""
    script = cassette.script
    return cassette if script is None else replace(cassette, script=replace(script, clock=header.base))


def _converse(client: ScriptClient, script: Script, run: ScriptedRun, *, is_streamed: bool) -> None:
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


def _finish(client: ScriptClient, run: PlayedRun, path: str, *, is_streamed: bool) -> None:
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
        outputs = [{"tool_call_id": call_id, "output": output} for call_id, output in _outputs(run)]
        body: JSON = {"tool_outputs": outputs, **({"stream": True} if is_streamed else {})}
        client.send("POST", f"{path}/submit_tool_outputs", body)


def _poll(client: ScriptClient, run: PlayedRun, path: str) -> None:
    ending = run.script.ending
    for _ in range(MOST_POLLS):
        client.send("GET", path)
        if run.status in AT_REST or (run.never_settles and run.status in {ending.status, ending.without_cancel}):
            return


def _outputs(run: PlayedRun) -> Iterator[tuple[str, str]]:
    """The id of each call that the run waits for, with an output that the script accepts."""
    expectations = run.expected_outputs
    for number, call_id in enumerate(run.waiting):
        name = str(run.calls[call_id]["function"]["name"])
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
