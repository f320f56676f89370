"""A recording becomes the shortest script that plays the same, and is held against it: what it cannot say is told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from runmock.core.errors import CassetteError
from runmock.documents.expanding import header_of
from runmock.documents.following import followed
from runmock.documents.script_entries import ScriptEntries
from runmock.documents.script_text import script_text
from runmock.documents.telling import story_of
from runmock.tape.cassette import cassette_from
from runmock.tape.differences import differences, essence
from runmock.tape.sameness import is_passing
from runmock.tape.shortening import Shortened
from runmock.tape.writing import blocks, header_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from runmock.core.interaction import Interaction
    from runmock.documents.following import Heard
    from runmock.tape.cassette import Cassette
    from runmock.tape.writing import Header


@dataclass(frozen=True, slots=True)
class Unsaid:
    """Something that the recording has and the script plays otherwise; `place` is the interaction's number."""

    place: int
    line: int | None
    request: str
    where: str
    recorded: Any
    played: Any
    why: str


@dataclass(frozen=True, slots=True)
class Distilled:
    """The script, and what is not in it."""

    text: str
    unsaid: tuple[Unsaid, ...]


def distilled(cassette: Cassette) -> Distilled:
    """Distil the recording in a cassette. Raises CassetteError when there is none, or a script beside it."""
    recording = cassette.interactions
    if not recording:
        raise CassetteError("there is no recording in this cassette: nothing to distil", cassette.path)
    if cassette.script is not None:
        why = "this cassette has a script beside its recording, which would be lost; move 'runs:' to another file first"
        raise CassetteError(why, cassette.path)
    began_at = None if cassette.recorded is None else cassette.recorded.base
    story = story_of(recording, began_at)
    entries = ScriptEntries(story, recording)
    text, heard = _tried(entries, cassette)
    while entries.mend(heard):
        text, heard = _tried(entries, cassette)
    if story.others:
        text = _with_recording(text, header_of(cassette), story.others)
    return Distilled(text, tuple(_unsaid(recording, heard, entries)))


def _with_recording(text: str, header: Header, others: Sequence[Interaction]) -> str:
    """The script, and what no script answers as the recording that it was."""
    told = blocks(others, Shortened(header.base))
    return text.replace("\n", f"\n{header_line(header)}\n", 1) + f"interactions:\n{told}\n"


def _tried(entries: ScriptEntries, cassette: Cassette) -> tuple[str, list[Heard]]:
    """The script, and what it answers; where it cannot be one, its runs are served as they were."""
    text = script_text(entries.document())
    try:
        script = cassette_from(text, "the script")
    except CassetteError as error:
        if not entries.be_verbatim():
            raise CassetteError(f"no script can say what is recorded here: {error}", cassette.path) from None
        return _tried(entries, cassette)
    return text, followed(script, cassette.interactions)


def _unsaid(recording: Sequence[Interaction], heard: Sequence[Heard], entries: ScriptEntries) -> Iterator[Unsaid]:
    places = {id(one): number for number, one in enumerate(recording)}
    for answer in heard:
        what = answer.recorded
        head = (places[id(what)], what.source.line, f"{what.method} {what.path}")
        if answer.said is None:
            yield Unsaid(*head, "", "an answer", "none", answer.fault)
        elif not is_passing(what):
            for where, recorded, played in differences(essence(what), essence(answer.said)):
                yield Unsaid(*head, where, recorded, played, entries.why(where))
    for place, what_was in entries.gaps():
        one = recording[place]
        head = (place, one.source.line, f"{one.method} {one.path}")
        yield Unsaid(*head, what_was, "not recorded", "an empty reply", "nobody asked for it when this was recorded")
