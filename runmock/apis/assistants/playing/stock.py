"""The stock run, which every create-run request gets when there is no cassette at all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from runmock.apis.service.stock import SOURCE, stock_script
from runmock.core.script.script import DEFAULT_REPLY, FunctionCall, Message, ScriptedRun, ToolCalls

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from runmock.core.http.exchange import JSON


def stock_run(body: Mapping[str, Any], assistant: JSON) -> ScriptedRun:
    """The run for a create-run request; its own `tools` count more than the assistant's."""
    offered = assistant["tools"] if body.get("tools") is None else body["tools"]
    return stock_script(body.get("tool_choice"), offered, lambda tool: tool.get("function") or {})


def waiting_run(call_ids: Iterable[str | None]) -> ScriptedRun:
    """A run that waits for outputs of these calls, for a server that takes any id: they were never announced."""
    calls = tuple(FunctionCall("tool", "{}", call_id) for call_id in call_ids)
    return ScriptedRun(SOURCE, steps=(ToolCalls(calls), Message(text=DEFAULT_REPLY)))
