"""A recording that must not become the cassette is kept beside it, as `NAME.partial`: it may be the only one there is.

It is a cassette itself, with everything secret redacted; several that were refused for one cassette end up in one.
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
from runmock.tape.writing.cassette_text import cassette_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from runmock.core.replay.interaction import Interaction
    from runmock.tape.writing.cassette_text import Header


def beside(cassette: Path) -> Path:
    """Where the partial recording of a cassette is."""
    return cassette.with_name(f"{cassette.name}.partial")


def keep(cassette: Path, interactions: Sequence[Interaction], header: Header) -> Path:
    """Add a refused recording to what is kept beside a cassette; the file that has it now.

    Where nothing can be written there it is in the folder for temporary files, where it takes the place of none. Raises
    OSError when it cannot be written there either.
    """
    place = beside(cassette)
    try:
        with store.locked(place):
            side_files.save(place, _with(place, interactions, header), interactions)
    except (OSError, CassetteError):
        usual = Path(tempfile.gettempdir()) / f"runmock-{place.name}"
        with store.locked(usual):
            place = _free(usual)
            side_files.save(place, cassette_text(header, interactions), interactions)
    return place


def _free(usual: Path) -> Path:
    """The usual place, with a number behind it when something is there."""
    numbered = (usual.with_name(f"{usual.name}.{number}") for number in itertools.count(1))
    return next(path for path in itertools.chain([usual], numbered) if not os.path.lexists(path))


def _with(place: Path, interactions: Sequence[Interaction], header: Header) -> str:
    try:
        old = cassette_and_text(place)
    except CassetteNotFoundError:
        return cassette_text(header, interactions)
    return added(old, interactions, header) or old[1]


def set_aside(cassette: Path) -> Path | None:
    """Move what an earlier recording left beside a cassette out of the way; where it is now, None if there was none."""
    place = beside(cassette)
    if not place.exists():
        return None
    aside = _free(place)
    place.rename(aside)
    return aside
