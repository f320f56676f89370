"""Requests that are not of the Assistants family, for people: what they were, and how large a file came back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runmock.core.report.plural import counted

if TYPE_CHECKING:
    from collections.abc import Iterable

    from runmock.core.replay.interaction import Interaction


def named_once(interactions: Iterable[Interaction]) -> list[str]:
    """Each request by method and path, a binary answer with its type and size; what is named alike is named once."""
    return list(dict.fromkeys(f"{one.method} {one.path}{_body_of(one)}" for one in interactions))


def _body_of(one: Interaction) -> str:
    if one.content is None:
        return ""
    kind = one.content_type or "application/octet-stream"
    lost = "" if one.content.read is not None else ", not kept"
    return f" ({kind}, {counted(one.content.size, 'byte')}{lost})"
