"""What each kind of step becomes on this API: output items, as they are when they are finished.

Source of every item's keys: docs/protocol/responses.md#output-items.
"""

from __future__ import annotations

import base64
import mimetypes
from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn

from runmock.apis.responses import objects
from runmock.apis.responses.history import last_user_text
from runmock.apis.responses.models import tells_phases
from runmock.apis.service.citations import cite
from runmock.core.errors import ScriptError
from runmock.core.http.json_text import compact_json
from runmock.core.http.json_values import with_each_text
from runmock.core.script.script import CodeInterpreter, FileSearch, Image, Message, Reasoning, Refusal, Text, ToolCalls
from runmock.core.script.substitution import substitute

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from runmock.apis.responses.playing.response_writer import ResponseWriter
    from runmock.core.http.exchange import JSON


MADE_UP_ADDRESS = "https://files.example/"
"""Where an image is said to be whose file the session does not have."""


class Made(NamedTuple):
    """An item, and for each of its parts the deltas that the script fixes; none where it says nothing about them."""

    item: JSON
    deltas: tuple[tuple[str, ...], ...] = ()


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


def _message(writer: ResponseWriter, step: Message) -> Iterator[Made]:
    parts = [PARTS[type(part)](writer, part) for part in step.content]
    item = {
        "id": writer.new_id("msg"),
        "type": "message",
        "status": "incomplete" if writer.is_cut_short else "completed",
        "content": [part for part, _ in parts],
        **({"phase": _phase(writer)} if tells_phases(writer.object["model"]) else {}),
        "role": "assistant",
    }
    yield Made(item, tuple(deltas for _, deltas in parts))


def _phase(writer: ResponseWriter) -> str:
    return "final_answer" if writer.position == len(writer.script.steps) - 1 else "commentary"


def _text(writer: ResponseWriter, part: Text) -> tuple[JSON, tuple[str, ...]]:
    deltas = tuple(substituted(writer, chunk) for chunk in part.chunks)
    text = "".join(deltas) if deltas else _whole_text(writer, part)
    annotations = [_annotation(writer, annotation) for annotation in cite(text, part.annotations)]
    return objects.text_part(text, annotations), deltas


def _whole_text(writer: ResponseWriter, part: Text) -> str:
    if part.text is None:
        return compact_json(with_each_text(part.json, lambda text: substituted(writer, text)))
    return substituted(writer, part.text)


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


def _refusal(writer: ResponseWriter, part: Refusal) -> tuple[JSON, tuple[str, ...]]:
    deltas = tuple(substituted(writer, chunk) for chunk in part.chunks)
    return {"type": "refusal", "refusal": "".join(deltas) or substituted(writer, part.text)}, deltas


def _image(writer: ResponseWriter, part: Image) -> NoReturn:
    unplayable(writer, f"{part.kind} in a reply", "use a code_interpreter step with images")


PARTS: Mapping[type, Callable[[ResponseWriter, Any], tuple[JSON, tuple[str, ...]]]] = {
    Text: _text,
    Refusal: _refusal,
    Image: _image,
}
"""Every kind of part that a scripted message has: the part of the item, and its deltas where the script fixes them."""


def _calls(writer: ResponseWriter, step: ToolCalls) -> Iterator[Made]:
    """Function calls, one item after the other; they end the response."""
    for call in step.calls:
        call_id = call.id or writer.ids.next_call()
        writer.calls[call_id] = call
        writer.waiting.append(call_id)
        yield Made(
            {
                "id": writer.new_id("fc"),
                "type": "function_call",
                "status": "completed",
                "arguments": call.arguments,
                "call_id": call_id,
                "name": call.name,
            }
        )


def _code(writer: ResponseWriter, step: CodeInterpreter) -> Iterator[Made]:
    """A call of the code interpreter, with its outputs where the request includes them."""
    logs: list[JSON] = [] if step.logs is None else [{"type": "logs", "logs": step.logs}]
    images = [{"type": "image", "url": _image_url(writer, file_id)} for file_id in step.images]
    yield Made(
        {
            "id": writer.new_id("ci"),
            "type": "code_interpreter_call",
            "status": "completed",
            "code": step.input,
            "container_id": writer.ids.container(writer.partition),
            "outputs": [*logs, *images] if writer.includes("code_interpreter_call.outputs") else None,
        }
    )


def _image_url(writer: ResponseWriter, file_id: str) -> str:
    """A file of the session as a data URL; an address made of the id where there is no such file."""
    file = writer.files.files.get(file_id)
    data = None if file is None else file.content.data
    if file is None or data is None:
        return f"{MADE_UP_ADDRESS}{file_id}"
    kind = mimetypes.guess_type(file.filename)[0] or "image/png"
    return f"data:{kind};base64,{base64.b64encode(data).decode()}"


def _search(writer: ResponseWriter, step: FileSearch) -> Iterator[Made]:
    """A file search, with its results where the request includes them."""
    included = writer.includes("file_search_call.results")
    yield Made(
        {
            "id": writer.new_id("fs"),
            "type": "file_search_call",
            "status": "completed",
            "queries": [last_user_text(writer.expanded.items)],
            "results": [_result(result) for result in step.results] if included else None,
        }
    )


def _result(result: JSON) -> JSON:
    """A search result of a script in the form of this API."""
    parts: Iterable[JSON] = result.get("content") or ()
    return {
        "attributes": result["attributes"],
        "file_id": result["file_id"],
        "filename": result["file_name"],
        "score": result["score"],
        "text": "\n".join(str(part.get("text")) for part in parts),
    }


def _reasoning(writer: ResponseWriter, step: Reasoning) -> Iterator[Made]:
    """Reasoning with its summaries, and its encrypted content where it was included, or nothing is stored."""
    item: JSON = {"id": writer.new_id("rs"), "type": "reasoning", "content": []}
    if writer.includes("reasoning.encrypted_content") or writer.request.get("store") is False:
        item["encrypted_content"] = encrypted(item["id"], "done")
    summaries = [{"type": "summary_text", "text": substituted(writer, text)} for text in step.summaries]
    yield Made({**item, "summary": summaries})


def encrypted(item_id: Any, state: str) -> str:
    """A text that looks encrypted; it differs between the beginning and the end of an item, as the service's does."""
    return base64.b64encode(f"{state} {item_id}".encode()).decode()


STEPS: Mapping[type, Callable[[ResponseWriter, Any], Iterable[Made]]] = {
    Message: _message,
    ToolCalls: _calls,
    CodeInterpreter: _code,
    FileSearch: _search,
    Reasoning: _reasoning,
}
"""Every kind of step that a script has."""
