"""What a Response repeats of its request: each with the keys that the service fills in.

Source of every default: docs/protocol/responses.md#the-response-object.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from runmock.apis.responses.models import reasons

if TYPE_CHECKING:
    from collections.abc import Mapping

    from runmock.core.http.exchange import JSON

_NOWHERE = {"type": "approximate", "city": None, "country": "US", "region": None, "timezone": None}

_TOOLS: Mapping[str, JSON] = {
    "function": {"description": None, "name": None, "output_schema": None, "parameters": None},
    "file_search": {
        "filters": None,
        "max_num_results": 20,
        "ranking_options": {"ranker": "auto", "score_threshold": 0.0},
    },
    "web_search": {"filters": None, "search_context_size": "medium", "user_location": _NOWHERE},
    "web_search_preview": {"search_context_size": "medium", "user_location": _NOWHERE},
    "mcp": {"allowed_tools": None, "headers": None, "server_description": None},
}
"""The keys of each kind of tool that a request may leave out."""


def reasoning(given: Mapping[str, Any] | None, model: str) -> JSON:
    """How a model thinks; `mode` is there for models that reason alone."""
    said = {key: value for key, value in (given or {}).items() if value is not None}
    if said.get("summary") == "auto":
        said["summary"] = "detailed"
    usual: JSON = {"context": None, "effort": None, "summary": None}
    if reasons(model):
        usual |= {"context": "current_turn", "effort": "medium", "mode": "standard"}
    return dict(sorted({**usual, **said}.items()))


def text(given: Mapping[str, Any] | None) -> JSON:
    """The form of texts."""
    said = given or {}
    return {"format": _format(said.get("format")), "verbosity": said.get("verbosity") or "medium"}


def _format(given: Mapping[str, Any] | None) -> JSON:
    if given is None:
        return {"type": "text"}
    if given.get("type") != "json_schema":
        return dict(given)
    usual = {"type": "json_schema", "description": None, "name": None, "schema": None, "strict": True}
    return usual | {key: value for key, value in given.items() if value is not None}


def prompt(given: Mapping[str, Any]) -> JSON:
    """A stored prompt; its first version where the request names none."""
    said = {key: value for key, value in given.items() if value is not None}
    return {"id": None, "variables": {}, "version": "1"} | said


def tool(given: Mapping[str, Any]) -> JSON:
    """A tool: its type first, then its keys by the alphabet."""
    kind = given.get("type", "")
    made = {**_TOOLS.get(kind, {}), **given}
    if kind == "function":
        is_said = given.get("strict") is not None
        made |= {
            "description": made["description"] or None,
            "parameters": _parameters(made["parameters"], is_closed=not is_said),
            "strict": given["strict"] if is_said else True,
        }
    del made["type"]
    return {"type": kind, **dict(sorted(made.items()))}


def _parameters(schema: Any, *, is_closed: bool) -> Any:
    """The parameters of a function; one that is strict because nothing else was said takes no further properties."""
    if not isinstance(schema, dict):
        return schema
    made = schema or {"type": "object", "properties": {}}
    return {**made, "additionalProperties": False} if is_closed else made
