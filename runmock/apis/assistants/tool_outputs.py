"""The tool outputs in a submit request."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


def tool_outputs(body: Mapping[str, Any]) -> list[tuple[Any, Any]]:
    """The pairs of call id and output in a submit request; other things in its list are left out."""
    outputs = body.get("tool_outputs")
    items = outputs if isinstance(outputs, list) else []
    return [(item.get("tool_call_id"), item.get("output")) for item in items if isinstance(item, dict)]
