"""Delta events: how a text, a tool call and a code input go over a stream in pieces.

Source: docs/protocol/streams.md#deltas.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from runmock.apis.service.citations import quoted_text
from runmock.core.script.text_pieces import split_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from runmock.core.http.exchange import JSON

_ARGUMENTS_PIECE = 5


def message_delta(message_id: str, part: JSON) -> JSON:
    """A thread.message.delta with one part of content."""
    return {"id": message_id, "object": "thread.message.delta", "delta": {"content": [part]}}


def text_deltas(
    message_id: str, chunks: Sequence[str], annotations: Sequence[JSON] = (), index: int = 0
) -> Iterator[JSON]:
    """One delta for each chunk; the first has `annotations`, and each annotation comes with the chunk that is its text.

    `index` is the text's index among the parts of its message.
    """
    waiting = list(enumerate(annotations))
    for number, chunk in enumerate(chunks):
        cited = waiting and [pair for pair in waiting if pair[1].get("text") == chunk]
        text: JSON = {"value": chunk}
        if cited:
            waiting = [pair for pair in waiting if pair not in cited]
            text["annotations"] = [_annotation_delta(index, annotation) for index, annotation in cited]
        elif number == 0:
            text["annotations"] = []
        yield message_delta(message_id, {"index": index, "type": "text", "text": text})


def _annotation_delta(index: int, annotation: JSON) -> JSON:
    delta = {"index": index, **annotation}
    if isinstance(citation := annotation.get("file_citation"), dict):
        delta["file_citation"] = {**citation, "quote": ""}
    return delta


def split_at(text: str, annotations: Sequence[JSON]) -> list[str]:
    """The text in pieces as `split_text` makes them, except that the text of each annotation is one piece."""
    if not annotations:
        return split_text(text)
    quoted = [re.escape(quote) for annotation in annotations if (quote := quoted_text(annotation))]
    if not quoted:
        return split_text(text)
    pieces = re.split(f"({'|'.join(quoted)})", text)
    return [piece for part in pieces if part for piece in ([part] if re.escape(part) in quoted else split_text(part))]


def step_delta(step_id: str, call: JSON) -> JSON:
    """A thread.run.step.delta with one piece of one tool call."""
    details = {"type": "tool_calls", "tool_calls": [call]}
    return {"id": step_id, "object": "thread.run.step.delta", "delta": {"step_details": details}}


def function_deltas(step_id: str, index: int, call: JSON) -> Iterator[JSON]:
    """Deltas of a function call: first id and name with empty arguments, then the arguments, five letters at a time."""
    function = call["function"]
    head = {"name": function["name"], "arguments": "", "output": None}
    yield step_delta(step_id, {"index": index, "id": call["id"], "type": "function", "function": head})
    for piece in _pieces(function["arguments"]):
        yield step_delta(step_id, {"index": index, "type": "function", "function": {"arguments": piece}})


def _pieces(arguments: str) -> list[str]:
    if len(arguments) <= len("{}"):
        return [arguments] if arguments else []
    return [arguments[start : start + _ARGUMENTS_PIECE] for start in range(0, len(arguments), _ARGUMENTS_PIECE)]


def code_deltas(step_id: str, call: JSON, outputs: Sequence[JSON]) -> Iterator[JSON]:
    """Deltas of a code interpreter call: first the empty call, then its input in pieces, then each output."""
    kind = "code_interpreter"
    head = {"index": 0, "id": call["id"], "type": kind, kind: {"input": "", "outputs": []}}
    yield step_delta(step_id, head)
    for piece in split_text(call[kind]["input"]):
        yield step_delta(step_id, {"index": 0, "type": kind, kind: {"input": piece}})
    for index, output in enumerate(outputs):
        yield step_delta(step_id, {"index": 0, "type": kind, kind: {"outputs": [{"index": index, **output}]}})


def search_delta(step_id: str, call: JSON) -> JSON:
    """The one delta of a file search: the whole call, without results."""
    search: dict[str, Any] = {**call["file_search"], "results": []}
    return step_delta(step_id, {"index": 0, "id": call["id"], "type": "file_search", "file_search": search})
