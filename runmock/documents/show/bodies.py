"""Requests that are not of the Assistants family, as people read them: method, path, size of a binary answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runmock.core.report.plural import counted

if TYPE_CHECKING:
    from collections.abc import Iterable

    from runmock.core.replay.interaction import Interaction


def requests_named_once(interactions: Iterable[Interaction]) -> list[str]:
    """Return each request's method and path, with type and size of a binary answer; equal lines only once."""
    return list(
        dict.fromkeys(f"{interaction.method} {interaction.path}{_body_of(interaction)}" for interaction in interactions)
    )


def _body_of(interaction: Interaction) -> str:
    if interaction.content is None:
        return ""
    kind = interaction.content_type or "application/octet-stream"
    lost = "" if interaction.content.read is not None else ", not kept"
    return f" ({kind}, {counted(interaction.content.size, 'byte')}{lost})"
