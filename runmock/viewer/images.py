"""The images of a recording as data URLs, so that a page shows them and asks nobody for them."""

from __future__ import annotations

import base64
import re
from typing import TYPE_CHECKING

from runmock.core.errors import CassetteError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from runmock.core.replay.interaction import Interaction

LARGEST = 2_000_000
"""Bytes of an image that a page contains; a larger one is only named."""
_KINDS = {
    "image/png": b"\x89PNG\r\n",
    "image/jpeg": b"\xff\xd8\xff",
    "image/gif": b"GIF8",
    "image/webp": b"RIFF",
}
"""By media type, how the bytes begin. SVG is none of them: it is a document, which may contain scripts."""
_CONTENT = re.compile(r"/files/([^/]+)/content$")


def images_of(interactions: Sequence[Interaction], files: Mapping[str, bytes]) -> dict[str, str]:
    """By a file's id its image as a data URL: of downloads that were recorded, and of a script's files."""
    every = {**dict(_downloads(interactions)), **files}
    return {file_id: url for file_id, data in every.items() if (url := data_url(data)) is not None}


def data_url(data: bytes) -> str | None:
    """The URL that contains an image; None for bytes that are none, and for an image that is too large."""
    kind = next((kind for kind, start in _KINDS.items() if data.startswith(start)), None)
    if kind is None or len(data) > LARGEST:
        return None
    return f"data:{kind};base64,{base64.b64encode(data).decode()}"


def _downloads(interactions: Sequence[Interaction]) -> Iterator[tuple[str, bytes]]:
    for interaction in interactions:
        found, content = _CONTENT.search(interaction.path), interaction.content
        if found is None or content is None or content.read is None or content.size > LARGEST:
            continue
        try:
            yield found[1], content.read()
        except CassetteError:  # its file is missing, which `check` tells
            continue
