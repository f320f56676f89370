"""Makes the entries of a script from the story of a recording; a key whose value would be the default is left out.

Entries are short at first. Where the script then plays something else than was recorded, `refine` adds what is missing,
serves the run as it was recorded, or keeps the recording of it.
"""

from __future__ import annotations

import re
from collections import defaultdict
from copy import deepcopy
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from runmock.apis.responses.recorded.recorded_runs import responses_in
from runmock.apis.responses.script_entries.endings import last_error
from runmock.apis.responses.script_entries.item_entries import NoStepError
from runmock.apis.responses.script_entries.recorded_about import RecordedAbout
from runmock.apis.responses.script_entries.run_entry import Details, run_entry
from runmock.apis.responses.script_entries.run_path import path_of
from runmock.apis.responses.script_entries.verbatim_entries import verbatim_entry
from runmock.apis.service.script_entries.cut_streams import cut_streams
from runmock.apis.service.script_entries.endings import is_unfinished, made_up_ending
from runmock.apis.service.script_entries.refusal_entries import numbered_refusals
from runmock.apis.service.script_entries.verbatim_reason import VerbatimReason
from runmock.core.api import Role
from runmock.core.http.exchange import REFUSED
from runmock.core.http.json_values import same_json, text_inside
from runmock.core.replay.ids_in_payloads import payloads_of
from runmock.core.replay.mismatches import shown

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from runmock.core.api_documents import Replay
    from runmock.core.http.exchange import JSON
    from runmock.core.replay.interaction import Interaction
    from runmock.core.story.story import RunStory, Story

CLIENT_ERRORS = (400, 404)
"""HTTP statuses with which the service, and the backend of a script too, answers a wrong request."""
OWN_KEYS = frozenset(
    {
        "id", "object", "created_at", "status", "background", "completed_at", "conversation", "error",
        "incomplete_details", "model", "output", "previous_response_id", "usage", "metadata",
    }
)  # fmt: skip
"""Keys of a Response object that its run, or another key of a script, decides."""
OF_RESPONSE = re.compile(r"(?:json|stream\[\d+\]\[1\]\.response)\.(\w+)")
OTHER_OUTPUT = re.compile(r"json\.output(?:|, .*|\[\d+\]\.type)|json\.status")
"""Places in an answer where what a script has instead says something else."""

ABSENT = "the recording does not have the value that the service sends"
REASONS = (
    (r"\busage\b", "a script gives the tokens of a run, and divides them among its responses"),
    (r"^stream, ", "the application has left the stream at the error, and a script has what the service sends then"),
    (r"has_more", "the real list was longer than what was recorded"),
    (r"\.outputs\b", "a script has the logs before the images, and these as files"),
    (r"\.queries", "in a script a search asks for the last message of the user"),
    (r"\.encrypted_content$", "a script has it where the request includes it, or where nothing is stored"),
)
"""Why a script cannot say a value, by a pattern for the place of the value."""
EARLIER = "it is about what existed before the recording"
NO_ANSWER = "no script has such a stream"
NO_KEY = "a script has no key for this"


