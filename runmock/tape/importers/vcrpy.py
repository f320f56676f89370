"""vcrpy's cassettes, which pytest-recording writes too: YAML or JSON, bodies as text, bytes, or base64.

Two more forms of them are read:

- Before its version 6 vcrpy wrote httpx's answers otherwise: `status_code`, and the body as a text under `content`,
  without the bytes that were no UTF-8 (vcrpy 5.1.0, `vcr/stubs/httpx_stubs.py`).
- pydantic-ai's serializer writes a body that is JSON as YAML, under `parsed_body` beside the headers, in requests and
  answers, and unpacks it before (pydantic/pydantic-ai, `tests/json_body_serializer.py`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from runmock.apis.service.roots import gives_file
from runmock.core.errors import CassetteError
from runmock.core.http.media_types import is_text
from runmock.core.report.plural import counted
from runmock.tape.importers.parts import (
    Imported,
    bytes_of,
    content_type_of,
    from_base64,
    headers_of,
    json_bytes,
    member_of,
    take_of,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from runmock.core.replay.recorder import CapturedAnswer

PARSED = "parsed_body"
"""The key of a body that stands in the file as a value."""


def imported(document: Any) -> Imported:
    """The takes in a cassette of vcrpy's. Raises CassetteError."""
    takes, warnings = [], []
    for number, interaction in enumerate(member_of(document, "interactions", list, "the file")):
        where = f"interaction {number}"
        request, response = (
            member_of(interaction, "request", dict, where),
            member_of(interaction, "response", dict, where),
        )
        status, body = _answer(response, where)
        headers = headers_of(response.get("headers") or {})
        take = take_of(
            member_of(request, "method", str, where),
            member_of(request, "uri", str, where),
            _body(request, f"{where}: the body of its request"),
            status,
            tuple(pair for pair in headers if PARSED not in response or pair[0] != "content-encoding"),
            body,
            sent_as=content_type_of(request.get("headers")),
        )
        takes.append(take)
        warnings += [f"{where}: {sentence}" for sentence in _warnings(response, take)]
    return Imported(tuple(takes), warnings=tuple(warnings))


def _answer(response: Any, where: str) -> tuple[int, bytes]:
    """The status and the body of a recorded answer. Raises CassetteError when the file does not have them."""
    if _is_old(response):
        return _old_answer(response, dict(headers_of(response.get("headers") or {})), where)
    if "body" not in response and PARSED not in response:
        raise CassetteError(f"{where} has no body in its answer", "import")
    status = member_of(member_of(response, "status", dict, where), "code", int, where)
    return status, _body(response, f"{where}: the body of its answer")


def _is_old(response: Any) -> bool:
    return "status_code" in response and "status" not in response


def _old_answer(response: Any, headers: Mapping[str, str], where: str) -> tuple[int, bytes]:
    """Status and body from the older form, which drops every byte that is no UTF-8.

    Raises CassetteError when the content-length shows that bytes were dropped.
    """
    body = bytes_of(member_of(response, "content", str, where), f"{where}: the body of its answer")
    if _tells_length(headers) and int(headers["content-length"]) > len(body):
        lost = int(headers["content-length"]) - len(body)
        were = "was" if lost == 1 else "were"
        raise CassetteError(f"{where} has lost {counted(lost, 'byte')} of its answer, which {were} no text", "import")
    return member_of(response, "status_code", int, where), body


def _tells_length(headers: Mapping[str, str]) -> bool:
    """Whether headers say how many bytes the body has as the file keeps it, which is without its compression."""
    return "content-encoding" not in headers and headers.get("content-length", "").isdecimal()


def _warnings(response: Any, take: CapturedAnswer) -> list[str]:
    """What may be missing from an answer, although nothing in the file shows it."""
    warnings = []
    if _is_old(response) and take.body and not is_text(take.header("content-type")):
        is_known = _tells_length(dict(take.headers))
        warnings += [] if is_known else ["bytes that are no UTF-8 may be missing from its answer, which has no length"]
    if PARSED in response and gives_file(take.request.method, take.incoming.operation.path):
        warnings.append(f"its answer is a file that was kept as '{PARSED}': white space and order of keys are lost")
    return warnings


def _body(message: Any, where: str) -> bytes:
    """The body of a request or an answer. Raises CassetteError, which names `where`, for one that cannot be read."""
    if PARSED in message:
        return json_bytes(message[PARSED], f"{where}, {PARSED}")
    body = message.get("body")
    if not isinstance(body, dict):
        return bytes_of(body, where)
    if "base64_string" in body:
        return from_base64(body["base64_string"], where)
    if "string" not in body:
        keys = ", ".join(map(str, body)) or "none"
        raise CassetteError(f"{where} has no 'string' and no 'base64_string'; its keys: {keys}", "import")
    return bytes_of(body["string"], where)
