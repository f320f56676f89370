"""What every importer needs: a URL as a request, a body as it was before compression, headers by name."""

from __future__ import annotations

import base64
import gzip
import json
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from runmock.core.errors import CassetteError
from runmock.core.exchange import Request
from runmock.core.recorder import Ending, Take

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

Headers = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Imported:
    """What a file holds: its takes in order, and when the first was recorded (seconds since the epoch, if it says)."""

    takes: tuple[Take, ...]
    at: float | None = None


def take_of(  # noqa: PLR0913, PLR0917 - an exchange is these six
    method: str, url: str, sent: bytes, status: int, headers: Headers, body: bytes
) -> Take:
    """A whole exchange. Headers' names are lower case; the body may still be compressed."""
    parts = urlsplit(url)
    request = Request(
        method=method.upper(),
        host=parts.hostname or "",
        path=parts.path,
        query={name: tuple(values) for name, values in parse_qs(parts.query, keep_blank_values=True).items()},
        body=sent,
    )
    take = Take(request, f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}", status, headers)
    take.feed(unpacked(body, take.header("content-encoding")), 0)
    take.seal(Ending.WHOLE)
    return take


def headers_of(pairs: Mapping[str, Any] | Iterable[tuple[str, Any]]) -> Headers:
    """Headers with names in lower case; several values of one name are joined."""
    items = pairs.items() if hasattr(pairs, "items") else pairs
    return tuple(
        (str(name).lower(), ", ".join(map(str, value)) if isinstance(value, list) else str(value))
        for name, value in items
    )


def bytes_of(value: Any) -> bytes:
    """A body as a file holds it: nothing, a text, bytes, or JSON."""
    if value is None:
        return b""
    if isinstance(value, bytes):
        return value
    return value.encode() if isinstance(value, str) else json.dumps(value, ensure_ascii=False).encode()


def from_base64(text: str) -> bytes:
    """The bytes. Raises CassetteError."""
    try:
        return base64.b64decode(text)
    except ValueError:
        raise CassetteError("a body says that it is base64 and is not", "import") from None


def unpacked(body: bytes, encoding: str) -> bytes:
    """A body without its compression. Raises CassetteError for one that cannot be read."""
    for name in reversed([part.strip().lower() for part in encoding.split(",")] if encoding else []):
        unpack = UNPACK.get(name)
        if unpack is None:
            raise CassetteError(f"an answer is packed as '{name}', which cannot be read", "import")
        try:
            body = unpack(body)
        except (OSError, EOFError, zlib.error, ValueError) as error:
            if _is_text(body):
                continue  # the recorder unpacked it and left the header
            raise CassetteError(
                f"an answer says that it is packed as '{name}', and is not: {error}", "import"
            ) from None
    return gzip.decompress(body) if body.startswith(b"\x1f\x8b") else body


def _is_text(body: bytes) -> bool:
    try:
        body.decode()
    except UnicodeDecodeError:
        return False
    return True


def _brotli(body: bytes) -> bytes:
    try:
        import brotli  # type: ignore[import-not-found,import-untyped,unused-ignore]  # only where it is installed
    except ImportError:
        raise CassetteError("an answer is packed with brotli: pip install brotli, and import again", "import") from None
    unpack: Callable[[bytes], bytes] = brotli.decompress
    return unpack(body)


def _deflate(body: bytes) -> bytes:
    try:
        return zlib.decompress(body)
    except zlib.error:
        return zlib.decompress(body, -zlib.MAX_WBITS)  # raw, as some servers send it


UNPACK: Mapping[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.decompress,
    "x-gzip": gzip.decompress,
    "deflate": _deflate,
    "br": _brotli,
    "identity": lambda body: body,
    "": lambda body: body,
}
"""By the content encoding's name."""


def wanted(value: Any, key: str, kind: type, where: str) -> Any:
    """A member of a mapping, of the kind that the format has there. Raises CassetteError."""
    found = value.get(key) if isinstance(value, dict) else None
    if not isinstance(found, kind):
        raise CassetteError(f"{where} has no '{key}' as this format has it", "import")
    return found


def in_order_of(takes: Sequence[tuple[str, Take]]) -> tuple[Take, ...]:
    """Takes by their times, which sort as texts."""
    return tuple(take for _, take in sorted(takes, key=lambda pair: pair[0]))
