"""A refused recording is kept beside the cassette, as `NAME.partial`: it may be the only one there is.

It is a cassette itself, with all secrets redacted; several refused recordings of one cassette are merged into one file.
"""

from __future__ import annotations

import itertools
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from runmock.core.errors import CassetteError, CassetteNotFoundError
from runmock.recording.merging import added
from runmock.tape.files import side_files, store
from runmock.tape.reading.cassette import cassette_and_text
from runmock.tape.writing.cassette_text import text_to_write

if TYPE_CHECKING:
    from collections.abc import Sequence

    from runmock.core.replay.interaction import Interaction
    from runmock.tape.files.long_texts import Text
    from runmock.tape.writing.cassette_text import Header


def beside(cassette: Path) -> Path:
    """The path of the partial recording of a cassette."""
    return cassette.with_name(f"{cassette.name}.partial")


def keep(cassette: Path, interactions: Sequence[Interaction], header: Header) -> Path:
    """Add a refused recording to the partial recording of a cassette; returns the path of the file.

    If that file cannot be written, a new file in the folder for temporary files is. Raises OSError when that fails too.
    """
    place = beside(cassette)
    try:
        with store.locked(place):
            side_files.save(place, _with(place, interactions, header), interactions)
    except (OSError, CassetteError):
        usual = Path(tempfile.gettempdir()) / f"runmock-{place.name}"
        with store.locked(usual):
            place = _free(usual)
            side_files.save(place, text_to_write(header, interactions), interactions)
    return place


def _free(usual: Path) -> Path:
    """The path, with a number added when a file of this name exists."""
    numbered = (usual.with_name(f"{usual.name}.{number}") for number in itertools.count(1))
    return next(path for path in itertools.chain([usual], numbered) if not os.path.lexists(path))


def _with(place: Path, interactions: Sequence[Interaction], header: Header) -> Text:
    try:
        old = cassette_and_text(place)
    except CassetteNotFoundError:
        return text_to_write(header, interactions)
    return added(old, interactions, header) or old[1]


def set_aside(cassette: Path) -> Path | None:
    """Rename an existing partial recording of a cassette; returns its new path, None if there was none."""
    place = beside(cassette)
    if not place.exists():
        return None
    aside = _free(place)
    place.rename(aside)
    return aside
