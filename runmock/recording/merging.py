"""What a cassette holds after a recording, by mode; a worse recording never takes the place of a better one."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from runmock.core.errors import CassetteError
from runmock.core.replay.ids_in_payloads import thread_of
from runmock.core.replay.record_modes import RecordMode
from runmock.recording.keep_better import worse
from runmock.recording.used import partners_of
from runmock.tape.comparing.same_recording import same_recording
from runmock.tape.writing.carrying import Partners
from runmock.tape.writing.cassette_text import Header, cassette_text
from runmock.tape.writing.rewriting import appended, rewritten

if TYPE_CHECKING:
    from collections.abc import Sequence

    from runmock.core.replay.interaction import Interaction
    from runmock.tape.reading.cassette import Cassette

APPENDING = frozenset({RecordMode.ONCE, RecordMode.NEW_EPISODES})
"""Modes in which what is there stays as it is; the others put the new in its place."""


class How(NamedTuple):
    """How a recording is put into the cassette that is there."""

    mode: RecordMode
    is_own: bool = False
    """No other test uses the cassette."""
    was_played: bool = True
    """It was there when the session began, so that the new interactions are what it has not. Else another session has
    written it meanwhile, and may have recorded the same."""


class Merged(NamedTuple):
    """What came of it."""

    text: str | None
    """The cassette's; None when it says the same as before."""
    lookalikes: int = 0
    """So many of its conversations begin like a new one and go on otherwise; they stay."""


def merged(how: How, old: tuple[Cassette, str] | None, new: Sequence[Interaction], header: Header) -> Merged:
    """The cassette with a recording in it; `old` is the one that is there.

    Raises CassetteError when the new recording is worse, or cannot be put into it.
    """
    if old is None:
        return Merged(cassette_text(header, new))
    cassette, text = old
    told = cassette.interactions
    if how.mode in APPENDING:
        is_there = not how.was_played and _is_among(told, new)
        return Merged(None if is_there else appended(text, cassette, new, header))
    partners = (
        Partners(set(range(len(told)))) if how.mode is RecordMode.REWRITE else partners_of(new, told, is_own=how.is_own)
    )
    used = partners.used
    replaced = [one for number, one in enumerate(told) if number in used]
    again = [(new[coming], told[there]) for coming, there in partners.alike]
    for better, coming in ((replaced, new), ([there for _, there in again], [one for one, _ in again])):
        if better and (why := worse(better, coming)) is not None:
            raise CassetteError(f"the cassette stays as it was: in this recording {why}", cassette.path)
    if same_recording(replaced, new):
        return Merged(None)
    lookalikes = {thread_of(told[there]) for _, there in partners.alike}
    return Merged(rewritten(text, cassette, new, header, partners), len(lookalikes))


def added(old: tuple[Cassette, str], new: Sequence[Interaction], header: Header) -> str | None:
    """The same as in mode `all`, whether it is worse or not: nothing else of what is there goes.

    Raises CassetteError when it cannot be put into the file.
    """
    cassette, text = old
    if _is_among(cassette.interactions, new):
        return None
    return rewritten(text, cassette, new, header, partners_of(new, cassette.interactions))


def _is_among(told: Sequence[Interaction], new: Sequence[Interaction]) -> bool:
    """Whether the old interactions that answer the same requests say the same."""
    used = partners_of(new, told).used
    return same_recording([one for number, one in enumerate(told) if number in used], new)
