"""Turns a recording into the shortest script that plays the same, and lists what that script plays otherwise.

The script is played against the recording; where they differ its entries become longer, until that helps no more.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from runmock.apis.registry import documents_of, script_documents
from runmock.core.errors import CassetteError
from runmock.core.http.exchange import REFUSED
from runmock.core.story.story import BREAKS_OFF, MessageStory
from runmock.documents.convert.expanding import header_of
from runmock.documents.convert.replay_against_script import replayed
from runmock.documents.convert.script_text import script_text
from runmock.documents.story.story_of import story_of
from runmock.tape.comparing.same_recording import is_passing
from runmock.tape.reading.cassette import cassette_from
from runmock.tape.writing.cassette_text import blocks, header_line
from runmock.tape.writing.shortening import Shortened

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from runmock.core.api_documents import ScriptEntries
    from runmock.core.replay.interaction import Interaction
    from runmock.core.story.story import Story
    from runmock.documents.convert.replay_against_script import ReplayedInteraction
    from runmock.tape.reading.cassette import Cassette
    from runmock.tape.writing.cassette_text import Header

NO_RUN = (
    "this recording speaks of runs, and no request in it creates one, retrieves one or goes on with one: no script can "
    "play it; record the conversation from the request that creates the run, or play the recording as it is"
)


@dataclass(frozen=True, slots=True)
class Deviation:
    """A value of the recording that the script does not play as it is; `place` is the index of its interaction."""

    place: int
    line: int | None
    request: str
    where: str
    recorded: Any
    played: Any
    why: str


@dataclass(frozen=True, slots=True)
class Distilled:
    """The text of the script, and where it differs from the recording."""

    text: str
    deviations: tuple[Deviation, ...]
    """Recorded values that the script plays otherwise."""
    made_up: tuple[Deviation, ...] = ()
    """What the recording lacks, and what the script has in its place."""
    verbatim: tuple[Deviation, ...] = ()
    """Runs that stand in the script as they were recorded, under `events:` or `json:`."""
    has_runs: bool = True
    """Whether there is a run in the script."""


def distilled(cassette: Cassette) -> Distilled:
    """The script of the recording in a cassette.

    Raises CassetteError when the cassette has no recording or also has a script, or when no script can play it.
    """
    recording = cassette.interactions
    if not recording:
        raise CassetteError("there is no recording in this cassette: nothing to distil", cassette.path)
    if cassette.script is not None:
        why = "this cassette has a script beside its recording, which would be lost; move 'runs:' to another file first"
        raise CassetteError(why, cassette.path)
    story = story_of(recording, header_of(cassette).base, is_told=lambda api: documents_of(api) is not None)
    entries = script_documents(recording).script_entries(story, recording)
    text, replays = _played_script(entries, cassette)
    while entries.refine(replays):
        text, replays = _played_script(entries, cassette)
    has_runs = bool(entries.document()["runs"])
    if not has_runs and _contains_runs(story, recording):
        raise CassetteError(NO_RUN, cassette.path)
    if story.others:
        text = _with_recording(text, header_of(cassette), story.others)
    return Distilled(
        text,
        tuple(_deviations(recording, replays, entries)),
        tuple(_made_up(recording, entries)),
        tuple(_verbatim(recording, entries)),
        has_runs,
    )


def _contains_runs(story: Story, recording: Sequence[Interaction]) -> bool:
    """Whether a run appears anywhere: in an answer, as the author of a message, or in the path of a request."""
    messages = (item for thread in story.threads.values() for item in thread.items if isinstance(item, MessageStory))
    operations = (interaction.operation for interaction in recording if interaction.status < REFUSED)
    return (
        bool(story.runs)
        or any(message.object.get("run_id") for message in messages)
        or any(operation.api.run_id in operation.ids for operation in operations)
    )


def _with_recording(text: str, header: Header, others: Sequence[Interaction]) -> str:
    """The script's text, followed by the interactions that no script answers, as a recording."""
    lines = blocks(others, Shortened(header.base))
    return text.replace("\n", f"\n{header_line(header)}\n", 1) + f"interactions:\n{lines}\n"


def _played_script(entries: ScriptEntries, cassette: Cassette) -> tuple[str, list[ReplayedInteraction]]:
    """The text of the script, and its replay.

    Where the text is no valid script, its runs are served as recorded. Raises CassetteError when that fails, too.
    """
    text = script_text(entries.document())
    try:
        script = cassette_from(text, "the script")
    except CassetteError as error:
        if not entries.make_all_verbatim(f"the recording contains what no script may contain ({error.message})"):
            raise CassetteError(
                f"what is recorded here cannot be written as a script: {error}", cassette.path
            ) from None
        return _played_script(entries, cassette)
    return text, replayed(script, cassette)


def _deviations(
    recording: Sequence[Interaction], replays: Sequence[ReplayedInteraction], entries: ScriptEntries
) -> Iterator[Deviation]:
    places = {id(interaction): number for number, interaction in enumerate(recording)}
    for replay in replays:
        recorded = replay.recorded
        request = (places[id(recorded)], recorded.source.line, f"{recorded.method} {recorded.path}")
        if replay.played is None:
            yield Deviation(*request, "", "an answer", "none", replay.why_unanswered)
        elif not is_passing(recorded):
            for where, recorded_value, played_value in replay.differences():
                yield Deviation(*request, where, recorded_value, played_value, entries.why(where))
    for place, missing in entries.gaps():
        why = "no request read it when this was recorded"
        yield _missing(recording, place, missing, "an empty reply", why)


def _verbatim(recording: Sequence[Interaction], entries: ScriptEntries) -> Iterator[Deviation]:
    """The runs that are served as they were recorded, and why."""
    for run in entries.story.runs:
        if (kept := entries.verbatim.get(run.id)) is not None:
            interaction, key = recording[kept.place], "events:" if run.is_streamed else "json:"
            request = (
                kept.place,
                interaction.source.line,
                f"{interaction.method} {interaction.path}",
                f"{run.id} under '{key}'",
            )
            yield Deviation(*request, "", "", kept.why)


def _missing(recording: Sequence[Interaction], place: int, what: str, played: str, why: str) -> Deviation:
    interaction = recording[place]
    return Deviation(
        place, interaction.source.line, f"{interaction.method} {interaction.path}", what, "not recorded", played, why
    )


def _made_up(recording: Sequence[Interaction], entries: ScriptEntries) -> Iterator[Deviation]:
    for run, entry in entries.run_entries():
        if not run.is_created:
            instead = "the script answers the first request that creates one"
            why = f"the request that created this run was never recorded: {instead}"
            yield _missing(recording, run.place, f"how {run.id} was created", instead, why)
        if instead := entries.made_up_ending(run, entry):
            last = f"its last recorded status is {run.status}" if run.status else "and neither was its status"
            why = f"the end of this run was never recorded, {last}: {instead}"
            yield _missing(recording, run.last_status_place, f"how {run.id} ended", instead, why)
        elif run.broken_off == BREAKS_OFF:
            instead = "the script plays it to its end"
            why = f"the end of this stream was never recorded: {instead}"
            truncated = (
                place
                for place, interaction in enumerate(recording)
                if interaction.is_truncated and entries.is_about(run, interaction)
            )
            place = next(truncated, run.place)
            yield _missing(recording, place, "how the stream ended", instead, why)
