"""VCR for Ruby: YAML or JSON, bodies as text with the name of its encoding, as `!binary`, or as base64.

Ruby reads such a file as VCR's `body_from` does (vcr/vcr, lib/vcr/structs.rb): a text is brought into the encoding that
is named beside it, unless that means bytes; where the encoding lacks a character of it, it stays in UTF-8. VCR for R
writes the same form, and may keep a body in a file of its own.
"""

from __future__ import annotations

from email.utils import parsedate_to_datetime
from typing import Any

from runmock.core.errors import CassetteError
from runmock.tape.importers.parts import (
    Imported,
    bytes_of,
    content_type_of,
    from_base64,
    headers_of,
    member_of,
    take_of,
)

_AS_IT_IS = frozenset({"", "utf-8", "us-ascii", "ascii-8bit", "binary"})
"""Encodings in which the bytes of a text are those in the file."""


def imported(document: Any) -> Imported:
    """The takes in a recording of VCR's, in the order in which they were recorded. Raises CassetteError."""
    takes, times = [], []
    for number, interaction in enumerate(member_of(document, "http_interactions", list, "the file")):
        where = f"interaction {number}"
        request, response = (
            member_of(interaction, "request", dict, where),
            member_of(interaction, "response", dict, where),
        )
        if response.get("body") is None:
            raise CassetteError(f"{where} has no body in its answer", "import")
        takes.append(
            take_of(
                member_of(request, "method", str, where),
                member_of(request, "uri", str, where),
                _body(request.get("body"), f"{where}: the body of its request"),
                member_of(member_of(response, "status", dict, where), "code", int, where),
                headers_of(response.get("headers") or {}),
                _body(response["body"], f"{where}: the body of its answer"),
                sent_as=content_type_of(request.get("headers")),
            )
        )
        times.append(interaction.get("recorded_at"))
    return Imported(tuple(takes), _seconds(times[0]) if times else None)


def _body(body: Any, where: str) -> bytes:
    """The bytes of a body. Raises CassetteError, which names `where`, when the file does not have them."""
    if not isinstance(body, dict):
        return _encoded(body, "", where)
    if body.get("file"):
        raise CassetteError(f"{where} stands in a file of its own, which cannot be imported", "import")
    if "base64_string" in body:
        return from_base64(body["base64_string"], where)
    if "string" not in body:
        keys = ", ".join(map(str, body)) or "none"
        raise CassetteError(f"{where} has no 'string' and no 'base64_string'; its keys: {keys}", "import")
    return _encoded(body["string"], str(body.get("encoding") or ""), where)


def _encoded(text: Any, encoding: str, where: str) -> bytes:
    """The bytes of a text in an encoding, by Ruby's name for it. Raises CassetteError for what is no text."""
    if not isinstance(text, str | bytes | None):
        raise CassetteError(f"{where} is not text", "import")
    if not isinstance(text, str) or encoding.lower() in _AS_IT_IS:
        return bytes_of(text, where)
    try:
        return text.encode(encoding)
    except UnicodeEncodeError:
        return bytes_of(text, where)
    except (LookupError, ValueError):
        raise CassetteError(f"{where} is in the encoding '{encoding}', which is unknown here", "import") from None


def _seconds(recorded_at: Any) -> float | None:
    """The time in `Tue, 14 Nov 2023 21:48:50 GMT`, in seconds since the epoch; None for anything else."""
    try:
        return parsedate_to_datetime(recorded_at).timestamp()
    except (AttributeError, TypeError, ValueError):
        return None
