"""What depends on the model. Source: docs/protocol/responses.md#the-response-object."""

from __future__ import annotations

import re

_REASON = re.compile(r"(ft:)?(o\d|gpt-([5-9]|\d\d))")
_TELL_PHASES = re.compile(r"(ft:)?gpt-(5\.3-codex|5\.[4-9]|[6-9]|\d\d)")


def reasons(model: str) -> bool:
    """Whether a model thinks before it answers."""
    return _REASON.match(model) is not None


def tells_phases(model: str) -> bool:
    """Whether the messages of a model say if they are comments on the way, or the answer."""
    return _TELL_PHASES.match(model) is not None
