"""Bytes in a cassette's text: base64 in a block of short lines, which a reviewer can skip and a search leaves out."""

from __future__ import annotations

import base64
import binascii
import re
import textwrap

WIDTH = 76
"""Characters of a line, as in mails (RFC 2045)."""
_OPENS = re.compile(r"(?P<indent> *(?:- )*)base64: [|>]")


def block_of(data: bytes) -> list[str]:
    """The lines of a literal block with the base64 of these bytes."""
    return textwrap.wrap(base64.b64encode(data).decode("ascii"), WIDTH)


def bytes_in(text: str) -> bytes:
    """The bytes that a base64 text stands for, whatever its line breaks. Raises ValueError when it is not base64."""
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except binascii.Error as error:
        raise ValueError(str(error)) from None


def without_blocks(text: str) -> str:
    """A cassette's text with the lines of its base64 blocks left empty; every other line stays where it is."""
    if "base64: " not in text:
        return text
    kept: list[str] = []
    depth: int | None = None
    for line in text.split("\n"):
        indent = len(line) - len(line.lstrip(" "))
        if depth is not None and (indent > depth or not line.strip()):
            kept.append("")
            continue
        opens = _OPENS.match(line)
        depth = None if opens is None else opens.end("indent")
        kept.append(line)
    return "\n".join(kept)
