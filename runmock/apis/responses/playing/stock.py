"""The stock run, which every request gets that begins one when there is no cassette at all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from runmock.apis.service.stock import stock_script

if TYPE_CHECKING:
    from collections.abc import Mapping

    from runmock.core.script.script import ScriptedRun


def stock_run(body: Mapping[str, Any]) -> ScriptedRun:
    """The run for a request; its functions are flat."""
    return stock_script(body.get("tool_choice"), body.get("tools") or (), _function_of)


def _function_of(tool: Mapping[str, Any]) -> Mapping[str, Any]:
    return tool if tool.get("type") == "function" else {}
