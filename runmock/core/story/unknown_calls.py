"""What the service calls or does that runmock has no words for: it is shown as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runmock.core.http.json_text import compact_json

if TYPE_CHECKING:
    from runmock.core.http.exchange import JSON


def unknown_call(kind: str, payload: JSON) -> str:
    """A call, an item or a step of a kind that is not known, as one text: `dream_call {"vivid":true}`."""
    return f"{kind} {compact_json({key: value for key, value in payload.items() if key not in {'id', 'type'}})}"
