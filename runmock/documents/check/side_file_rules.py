"""The rule for side files: a file beside a cassette with the bytes of an answer exists, and has the recorded bytes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runmock.core.errors import CassetteError
from runmock.core.report.broken_rule import BrokenRule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runmock.core.http.json_values import Keys
    from runmock.core.replay.interaction import Interaction


def broken_in_side_file(interaction: Interaction, keys: Keys) -> Iterator[BrokenRule]:
    """Yield a broken rule when the answer's side file is missing or has changed; nothing when it has no side file."""
    if interaction.content is None or interaction.content.read is None or interaction.content.path is None:
        return
    try:
        interaction.content.read()
    except CassetteError as error:
        yield BrokenRule("file", (*keys, "path"), error.message)
