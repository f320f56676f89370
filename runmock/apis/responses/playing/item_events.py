"""The events that tell of an item: that it has begun, what is in it piece by piece, and that it is finished.

Source of every order: docs/protocol/responses.md#order-of-events.
"""

from __future__ import annotations

import itertools
import re
from typing import TYPE_CHECKING, Any, NamedTuple

from runmock.apis.responses.playing.items import STEPS, encrypted
from runmock.core.script.text_pieces import split_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from runmock.apis.responses.playing.response_writer import ResponseWriter
    from runmock.core.http.exchange import JSON
    from runmock.core.script.script import Step

    Deltas = Sequence[Sequence[str]]

_ARGUMENT = re.compile(r"\w+|\W+")


def write_step(writer: ResponseWriter, step: Step) -> None:
    """Write the items that a step becomes."""
    for item, deltas in STEPS[type(step)](writer, step):
        write_item(writer, item, deltas)


def write_item(writer: ResponseWriter, item: Any, deltas: Deltas = ()) -> None:
    """Write an item; of what is no object, and where nobody can read it, only that it has begun and is finished.

    `deltas`: those of each part, where a script fixes them.
    """
    if not isinstance(item, dict) or not writer.has_readers:
        writer.begin(item)
        writer.finish(item)
        return
    kind = KINDS.get(str(item.get("type")), Kind())
    status = {"status": "in_progress"} if "status" in item else {}
    writer.begin({**item, **status, **kind.begun(item)})
    kind.tell(writer, item, {"item_id": item.get("id"), "output_index": writer.output_index}, deltas)
    writer.finish(item)


def _objects(values: Any) -> list[tuple[int, JSON]]:
    """The objects in a list with their indexes; an item that is in a script may have anything."""
    return [
        (index, value)
        for index, value in enumerate(values if isinstance(values, list) else ())
        if isinstance(value, dict)
    ]


def _text(value: JSON, key: str) -> str:
    """A text in an object; the empty one where it has none."""
    text = value.get(key)
    return text if isinstance(text, str) else ""


def _nothing(*_: Any) -> JSON:
    return {}


class Kind(NamedTuple):
    """How a kind of item is told."""

    begun: Callable[[JSON], JSON] = _nothing
    """What differs in an item that has just begun."""
    tell: Callable[[ResponseWriter, JSON, JSON, Deltas], object] = _nothing
    """Writes the events between its beginning and its end; the third value is its place."""


def _tell_message(writer: ResponseWriter, item: JSON, place: JSON, deltas: Deltas) -> None:
    for index, part in _objects(item.get("content")):
        fixed = deltas[index] if index < len(deltas) else ()
        here = {**place, "content_index": index}
        tell = _tell_refusal if part.get("type") == "refusal" else _tell_text
        tell(writer, part, here, fixed)
        writer.emit("response.content_part.done", **here, part=part)


def _tell_text(writer: ResponseWriter, part: JSON, place: JSON, fixed: Sequence[str]) -> None:
    text, annotations = _text(part, "text"), [annotation for _, annotation in _objects(part.get("annotations"))]
    writer.emit("response.content_part.added", **place, part={**part, "annotations": [], "text": ""})
    waiting, sent = [*enumerate(annotations)], 0
    for piece in fixed or _pieces(text, annotations):
        writer.delta("response.output_text.delta", piece, **place)
        sent += len(piece)
        due = [entry for entry in waiting if _cited_at(entry[1], text) <= sent < len(text)]
        _tell_annotations(writer, place, due)
        waiting = [entry for entry in waiting if entry not in due]
    _tell_annotations(writer, place, waiting)
    writer.emit("response.output_text.done", **place, text=text, logprobs=[])


def _tell_annotations(writer: ResponseWriter, place: JSON, annotations: Iterable[tuple[int, JSON]]) -> None:
    for number, annotation in annotations:
        writer.emit("response.output_text.annotation.added", **place, annotation_index=number, annotation=annotation)


def _cited_at(annotation: JSON, text: str) -> int:
    """Where in the text a citation is told; at the end one of a container's file, and one that has no place."""
    place = annotation.get("index", annotation.get("end_index"))
    if annotation.get("type") == "container_file_citation" or not isinstance(place, int) or place <= 0:
        return len(text)
    return min(place, len(text))


def _pieces(text: str, annotations: Iterable[JSON]) -> list[str]:
    """The deltas of a text; each of its citations is between two of them."""
    ends = sorted({0, len(text), *(_cited_at(annotation, text) for annotation in annotations)})
    parts = [text[begin:end] for begin, end in itertools.pairwise(ends)] or [""]
    return [piece for part in parts for piece in split_text(part)]


def _tell_refusal(writer: ResponseWriter, part: JSON, place: JSON, fixed: Sequence[str]) -> None:
    text = _text(part, "refusal")
    writer.emit("response.content_part.added", **place, part={**part, "refusal": ""})
    for piece in fixed or split_text(text):
        writer.delta("response.refusal.delta", piece, **place)
    writer.emit("response.refusal.done", **place, refusal=text)


def _tell_call(writer: ResponseWriter, item: JSON, place: JSON, _: Deltas) -> None:
    arguments = _text(item, "arguments")
    for piece in _ARGUMENT.findall(arguments):
        writer.delta("response.function_call_arguments.delta", piece, **place)
    writer.emit("response.function_call_arguments.done", **place, arguments=arguments)


def _tell_code(writer: ResponseWriter, item: JSON, place: JSON, _: Deltas) -> None:
    code = _text(item, "code")
    writer.emit("response.code_interpreter_call.in_progress", **place)
    for piece in split_text(code):
        writer.delta("response.code_interpreter_call_code.delta", piece, **place)
    writer.emit("response.code_interpreter_call_code.done", **place, code=code)
    for state in ("interpreting", "completed"):
        writer.emit(f"response.code_interpreter_call.{state}", **place)


def _tell_search(writer: ResponseWriter, _: JSON, place: JSON, __: Deltas) -> None:
    for state in ("in_progress", "searching", "completed"):
        writer.emit(f"response.file_search_call.{state}", **place)


def _tell_reasoning(writer: ResponseWriter, item: JSON, place: JSON, _: Deltas) -> None:
    for index, part in _objects(item.get("summary")):
        here, text = {**place, "summary_index": index}, _text(part, "text")
        writer.emit("response.reasoning_summary_part.added", **here, part={**part, "text": ""})
        for piece in split_text(text):
            writer.delta("response.reasoning_summary_text.delta", piece, **here)
        writer.emit("response.reasoning_summary_text.done", **here, text=text)
        writer.emit("response.reasoning_summary_part.done", **here, part=part)


def _begun_code(item: JSON) -> JSON:
    return {"code": "", "outputs": None if item.get("outputs") is None else []}


def _begun_reasoning(item: JSON) -> JSON:
    content = {"encrypted_content": encrypted(item.get("id"), "begun")} if item.get("encrypted_content") else {}
    return {**content, "summary": []}


KINDS: Mapping[str, Kind] = {
    "message": Kind(lambda _: {"content": []}, _tell_message),
    "function_call": Kind(lambda _: {"arguments": ""}, _tell_call),
    "code_interpreter_call": Kind(_begun_code, _tell_code),
    "file_search_call": Kind(lambda _: {"queries": [], "results": None}, _tell_search),
    "reasoning": Kind(_begun_reasoning, _tell_reasoning),
}
"""Every kind of item that steps become."""
