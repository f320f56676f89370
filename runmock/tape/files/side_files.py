"""Files beside a cassette, for binary answers that are too long for it: `weather.files/0123456789ab.png`.

The cassette has their names, sizes and digests; they are read when an answer is played. Every file that the cassette
on the disk names exists, even if the process dies while it writes: new files are written first, then the cassette, and
files that only the old cassette named are removed last.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from runmock.core.errors import CassetteError
from runmock.core.http.media_types import media_type
from runmock.core.replay.binary_content import BinaryContent
from runmock.core.report.plural import counted
from runmock.tape.files import store
from runmock.tape.files.binary_text import block_of
from runmock.tape.files.long_texts import pieces_of
from runmock.tape.files.search import FILE_ENDINGS, SUFFIXES
from runmock.tape.yaml.yaml_text import scalar

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from runmock.core.replay.interaction import Interaction
    from runmock.tape.files.long_texts import Text

LONGEST_INLINE = 16 * 1024
"""Bytes; a longer answer has a file of its own."""
ENDINGS: Mapping[str, str] = {
    "application/gzip": "gz",
    "application/msword": "doc",
    "application/pdf": "pdf",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": "pptx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
    "application/x-gzip": "gz",
    "application/x-tar": "tar",
    "application/zip": "zip",
    "audio/aac": "aac",
    "audio/flac": "flac",
    "audio/mpeg": "mp3",
    "audio/ogg": "ogg",
    "audio/opus": "opus",
    "audio/wav": "wav",
    "audio/x-wav": "wav",
    "image/bmp": "bmp",
    "image/gif": "gif",
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/tiff": "tiff",
    "image/webp": "webp",
    "text/csv": "csv",
    "text/html": "html",
    "text/plain": "txt",
    "video/mp4": "mp4",
}
"""How a file's name ends, by the content type of the answer; `bin` for all others."""
_OURS = re.compile(r"[0-9a-f]{12}\.[a-z0-9]+")


def lines_of(interaction: Interaction) -> list[str]:
    """The lines for a binary answer in a cassette: its bytes, or their file, or size and digest alone."""
    content = interaction.content
    assert content is not None
    path = path_of(interaction)
    if path is None and content.read is not None:
        block = block_of(content.read())
        return ["    base64: |", *(f"      {line}" for line in block)] if block else ['    base64: ""']
    named = [] if path is None else [f"    path: {scalar(path)}"]
    return [*named, f"    size: {content.size}", f"    sha256: {scalar(content.sha256)}"]


def path_of(interaction: Interaction) -> str | None:
    """A binary answer's file, as a path from the cassette's folder on; None if it needs none or its bytes are lost."""
    content = interaction.content
    if content is None or content.read is None:
        return None
    if content.path is not None or content.size <= LONGEST_INLINE:
        return content.path
    folder = folder_of(Path(interaction.source.cassette))
    return f"{folder}/{content.sha256[:12]}.{ENDINGS.get(media_type(interaction.content_type), 'bin')}"


def folder_of(cassette: Path) -> str:
    """The name of the folder beside a cassette for its files: `weather.files`."""
    name = cassette.name
    return next((name.removesuffix(end) for end in (*SUFFIXES, *FILE_ENDINGS) if name.endswith(end)), name) + ".files"


def content_at(cassette: str, path: str, size: int, sha256: str) -> BinaryContent:
    """The content of a file that a cassette names; the file is read when its bytes are needed, not before."""
    folder = _folder(cassette)  # now, because the application may change its working directory later
    return BinaryContent(size, sha256, lambda: _read(folder, path, size, sha256, cassette), path)


def _folder(cassette: str | Path) -> Path:
    """The folder of a cassette, with links resolved."""
    return Path(os.path.realpath(cassette)).parent


def _read(folder: Path, path: str, size: int, sha256: str, cassette: str) -> bytes:
    """The bytes of a file. Raises CassetteError when they are not those that were recorded."""
    place = _inside(folder, path, cassette)
    try:
        data = place.read_bytes()
    except OSError as error:
        recorded = f"recorded {'was' if size == 1 else 'were'} {counted(size, 'byte')} with the sha256 {sha256}"
        raise CassetteError(f"{path} cannot be read: {error.strerror}; {recorded}", cassette) from None
    digest = hashlib.sha256(data).hexdigest()
    if digest != sha256:
        raise CassetteError(
            f"{path} is not what was recorded: it has {counted(len(data), 'byte')} with the sha256 {digest}, recorded "
            f"{'was' if size == 1 else 'were'} {size:,} with {sha256}",
            cassette,
        )
    return data


