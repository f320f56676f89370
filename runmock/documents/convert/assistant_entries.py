"""An assistant of a recording in the keys of a script: what is not the default."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from runmock.core.assistants import objects
from runmock.core.http.json_values import text_inside
from runmock.core.script.script import DEFAULT_MODEL
from runmock.documents.convert.step_entries import is_made_up

if TYPE_CHECKING:
    from runmock.core.http.exchange import JSON
    from runmock.documents.story.story import RunStory

OF_ASSISTANT = (
    "name", "description", "model", "instructions", "tools", "tool_resources", "metadata", "temperature", "top_p",
    "response_format", "reasoning_effort",
)  # fmt: skip


def with_called(tools: Any, run: RunStory) -> list[Any]:
    """The tools that a run told, and those that it called all the same: recordings shortened by hand may miss them."""
    offered, names = [tool for tool in tools or () if isinstance(tool, dict)], tool_names(tools)
    called = (call.name for call in run.calls if call.name not in names and not is_made_up(call.name))
    return [*offered, *dict.fromkeys(called)]


def tool_names(tools: Any) -> set[str]:
    """The names of functions, and the types of other tools."""
    offered = (tool for tool in tools or () if isinstance(tool, dict))
    return {text_inside(tool, "function", "name") or text_inside(tool, "type") for tool in offered}


def assistant_entry(told: JSON) -> JSON:
    """An assistant, with what is not the default."""
    plain = objects.assistant("", 0, DEFAULT_MODEL, {}, {})
    said = {key: told[key] for key in OF_ASSISTANT if key in told and told[key] != plain.get(key)}
    return {"id": told["id"], **said}
