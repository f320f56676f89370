"""A recording as the things that happened in it: threads, and in each thread its messages, runs and refused requests.

Times are milliseconds since the recording began. An `object` is the JSON of the last answer that contains it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from runmock.core.api import Role
from runmock.core.http.json_text import compact_json
from runmock.core.http.json_values import mappings_inside

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runmock.core.http.exchange import JSON
    from runmock.core.replay.interaction import Interaction


BREAKS_OFF = "the stream breaks off"


@dataclass(slots=True)
class Delta:
    """The piece of a text that one delta contains, and when it came."""

    at_ms: float
    text: str


@dataclass(slots=True)
class MessageStory:
    """A message; `id` is None while only the request that sends it is known, and no answer that contains it."""

    role: str
    text: str
    at_ms: float
    id: str | None = None
    object: JSON = field(default_factory=dict)
    pieces: list[Delta] = field(default_factory=list)
    streamed: list[JSON] = field(default_factory=list)
    """The message's content parts, put together from deltas, in the order of their index."""
    is_made_up: bool = False
    """Nobody wrote this text: scripts contain what the assistant does, and leave the user's message open."""

    @property
    def parts(self) -> list[JSON]:
        """The message's content parts: those of its object, or, where the object has none, those of its deltas."""
        return mappings_inside(self.object, "content") or self.streamed


@dataclass(slots=True)
class CallStory:
    """A call of a tool: a function with its arguments and its submitted output, or the use of a built-in tool."""

    id: str
    kind: str
    """`function`, `code_interpreter` or `file_search`."""
    name: str
    input: str = ""
    """The arguments of a function as JSON text, or the code of the code interpreter."""
    output: str | None = None
    is_output_made_up: bool = False
    """Nobody wrote this output: the script leaves it open."""
    object: JSON = field(default_factory=dict)
    """The call's JSON in the last step or run that contains it."""
    pieces: list[Delta] = field(default_factory=list)


@dataclass(slots=True)
class StepStory:
    """One thing that a run did: it wrote a message, or called tools."""

    began_ms: float
    order: int = 0
    id: str | None = None
    status: str = "in_progress"
    ended_ms: float | None = None
    message: MessageStory | None = None
    calls: list[CallStory] = field(default_factory=list)
    object: JSON = field(default_factory=dict)
    object_id: str = ""
    """Which object of its run it is in, where a run is several objects."""
    thoughts: list[str] = field(default_factory=list)
    """What the model thinks before it, as the script says; no answer of the API shows it."""


@dataclass(slots=True)
class State:
    """A status that the recording shows of a run, and when it first shows it."""

    status: str
    at_ms: float
    order: int
    """Statuses and steps of a run are shown in this order where they have the same time."""


@dataclass(slots=True)
class RunStory:
    """A run: the request that created it, its statuses, and its steps."""

    id: str
    thread_id: str
    began_ms: float
    place: int
    """The index of the first interaction whose answer contains the run."""
    last_status_place: int = 0
    """The index of the last interaction whose answer contains the run's status."""
    is_created: bool = False
    """Whether the recording contains the request that created the run."""
    is_addressed: bool = False
    """Whether a request that was not refused has the run's id in its path."""
    request: JSON = field(default_factory=dict)
    """The body of the request that created the run; empty when none was recorded."""
    is_streamed: bool = False
    is_polled: bool = True
    """Whether an unstreamed run is looked at until it rests; else the answer that created it shows its end."""
    is_cancelled: bool = False
    """Whether the application asked to cancel the run and was not refused; the run may have ended otherwise."""
    broken_off: str = ""
    """How its stream ended too early, in words; the empty string when it did not."""
    states: list[State] = field(default_factory=list)
    steps: list[StepStory] = field(default_factory=list)
    object: JSON = field(default_factory=dict)
    objects: dict[str, JSON] = field(default_factory=dict)
    """Its objects by id, each as the last answer has it, where a run is several objects."""
    made_up: frozenset[str] = frozenset()
    """Which of `times`, `tokens`, `assistant_id` and `model` its script leaves open; empty for a recorded run."""

    @property
    def status(self) -> str:
        """The run's last status; the empty string when the recording shows none."""
        return self.states[-1].status if self.states else ""

    @property
    def way(self) -> str:
        """How the application followed it, in a word; the empty string when one answer said all."""
        return "streamed" if self.is_streamed else "polled" if self.is_polled else ""

    @property
    def ended_ms(self) -> float:
        """The latest time of the run's statuses and steps."""
        ends = [step.ended_ms if step.ended_ms is not None else step.began_ms for step in self.steps]
        return max([self.began_ms, *ends, *(state.at_ms for state in self.states)])

    @property
    def assistant_and_model(self) -> list[str]:
        """The assistant's id and the model, those of them that are known and not made up."""
        values = (self.object.get(key) for key in ("assistant_id", "model") if key not in self.made_up)
        return [str(value) for value in values if value]

    @property
    def calls(self) -> Iterator[CallStory]:
        """Every call of a tool, in order."""
        return (call for step in self.steps for call in step.calls)

    @property
    def text(self) -> str:
        """The texts of its messages, with an empty line between two."""
        return "\n\n".join(step.message.text for step in self.steps if step.message is not None and step.message.text)


@dataclass(slots=True)
class RefusalStory:
    """A request that was answered with an error."""

    operation: str
    at_ms: float
    interaction: Interaction

    @property
    def creates_run(self) -> bool:
        """Whether the request would have created a run."""
        return Role.CREATES_RUN in self.interaction.operation.roles

    @property
    def error(self) -> JSON:
        """The object under `error` in the body; a body of another form is its `message`."""
        body = self.interaction.json
        error = body.get("error") if isinstance(body, dict) else None
        if isinstance(error, dict):
            return error
        return {"message": self.interaction.text or ("" if body is None else compact_json(body))}


@dataclass(slots=True)
class ThreadStory:
    """A conversation, in order; `existed_before`: the recording does not create it."""

    id: str
    place: int = 0
    """The index of the first interaction that names it."""
    existed_before: bool = True
    items: list[MessageStory | RunStory | RefusalStory] = field(default_factory=list)


@dataclass(slots=True)
class AssistantStory:
    """An assistant in an answer; `existed_before`: the recording does not create it."""

    object: JSON
    existed_before: bool


@dataclass(slots=True)
class Story:
    """A whole recording, as what happened in it."""

    threads: dict[str, ThreadStory] = field(default_factory=dict)
    assistants: dict[str, AssistantStory] = field(default_factory=dict)
    refusals: list[RefusalStory] = field(default_factory=list)
    """Refused requests outside of every thread, in their order."""
    others: list[Interaction] = field(default_factory=list)
    """Interactions of APIs whose recordings are shown as plain events: uploads of files, for example."""
    spans: list[tuple[float, float]] = field(default_factory=list)
    """Of each interaction, when its request was sent, and when its answer had come."""
    ended_ms: float = 0
    is_timed: bool = False
    """Whether the recording contains times; without them each event of a stream counts as one millisecond."""

    @property
    def runs(self) -> list[RunStory]:
        """Every run, in the order in which they first appear."""
        items = (item for conversation in self.threads.values() for item in conversation.items)
        runs = [item for item in items if isinstance(item, RunStory)]
        return sorted(runs, key=lambda run: run.place)