def bytes_at(folder: Path, path: str, cassette: str) -> bytes:
    """The bytes of a file in a folder. Raises CassetteError when it cannot be read, or is a link to elsewhere."""
    try:
        return _inside(folder, path, cassette).read_bytes()
    except OSError as error:
        raise CassetteError(f"{path} cannot be read: {error.strerror}", cassette) from None


def _inside(folder: Path, path: str, cassette: str) -> Path:
    """The path of a cassette's file, with links resolved. Raises CassetteError when it is outside of the folder."""
    place = Path(os.path.realpath(folder / path))
    if not place.is_relative_to(folder):
        raise CassetteError(f"{path} is a link to somewhere outside of the cassette's folder", cassette)
    return place


def save(cassette: Path, text: Text, new: Iterable[Interaction], old: Iterable[Interaction] = ()) -> bool:
    """Write a cassette and the files that its text names; returns whether anything on the disk has changed.

    `new`: interactions that may be in the text. `old`: those of the cassette on the disk; files that only that one
    named are removed. Raises OSError, and CassetteError when a link leads out of the folder.
    """
    old = tuple(old)
    has_changed = put_files(cassette, text, [*new, *old])
    has_changed |= store.write(cassette, text)
    before = _paths_in(old)
    named = _named_in(text, before)
    for path in before:
        if path not in named:
            _remove(cassette, path)
    return has_changed


def put_files(cassette: Path, text: Text, interactions: Iterable[Interaction]) -> bool:
    """Write the files that a cassette's text names, if they are missing or differ; returns whether one was written.

    A file that was lost is written again when a new interaction has its bytes. Raises OSError, and CassetteError when
    a link leads out of the folder.
    """
    folder = _folder(cassette)
    with_bytes = [
        interaction
        for interaction in interactions
        if interaction.content is not None and interaction.content.read is not None
    ]
    known = {
        interaction.content.sha256: interaction.content
        for interaction in with_bytes
        if interaction.content is not None and interaction.content.path is None
    }
    named = _named_in(text, [path for interaction in with_bytes if (path := path_of(interaction)) is not None])
    has_changed = False
    for interaction in with_bytes:
        path, content = path_of(interaction), interaction.content
        assert content is not None
        if path not in named:
            continue
        place = _inside(folder, path, str(cassette))
        if _has(place, content):
            continue
        source = known.get(content.sha256, content)
        with contextlib.suppress(CassetteError):  # the bytes are lost
            assert source.read is not None
            data = source.read()
            has_changed |= store.write(place, data)
    return has_changed


def _has(place: Path, content: BinaryContent) -> bool:
    try:
        return hashlib.sha256(place.read_bytes()).hexdigest() == content.sha256
    except OSError:
        return False


def _paths_in(interactions: Iterable[Interaction]) -> list[str]:
    """The files of a cassette on the disk, each once."""
    paths = (interaction.content.path for interaction in interactions if interaction.content is not None)
    return list(dict.fromkeys(path for path in paths if path is not None))


def _named_in(text: Text, paths: Sequence[str]) -> set[str]:
    """The paths that a cassette's text names."""
    if not paths:
        return set()  # a long text would be made for nothing
    return {path for piece in pieces_of(text) for path in paths if path in piece or scalar(path) in piece}


def _remove(cassette: Path, path: str) -> None:
    """Remove a file that was written for this cassette, unless another cassette in the folder names it."""
    place = PurePosixPath(path)
    if str(place.parent) != folder_of(cassette) or _OURS.fullmatch(place.name) is None:
        return
    folder = _folder(cassette)
    others = (other for other in folder.iterdir() if other.name.endswith((*FILE_ENDINGS, ".partial")))
    with contextlib.suppress(OSError):
        if not any(_named_in(other.read_text("utf-8", "replace"), [path]) for other in others if other.is_file()):
            (folder / path).unlink(missing_ok=True)
            (folder / path).parent.rmdir()  # when it was the last
