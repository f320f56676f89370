"""A recording becomes the shortest script that plays the same, and is held against it: what it cannot say is told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from runmock.core.assistants.operations import identify
from runmock.core.errors import CassetteError
from runmock.documents.convert.endings import REFUSED, is_unfinished, made_up_ending
from runmock.documents.convert.expanding import header_of
from runmock.documents.convert.replay_against_script import replayed
from runmock.documents.convert.script_entries import ScriptEntries
from runmock.documents.convert.script_text import script_text
from runmock.documents.story.story import MessageStory
from runmock.documents.story.story_builder import BREAKS_OFF, story_of
from runmock.tape.comparing.same_recording import is_passing
from runmock.tape.reading.cassette import cassette_from
from runmock.tape.writing.cassette_text import blocks, header_line
from runmock.tape.writing.shortening import Shortened

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from runmock.core.replay.interaction import Interaction
    from runmock.documents.convert.replay_against_script import ReplayedInteraction
    from runmock.documents.story.story import Story
    from runmock.tape.reading.cassette import Cassette
    from runmock.tape.writing.cassette_text import Header

NO_RUN = (
    "this recording speaks of runs, and no request in it creates one, retrieves one or goes on with one: no script can "
    "play it; record the conversation from the request that creates the run, or play the recording as it is"
)


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
    """What the script plays otherwise."""
    made_up: tuple[Unsaid, ...] = ()
    """What nobody recorded, and what the script has instead."""
    verbatim: tuple[Unsaid, ...] = ()
    """Runs that are in the script as they were recorded, under `events:` or `json:`."""
    has_runs: bool = True
    """The recording creates a run, or asks about one."""


def distilled(cassette: Cassette) -> Distilled:
    """Distil the recording in a cassette. Raises CassetteError when there is none, or none that a script can play."""
    recording = cassette.interactions
    if not recording:
        raise CassetteError("there is no recording in this cassette: nothing to distil", cassette.path)
    if cassette.script is not None:
        why = "this cassette has a script beside its recording, which would be lost; move 'runs:' to another file first"
        raise CassetteError(why, cassette.path)
    story = story_of(recording, header_of(cassette).base)
    entries = ScriptEntries(story, recording)
    text, heard = _tried(entries, cassette)
    while entries.mend(heard):
        text, heard = _tried(entries, cassette)
    has_runs = bool(entries.document()["runs"])
    if not has_runs and _speaks_of_runs(story, recording):
        raise CassetteError(NO_RUN, cassette.path)
    if story.others:
        text = _with_recording(text, header_of(cassette), story.others)
    return Distilled(
        text,
        tuple(_unsaid(recording, heard, entries)),
        tuple(_made_up(recording, entries)),
        tuple(_verbatim(recording, entries)),
        has_runs,
    )


def _speaks_of_runs(story: Story, recording: Sequence[Interaction]) -> bool:
    """Whether answers tell of runs, or requests name one that no answer tells of."""
    messages = (item for thread in story.threads.values() for item in thread.items if isinstance(item, MessageStory))
    operations = (identify(one.method, one.path) for one in recording if one.status < REFUSED)
    return (
        bool(story.runs)
        or any(message.object.get("run_id") for message in messages)
        or any(operation is not None and "run_id" in operation.ids for operation in operations)
    )


def _with_recording(text: str, header: Header, others: Sequence[Interaction]) -> str:
    """The script, and what no script answers as the recording that it was."""
    told = blocks(others, Shortened(header.base))
    return text.replace("\n", f"\n{header_line(header)}\n", 1) + f"interactions:\n{told}\n"


def _tried(entries: ScriptEntries, cassette: Cassette) -> tuple[str, list[ReplayedInteraction]]:
    """The script, and what it answers; where it cannot be one, its runs are served as they were."""
    text = script_text(entries.document())
    try:
        script = cassette_from(text, "the script")
    except CassetteError as error:
        if not entries.be_verbatim(f"what is recorded is nothing that a script may say ({error.message})"):
            raise CassetteError(f"no script can say what is recorded here: {error}", cassette.path) from None
        return _tried(entries, cassette)
    return text, replayed(script, cassette)


def _unsaid(
    recording: Sequence[Interaction], heard: Sequence[ReplayedInteraction], entries: ScriptEntries
) -> Iterator[Unsaid]:
    places = {id(one): number for number, one in enumerate(recording)}
    for answer in heard:
        what = answer.recorded
        head = (places[id(what)], what.source.line, f"{what.method} {what.path}")
        if answer.said is None:
            yield Unsaid(*head, "", "an answer", "none", answer.fault)
        elif not is_passing(what):
            for where, recorded, played in answer.differences():
                yield Unsaid(*head, where, recorded, played, entries.why(where))
    for place, what_was in entries.gaps():
        why = "nobody asked for it when this was recorded"
        yield _missing(recording, place, what_was, "an empty reply", why)


def _verbatim(recording: Sequence[Interaction], entries: ScriptEntries) -> Iterator[Unsaid]:
    """Runs that are served as they were, and why."""
    for run in entries.story.runs:
        if (kept := entries.verbatim.get(run.id)) is not None:
            one, key = recording[kept.place], "events:" if run.is_streamed else "json:"
            head = (kept.place, one.source.line, f"{one.method} {one.path}", f"{run.id} under '{key}'")
            yield Unsaid(*head, "", "", kept.why)


def _missing(recording: Sequence[Interaction], place: int, what: str, played: str, why: str) -> Unsaid:
    one = recording[place]
    return Unsaid(place, one.source.line, f"{one.method} {one.path}", what, "not recorded", played, why)


def _made_up(recording: Sequence[Interaction], entries: ScriptEntries) -> Iterator[Unsaid]:
    for run, entry in entries.of_runs():
        if not run.is_created:
            said = "the script answers the first request that creates one"
            why = f"the request that created this run was never recorded: {said}"
            yield _missing(recording, run.place, f"how {run.id} was created", said, why)
        if is_unfinished(run):
            said = made_up_ending(run, entry)
            last = f"it was {run.status} when it was told last" if run.status else "its status was never told"
            why = f"the end of this run was never recorded, {last}: {said}"
            yield _missing(recording, run.last_status_place, f"how {run.id} ended", said, why)
        elif run.broken_off == BREAKS_OFF:
            said = "the script plays it to its end"
            why = f"the end of this stream was never recorded: {said}"
            cut = (place for place, one in enumerate(recording) if one.is_truncated and entries.is_about(run, one))
            place = next(cut, run.place)
            yield _missing(recording, place, "how the stream ended", said, why)
