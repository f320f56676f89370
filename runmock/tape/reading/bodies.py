"""Bodies without their compression."""

from __future__ import annotations

import gzip
import zlib
from typing import TYPE_CHECKING

from runmock.core.errors import CassetteError
from runmock.core.http.media_types import is_text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


GZIP = b"\x1f\x8b"
"""How gzipped bodies begin, also those whose headers do not say so, because some recorders drop them.

A file that is an archive begins so, too.
"""


def unpacked(body: bytes, encoding: str, kind: str = "") -> bytes:
    """A body without its compression. Raises CassetteError for one that cannot be read.

    `kind`: its content type. A text, and a body without a type, are unpacked whenever they are gzipped. Any other body
    may be an archive, and is unpacked only where `encoding`, the content encoding, says so.
    """
    is_file = bool(kind) and not is_text(kind)
    for name in reversed([part.strip().lower() for part in encoding.split(",")] if encoding else []):
        if name not in UNPACK:
            raise CassetteError(f"an answer is packed as '{name}', which cannot be read", "recording")
        body = _unpacked(body, name, is_file=is_file)
    return body if is_file or not body.startswith(GZIP) else _unpacked(body, "gzip", is_file=False)


def _unpacked(body: bytes, name: str, *, is_file: bool) -> bytes:
    try:
        return UNPACK[name](body)
    except (OSError, EOFError, zlib.error, ValueError) as error:
        if _is_text(body) or (is_file and not body.startswith(GZIP)):
            return body  # the recorder unpacked it and left the header
        raise CassetteError(f"an answer says that it is packed as '{name}', and is not: {error}", "recording") from None


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
        raise CassetteError("an answer is packed with brotli, to read it: pip install brotli", "recording") from None
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
"""The function that undoes a compression, by the content encoding's name."""
