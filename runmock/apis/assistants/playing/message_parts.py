"""The parts of a scripted message as they go over a stream: texts and refusals in pieces, an image in one delta.

Each function here adds its part to the message and extends it delta by delta, so that after a cancel request the
message contains what was sent by then. Sources: docs/protocol/streams.md#deltas; the SDK's types of `beta.threads` for
refusals.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

from runmock.apis.assistants import deltas, objects
from runmock.core.script.script import Image, Refusal, Text
from runmock.core.script.substitution import substitute
from runmock.core.script.text_pieces import split_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from runmock.apis.assistants.state import ThreadRun
    from runmock.core.http.exchange import JSON


class Words(NamedTuple):
    """The values for the substitutions (`$...`) in a text."""

    last_message: str
    outputs: Mapping[str, str]
    metadata: Mapping[str, str]


def words_of(run: ThreadRun) -> Words:
    """The values that a run has by now for the substitutions in its texts."""
    by_name = {call.name: run.outputs[key] for key, call in run.calls.items() if key in run.outputs}
    return Words(run.thread.last_user_text(), by_name | run.outputs, run.object["metadata"])


def _text(message: JSON, part: Text, words: Words) -> Iterator[JSON]:
    chunks, annotations = _chunks(part, words)
    content = objects.text_part("")
    index = _add(message, content)
    for chunk, delta in zip(chunks, deltas.text_deltas(message["id"], chunks, annotations, index), strict=True):
        content["text"]["value"] += chunk
        yield delta
    content["text"]["annotations"] = annotations


def _chunks(part: Text, words: Words) -> tuple[list[str], list[JSON]]:
    """The text as it is split into deltas, with every `$...` replaced, and its annotations with their places."""
    if part.chunks:
        chunks = [substitute(chunk, *words) for chunk in part.chunks]
        return chunks, deltas.cite("".join(chunks), part.annotations)
    if part.text is None:
        value = _each_text(part.json, lambda text: substitute(text, *words))
        text = json.dumps(value, separators=(",", ":"), ensure_ascii=False)
    else:
        text = substitute(part.text, *words) if "$" in part.text else part.text
    annotations = deltas.cite(text, part.annotations) if part.annotations else []
    return deltas.split_at(text, part.annotations), annotations


def _each_text(value: Any, change: Callable[[str], str]) -> Any:
    """The JSON value with every text in it changed."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, dict):
        return {key: _each_text(part, change) for key, part in value.items()}
    if isinstance(value, list):
        return [_each_text(part, change) for part in value]
    return value


def _image(message: JSON, part: Image, _: Words) -> Iterator[JSON]:
    index = _add(message, {"type": part.kind, part.kind: dict(part.image)})
    yield deltas.message_delta(message["id"], {"index": index, "type": part.kind, part.kind: dict(part.image)})


def _refusal(message: JSON, part: Refusal, words: Words) -> Iterator[JSON]:
    content: JSON = {"type": "refusal", "refusal": ""}
    index = _add(message, content)
    chunks = [substitute(chunk, *words) for chunk in part.chunks]
    for chunk in chunks or split_text(substitute(part.text, *words)):
        content["refusal"] += chunk
        yield deltas.message_delta(message["id"], {"index": index, "type": "refusal", "refusal": chunk})


def _add(message: JSON, part: JSON) -> int:
    """Add a part to the message, and return its index. The list of parts is a new one: earlier events keep the old."""
    message["content"] = [*message["content"], part]
    return len(message["content"]) - 1


PARTS: Mapping[type, Callable[[JSON, Any, Words], Iterator[JSON]]] = {Text: _text, Image: _image, Refusal: _refusal}
"""Every kind of part that a scripted message has."""
