"""The content of a cassette after a recording, by mode; a worse recording never replaces a better one."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from runmock.core.errors import CassetteError
from runmock.core.replay.ids_in_payloads import conversation_of
from runmock.core.replay.record_modes import RecordMode
from runmock.recording.keep_better import worse
from runmock.recording.used import partners_of
from runmock.tape.comparing.same_recording import same_recording
from runmock.tape.writing.carrying import Partners
from runmock.tape.writing.cassette_text import text_to_write
from runmock.tape.writing.rewriting import appended, rewritten

if TYPE_CHECKING:
    from collections.abc import Sequence

    from runmock.core.replay.interaction import Interaction
    from runmock.tape.files.long_texts import Text
    from runmock.tape.reading.cassette import Cassette
    from runmock.tape.writing.cassette_text import Header

APPENDING = frozenset({RecordMode.ONCE, RecordMode.NEW_EPISODES})
"""Modes that leave existing interactions as they are; the other modes replace them."""


class How(NamedTuple):
    """How a recording is merged into the existing cassette."""

    mode: RecordMode
    is_own: bool = False
    """Whether no other test uses the cassette."""
    was_played: bool = True
    """Whether the cassette existed when the session began, so that only what it did not answer was recorded. Otherwise
    another session has written it meanwhile, and may have recorded the same interactions."""


class Merged(NamedTuple):
    """The result of merging."""

    text: Text | None
    """The cassette's new text; None when nothing has changed."""
    lookalikes: int = 0
    """How many old conversations begin like a new one and continue differently; they stay."""


def merged(how: How, old: tuple[Cassette, str] | None, new: Sequence[Interaction], header: Header) -> Merged:
    """The cassette with the new recording; `old` is the existing cassette and its text.

    Raises CassetteError when the new recording is worse, or cannot be merged.
    """
    if old is None:
        return Merged(text_to_write(header, new))
    cassette, text = old
    recorded = cassette.interactions
    if how.mode in APPENDING:
        is_there = not how.was_played and _is_among(recorded, new)
        return Merged(None if is_there else appended(text, cassette, new, header))
    partners = (
        Partners(set(range(len(recorded))))
        if how.mode is RecordMode.REWRITE
        else partners_of(new, recorded, is_own=how.is_own)
    )
    used = partners.used
    replaced = [interaction for number, interaction in enumerate(recorded) if number in used]
    again = [(new[incoming], recorded[existing]) for incoming, existing in partners.alike]
    for better, incoming in (
        (replaced, new),
        ([existing for _, existing in again], [interaction for interaction, _ in again]),
    ):
        if better and (why := worse(better, incoming)) is not None:
            raise CassetteError(f"the cassette stays as it was: in this recording {why}", cassette.path)
    if same_recording(replaced, new):
        return Merged(None)
    lookalikes = {conversation_of(recorded[existing]) for _, existing in partners.alike}
    return Merged(rewritten(text, cassette, new, header, partners), len(lookalikes))


def added(old: tuple[Cassette, str], new: Sequence[Interaction], header: Header) -> str | None:
    """Merge as in mode `all`, but even if the new recording is worse; None when it is in the cassette already.

    Raises CassetteError when it cannot be merged.
    """
    cassette, text = old
    if _is_among(cassette.interactions, new):
        return None
    return rewritten(text, cassette, new, header, partners_of(new, cassette.interactions))


def _is_among(recorded: Sequence[Interaction], new: Sequence[Interaction]) -> bool:
    """Whether the recorded interactions that answer the same requests have the same answers."""
    used = partners_of(new, recorded).used
    return same_recording([interaction for number, interaction in enumerate(recorded) if number in used], new)
