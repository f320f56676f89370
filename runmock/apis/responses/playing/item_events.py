"""What each kind of step becomes on this API: its items, and the events that tell of them.

Source of every order: docs/protocol/responses.md#order-of-events.
"""

from __future__ import annotations

import base64
import itertools
import re
from typing import TYPE_CHECKING, Any, NoReturn

from runmock.apis.responses import objects
from runmock.apis.responses.history import last_user_text
from runmock.apis.responses.models import tells_phases
from runmock.apis.service.citations import cite
from runmock.core.errors import ScriptError
from runmock.core.http.json_text import compact_json
from runmock.core.script.script import CodeInterpreter, FileSearch, Image, Message, Reasoning, Refusal, Text, ToolCalls
from runmock.core.script.substitution import substitute
from runmock.core.script.text_pieces import split_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from runmock.apis.responses.playing.response_writer import ResponseWriter
    from runmock.core.http.exchange import JSON

_ARGUMENT = re.compile(r"\w+|\W+")


def unplayable(writer: ResponseWriter, what: str, advice: str) -> NoReturn:
    """Raise ScriptError: the script has something that this API has no answer for."""
    raise ScriptError(
        f"the Responses API has no {what}\n  script    {writer.script.source}\n  fix it    {advice}, or give the run "
        "match: {api: assistants}"
    )


def substituted(writer: ResponseWriter, text: str) -> str:
    """A text with the run's values in place of each `$...`."""
    if "$" not in text:
        return text
    own = {f"call_{number}": call_id for number, call_id in enumerate(writer.calls, 1)}
    by_own = {name: writer.outputs[call_id] for name, call_id in own.items() if call_id in writer.outputs}
    by_name = {call.name: writer.outputs[key] for key, call in writer.calls.items() if key in writer.outputs}
    outputs = by_name | dict(writer.outputs) | by_own
    return substitute(text, last_user_text(writer.expanded.items), outputs, writer.object["metadata"])


def message_events(writer: ResponseWriter, step: Message) -> None:
    """A message item, with its parts in deltas; the run's ending may cut it short."""
    item: JSON = {
        "id": writer.new_id("msg"),
        "type": "message",
        "status": "in_progress",
        "content": [],
        **({"phase": _phase(writer)} if tells_phases(writer.object["model"]) else {}),
        "role": "assistant",
    }
    writer.begin(item)
    for index, part in enumerate(step.content):
        place = {"item_id": item["id"], "output_index": writer.output_index, "content_index": index}
        item["content"].append(PARTS[type(part)](writer, part, place))
    item["status"] = "incomplete" if writer.is_cut_short else "completed"
    writer.finish(item)


def _phase(writer: ResponseWriter) -> str:
    return "final_answer" if writer.position == len(writer.script.steps) - 1 else "commentary"


def _text(writer: ResponseWriter, part: Text, place: JSON) -> JSON:
    text = _whole_text(writer, part)
    annotations = [_annotation(writer, annotation) for annotation in cite(text, part.annotations)]
    chunks = [substituted(writer, chunk) for chunk in part.chunks] or _pieces(text, annotations)
    writer.emit("response.content_part.added", **place, part=objects.text_part(""))
    waiting, sent = [*enumerate(annotations)], 0
    for chunk in chunks:
        writer.delta("response.output_text.delta", chunk, **place)
        sent += len(chunk)
        due = [entry for entry in waiting if _place_of(entry[1], len(text)) <= sent < len(text)]
        _cite(writer, place, due)
        waiting = [entry for entry in waiting if entry not in due]
    _cite(writer, place, waiting)
    whole = objects.text_part(text, annotations)
    writer.emit("response.output_text.done", **place, text=text, logprobs=[])
    writer.emit("response.content_part.done", **place, part=whole)
    return whole


def _cite(writer: ResponseWriter, place: JSON, annotations: Iterable[tuple[int, JSON]]) -> None:
    for number, annotation in annotations:
        writer.emit("response.output_text.annotation.added", **place, annotation_index=number, annotation=annotation)


def _place_of(annotation: JSON, end: int) -> int:
    """Where in the text a citation is told; one of a container's file, and one that is nowhere, at the end."""
    if annotation.get("type") == "container_file_citation":
        return end
    place = annotation.get("index", annotation.get("end_index"))
    return place if isinstance(place, int) and place > 0 else end


