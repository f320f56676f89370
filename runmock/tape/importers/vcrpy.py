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
    member_of,
    take_of,
)

if TYPE_CHECKING:
    from collections.abc import Mapping


def imported(document: Any) -> Imported:
    """The takes in a cassette of vcrpy's. Raises CassetteError."""
    takes = []
    for number, interaction in enumerate(member_of(document, "interactions", list, "the file")):
        where = f"interaction {number}"
        request, response = (
            member_of(interaction, "request", dict, where),
            member_of(interaction, "response", dict, where),
        )
        if "parsed_body" in request or "parsed_body" in response:
            raise CassetteError(f"{where} keeps a body as 'parsed_body', which cannot be imported", "import")
        headers = headers_of(response.get("headers") or {})
        is_old = "status_code" in response and "status" not in response
        status, body = _old_answer(response, dict(headers), where) if is_old else _answer(response, where)
        takes.append(
            take_of(
                member_of(request, "method", str, where),
                member_of(request, "uri", str, where),
                _body(request.get("body")),
                status,
                headers,
                body,
                sent_as=content_type_of(request.get("headers")),
            )
        )
    return Imported(tuple(takes))


def _answer(response: Any, where: str) -> tuple[int, bytes]:
    """The status and the body of a recorded answer."""
    return member_of(member_of(response, "status", dict, where), "code", int, where), _body(response.get("body"))


def _old_answer(response: Any, headers: Mapping[str, str], where: str) -> tuple[int, bytes]:
    """Status and body from the older form, which drops every byte that is no UTF-8.

    Raises CassetteError when the content-length shows that bytes were dropped.
    """
    body, length = bytes_of(response.get("content")), headers.get("content-length", "")
    if "content-encoding" not in headers and length.isdecimal() and int(length) > len(body):
        lost = int(length) - len(body)
        were = "was" if lost == 1 else "were"
        raise CassetteError(f"{where} has lost {counted(lost, 'byte')} of its answer, which {were} no text", "import")
    return member_of(response, "status_code", int, where), body


def _body(body: Any) -> bytes:
    if isinstance(body, dict):
        if "base64_string" in body:
            return from_base64(body["base64_string"])
        return bytes_of(body.get("string"))
    return bytes_of(body)
