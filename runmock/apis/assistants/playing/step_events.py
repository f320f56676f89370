"""What each kind of step sends over a stream, and what it leaves behind: a message, tool calls, their results.

Texts and refusals of a message go in pieces, an image in one delta. Each part is added to the message and extended
delta by delta, so that after a cancel request the message contains what was sent by then. Sources:
docs/protocol/streams.md#deltas; the SDK's types of `beta.threads` for refusals.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from runmock.apis.assistants import deltas, objects, tools
from runmock.apis.service.citations import cite
from runmock.core.engine.run_status import RunStatus
from runmock.core.http.event import Event
from runmock.core.http.json_text import compact_json
from runmock.core.http.json_values import with_each_text
from runmock.core.script.script import CodeInterpreter, FileSearch, Image, Message, Reasoning, Refusal, Text, ToolCalls
from runmock.core.script.substitution import substitute
from runmock.core.script.text_pieces import split_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from runmock.apis.assistants.playing.run_writer import RunWriter
    from runmock.apis.assistants.state import ThreadRun
    from runmock.core.http.exchange import JSON
    from runmock.core.script.script import FunctionCall


def substituted(text: str, run: ThreadRun) -> str:
    """A text with the run's values in place of each `$...`."""
    if "$" not in text:
        return text
    by_name = {call.name: run.outputs[key] for key, call in run.calls.items() if key in run.outputs}
    return substitute(text, run.thread.last_user_text(), by_name | run.outputs, run.object["metadata"])


def _text(message: JSON, part: Text, run: ThreadRun) -> Iterator[JSON]:
    chunks, annotations = _chunks(part, run)
    content = objects.text_part("")
    index = _add(message, content)
    for chunk, delta in zip(chunks, deltas.text_deltas(message["id"], chunks, annotations, index), strict=True):
        content["text"]["value"] += chunk
        yield delta
    content["text"]["annotations"] = annotations


def _chunks(part: Text, run: ThreadRun) -> tuple[list[str], list[JSON]]:
    """The text as it is split into deltas, with every `$...` replaced, and its annotations with their places."""
    if part.chunks:
        chunks = [substituted(chunk, run) for chunk in part.chunks]
        return chunks, cite("".join(chunks), part.annotations)
    if part.text is None:
        value = with_each_text(part.json, lambda text: substituted(text, run))
        text = compact_json(value)
    else:
        text = substituted(part.text, run) if "$" in part.text else part.text
    annotations = cite(text, part.annotations) if part.annotations else []
    return deltas.split_at(text, part.annotations), annotations


def _image(message: JSON, part: Image, _: ThreadRun) -> Iterator[JSON]:
    index = _add(message, {"type": part.kind, part.kind: dict(part.image)})
    yield deltas.message_delta(message["id"], {"index": index, "type": part.kind, part.kind: dict(part.image)})


def _refusal(message: JSON, part: Refusal, run: ThreadRun) -> Iterator[JSON]:
    content: JSON = {"type": "refusal", "refusal": ""}
    index = _add(message, content)
    chunks = [substituted(chunk, run) for chunk in part.chunks]
    for chunk in chunks or split_text(substituted(part.text, run)):
        content["refusal"] += chunk
        yield deltas.message_delta(message["id"], {"index": index, "type": "refusal", "refusal": chunk})


def _add(message: JSON, part: JSON) -> int:
    """Add a part to the message, and return its index. The list of parts is a new one: earlier events keep the old."""
    message["content"] = [*message["content"], part]
    return len(message["content"]) - 1


PARTS: Mapping[type, Callable[[JSON, Any, ThreadRun], Iterator[JSON]]] = {Text: _text, Image: _image, Refusal: _refusal}
"""Every kind of part that a scripted message has."""


def message_events(writer: RunWriter, step: Message) -> Iterator[Event]:
    """A message_creation step: the message, its parts in deltas, its end unless the run's ending cuts it short."""
    run, message_id = writer.run, writer.ids.mint("message")
    yield from writer.open({"type": "message_creation", "message_creation": {"message_id": message_id}})
    message = objects.message(message_id, writer.clock.now, run.object["thread_id"], {"run": run.object})
    writer.open_message = run.thread.messages[message_id] = message
    yield Event("thread.message.created", message)
    yield Event("thread.message.in_progress", message)
    count = 0
    for part in step.content:
        for delta in PARTS[type(part)](message, part, run):
            count += 1
            yield Event("thread.message.delta", delta)
    if writer.is_cut_short:
        return
    message["status"], message["completed_at"] = "completed", writer.clock.now
    writer.open_message = None
    yield Event("thread.message.completed", message)
    yield writer.complete(count)


