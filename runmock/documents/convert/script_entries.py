"""What the runs of a recording did, in the keys of a script: each value only where it is not the default."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from runmock.core.assistants import objects
from runmock.core.assistants.operations import identify
from runmock.core.engine.run_status import TERMINAL, RunStatus
from runmock.core.replay.matching import shown
from runmock.documents.convert.assistant_entries import assistant_entry, tool_names, with_called
from runmock.documents.convert.endings import ending_of, is_unfinished
from runmock.documents.convert.refusal_entries import once_more, refusal_entry, with_refusals
from runmock.documents.convert.replay_against_script import is_early_read
from runmock.documents.convert.step_entries import step_entries
from runmock.documents.story.story_builder import BREAKS_OFF, CREATING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from runmock.core.http.exchange import JSON
    from runmock.core.replay.interaction import Interaction
    from runmock.documents.convert.replay_against_script import ReplayedInteraction
    from runmock.documents.story.story import RunStory, Story

CLIENTS_FAULTS = (400, 404)
"""What the service itself answers to a wrong request, a script's backend too."""

OF_RUN = ("model", "instructions", "tools", "temperature", "top_p", "response_format", "reasoning_effort")
"""What a run takes from its assistant where the request does not say it."""

REASONS = (
    (r"usage", "a script says the tokens of a run, and divides them among its steps"),
    (r"\.(status|started_at)$", "when a run that is polled moves on is for `poll:`, which is left as it is"),
    (r"has_more", "the list had more in it than was recorded"),
    (r"\.created_at$|\.tools", "the recording does not tell it as the service does"),
)
"""Why a script cannot say something, by where it stands."""
OTHERWISE = "no key of a script says this"
BESIDES = frozenset({"poll", "truncate"})
"""What says nothing of a run by itself."""


class VerbatimEntries(NamedTuple):
    """A run that is served as it was: the number of the interaction that no script plays, and what it has."""

    place: int
    why: str


