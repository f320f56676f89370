"""Imports cassetter's files: YAML 1.2, each body with its type. They are sorted by URL, so the times give the order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from runmock.core.errors import CassetteError
from runmock.tape.importers.parts import (
    Imported,
    bytes_of,
    content_type_of,
    from_hex,
    headers_of,
    in_order_of,
    member_of,
    take_of,
)

if TYPE_CHECKING:
    from runmock.core.replay.recorder import CapturedAnswer


def imported(document: Any) -> Imported:
    """The takes in a file of cassetter's, by their times. Raises CassetteError."""
    takes: list[tuple[str, CapturedAnswer]] = []
    for number, interaction in enumerate(member_of(document, "interactions", list, "the file")):
        where = f"interaction {number}"
        request, response = (
            member_of(interaction, "request", dict, where),
            member_of(interaction, "response", dict, where),
        )
        take = take_of(
            member_of(request, "method", str, where),
            member_of(request, "uri", str, where),
            _body(request.get("body")),
            member_of(response, "status", int, where),
            tuple(pair for pair in headers_of(response.get("headers") or {}) if pair[0] != "content-encoding"),
            _body(response.get("body")),
            sent_as=content_type_of(request.get("headers")),
        )
        takes.append((str(interaction.get("recorded_at", "")), take))
    return in_order_of(takes)


def _body(body: Any) -> bytes:
    kind = body.get("type", "none") if isinstance(body, dict) else "none"
    content = body.get("content") if isinstance(body, dict) else None
    if kind == "binary":
        return from_hex(str(content))
    if kind not in {"none", "json", "text"}:
        raise CassetteError(f"a body is of the type '{kind}', which cannot be imported", "import")
    return b"" if kind == "none" else bytes_of("null" if kind == "json" and content is None else content)
