"""vcrpy's cassettes, which pytest-recording writes too: YAML or JSON, bodies as text, bytes, or base64.

Before its version 6 it wrote httpx's answers in another form: `status_code`, and the body as a text under `content`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from runmock.core.errors import CassetteError
from runmock.core.report.plural import counted
from runmock.tape.importers.parts import (
    Imported,
    bytes_of,
    content_type_of,
    from_base64,
    headers_of,
    take_of,
    wanted,
)

if TYPE_CHECKING:
    from collections.abc import Mapping


def imported(document: Any) -> Imported:
    """The takes of a cassette. Raises CassetteError."""
    takes = []
    for number, one in enumerate(wanted(document, "interactions", list, "the file")):
        where = f"interaction {number}"
        request, response = wanted(one, "request", dict, where), wanted(one, "response", dict, where)
        if "parsed_body" in request or "parsed_body" in response:
            raise CassetteError(f"{where} keeps a body as 'parsed_body', which cannot be imported", "import")
        headers = headers_of(response.get("headers") or {})
        is_old = "status_code" in response and "status" not in response
        status, body = _old_answer(response, dict(headers), where) if is_old else _answer(response, where)
        takes.append(
            take_of(
                wanted(request, "method", str, where),
                wanted(request, "uri", str, where),
                _body(request.get("body")),
                status,
                headers,
                body,
                sent_as=content_type_of(request.get("headers")),
            )
        )
    return Imported(tuple(takes))


def _answer(response: Any, where: str) -> tuple[int, bytes]:
    """Status and body."""
    return wanted(wanted(response, "status", dict, where), "code", int, where), _body(response.get("body"))


def _old_answer(response: Any, headers: Mapping[str, str], where: str) -> tuple[int, bytes]:
    """The same of the older form, which loses every byte that is no UTF-8. Raises CassetteError when that shows."""
    body, length = bytes_of(response.get("content")), headers.get("content-length", "")
    if "content-encoding" not in headers and length.isdecimal() and int(length) > len(body):
        lost = int(length) - len(body)
        were = "was" if lost == 1 else "were"
        raise CassetteError(f"{where} has lost {counted(lost, 'byte')} of its answer, which {were} no text", "import")
    return wanted(response, "status_code", int, where), body


def _body(body: Any) -> bytes:
    if isinstance(body, dict):
        if "base64_string" in body:
            return from_base64(body["base64_string"])
        return bytes_of(body.get("string"))
    return bytes_of(body)
