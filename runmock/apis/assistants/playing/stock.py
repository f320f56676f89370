"""The stock run, which every create-run request gets when there is no cassette at all.

Its reply is the text in the API reference's stream. Before that it calls a tool, when the request makes it:
`tool_choice: required` calls the first tool that is offered; a choice by name or by type calls that one, offered or
not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from runmock.core.http.json_text import compact_json
from runmock.core.script.sample_arguments import sample
from runmock.core.script.script import (
    DEFAULT_REPLY,
    CodeInterpreter,
    FileSearch,
    FunctionCall,
    Message,
    ScriptedRun,
    Source,
    ToolCalls,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from runmock.core.http.exchange import JSON
    from runmock.core.script.script import Step

SOURCE = Source("stock reply", 0)


def stock_run(body: Mapping[str, Any], assistant: JSON) -> ScriptedRun:
    """The run for a create-run request; its own `tools` count more than the assistant's."""
    offered = assistant["tools"] if body.get("tools") is None else body["tools"]
    call = _call(body.get("tool_choice"), offered)
    return ScriptedRun(SOURCE, steps=(*([] if call is None else [call]), Message(text=DEFAULT_REPLY)))


def waiting_run(call_ids: Iterable[str | None]) -> ScriptedRun:
    """A run that waits for outputs of these calls, for a server that takes any id: they were never announced."""
    calls = tuple(FunctionCall("tool", "{}", call_id) for call_id in call_ids)
    return ScriptedRun(SOURCE, steps=(ToolCalls(calls), Message(text=DEFAULT_REPLY)))


def _call(choice: Any, offered: Sequence[Any]) -> Step | None:
    """The step in which the tool is called that `tool_choice` demands, None when it demands none."""
    if isinstance(choice, dict):
        name = (choice.get("function") or {}).get("name")
        chosen = [tool for tool in offered if tool["type"] == choice["type"] and (not name or _name(tool) == name)]
        return _step(chosen[0] if chosen else choice)
    return _step(offered[0]) if choice == "required" and offered else None


def _name(tool: Mapping[str, Any]) -> Any:
    return (tool.get("function") or {}).get("name")


def _step(tool: Mapping[str, Any]) -> Step | None:
    if tool["type"] == "code_interpreter":
        return CodeInterpreter("print('Hello!')", "Hello!\n")
    if tool["type"] == "file_search":
        return FileSearch()
    if not _name(tool):
        return None
    arguments = sample((tool["function"].get("parameters") or {}) | {"type": "object"})
    arguments = arguments if isinstance(arguments, dict) else {}  # calls have nothing else
    text = compact_json(arguments)
    return ToolCalls((FunctionCall(tool["function"]["name"], text),))