@dataclass
class ScriptEntries:
    """A recording's story as a script; mutable: what was tried and played otherwise is said at greater length."""

    story: Story
    recording: Sequence[Interaction]
    verbatim: dict[str, VerbatimEntries] = field(default_factory=dict)
    """The runs whose events, or whose object, are served as they were."""
    counted: set[str] = field(default_factory=set)
    """The runs whose tokens are said."""
    cuts: dict[str, int] = field(default_factory=dict)
    """After how many of its events the stream of an unfinished run breaks off."""
    refused: set[int] = field(default_factory=set)
    """Interactions (by identity) that only a script refuses, though their status is one of the service's own."""
    moves_by_looks: bool = False
    """Messages or steps were read while their run was active: only looks may move the runs of the script."""
    _runs: dict[int, RunStory] = field(default_factory=dict)
    """The run that an interaction (by identity) is about."""

    def __post_init__(self) -> None:
        by_id = {run.id: run for run in self.story.runs}
        self._runs = {id(self.recording[run.place]): run for run in self.story.runs}
        for one in self.recording:
            operation = identify(one.method, one.path)
            run = None if operation is None else by_id.get(operation.ids.get("run_id", ""))
            if run is not None:
                self._runs[id(one)] = run

    def document(self) -> JSON:
        """The script, as its YAML would be read."""
        assistants = list(self._assistants())
        entries = [*((run.place, entry) for run, entry in self.of_runs()), *self._refusals()]
        return {
            "runmock": 1,
            **({"defaults": {"advance": "polls"}} if self.moves_by_looks else {}),
            **({"assistants": assistants} if assistants else {}),
            "runs": [entry for _, entry in sorted(entries, key=lambda one: one[0])],
        }

    def of_runs(self) -> Iterator[tuple[RunStory, JSON]]:
        """The runs that the recording creates, else those that it asks about, each with its entry."""
        created = [run for run in self.story.runs if run.is_created]
        asked = [] if [*self._refusals()] else [run for run in self.story.runs if run.is_addressed]
        for run in created or asked:
            yield run, self._verbatim(run) if run.id in self.verbatim else self._entry(run)

    def mend(self, heard: Sequence[ReplayedInteraction]) -> bool:
        """Say at greater length what was played otherwise, where that helps; False when nothing more can be said."""
        before = self._size()
        for one in heard:
            if one.said is not None:
                self._mend(one, one.said)
            elif one.recorded.status in CLIENTS_FAULTS:
                self.refused.add(id(one.recorded))
        self._cut(heard)
        self.moves_by_looks |= any(is_early_read(one, heard[number:]) for number, one in enumerate(heard))
        return self._size() != before

    def _size(self) -> list[int]:
        """How much is said at greater length."""
        said = (self.verbatim, self.counted, self.refused, self.cuts)
        return [*(len(one) for one in said), self.moves_by_looks]

    def _cut(self, heard: Sequence[ReplayedInteraction]) -> None:
        """Let the streams of unfinished runs break off where they did."""
        streamed: Counter[str] = Counter()
        for one in heard:
            run = self._runs.get(id(one.recorded))
            if run is None or one.said is None or one.said.stream is None:
                continue
            if one.recorded.is_truncated and is_unfinished(run) and run.is_created and (count := one.events_recorded()):
                self.cuts.setdefault(run.id, streamed[run.id] + count)
            streamed[run.id] += len(one.said.stream)

    def be_verbatim(self, why: str) -> bool:
        """Serve every run as it was; False when that is so already."""
        before = len(self.verbatim)
        for run in self.story.runs:
            self.verbatim.setdefault(run.id, VerbatimEntries(run.place, why))
        return len(self.verbatim) > before

    def _mend(self, heard: ReplayedInteraction, said: Interaction) -> None:
        what = heard.recorded
        run = self._runs.get(id(what))
        if what.status in CLIENTS_FAULTS and said.status != what.status:
            self.refused.add(id(what))
        if run is None:
            return
        told = list(heard.differences())
        is_canned = len(run.states) == 1 and not run.steps and what.json is not None and not is_unfinished(run)
        has_whole_stream = what.stream is not None and run.is_created and run.broken_off != BREAKS_OFF
        place = next((number for number, one in enumerate(self.recording) if one is what), run.place)
        if told and is_canned:
            where, recorded, played = told[0]
            why = f"{where} is {shown(recorded)}, and of a scripted run it is {shown(played)}"
            self.verbatim.setdefault(run.id, VerbatimEntries(place, why))
        elif has_whole_stream and said.status == what.status and (other := heard.other_event()):
            self.verbatim.setdefault(run.id, VerbatimEntries(place, other))
        elif any("usage" in where for where, _, _ in told):
            self.counted.add(run.id)

    def why(self, where: str) -> str:
        """Why a script cannot say what stands there."""
        return next((reason for pattern, reason in REASONS if re.search(pattern, where)), OTHERWISE)

    def gaps(self) -> Iterator[tuple[int, str]]:
        """What runs said and nobody recorded: the number of the run's interaction, and the step."""
        for run in self.story.runs:
            for step in () if is_unfinished(run) else run.steps:
                if step.message is None and not step.calls:
                    yield run.place, f"what step {step.id} of {run.id} wrote"
            if not run.steps and run.status == RunStatus.COMPLETED:
                yield run.place, f"what {run.id} wrote"

    def is_about(self, run: RunStory, one: Interaction) -> bool:
        """Whether an interaction of the recording is about a run."""
        return self._runs.get(id(one)) is run

    def _refusals(self) -> Iterator[tuple[int, JSON]]:
        """Requests for a run that were refused: the number of each first one, and its entry."""
        last: tuple[int, JSON] | None = None
        for number, one in enumerate(self.recording):
            operation = identify(one.method, one.path)
            if operation is None or operation.name not in CREATING or one.status < min(CLIENTS_FAULTS):
                last = None
                continue
            if one.status in CLIENTS_FAULTS and id(one) not in self.refused:
                continue
            entry = refusal_entry(one)
            if last is not None and once_more(last[1], entry):
                continue
            last = (number, entry)
            yield last

    def _entry(self, run: RunStory) -> JSON:
        """A run in the keys of a script."""
        tools = run.request.get("tools")
        offered = None if tools is None else tool_names(tools)
        steps = with_refusals((said for step in run.steps for said in step_entries(step, offered)), self._submits(run))
        ending = ending_of(run, self.recording)
        entry: JSON = {"steps": steps} if len(steps) > 1 else dict(*steps)
        if run.id in self.cuts and "stuck" not in ending:
            ending["truncate"] = {"after": self.cuts[run.id]}
        if not entry and not ending.keys() - BESIDES:
            entry["reply"] = ""
        entry |= ending
        if run.object.get("model") not in {None, self._model_of(run)}:
            entry["model"] = run.object["model"]
        usage = run.object.get("usage")
        if run.id in self.counted and isinstance(usage, dict) and run.status in TERMINAL:
            entry["usage"] = _usage(usage)
        return entry

    def _submits(self, run: RunStory) -> Iterator[Interaction]:
        """The requests with a run's tool outputs, but for those that its script refuses by itself."""
        for one in self.recording:
            operation = identify(one.method, one.path)
            is_own = one.status in CLIENTS_FAULTS and id(one) not in self.refused
            is_submit = operation is not None and operation.name == "submit_tool_outputs"
            if is_submit and not is_own and self.is_about(run, one):
                yield one

    def _verbatim(self, run: RunStory) -> JSON:
        if not run.is_streamed:
            return {"json": run.object}
        about = (one for one in self.recording if self.is_about(run, one))
        events = [event for one in about for event in one.stream or ()]
        return {"events": ["done" if event.name == "done" else {event.name: event.data} for event in events]}

    def _model_of(self, run: RunStory) -> Any:
        """The model that a run gets when its script says none."""
        assistant = self.story.assistants.get(str(run.object.get("assistant_id")))
        known = assistant.object if assistant is not None else run.object
        return run.request.get("model") or known.get("model")

    def _assistants(self) -> Iterator[JSON]:
        """Those that were there before: as they were told, else as their runs took after them."""
        for one in self.story.assistants.values():
            if one.existed_before:
                yield assistant_entry(one.object)
        told = set(self.story.assistants)
        for run in self.story.runs:
            assistant_id = run.object.get("assistant_id")
            if isinstance(assistant_id, str) and assistant_id not in told:
                told.add(assistant_id)
                inherited = {
                    key: run.object[key] for key in OF_RUN if key in run.object and run.request.get(key) is None
                }
                if "tools" in inherited:
                    inherited["tools"] = with_called(inherited["tools"], run)
                said = assistant_entry({"id": assistant_id, **inherited})
                if len(said) > 1:  # else it comes into being when it is used
                    yield said


def _usage(told: JSON) -> JSON:
    said = {key: value for key, value in told.items() if objects.NO_TOKENS.get(key) != value}
    if said.get("total_tokens") == said.get("prompt_tokens", 0) + said.get("completion_tokens", 0):
        said.pop("total_tokens", None)
    return said