@dataclass
class ResponsesEntries:
    """Fulfils `ScriptEntries`. Mutable: `refine` adds keys to an entry whose replay differs from the recording."""

    story: Story
    recording: Sequence[Interaction]
    verbatim: dict[str, VerbatimReason] = field(default_factory=dict)
    """Runs by id, and requests about no run by their path, that are answered as they were recorded."""
    refused: set[int] = field(default_factory=set)
    """Refused interactions (by identity) that need an entry: the backend does not refuse them by itself."""
    _details: defaultdict[str, Details] = field(default_factory=lambda: defaultdict(Details))
    """What makes the entry of a run longer, by the id of the run."""
    _kept: set[int] = field(default_factory=set)
    """Interactions (by identity) that stay a recording."""

    def __post_init__(self) -> None:
        self._about = RecordedAbout(self.story, self.recording)
        self._kept |= {id(item) for item in self.recording if Role.UNSCRIPTED in item.operation.roles}
        for run in self.story.runs:
            try:
                path_of(run, self._about.bodies(run))
            except NoStepError as error:
                self._serve_as_recorded(run, run.place, str(error))

    @property
    def kept(self) -> Sequence[Interaction]:
        """Token counts and compactions, and what a script refuses because it began before the recording."""
        return [interaction for interaction in self.recording if id(interaction) in self._kept]

    def head(self) -> JSON:
        """Nothing: of this API nothing exists beforehand."""
        return {}

    def entries(self) -> Iterator[tuple[int, JSON]]:
        """The entries of runs and refusals, each with the index of its interaction."""
        for run in self._played_runs():
            yield from self._verbatim(run) if run.id in self.verbatim else [(run.place, self._entry(run))]
        yield from numbered_refusals(self._refused_creates())

    def run_entries(self) -> Iterator[tuple[RunStory, JSON]]:
        """The runs that are in the script, each with its entry; the last one of those that need several."""
        for run in self._played_runs():
            yield run, self._verbatim(run)[-1][1] if run.id in self.verbatim else self._entry(run)

    def _played_runs(self) -> Iterator[RunStory]:
        return (run for run in self.story.runs if run.is_created and id(self.recording[run.place]) not in self._kept)

    def refine(self, replays: Sequence[Replay]) -> bool:
        """Mend a difference in the replays; returns whether any entry changed.

        What gets the entry of another request is mended first, and alone: what comes after it differs for this reason.
        """
        if any(self._has_changed(replay) for replay in replays):
            return True
        before = len(self.verbatim), deepcopy(self._details)
        for replay in replays:
            run, played = self._about.run_of(replay.recorded), replay.played
            if run is not None and played is not None and played.status == replay.recorded.status < REFUSED:
                self._refine_run(run, replay, played)
        self._set_cuts(replays)
        return (len(self.verbatim), self._details) != before

    def _has_changed(self, replay: Replay) -> bool:
        """Give a refusal an entry, or serve or keep a run that the script refuses; whether this was called for."""
        recorded, played = replay.recorded, replay.played
        status = None if played is None else played.status
        if recorded.status >= REFUSED:
            if recorded.status not in CLIENT_ERRORS or status == recorded.status or id(recorded) in self.refused:
                return False
            self.refused.add(id(recorded))
            return Role.CREATES_RUN in recorded.operation.roles
        run = self._about.run_of(recorded)
        if status is None and run is not None and run.id not in self.verbatim:
            self._serve_as_recorded(run, self._place(recorded), _first_line(replay.why_unanswered))
            return True
        if status is None or status in CLIENT_ERRORS:
            unanswered = NO_ANSWER if Role.CREATES_RUN in recorded.operation.roles else EARLIER
            why = f"a script refuses it: {text_inside(played.json, 'error', 'message')}" if played else unanswered
            self._keep(run, recorded, why)
            return True
        return False

    def _keep(self, run: RunStory | None, recorded: Interaction, why: str) -> None:
        """Leave a run, or a request about none, as it was recorded."""
        reason = VerbatimReason(self._place(recorded), why, "interactions")
        self.verbatim[recorded.path if run is None else run.id] = reason
        self._kept |= {id(item) for item in ([recorded] if run is None else self._about.about(run))}

    def _place(self, recorded: Interaction) -> int:
        return next(place for place, interaction in enumerate(self.recording) if interaction is recorded)

    def _serve_as_recorded(self, run: RunStory, place: int, why: str) -> None:
        self.verbatim.setdefault(run.id, VerbatimReason(place, why, "events" if run.is_streamed else "json"))

    def make_all_verbatim(self, why: str) -> bool:
        """Serve every run as it was recorded; returns False when every run is so already."""
        before = len(self.verbatim)
        for run in self.story.runs:
            self._serve_as_recorded(run, run.place, why)
        return len(self.verbatim) > before

    def _refine_run(self, run: RunStory, replay: Replay, played: Interaction) -> None:
        recorded, roles = replay.recorded, replay.recorded.operation.roles
        if Role.CANCELS in roles and [_status(recorded), _status(played)] == ["completed", "cancelled"]:
            self._details[run.id].is_overtaken = True
            return
        differences = list(replay.differences())
        other = next((found for found in differences if OTHER_OUTPUT.fullmatch(found[0])), None)
        is_whole = Role.CREATES_RUN in roles and recorded.stream is not None and not recorded.is_truncated
        if is_whole and not _is_left(recorded, played) and (event := replay.other_event()):
            self._serve_as_recorded(run, self._place(recorded), event)
        elif other is not None and _ends(recorded) and _ends(played):
            where, value, instead = other
            why = f"{where.partition(',')[0]} is {shown(value)}, and of a scripted run it is {shown(instead)}"
            self._serve_as_recorded(run, self._place(recorded), why)
        for where, value, _ in differences:
            found = OF_RESPONSE.match(where)
            if found is None or value is None:
                continue
            if found[1] == "usage":
                self._details[run.id].has_usage = True
            elif found[1] not in OWN_KEYS:
                self._set_field(run, found[1])

    def _set_field(self, run: RunStory, key: str) -> None:
        """Give the entry a key of the Response objects, where it has the same value in all of them."""
        objects = [told for about in self._about.about(run) for told in responses_in(payloads_of(about))]
        values = [told.get(key) for told in objects]
        if all(same_json(value, values[0]) for value in values):
            self._details[run.id].fields[key] = values[0]

    def _set_cuts(self, replays: Sequence[Replay]) -> None:
        """Let streams break off where the recorded ones do."""
        for run, count in cut_streams(replays, self._about.run_of):
            self._details[run.id].cut = self._details[run.id].cut or count

    def why(self, where: str, recorded: Any) -> str:
        """Why a script cannot say the recorded value at this place."""
        if recorded is None:
            return ABSENT
        return next((reason for pattern, reason in REASONS if re.search(pattern, where)), NO_KEY)

    def gaps(self) -> Iterator[tuple[int, str]]:
        """Nothing: a response has what it says in its own object."""
        return iter(())

    def made_up_ending(self, run: RunStory, entry: JSON) -> str:
        """How the entry ends a run whose end was never recorded, in words; empty when the end was recorded."""
        if "stuck" in entry and is_unfinished(run):
            return f"the script leaves it {entry['stuck']} for ever"
        return made_up_ending(run, entry) if is_unfinished(run) else ""

    def is_about(self, run: RunStory, interaction: Interaction) -> bool:
        """Whether an interaction is about a run."""
        return self._about.run_of(interaction) is run

    def _refused_creates(self) -> Iterator[tuple[int, Interaction | None]]:
        """The refused requests that begin something, each with its index; None in place of every other request."""
        for place, interaction in enumerate(self.recording):
            if Role.CREATES_RUN not in interaction.operation.roles or interaction.status < REFUSED:
                yield place, None
            elif self._needs_entry(interaction):
                run = self._about.run_of(interaction)
                if run is None or run.id in self.verbatim:
                    yield place, interaction

    def _needs_entry(self, refused: Interaction) -> bool:
        """Whether the backend does not refuse a request by itself, and it does not stay a recording."""
        is_own = refused.status in CLIENT_ERRORS and id(refused) not in self.refused
        return not is_own and id(refused) not in self._kept

    def _verbatim(self, run: RunStory) -> list[tuple[int, JSON]]:
        """An entry for each response of a run."""
        places = [(response_id, self._about.creates[response_id]) for response_id in run.objects]
        return [(place, verbatim_entry(self.recording[place], run.objects[key])) for key, place in places]

    def _entry(self, run: RunStory) -> JSON:
        """The entry of a run: what is not the default, and what `refine` added."""
        creates = [item for item in self._about.about(run) if Role.CREATES_RUN in item.operation.roles][1:]
        submits = [item for item in creates if item.status < REFUSED or self._needs_entry(item)]
        return run_entry(run, self._about, submits, self._details[run.id])


def _is_left(recorded: Interaction, played: Interaction) -> bool:
    """Whether a recorded stream ends with the error of a failed response, and the script's goes on as the service's."""
    names = [
        [event.name for event in item.stream or () if not event.name.endswith(".delta")] for item in (recorded, played)
    ]
    return bool(last_error(recorded)) and names[1][: len(names[0])] == names[0]


def _ends(interaction: Interaction) -> bool:
    """Whether an answer shows a response that has ended."""
    return _status(interaction) in {"completed", "failed", "incomplete", "cancelled"}


def _status(interaction: Interaction) -> str:
    return text_inside(interaction.json, "status")


def _first_line(text: str) -> str:
    return text.partition("\n")[0]
