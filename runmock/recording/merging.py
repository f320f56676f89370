"""What a cassette holds after a recording, by mode; a worse recording never takes the place of a better one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runmock.core.errors import CassetteError
from runmock.core.found_ids import alike
from runmock.core.matching import expectation
from runmock.core.modes import RecordMode
from runmock.core.player import Player
from runmock.core.tempo import Tempo
from runmock.recording.golden import worse
from runmock.tape.rewriting import appended, rewritten
from runmock.tape.sameness import same_recording
from runmock.tape.writing import Header, cassette_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from runmock.core.interaction import Interaction
    from runmock.tape.cassette import Cassette

APPENDING = frozenset({RecordMode.ONCE, RecordMode.NEW_EPISODES})
"""Modes in which what is there stays as it is; the others put the new in its place."""


def merged(
    mode: RecordMode, old: tuple[Cassette, str] | None, new: Sequence[Interaction], header: Header
) -> str | None:
    """The text of the cassette, None when it tells the same as before; `old` is the cassette that is there.

    Raises CassetteError when the new recording is worse, or cannot be put into the file.
    """
    if old is None:
        return cassette_text(header, new)
    cassette, text = old
    told = cassette.interactions
    if mode in APPENDING:
        return None if same_recording(told, new) else appended(text, cassette, new, header)
    used = used_by(new, told) if mode is RecordMode.ALL else set(range(len(told)))
    replaced = [one for number, one in enumerate(told) if number in used]
    if (why := worse(replaced, new)) is not None:
        raise CassetteError(f"the cassette stays as it was: in this recording {why}", cassette.path)
    if same_recording(replaced, new):
        return None
    return rewritten(text, cassette, new, header, used)


def used_by(new: Sequence[Interaction], old: Sequence[Interaction]) -> set[int]:
    """The old interactions whose place new ones take: those that answer the same requests, whatever the ids.

    With a request that created a thread goes all that was said in that thread.
    """
    player = Player(old, Tempo.read(None), allow_truncated=True)
    for one in new:
        hit = player.answer(expectation(one.method, one.path, one.query, one.body))
        if hit is not None:
            player.bindings.bind(alike(one, hit.track.interaction))
    used = {track.position for track in player.tracks if track.played}
    polled = {track.key for track in player.tracks if track.position in used and track.asked.method == "GET"}
    used |= {track.position for track in player.tracks if track.key in polled}
    used |= {track.position for track in player.conversations.begun_in(used)}
    return used
