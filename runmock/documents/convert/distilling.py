"""Turns a recording into the shortest script that plays the same, and lists what that script plays otherwise.

The script is played against the recording; where they differ its entries become longer, until that helps no more.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import islice
from typing import TYPE_CHECKING, Any

from runmock.core.errors import CassetteError
from runmock.core.http.exchange import REFUSED
from runmock.core.story.story import BREAKS_OFF, MessageStory
from runmock.documents.convert.expanding import header_of
from runmock.documents.convert.replay_against_script import replayed
from runmock.documents.convert.script_of_recording import ScriptOfRecording
from runmock.documents.convert.script_text import script_text
from runmock.documents.progress import UNWATCHED
from runmock.tape.comparing.same_recording import is_passing
from runmock.tape.reading.cassette import cassette_from
from runmock.tape.writing.cassette_text import blocks, header_line
from runmock.tape.writing.shortening import Shortened

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from runmock.core.replay.interaction import Interaction
    from runmock.documents.convert.replay_against_script import ReplayedInteraction
    from runmock.documents.convert.script_of_recording import PartOfRecording
    from runmock.documents.progress import Progress
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
    """What is answered as it was recorded, under `events:`, `json:` or `interactions:`."""
    has_runs: bool = True
    """Whether there is a run in the script."""


def distilled(cassette: Cassette, progress: Progress = UNWATCHED) -> Distilled:
    """The script of the recording in a cassette.

    Raises CassetteError when the cassette has no recording or also has a script, or when no script can play it.
    """
    recording = cassette.interactions
    if not recording:
        raise CassetteError("there is no recording in this cassette: nothing to distil", cassette.path)
    if cassette.script is not None:
        why = "this cassette has a script beside its recording, which would be lost; move 'runs:' to another file first"
        raise CassetteError(why, cassette.path)
    script = ScriptOfRecording(recording, header_of(cassette).base)
    text, replays = _played_script(script, cassette, progress)
    while script.refine(replays):
        text, replays = _played_script(script, cassette, progress)
    has_runs, kept = bool(script.document()["runs"]), script.kept
    if not has_runs and not kept and any(_contains_runs(part) for part in script.parts):
        raise CassetteError(NO_RUN, cassette.path)
    if kept:
        text = _with_recording(text, header_of(cassette), kept)
    return Distilled(
        text,
        tuple(_deviations(script, replays)),
        tuple(deviation for part in script.parts for deviation in _made_up(script, part)),
        tuple(deviation for part in script.parts for deviation in _verbatim(script, part)),
        has_runs,
    )


def _contains_runs(part: PartOfRecording) -> bool:
    """Whether a run appears anywhere: in an answer, as the author of a message, or in the path of a request."""
    story = part.entries.story
    messages = (item for thread in story.threads.values() for item in thread.items if isinstance(item, MessageStory))
    operations = (interaction.operation for interaction in part.recording if interaction.status < REFUSED)
    return (
        bool(story.runs)
        or any(message.object.get("run_id") for message in messages)
        or any(operation.api.run_id in operation.ids for operation in operations)
    )


def _with_recording(text: str, header: Header, kept: Sequence[Interaction]) -> str:
    """The script's text, followed by the interactions that no script answers, as a recording."""
    lines = blocks(kept, Shortened(header.base))
    return text.replace("\n", f"\n{header_line(header)}\n", 1) + f"interactions:\n{lines}\n"


def _played_script(
    script: ScriptOfRecording, cassette: Cassette, progress: Progress
) -> tuple[str, list[ReplayedInteraction]]:
    """The text of the script, and its replay.

    Where the text is no valid script, its runs are served as recorded. Raises CassetteError when that fails, too.
    """
    text = script_text(script.document())
    try:
        played = cassette_from(text, "the script")
    except CassetteError as error:
        if not script.make_all_verbatim(f"the recording contains what no script may contain ({error.message})"):
            raise CassetteError(
                f"what is recorded here cannot be written as a script: {error}", cassette.path
            ) from None
        return _played_script(script, cassette, progress)
    return text, replayed(played, replace(cassette, interactions=script.played), progress)


def _deviations(script: ScriptOfRecording, replays: Sequence[ReplayedInteraction]) -> Iterator[Deviation]:
    for replay in replays:
        recorded, entries = replay.recorded, script.entries_of(replay.recorded)
        if replay.played is None:
            yield Deviation(*_request(script, recorded), "", "an answer", "none", replay.why_unanswered)
        elif not is_passing(recorded):
            is_other = replay.played.status != recorded.status
            differences = replay.differences()
            for where, recorded_value, played_value in islice(differences, 1) if is_other else differences:
                why = entries.why(where, recorded_value)
                yield Deviation(*_request(script, recorded), where, recorded_value, played_value, why)
    for part in script.parts:
        for place, missing in part.entries.gaps():
            why = "no request read it when this was recorded"
            yield _missing(script, part.recording[place], missing, "an empty reply", why)


def _verbatim(script: ScriptOfRecording, part: PartOfRecording) -> Iterator[Deviation]:
    """What is answered as it was recorded, and why."""
    for what, reason in sorted(part.entries.verbatim.items(), key=lambda item: item[1].place):
        where = f"{what} under '{reason.key}:'"
        yield Deviation(*_request(script, part.recording[reason.place]), where, "", "", reason.why)


def _request(script: ScriptOfRecording, interaction: Interaction) -> tuple[int, int | None, str]:
    """What a deviation says of the request that it is about."""
    return script.place_of(interaction), interaction.source.line, f"{interaction.method} {interaction.path}"


def _missing(script: ScriptOfRecording, interaction: Interaction, what: str, played: str, why: str) -> Deviation:
    return Deviation(*_request(script, interaction), what, "not recorded", played, why)


def _made_up(script: ScriptOfRecording, part: PartOfRecording) -> Iterator[Deviation]:
    recording = part.recording
    for run, entry in part.entries.run_entries():
        if not run.is_created:
            instead = "the script answers the first request that creates one"
            why = f"the request that created this run was never recorded: {instead}"
            yield _missing(script, recording[run.place], f"how {run.id} was created", instead, why)
        if instead := part.entries.made_up_ending(run, entry):
            last = f"its last recorded status is {run.status}" if run.status else "and neither was its status"
            why = f"the end of this run was never recorded, {last}: {instead}"
            yield _missing(script, recording[run.last_status_place], f"how {run.id} ended", instead, why)
        elif run.broken_off == BREAKS_OFF and "truncate" not in entry:
            instead = "the script plays it to its end"
            why = f"the end of this stream was never recorded: {instead}"
            truncated = (item for item in recording if item.is_truncated and part.entries.is_about(run, item))
            yield _missing(script, next(truncated, recording[run.place]), "how the stream ended", instead, why)
