"""The steps of a run as entries of a script: replies, rounds of function calls, uses of built-in tools."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from runmock.apis.assistants.script_entries.message_entries import message_entry, parsed_json
from runmock.apis.service.function_names import FUNCTION_NAME
from runmock.core.http.json_text import compact_json
from runmock.core.http.json_values import mappings_inside, text_inside
from runmock.core.script.patterns import ANYTHING, as_regex

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
        outputs = [_expected(call.output) for call in functions]
        keys: JSON = {} if all(call.output is None for call in functions) else {"outputs": outputs}
        if any(is_unoffered(call.name, offered) for call in functions):
            keys["unoffered"] = True
        yield {"calls": [_call(call) for call in functions], **keys}
    for call in step.calls:
        if call.kind == "code_interpreter":
            yield {"code_interpreter": _code(call)}
        elif call.kind == "file_search":
            yield {"file_search": _search(call)}
    if step.message is None and not step.calls:
        yield {"reply": ""}


def is_unoffered(name: str, offered: Container[str] | None = None) -> bool:
    """Whether nobody offered the function that a model called: its name is invalid, or the request does not list it."""
    return FUNCTION_NAME.fullmatch(name) is None or (offered is not None and name not in offered)


def _call(call: CallStory) -> JSON | str:
    """`name: {arguments}`; the arguments are a text where the mapping would not give exactly the same JSON."""
    arguments = parsed_json(call.input)
    if arguments == {} and call.input == "{}":
        return call.name
    if isinstance(arguments, dict) and compact_json(arguments) == call.input:
        return {call.name: arguments}
    return {call.name: call.input}


def _expected(output: str | None) -> str:
    """A submitted output as `outputs:` has it: the text itself, or a regex for it where the text would be a pattern."""
    if output is None:
        return ANYTHING
    if output == ANYTHING or as_regex(output) is not None:
        return f"/^{re.escape(output)}$/"
    return output


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
