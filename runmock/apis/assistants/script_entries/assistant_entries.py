"""An assistant of a recording as an entry of a script; a key whose value is the default is left out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from runmock.apis.assistants import objects
from runmock.apis.service.script_entries.call_entries import is_unoffered
from runmock.core.http.json_values import text_inside
from runmock.core.script.script import DEFAULT_MODEL

if TYPE_CHECKING:
    from runmock.core.http.exchange import JSON
    from runmock.core.story.story import RunStory

OF_ASSISTANT = (
    "name", "description", "model", "instructions", "tools", "tool_resources", "metadata", "temperature", "top_p",
    "response_format", "reasoning_effort",
)  # fmt: skip


def with_called_tools(tools: Any, run: RunStory) -> list[Any]:
    """The tools of a run, and the names of functions that it called and its tools, perhaps edited by hand, lack.

    A call's name that no function can have is left out.
    """
    offered, names = [tool for tool in tools or () if isinstance(tool, dict)], tool_names(tools)
    called = (call.name for call in run.calls if call.name not in names and not is_unoffered(call.name))
    return [*offered, *dict.fromkeys(called)]


def tool_names(tools: Any) -> set[str]:
    """What names each tool in a list: the name of a function, or the type of a built-in tool."""
    offered = (tool for tool in tools or () if isinstance(tool, dict))
    return {text_inside(tool, "function", "name") or text_inside(tool, "type") for tool in offered}


def assistant_entry(assistant: JSON) -> JSON:
    """The entry of an assistant: its id, and its values that are not the default."""
    default = objects.assistant("", 0, DEFAULT_MODEL, {}, {})
    entry = {key: assistant[key] for key in OF_ASSISTANT if key in assistant and assistant[key] != default.get(key)}
    return {"id": assistant["id"], **entry}