def call_events(writer: RunWriter, step: ToolCalls) -> Iterator[Event]:
    """A round of function calls: the run waits, and goes on when the outputs were submitted.

    The step is completed by the first event of the submit stream, not before `requires_action`.
    """
    run = writer.run
    calls = [_announce(run, call) for call in step.calls]
    yield from writer.open({"type": "tool_calls", "tool_calls": []})
    open_step = _open_step(writer)
    for index, call in enumerate(calls):
        for delta in deltas.function_deltas(open_step["id"], index, call):
            yield Event("thread.run.step.delta", delta)
    announced = [{**call, "function": {**call["function"], "output": None}} for call in calls]
    open_step["step_details"] = {"type": "tool_calls", "tool_calls": announced}
    run.object["required_action"] = {"type": "submit_tool_outputs", "submit_tool_outputs": {"tool_calls": calls}}
    run.waiting, run.expected_outputs = tuple(call["id"] for call in calls), step.outputs
    ends_while_waiting = run.ends_while_waiting = writer.ends_while_waiting
    yield from writer.wait()
    if ends_while_waiting:
        return
    run.waiting, run.expected_outputs, run.object["required_action"] = (), None, None
    for call in announced:
        call["function"]["output"] = run.outputs[call["id"]]
    yield writer.complete(sum(len(call["function"]["arguments"]) // 4 + 8 for call in calls))
    yield writer.become(RunStatus.QUEUED)
    yield writer.become(RunStatus.IN_PROGRESS)


def _announce(run: ThreadRun, call: FunctionCall) -> JSON:
    call_id = call.id or f"call_{len(run.calls) + 1}"
    run.calls[call_id] = call
    return {"id": call_id, "type": "function", "function": {"name": call.name, "arguments": call.arguments}}


def code_events(writer: RunWriter, step: CodeInterpreter) -> Iterator[Event]:
    """A code interpreter step: the input in pieces, each output, the completed step."""
    logs: list[JSON] = [] if step.logs is None else [{"type": "logs", "logs": step.logs}]
    outputs: list[JSON] = [*logs, *({"type": "image", "image": {"file_id": image}} for image in step.images)]
    code = {"input": step.input, "outputs": outputs}
    call = {"id": writer.ids.mint("call"), "type": "code_interpreter", "code_interpreter": code}
    yield from _builtin_events(writer, call, lambda step_id: deltas.code_deltas(step_id, call, outputs))


def search_events(writer: RunWriter, step: FileSearch) -> Iterator[Event]:
    """A file search step: one delta without results, the completed step with them."""
    ranking = tools.ranking_of(writer.run.object["tools"])
    search = {"ranking_options": ranking, "results": [dict(result) for result in step.results]}
    call = {"id": writer.ids.mint("call"), "type": "file_search", "file_search": search}
    yield from _builtin_events(writer, call, lambda step_id: iter([deltas.search_delta(step_id, call)]))


def _builtin_events(writer: RunWriter, call: JSON, pieces: Callable[[str], Iterator[JSON]]) -> Iterator[Event]:
    yield from writer.open({"type": "tool_calls", "tool_calls": []})
    open_step = _open_step(writer)
    for piece in pieces(open_step["id"]):
        yield Event("thread.run.step.delta", piece)
    open_step["step_details"] = {"type": "tool_calls", "tool_calls": [call]}
    yield writer.complete(len(json.dumps(call)) // 8)


def _open_step(writer: RunWriter) -> JSON:
    assert writer.open_step is not None
    return writer.open_step


STEPS: Mapping[type, Callable[[RunWriter, Any], Iterator[Event]]] = {
    Message: message_events,
    ToolCalls: call_events,
    CodeInterpreter: code_events,
    FileSearch: search_events,
    Reasoning: lambda _writer, _step: iter(()),
}
"""Every kind of step that a script has."""