def _pieces(text: str, annotations: Iterable[JSON]) -> list[str]:
    """The deltas of a text; each of its citations is between two of them."""
    ends = sorted({0, len(text), *(min(_place_of(annotation, len(text)), len(text)) for annotation in annotations)})
    parts = [text[begin:end] for begin, end in itertools.pairwise(ends)] or [""]
    return [piece for part in parts for piece in split_text(part)]


def _whole_text(writer: ResponseWriter, part: Text) -> str:
    if part.chunks:
        return "".join(substituted(writer, chunk) for chunk in part.chunks)
    if part.text is None:
        return compact_json(_each_text(part.json, lambda text: substituted(writer, text)))
    return substituted(writer, part.text)


def _each_text(value: Any, change: Callable[[str], str]) -> Any:
    """The JSON value with every text in it changed."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, dict):
        return {key: _each_text(part, change) for key, part in value.items()}
    if isinstance(value, list):
        return [_each_text(part, change) for part in value]
    return value


def _annotation(writer: ResponseWriter, annotation: JSON) -> JSON:
    """A citation of a script in the form of this API, whichever API's form it was written in."""
    kind = annotation["type"]
    said = {**annotation, **(annotation.get("file_citation") or annotation.get("file_path") or {})}
    file_id = said.get("file_id")
    if kind == "file_citation":
        filename, index = said.get("filename") or _filename(writer, file_id), said.get("index", said["end_index"])
        return {"type": kind, "file_id": file_id, "filename": filename, "index": index}
    if kind in {"file_path", "container_file_citation"}:
        return {
            "type": "container_file_citation",
            "container_id": said.get("container_id") or writer.ids.container(writer.partition),
            "end_index": said["end_index"],
            "file_id": file_id,
            "filename": said.get("filename") or _filename(writer, file_id),
            "start_index": said["start_index"],
        }
    place = {"end_index": said["end_index"], "start_index": said["start_index"]}
    return {"type": kind, **place, **{key: value for key, value in annotation.items() if key != "text"}}


def _filename(writer: ResponseWriter, file_id: Any) -> str:
    file = writer.files.files.get(file_id)
    return str(file_id) if file is None else file.filename


def _refusal(writer: ResponseWriter, part: Refusal, place: JSON) -> JSON:
    chunks = [substituted(writer, chunk) for chunk in part.chunks] or split_text(substituted(writer, part.text))
    writer.emit("response.content_part.added", **place, part={"type": "refusal", "refusal": ""})
    for chunk in chunks:
        writer.delta("response.refusal.delta", chunk, **place)
    whole = {"type": "refusal", "refusal": "".join(chunks)}
    writer.emit("response.refusal.done", **place, refusal=whole["refusal"])
    writer.emit("response.content_part.done", **place, part=whole)
    return whole


def _image(writer: ResponseWriter, part: Image, _: JSON) -> NoReturn:
    unplayable(writer, f"{part.kind} in a reply", "use a code_interpreter step with images")


PARTS: Mapping[type, Callable[[ResponseWriter, Any, JSON], JSON]] = {Text: _text, Refusal: _refusal, Image: _image}
"""Every kind of part that a scripted message has."""


def call_events(writer: ResponseWriter, step: ToolCalls) -> None:
    """Function calls, one item after the other; they end the response."""
    for call in step.calls:
        call_id = call.id or writer.ids.next_call()
        writer.calls[call_id] = call
        writer.waiting.append(call_id)
        item: JSON = {
            "id": writer.new_id("fc"),
            "type": "function_call",
            "status": "in_progress",
            "arguments": "",
            "call_id": call_id,
            "name": call.name,
        }
        place = {"item_id": item["id"], "output_index": writer.output_index}
        writer.begin(item)
        for piece in _ARGUMENT.findall(call.arguments):
            writer.delta("response.function_call_arguments.delta", piece, **place)
        writer.emit("response.function_call_arguments.done", **place, arguments=call.arguments)
        writer.finish(item | {"status": "completed", "arguments": call.arguments})


