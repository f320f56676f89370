"""Tools that a run or an assistant offers, as the service echoes them. Source: docs/protocol/runs.md#tools."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from runmock.core.http.exchange import JSON

RANKING = {"ranker": "default_2024_08_21", "score_threshold": 0.0, "hybrid_search": None}
_FUNCTION_KEYS = frozenset({"name", "description", "parameters", "strict"})


def echoed(tools: Sequence[JSON] | None) -> list[JSON]:
    """The tools as the service echoes them, with its defaults filled in."""
    return [_tool(tool) for tool in tools or ()]


def _tool(tool: JSON) -> JSON:
    if tool.get("type") == "function":
        function = tool.get("function") or {}
        described = {key: function[key] for key in ("name", "description") if function.get(key) is not None}
        parameters = function.get("parameters") or {"type": "object", "properties": {}}
        extra = {key: value for key, value in function.items() if key not in _FUNCTION_KEYS}
        return {
            "type": "function",
            "function": {**described, "parameters": parameters, "strict": bool(function.get("strict")), **extra},
        }
    if tool.get("type") == "file_search":
        options = dict(tool.get("file_search") or {})
        options["ranking_options"] = {**RANKING, **(options.get("ranking_options") or {})}
        return {"type": "file_search", "file_search": options}
    return dict(tool)


def ranking_of(offered: Sequence[JSON]) -> JSON:
    """The ranking options in a file search step: those of the run's tool, without `hybrid_search`."""
    searches = (tool.get("file_search") or {} for tool in offered if tool.get("type") == "file_search")
    options = {**RANKING, **(next(searches, {}).get("ranking_options") or {})}
    return {key: options[key] for key in ("ranker", "score_threshold")}
