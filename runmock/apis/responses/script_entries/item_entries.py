"""The items of a response as entries of a script: replies, refusals, calls, reasoning, uses of built-in tools."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from runmock.apis.responses.playing.items import MADE_UP_ADDRESS
from runmock.apis.service.script_entries.call_entries import calls_entry
from runmock.apis.service.script_entries.texts import literal, text_or_json
from runmock.core.http.json_values import mappings_inside, text_inside

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterator, Mapping, Sequence

    from runmock.core.http.exchange import JSON
    from runmock.core.story.story import CallStory, StepStory

OF_CALL = frozenset({"id", "type", "status", "arguments", "call_id", "name"})
"""The keys that a call of a function in a script has."""


class NoStepError(Exception):
    """What a model did, and no step of a script says."""


def step_entries(steps: Sequence[StepStory], offered: Container[str] | None, varying: Container[str]) -> list[JSON]:
    """The entries of one response; reasoning stands beside what it comes before.

    `offered`: the names of the functions that its request offers; None where they are not known. `varying`: the ids of
    calls that got several outputs. Raises NoStepError.
    """
    entries: list[JSON] = []
    for entry in _entries(steps, offered, varying):
        if entries and entries[-1].keys() == {"reasoning"} and "reasoning" not in entry:
            entries[-1] |= entry
        else:
            entries.append(entry)
    return entries


def _entries(steps: Sequence[StepStory], offered: Container[str] | None, varying: Container[str]) -> Iterator[JSON]:
    calls: list[CallStory] = []
    for step in steps:
        kind = text_inside(step.object, "type")
        if kind == "function_call":
            if step.object.keys() - OF_CALL:
                raise NoStepError(f"a call with the key {min(step.object.keys() - OF_CALL)}")
            calls += [replace(call, output=None) if call.id in varying else call for call in step.calls]
        elif calls:
            raise NoStepError(f"an item of type {kind} behind a call")
        elif kind in ITEMS:
            yield ITEMS[kind](step)
        else:
            raise NoStepError(f"an item of type {kind}")
    if calls:
        yield calls_entry(calls, offered)


def _message(step: StepStory) -> JSON:
    """A reply, or a refusal; of a message that broke off, what was told of it."""
    assert step.message is not None
    parts = [_part(part) for part in mappings_inside(step.object, "content")]
    if len(parts) > 1:
        return {"reply": parts}
    if not parts or parts[0].keys() == {"text"}:
        return {"reply": text_or_json(step.message.text)}
    return parts[0] if "refusal" in parts[0] else {"reply": parts[0]}


def _part(part: JSON) -> JSON:
    """The entry of a content part; a text stands under `text:`, because a plain text in a list would be one delta."""
    if part.get("type") == "refusal":
        return {"refusal": literal(text_inside(part, "refusal"))}
    if part.get("type") != "output_text":
        raise NoStepError(f"a part of type {part.get('type')}")
    annotations = [_annotation(annotation) for annotation in mappings_inside(part, "annotations")]
    return {"text": literal(text_inside(part, "text")), **({"annotations": annotations} if annotations else {})}


def _annotation(annotation: JSON) -> JSON:
    """A citation without the container, which is the session's, and without a name that is the file's id."""
    left_out = {"container_id", *(["filename"] if annotation.get("filename") == annotation.get("file_id") else [])}
    return {key: value for key, value in annotation.items() if key not in left_out}


def _reasoning(step: StepStory) -> JSON:
    if step.object.get("content"):
        raise NoStepError("reasoning in full")
    summaries = [literal(text_inside(part, "text")) for part in mappings_inside(step.object, "summary")]
    return {"reasoning": summaries[0] if len(summaries) == 1 else summaries}


def _code(step: StepStory) -> JSON:
    outputs = mappings_inside(step.object, "outputs")
    logs = [text_inside(output, "logs") for output in outputs if output.get("type") == "logs"]
    images = [text_inside(output, "url") for output in outputs if output.get("type") == "image"]
    code = step.calls[0].input
    details = {**({"logs": "".join(logs)} if logs else {}), **({"images": [*map(_image, images)]} if images else {})}
    return {"code_interpreter": {"input": code, **details} if details else code}


def _image(url: str) -> str:
    """The id of the file that an address is made of; of any other address its end."""
    return "image_1" if url.startswith("data:") else url.removeprefix(MADE_UP_ADDRESS).rpartition("/")[2] or "image_1"


def _search(step: StepStory) -> JSON:
    return {"file_search": {"results": [_result(result) for result in mappings_inside(step.object, "results")]}}


def _result(result: JSON) -> JSON:
    names: Mapping[str, Any] = {**result, "file_name": result.get("filename")}
    return {
        key: names[key]
        for key in ("file_id", "file_name", "score", "attributes", "text")
        if names.get(key) not in (None, {}, "")
    }


ITEMS: Mapping[str, Callable[[StepStory], JSON]] = {
    "message": _message,
    "reasoning": _reasoning,
    "code_interpreter_call": _code,
    "file_search_call": _search,
}
"""What each kind of item is in a script; calls of functions are put together."""
