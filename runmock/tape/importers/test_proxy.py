"""Session records of the Azure SDKs' test proxy: JSON, streams as lists of their lines, binary bodies in base64.

How a body is written depends on its content type, and on nothing else (Azure/azure-sdk-tools, RecordEntry.cs,
ContentTypeUtilities.cs, MultipartUtilities.cs): text and JSON as they are or by lines, forms by lines with `b64:` in
front of what is no text, all else in base64. A body that was not recorded is null, an empty one `[]`.
"""

from __future__ import annotations

import re
from typing import Any

from runmock.core.errors import CassetteError
from runmock.core.http.media_types import media_type
from runmock.core.http.multipart import is_multipart
from runmock.tape.importers.parts import (
    Imported,
    bytes_of,
    content_type_of,
    from_base64,
    headers_of,
    member_of,
    take_of,
)

_TEXT = re.compile(r"text/.*|.*(?:json|xml|-urlencoded)|application/json.*")
_UTF_8 = re.compile(r";\s*charset=\"?utf-8", re.IGNORECASE)
_PACKED = "b64:"


def imported(document: Any) -> Imported:
    """The takes of a session record. Raises CassetteError."""
    takes = []
    for number, entry in enumerate(member_of(document, "Entries", list, "the file")):
        where = f"entry {number}"
        sent_as, answered_as = (content_type_of(entry.get(key) or {}) for key in ("RequestHeaders", "ResponseHeaders"))
        takes.append(
            take_of(
                member_of(entry, "RequestMethod", str, where),
                member_of(entry, "RequestUri", str, where),
                _body(entry.get("RequestBody"), sent_as),
                member_of(entry, "StatusCode", int, where),
                tuple(pair for pair in headers_of(entry.get("ResponseHeaders") or {}) if pair[0] != "content-encoding"),
                _body(entry.get("ResponseBody"), answered_as),
                sent_as=sent_as,
            )
        )
    return Imported(tuple(takes))


def _body(body: Any, content_type: str) -> bytes:
    """The bytes of a body."""
    if isinstance(body, list) and is_multipart(content_type):
        return b"".join(_line(part) for part in body if isinstance(part, str))
    if isinstance(body, list) and all(isinstance(line, str) for line in body):
        return "".join(body).encode()
    return _unpacked(body, body) if isinstance(body, str) and not _is_text(content_type) else bytes_of(body)


def _line(line: str) -> bytes:
    return _unpacked(line.removeprefix(_PACKED), line) if line.startswith(_PACKED) else line.encode()


def _is_text(content_type: str) -> bool:
    return _TEXT.fullmatch(media_type(content_type)) is not None or _UTF_8.search(content_type) is not None


def _unpacked(packed: str, text: str) -> bytes:
    """The bytes that a base64 text stands for; any other text as it is, because a sanitizer has put it there."""
    try:
        return from_base64(packed)
    except CassetteError:
        return text.encode()
