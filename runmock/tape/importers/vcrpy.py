"""vcrpy's cassettes, which pytest-recording writes too: YAML or JSON, bodies as text, bytes, or base64."""

from __future__ import annotations

from typing import Any

from runmock.core.errors import CassetteError
from runmock.tape.importers.parts import Imported, bytes_of, from_base64, headers_of, take_of, wanted


def imported(document: Any) -> Imported:
    """The takes of a cassette. Raises CassetteError."""
    takes = []
    for number, one in enumerate(wanted(document, "interactions", list, "the file")):
        where = f"interaction {number}"
        request, response = wanted(one, "request", dict, where), wanted(one, "response", dict, where)
        if "parsed_body" in request or "parsed_body" in response:
            raise CassetteError(f"{where} keeps a body as 'parsed_body', which cannot be imported", "import")
        status = wanted(response, "status", dict, where)
        takes.append(
            take_of(
                wanted(request, "method", str, where),
                wanted(request, "uri", str, where),
                bytes_of(request.get("body")),
                wanted(status, "code", int, where),
                headers_of(response.get("headers") or {}),
                _body(response.get("body")),
            )
        )
    return Imported(tuple(takes))


def _body(body: Any) -> bytes:
    if isinstance(body, dict):
        if "base64_string" in body:
            return from_base64(body["base64_string"])
        return bytes_of(body.get("string"))
    return bytes_of(body)
