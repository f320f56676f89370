"""Makes the entries of a script from the story of a recording; a key whose value would be the default is left out.

Entries are short at first. Where the script then plays something else than was recorded, `refine` adds what is missing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from runmock.apis.assistants import objects
from runmock.apis.assistants.script_entries.assistant_entries import assistant_entry, tool_names, with_called_tools
from runmock.apis.assistants.script_entries.endings import ending_of
from runmock.apis.assistants.script_entries.step_entries import step_entries
from runmock.apis.service.script_entries.cut_streams import cut_streams
from runmock.apis.service.script_entries.endings import is_unfinished, made_up_ending
from runmock.apis.service.script_entries.refusal_entries import numbered_refusals, with_refusals
from runmock.apis.service.script_entries.verbatim_reason import VerbatimReason
from runmock.core.api import READS, Role
from runmock.core.engine.run_status import AT_REST, TERMINAL, RunStatus
from runmock.core.http.json_values import mappings_inside, text_inside
from runmock.core.replay.mismatches import shown
from runmock.core.story.story import BREAKS_OFF

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from runmock.core.api_documents import Replay
    from runmock.core.http.exchange import JSON
    from runmock.core.replay.interaction import Interaction
    from runmock.core.story.story import RunStory, Story

CLIENT_ERRORS = (400, 404)
"""HTTP statuses with which the service, and the backend of a script too, answers a wrong request."""

OF_RUN = ("model", "instructions", "tools", "temperature", "top_p", "response_format", "reasoning_effort")
"""What a run takes over from its assistant where the request leaves it out."""

REASONS = (
    (r"usage", "a script gives the tokens of a run, and divides them among its steps"),
    (
        r"\.(status|started_at)$",
        "`poll:` decides when a polled run moves on, and a distilled script leaves it at its default",
    ),
    (r"has_more", "the real list was longer than what was recorded"),
    (r"\.created_at$|\.tools", "the recording does not have the value that the service sends"),
)
"""Why a script cannot say a value, by a pattern for the place of the value."""
NO_KEY = "a script has no key for this"
NO_OUTCOME = frozenset({"poll", "truncate"})
"""Keys that, alone, do not say what a run does."""


@dataclass
class AssistantsEntries:
    """Fulfils `ScriptEntries`. Mutable: `refine` adds keys to an entry whose replay differs from the recording."""

    story: Story
    recording: Sequence[Interaction]
    verbatim: dict[str, VerbatimReason] = field(default_factory=dict)
    """The runs, by id, whose events or whose object are served as they were recorded."""
    with_usage: set[str] = field(default_factory=set)
    """The ids of the runs whose entry has their tokens."""
    cuts: dict[str, int] = field(default_factory=dict)
    """After how many of its events the stream of an unfinished run breaks off, by the id of the run."""
    refused: set[int] = field(default_factory=set)
    """Refused interactions (by identity) that need an entry: the backend does not refuse them by itself."""
    advances_by_polls: bool = False
    """Whether only polls may move a run on: messages or steps were read while their run was active."""
    _runs: dict[int, RunStory] = field(default_factory=dict)
    """The run that an interaction is about, by the identity of the interaction."""

    def __post_init__(self) -> None:
        by_id = {run.id: run for run in self.story.runs}
        self._runs = {id(self.recording[run.place]): run for run in self.story.runs}
        for interaction in self.recording:
            if (run := by_id.get(interaction.operation.ids.get("run_id", ""))) is not None:
                self._runs[id(interaction)] = run

    @property
    def kept(self) -> Sequence[Interaction]:
        """Nothing: a script answers every request of this API."""
        return ()

    def head(self) -> JSON:
        """The keys of the script before its runs."""
        assistants = list(self._assistants())
        return {
            **({"defaults": {"advance": "polls"}} if self.advances_by_polls else {}),
            **({"assistants": assistants} if assistants else {}),
        }

    def entries(self) -> Iterator[tuple[int, JSON]]:
        """The entries of runs and refusals, each with the index of its interaction."""
        yield from ((run.place, entry) for run, entry in self.run_entries())
        yield from self._refusals()

    def run_entries(self) -> Iterator[tuple[RunStory, JSON]]:
        """The runs that the recording creates; if it neither creates nor refuses one, those that its requests name."""
        created = [run for run in self.story.runs if run.is_created]
        addressed = [] if [*self._refusals()] else [run for run in self.story.runs if run.is_addressed]
        for run in created or addressed:
            yield run, self._verbatim(run) if run.id in self.verbatim else self._entry(run)

    def refine(self, replays: Sequence[Replay]) -> bool:
        """Make entries longer where that mends a difference in the replays; returns whether any entry changed."""
        before = self._size()
        for replay in replays:
            if replay.played is not None:
                self._refine_run(replay, replay.played)
            elif replay.recorded.status in CLIENT_ERRORS:
                self.refused.add(id(replay.recorded))
        self._set_cuts(replays)
        self.advances_by_polls |= any(_is_early_read(replay, replays[number:]) for number, replay in enumerate(replays))
        return self._size() != before

    def _size(self) -> list[int]:
        """How many entries of each kind were made longer: a change of it means that the script has changed."""
        details = (self.verbatim, self.with_usage, self.refused, self.cuts)
        return [*(len(detail) for detail in details), self.advances_by_polls]

    def _set_cuts(self, replays: Sequence[Replay]) -> None:
        """Let the streams of unfinished runs break off where the recorded ones do."""
        cut = cut_streams(replays, lambda recorded: self._runs.get(id(recorded)))
        for run, count in ((run, count) for run, count in cut if is_unfinished(run) and run.is_created):
            self.cuts.setdefault(run.id, count)

    def make_all_verbatim(self, why: str) -> bool:
        """Serve every run as it was recorded; returns False when every run is so already."""
        before = len(self.verbatim)
        for run in self.story.runs:
            self._serve_as_recorded(run, run.place, why)
        return len(self.verbatim) > before

    def _serve_as_recorded(self, run: RunStory, place: int, why: str) -> None:
        self.verbatim.setdefault(run.id, VerbatimReason(place, why, "events" if run.is_streamed else "json"))

    def _refine_run(self, replay: Replay, played: Interaction) -> None:
        recorded = replay.recorded
        run = self._runs.get(id(recorded))
        if recorded.status in CLIENT_ERRORS and played.status != recorded.status:
            self.refused.add(id(recorded))
        if run is None:
            return
        differences = list(replay.differences())
        is_canned = len(run.states) == 1 and not run.steps and recorded.json is not None and not is_unfinished(run)
        has_whole_stream = recorded.stream is not None and run.is_created and run.broken_off != BREAKS_OFF
        place = next((number for number, known in enumerate(self.recording) if known is recorded), run.place)
        if differences and is_canned:
            where, recorded_value, played_value = differences[0]
            why = f"{where} is {shown(recorded_value)}, and of a scripted run it is {shown(played_value)}"
            self._serve_as_recorded(run, place, why)
        elif has_whole_stream and played.status == recorded.status and (difference := replay.other_event()):
            self._serve_as_recorded(run, place, difference)
        elif any("usage" in where for where, _, _ in differences):
            self.with_usage.add(run.id)

    def why(self, where: str, recorded: Any) -> str:  # noqa: ARG002 - the place says enough here
        """Why a script cannot say the recorded value at this place."""
        return next((reason for pattern, reason in REASONS if re.search(pattern, where)), NO_KEY)

    def gaps(self) -> Iterator[tuple[int, str]]:
        """Texts of runs that the recording lacks: the index of the run's first interaction, and what is missing."""
        for run in self.story.runs:
            for step in () if is_unfinished(run) else run.steps:
                if step.message is None and not step.calls:
                    yield run.place, f"what step {step.id} of {run.id} wrote"
            if not run.steps and run.status == RunStatus.COMPLETED:
                yield run.place, f"what {run.id} wrote"

    def made_up_ending(self, run: RunStory, entry: JSON) -> str:
        """How the entry ends a run whose end was never recorded, in words; empty when the end was recorded."""
        return made_up_ending(run, entry) if is_unfinished(run) else ""

    def is_about(self, run: RunStory, interaction: Interaction) -> bool:
        """Whether an interaction has the run's id in its path, or is the first one whose answer contains the run."""
        return self._runs.get(id(interaction)) is run

    def _refusals(self) -> Iterator[tuple[int, JSON]]:
        """Refused requests to create a run: the index of the first of equal ones in a row, and their entry."""
        return numbered_refusals(self._refused_creates())

    def _refused_creates(self) -> Iterator[tuple[int, Interaction | None]]:
        """Each of them with its index; None in place of every other request."""
        for number, interaction in enumerate(self.recording):
            if Role.CREATES_RUN not in interaction.operation.roles or interaction.status < min(CLIENT_ERRORS):
                yield number, None
            elif interaction.status not in CLIENT_ERRORS or id(interaction) in self.refused:
                yield number, interaction

    def _entry(self, run: RunStory) -> JSON:
        """The entry of a run: what is not the default, and what `refine` added."""
        tools = run.request.get("tools")
        offered = None if tools is None else tool_names(tools)
        steps = with_refusals((made for step in run.steps for made in step_entries(step, offered)), self._submits(run))
        ending = ending_of(run, self.recording)
        entry: JSON = {"steps": steps} if len(steps) > 1 else dict(*steps)
        if run.id in self.cuts and "stuck" not in ending:
            ending["truncate"] = {"after": self.cuts[run.id]}
        if not entry and not ending.keys() - NO_OUTCOME:
            entry["reply"] = ""
        entry |= ending
        if run.object.get("model") not in {None, self._model_of(run)}:
            entry["model"] = run.object["model"]
        usage = run.object.get("usage")
        if run.id in self.with_usage and isinstance(usage, dict) and run.status in TERMINAL:
            entry["usage"] = _usage(usage)
        return entry

    def _submits(self, run: RunStory) -> Iterator[Interaction]:
        """The requests that submit outputs to a run, without those that the backend refuses by itself."""
        for interaction in self.recording:
            is_own = interaction.status in CLIENT_ERRORS and id(interaction) not in self.refused
            is_submit = Role.SUBMITS_OUTPUTS in interaction.operation.roles
            if is_submit and not is_own and self.is_about(run, interaction):
                yield interaction

    def _verbatim(self, run: RunStory) -> JSON:
        if not run.is_streamed:
            return {"json": run.object}
        about = (interaction for interaction in self.recording if self.is_about(run, interaction))
        events = [event for interaction in about for event in interaction.stream or ()]
        return {"events": ["done" if event.name == "done" else {event.name: event.data} for event in events]}

    def _model_of(self, run: RunStory) -> Any:
        """The model that a run gets when its entry has none."""
        assistant = self.story.assistants.get(str(run.object.get("assistant_id")))
        known = assistant.object if assistant is not None else run.object
        return run.request.get("model") or known.get("model")

    def _assistants(self) -> Iterator[JSON]:
        """The entries of assistants that the recording does not create, from their own object or from their runs."""
        for assistant in self.story.assistants.values():
            if assistant.existed_before:
                yield assistant_entry(assistant.object)
        known_ids = set(self.story.assistants)
        for run in self.story.runs:
            assistant_id = run.object.get("assistant_id")
            if isinstance(assistant_id, str) and assistant_id not in known_ids:
                known_ids.add(assistant_id)
                inherited = {
                    key: run.object[key] for key in OF_RUN if key in run.object and run.request.get(key) is None
                }
                if "tools" in inherited:
                    inherited["tools"] = with_called_tools(inherited["tools"], run)
                entry = assistant_entry({"id": assistant_id, **inherited})
                if len(entry) > 1:  # an id alone needs no entry
                    yield entry


def _usage(usage: JSON) -> JSON:
    entry = {key: value for key, value in usage.items() if objects.NO_TOKENS.get(key) != value}
    if entry.get("total_tokens") == entry.get("prompt_tokens", 0) + entry.get("completion_tokens", 0):
        entry.pop("total_tokens", None)
    return entry


def _is_early_read(read: Replay, later: Sequence[Replay]) -> bool:
    """Whether the recording read messages or steps while their run was active, and the script returned more of them."""
    recorded = read.recorded
    operation = recorded.operation
    if READS.isdisjoint(operation.roles) or read.played is None:
        return False
    if len(mappings_inside(read.played.json, "data")) <= len(mappings_inside(recorded.json, "data")):
        return False
    return any(
        text_inside(replay.recorded.json, "object") == "thread.run"
        and text_inside(replay.recorded.json, "thread_id") == operation.ids["thread_id"]
        and text_inside(replay.recorded.json, "status") not in AT_REST
        for replay in later
    )
