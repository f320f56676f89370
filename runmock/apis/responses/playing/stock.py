"""The stock run, which every request gets that begins one when there is no cassette at all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from runmock.apis.service.stock import stock_script

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from runmock.core.script.script import ScriptedRun

    Tool = Mapping[str, Any]


def stock_run(body: Mapping[str, Any]) -> ScriptedRun:
    """The run for a request; its functions are flat, and its choice may be one of several tools."""
    choice, tools = body.get("tool_choice"), body.get("tools") or ()
    if isinstance(choice, dict) and choice["type"] == "allowed_tools":
        allowed = [_offered(tool, tools) for tool in choice.get("tools") or ()]
        return stock_script(choice.get("mode"), allowed, _function_of)
    return stock_script(choice, tools, _function_of)


def _offered(allowed: Tool, tools: Sequence[Tool]) -> Tool:
    """The tool that is allowed, with its parameters where the request offers it."""
    same = (tool for tool in tools if (tool["type"], tool.get("name")) == (allowed["type"], allowed.get("name")))
    return next(same, allowed)


def _function_of(tool: Tool) -> Tool:
    return tool if tool.get("type") == "function" else {}
