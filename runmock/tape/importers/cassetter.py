"""cassetter: YAML by the rules of 1.2, bodies by type; sorted by URL, so that the times give the order."""

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
    take_of,
    wanted,
)

if TYPE_CHECKING:
    from runmock.core.replay.recorder import CapturedAnswer


def imported(document: Any) -> Imported:
    """The takes of a cassette. Raises CassetteError."""
    takes: list[tuple[str, CapturedAnswer]] = []
    for number, one in enumerate(wanted(document, "interactions", list, "the file")):
        where = f"interaction {number}"
        request, response = wanted(one, "request", dict, where), wanted(one, "response", dict, where)
        take = take_of(
            wanted(request, "method", str, where),
            wanted(request, "uri", str, where),
            _body(request.get("body")),
            wanted(response, "status", int, where),
            tuple(pair for pair in headers_of(response.get("headers") or {}) if pair[0] != "content-encoding"),
            _body(response.get("body")),
            sent_as=content_type_of(request.get("headers")),
        )
        takes.append((str(one.get("recorded_at", "")), take))
    return in_order_of(takes)


def _body(body: Any) -> bytes:
    kind = body.get("type", "none") if isinstance(body, dict) else "none"
    content = body.get("content") if isinstance(body, dict) else None
    if kind == "binary":
        return from_hex(str(content))
    if kind not in {"none", "json", "text"}:
        raise CassetteError(f"a body is of the type '{kind}', which cannot be imported", "import")
    return b"" if kind == "none" else bytes_of("null" if kind == "json" and content is None else content)