def code_events(writer: ResponseWriter, step: CodeInterpreter) -> None:
    """A call of the code interpreter: its code in pieces; its outputs where the request includes them."""
    included = "code_interpreter_call.outputs" in (writer.request.get("include") or ())
    logs: list[JSON] = [] if step.logs is None else [{"type": "logs", "logs": step.logs}]
    images = [{"type": "image", "url": _image_url(writer, file_id)} for file_id in step.images]
    item: JSON = {
        "id": writer.new_id("ci"),
        "type": "code_interpreter_call",
        "status": "in_progress",
        "code": "",
        "container_id": writer.ids.container(writer.partition),
        "outputs": [] if included else None,
    }
    place = {"output_index": writer.output_index, "item_id": item["id"]}
    writer.begin(item)
    writer.emit("response.code_interpreter_call.in_progress", **place)
    for piece in split_text(step.input):
        writer.delta("response.code_interpreter_call_code.delta", piece, **place)
    writer.emit("response.code_interpreter_call_code.done", **place, code=step.input)
    writer.emit("response.code_interpreter_call.interpreting", **place)
    writer.emit("response.code_interpreter_call.completed", **place)
    outputs = [*logs, *images] if included else None
    writer.finish(item | {"status": "completed", "code": step.input, "outputs": outputs})


def _image_url(writer: ResponseWriter, file_id: str) -> str:
    """A file of the session as a data URL; an address made of the id where there is no such file."""
    file = writer.files.files.get(file_id)
    data = None if file is None else file.content.data
    if data is None:
        return f"https://files.example/{file_id}"
    return f"data:image/png;base64,{base64.b64encode(data).decode()}"


def search_events(writer: ResponseWriter, step: FileSearch) -> None:
    """A file search; its results where the request includes them."""
    included = "file_search_call.results" in (writer.request.get("include") or ())
    item: JSON = {
        "id": writer.new_id("fs"),
        "type": "file_search_call",
        "status": "in_progress",
        "queries": [],
        "results": None,
    }
    place = {"output_index": writer.output_index, "item_id": item["id"]}
    writer.begin(item)
    for state in ("in_progress", "searching", "completed"):
        writer.emit(f"response.file_search_call.{state}", **place)
    results = [_result(result) for result in step.results] if included else None
    queries = [last_user_text(writer.expanded.items)]
    writer.finish(item | {"status": "completed", "queries": queries, "results": results})


def _result(result: JSON) -> JSON:
    """A search result of a script in the form of this API."""
    parts: Iterable[JSON] = result.get("content") or ()
    return {
        "attributes": result.get("attributes") or {},
        "file_id": result.get("file_id"),
        "filename": result.get("filename") or result.get("file_name"),
        "score": result.get("score", 1.0),
        "text": "\n".join(str(part.get("text")) for part in parts),
    }


def reasoning_events(writer: ResponseWriter, step: Reasoning) -> None:
    """A reasoning item, with its summaries; its encrypted content where it was included, or nothing is stored."""
    is_encrypted = "reasoning.encrypted_content" in (writer.request.get("include") or ())
    is_encrypted |= writer.request.get("store") is False
    item: JSON = {"id": writer.new_id("rs"), "type": "reasoning", "content": []}
    begun = item | ({"encrypted_content": _encrypted(item["id"], "begun")} if is_encrypted else {}) | {"summary": []}
    writer.begin(begun)
    place = {"item_id": item["id"], "output_index": writer.output_index}
    summaries: list[JSON] = []
    for index, summary in enumerate(step.summaries):
        text = substituted(writer, summary)
        whole = {"type": "summary_text", "text": text}
        here = {**place, "summary_index": index}
        writer.emit("response.reasoning_summary_part.added", **here, part={"type": "summary_text", "text": ""})
        for piece in split_text(text):
            writer.delta("response.reasoning_summary_text.delta", piece, **here)
        writer.emit("response.reasoning_summary_text.done", **here, text=text)
        writer.emit("response.reasoning_summary_part.done", **here, part=whole)
        summaries.append(whole)
    done = item | ({"encrypted_content": _encrypted(item["id"], "done")} if is_encrypted else {})
    writer.finish(done | {"summary": summaries})


def _encrypted(item_id: str, state: str) -> str:
    """A text that looks encrypted; it differs between the beginning and the end of an item, as the service's does."""
    return base64.b64encode(f"{state} {item_id}".encode()).decode()


STEPS: Mapping[type, Callable[[ResponseWriter, Any], None]] = {
    Message: message_events,
    ToolCalls: call_events,
    CodeInterpreter: code_events,
    FileSearch: search_events,
    Reasoning: reasoning_events,
}
"""Every kind of step that a script has."""
