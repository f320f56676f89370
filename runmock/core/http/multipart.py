"""An upload as a cassette keeps and compares it: each part by its name, a file by name, size and digest.

The boundary, which is another each time, is not kept; neither are a file's bytes, its type, or the order of the parts
when they are compared. Clients differ in how they write the head of a part (docs/protocol/files.md#multipart): names in
quotes or bare, header names in lower case, `filename*=`, empty header lines.
"""

from __future__ import annotations

import hashlib
import json
import re
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import unquote_to_bytes

from runmock.core.http.media_types import media_type, parameters

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runmock.core.http.exchange import JSON

PARTS = "multipart"
"""The key of the parts in a kept body."""
BINARY = "binary"
"""The key of size and digest in a kept body that is neither an upload nor a text."""
ANY_UPLOAD: JSON = {PARTS: "any"}
"""The body of an upload that was not recorded; it matches every upload."""
_OPENS = re.compile(rb"\s*--(?P<boundary>[^\r\n]{1,70}?)[ \t]*\r?\n(?=content-[a-z-]+[ \t]*:)", re.IGNORECASE)
_LOST = re.compile(r"^x-runmock-lost: (?P<size>\d+) (?P<sha256>[0-9a-f]{64})\r?$", re.MULTILINE)
_HEAD_ENDS = re.compile(rb"\A\r?\n|\r?\n\r?\n")
LINE_FEED = 0x0A
_LINE_ENDS = re.compile(rb"(?P<closes>--)?[ \t]*(?:\r?\n|\Z)")
"""What ends the line of a boundary."""
_DISPOSITION = re.compile(r"^content-disposition[ \t]*:(?P<value>.*)$", re.IGNORECASE | re.MULTILINE)
_TYPE = re.compile(r"^content-type[ \t]*:(?P<value>.*)$", re.IGNORECASE | re.MULTILINE)
_OF_BROWSERS = {"%22": '"', "%0D": "\r", "%0A": "\n"}
"""How browsers escape characters in a quoted name (HTML, "multipart form data")."""
_ESCAPE = re.compile("|".join(_OF_BROWSERS), re.IGNORECASE)


class Part(NamedTuple):
    """One part of a multipart body: a field, or a file, which has a name of its own."""

    data: bytes
    content_type: str = ""
    name: str | None = None
    filename: str | None = None

    lost: tuple[int, str] | None = None
    """How many bytes it had, and their digest, when they were too many to keep them; then `data` is empty."""

    @property
    def text(self) -> str | None:
        """The data as a text; None when it is not UTF-8."""
        return _text(self.data)


def sent_parts(body: bytes, content_type: str = "") -> list[Part]:
    """The parts of a multipart body with their bytes; none when it is not one.

    `content_type` is the request's; without one the body's first line is looked at.
    """
    if content_type and not is_multipart(content_type):
        return []
    boundary = parameters(content_type).get("boundary", "").encode("latin-1", "replace")
    parts = list(_parts(body, boundary)) if boundary else []
    if not parts and (opens := _OPENS.match(body)) is not None:
        parts = list(_parts(body, opens["boundary"]))
    return [_read(part) for part in parts]


def upload(body: bytes, content_type: str = "") -> JSON | None:
    """A multipart body by its parts: `{"multipart": [{"name", "value"}, {"name", "filename", "size", "sha256"}]}`.

    None when it is not one. `content_type` is the request's; without one the body's first line is looked at.
    """
    parts = sent_parts(body, content_type)
    return {PARTS: [_kept(part) for part in parts]} if parts else None


def is_multipart(content_type: str) -> bool:
    """Whether a content type is `multipart/...`."""
    return media_type(content_type).startswith("multipart/")


def parts_of(body: Any) -> list[JSON]:
    """The parts of a body that `upload` has made; none of any other body."""
    parts = body.get(PARTS) if isinstance(body, dict) else None
    return [part for part in parts if isinstance(part, dict)] if isinstance(parts, list) else []


def in_any_order(parts: list[Any]) -> list[Any]:
    """The parts in an order that does not depend on the order in which they were sent."""
    return sorted(parts, key=lambda part: json.dumps(part, sort_keys=True))


def names_same_file(body: Any, answer: Any) -> tuple[bool, bool]:
    """Whether the File object in an answer has the name, and the size, of the uploaded file; the name counts more."""
    sent = next((part for part in parts_of(body) if "size" in part), {})
    file = answer if isinstance(answer, dict) else {}
    return _is_same(sent.get("filename"), file.get("filename")), _is_same(sent.get("size"), file.get("bytes"))


def _is_same(sent: Any, answered: Any) -> bool:
    return sent is not None and bool(sent == answered)


def _parts(body: bytes, boundary: bytes) -> Iterator[bytes]:
    """The texts between boundary lines; a recorder may have changed CRLF to LF, or left out the last boundary."""
    body, start, opens = body.lstrip(), None, b"--" + boundary
    at = body.find(opens)
    while at >= 0:
        line = _LINE_ENDS.match(body, at + len(opens))  # one pattern for all boundaries: each is another one
        if line is None or (at and body[at - 1] != LINE_FEED):
            at = body.find(opens, at + 1)
            continue
        if start is not None:
            yield body[start:at].removesuffix(b"\n").removesuffix(b"\r")
        if line["closes"]:
            return
        start = line.end()
        at = body.find(opens, start)
    if start is not None:
        yield body[start:]


def _read(part: bytes) -> Part:
    ends = _HEAD_ENDS.search(part)
    head, content = (part, b"") if ends is None else (part[: ends.start()], part[ends.end() :])
    lines = _text(head) or head.decode("latin-1")
    kind = _TYPE.search(lines)
    lost = _LOST.search(lines)
    return Part(
        content,
        "" if kind is None else kind["value"].strip(),
        *_names(lines),
        None if lost is None else (int(lost["size"]), lost["sha256"]),
    )


def lines_of_lost(size: int, sha256: str) -> bytes:
    """The lines in the head of a part that say what its content was, because it is not kept."""
    return f"\r\nx-runmock-lost: {size} {sha256}".encode()


def _kept(part: Part) -> JSON:
    named = {"name": part.name, "filename": part.filename}
    known: JSON = {key: value for key, value in named.items() if value is not None}
    if part.lost is not None:
        size, sha256 = part.lost
        return {**known, "size": size, "sha256": sha256}
    if part.filename is None and (text := part.text) is not None:
        return {**known, "value": text}
    return {**known, "size": len(part.data), "sha256": hashlib.sha256(part.data).hexdigest()}


def _names(head: str) -> tuple[str | None, str | None]:
    """The name of a part, and the name of its file where it has one."""
    found = _DISPOSITION.search(head)
    found_parameters = parameters(found["value"]) if found is not None else {}
    name, filename = (
        _extended(found_parameters.get(f"{key}*", "")) or _plain(found_parameters.get(key))
        for key in ("name", "filename")
    )
    return name, filename


def _plain(value: str | None) -> str | None:
    return None if value is None else _ESCAPE.sub(lambda found: _OF_BROWSERS[found[0].upper()], value)


def _extended(value: str) -> str | None:
    """The text in `utf-8''%E4%BD%A0.txt`; None for what cannot be read."""
    charset, _, rest = value.partition("'")
    _, is_extended, text = rest.partition("'")
    if not is_extended:
        return None
    try:
        return unquote_to_bytes(text).decode(charset or "utf-8")
    except (LookupError, UnicodeDecodeError):
        return None


def _text(content: bytes) -> str | None:
    try:
        return content.decode()
    except UnicodeDecodeError:
        return None
