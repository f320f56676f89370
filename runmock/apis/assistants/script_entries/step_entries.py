"""The steps of a run as entries of a script: replies, rounds of function calls, uses of built-in tools."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from runmock.apis.assistants.script_entries.message_entries import message_entry
from runmock.apis.service.script_entries.call_entries import calls_entry
from runmock.core.http.json_values import mappings_inside, text_inside

if TYPE_CHECKING:
    from collections.abc import Container, Iterator

    from runmock.core.http.exchange import JSON
    from runmock.core.story.story import CallStory, StepStory


def step_entries(step: StepStory, offered: Container[str] | None = None) -> Iterator[JSON]:
    """The entries of a step: its message, its function calls as one entry, and one for each use of a built-in tool.

    `offered`: the names of the tools that the request has; None where it leaves them to the assistant.
    """
    if step.message is not None:
        yield message_entry(step.message)
    functions = [call for call in step.calls if call.kind == "function"]
    if functions:
        yield calls_entry(functions, offered)
    for call in step.calls:
        if call.kind == "code_interpreter":
            yield {"code_interpreter": _code(call)}
        elif call.kind == "file_search":
            yield {"file_search": _search(call)}
    if step.message is None and not step.calls:
        yield {"reply": ""}


def _code(call: CallStory) -> Any:
    outputs = mappings_inside(call.object, "code_interpreter", "outputs")
    logs = [text_inside(output, "logs") for output in outputs if output.get("type") == "logs"]
    images = [text_inside(output, "image", "file_id") for output in outputs if output.get("type") == "image"]
    if not logs and not images:
        return call.input
    return {"input": call.input, **({"logs": "".join(logs)} if logs else {}), **({"images": images} if images else {})}


def _search(call: CallStory) -> JSON:
    return {"results": [_result(result) for result in mappings_inside(call.object, "file_search", "results")]}


def _result(result: JSON) -> JSON:
    entry = {
        key: result[key] for key in ("file_id", "file_name", "score", "attributes") if result.get(key) not in (None, {})
    }
    content = mappings_inside(result, "content")
    if len(content) == 1 and content[0].get("type") == "text":
        return {**entry, "text": content[0].get("text")}
    return {**entry, **({"content": content} if content else {})}
