"""The file beside a cassette that has an answer's bytes must be there, and be the one that was recorded."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runmock.core.errors import CassetteError
from runmock.documents.check.findings import Broken

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runmock.core.replay.interaction import Interaction
    from runmock.tape.format.run_keys import Keys


def side_file_broken(one: Interaction, keys: Keys) -> Iterator[Broken]:
    """What is wrong with the file of an answer; nothing when it has none."""
    if one.content is None or one.content.read is None or one.content.path is None:
        return
    try:
        one.content.read()
    except CassetteError as error:
        yield Broken("file", (*keys, "path"), error.message)
