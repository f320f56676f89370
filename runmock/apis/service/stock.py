"""The stock answer, which every request gets that begins a run when there is no cassette at all.

Its reply is the text in the API reference's stream. Before that it calls a tool, when the request makes it:
`tool_choice: required` calls the first tool that is offered; a choice by name or by type calls that one, offered or
not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

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
    from collections.abc import Callable, Mapping, Sequence

    from runmock.core.script.script import Step

    FunctionOf: TypeAlias = Callable[[Mapping[str, Any]], Mapping[str, Any]]
    """Returns the function of a tool, or of a choice of one: `name`, `parameters`; empty where it is none."""

SOURCE = Source("stock reply", 0)


def stock_script(choice: Any, offered: Sequence[Any], function_of: FunctionOf) -> ScriptedRun:
    """The run for a request with this `tool_choice`, which offers these tools."""
    call = _call(choice, offered, function_of)
    return ScriptedRun(SOURCE, steps=(*([] if call is None else [call]), Message(text=DEFAULT_REPLY)))


def _call(choice: Any, offered: Sequence[Any], function_of: FunctionOf) -> Step | None:
    """The step in which the tool is called that `tool_choice` demands, None when it demands none."""
    if isinstance(choice, dict):
        name = function_of(choice).get("name")
        same = [tool for tool in offered if tool["type"] == choice["type"]]
        chosen = [tool for tool in same if not name or function_of(tool).get("name") == name]
        return _step(chosen[0] if chosen else choice, function_of)
    return _step(offered[0], function_of) if choice == "required" and offered else None


def _step(tool: Mapping[str, Any], function_of: FunctionOf) -> Step | None:
    if tool["type"] == "code_interpreter":
        return CodeInterpreter("print('Hello!')", "Hello!\n")
    if tool["type"] == "file_search":
        return FileSearch()
    function = function_of(tool)
    if not function.get("name"):
        return None
    arguments = sample((function.get("parameters") or {}) | {"type": "object"})
    arguments = arguments if isinstance(arguments, dict) else {}  # calls have nothing else
    return ToolCalls((FunctionCall(function["name"], compact_json(arguments)),))
