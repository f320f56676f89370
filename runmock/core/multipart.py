"""An upload as a cassette keeps and matches it: each part by its name, a file by name, size and digest."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from runmock.core.exchange import JSON

_OPENS = re.compile(rb"\s*--(?P<boundary>[^\r\n]{1,70})\r\n(?=[A-Za-z-]+:)")
_QUOTED = re.compile(r'(?P<key>name|filename)="(?P<value>[^"]*)"')


def upload(body: bytes) -> JSON | None:
    """A multipart body by its parts: `{"multipart": [{"name", "value"}, {"name", "filename", "size", "sha256"}]}`.

    None when it is not one.

    The boundary, which is another each time, is not kept; neither are a file's bytes.
    """
    opens = _OPENS.match(body)
    if opens is None:
        return None
    between = b"\r\n--" + opens["boundary"]
    parts = (b"\r\n" + body.lstrip()).split(between)[1:]
    return {"multipart": [_part(part.removeprefix(b"\r\n")) for part in parts if not part.startswith(b"--")]}


def _part(part: bytes) -> JSON:
    head, _, content = part.partition(b"\r\n\r\n")
    named = {found["key"]: found["value"] for found in _QUOTED.finditer(head.decode("utf-8", "replace"))}
    if "filename" not in named and (text := _text(content)) is not None:
        return {**named, "value": text}
    return {**named, "size": len(content), "sha256": hashlib.sha256(content).hexdigest()}


def _text(content: bytes) -> str | None:
    try:
        return content.decode()
    except UnicodeDecodeError:
        return None
