"""What happened in a recording as people tell it: threads, and in each of them what was said and which runs were made.

Times are milliseconds since the recording began. Objects are as the last answer told them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from runmock.core.http.json_values import mappings_inside
from runmock.tape.format.shorthand import dump

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runmock.core.http.exchange import JSON
    from runmock.core.replay.interaction import Interaction


@dataclass(slots=True)
class Delta:
    """A part of a text that a delta brought."""

    at_ms: float
    text: str


@dataclass(slots=True)
class MessageStory:
    """A message: `id` is None when only the request that brought it was recorded."""

    role: str
    text: str
    at_ms: float
    id: str | None = None
    object: JSON = field(default_factory=dict)
    pieces: list[Delta] = field(default_factory=list)
    streamed: list[JSON] = field(default_factory=list)
    """Its parts as deltas brought them, by their index."""
    is_made_up: bool = False
    """Nobody wrote it: a script is shown, which says what the assistant does."""

    @property
    def parts(self) -> list[JSON]:
        """What it consists of, as it was told in the end, else as deltas brought it."""
        return mappings_inside(self.object, "content") or self.streamed


@dataclass(slots=True)
class CallStory:
    """A call of a tool: a function's arguments and what was submitted for it, or a built-in tool's whole part."""

    id: str
    kind: str
    """`function`, `code_interpreter` or `file_search`."""
    name: str
    input: str = ""
    """A function's arguments as they were sent, or the code."""
    output: str | None = None
    is_output_made_up: bool = False
    """Nobody wrote the output: the script does not say it."""
    told: JSON = field(default_factory=dict)
    """The call as the step told it last."""
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


@dataclass(slots=True)
class State:
    """A status that a run was seen in, and when it was first seen in it."""

    status: str
    at_ms: float
    order: int
    """Statuses and steps are told in this order, also where they have the same time."""


@dataclass(slots=True)
class RunStory:
    """A run: how it was asked for, the statuses in which it was seen, and what it did."""

    id: str
    thread_id: str
    began_ms: float
    place: int
    """The index of the interaction that told it first."""
    told_place: int = 0
    """The index of the interaction that told its status last."""
    is_created: bool = False
    """The recording has the request that created it."""
    is_asked: bool = False
    """A request named it."""
    request: JSON = field(default_factory=dict)
    """The body of the request that created it; empty when none was recorded."""
    is_streamed: bool = False
    is_cancelled: bool = False
    """The application asked for its end."""
    broken_off: str = ""
    """What its stream had instead of an end."""
    states: list[State] = field(default_factory=list)
    steps: list[StepStory] = field(default_factory=list)
    object: JSON = field(default_factory=dict)
    made_up: frozenset[str] = frozenset()
    """What its script does not say of `times`, `tokens`, `assistant_id` and `model`; nothing of a recorded run's."""

    @property
    def status(self) -> str:
        """The status in which it was seen last."""
        return self.states[-1].status if self.states else ""

    @property
    def ended_ms(self) -> float:
        """When it was last heard of."""
        ends = [step.ended_ms if step.ended_ms is not None else step.began_ms for step in self.steps]
        return max([self.began_ms, *ends, *(state.at_ms for state in self.states)])

    @property
    def asked_of(self) -> list[str]:
        """The assistant and the model, as far as they are known."""
        told = (self.object.get(key) for key in ("assistant_id", "model") if key not in self.made_up)
        return [str(one) for one in told if one]

    @property
    def calls(self) -> Iterator[CallStory]:
        """Every call of a tool, in order."""
        return (call for step in self.steps for call in step.calls)

    @property
    def text(self) -> str:
        """All that it said."""
        return "\n\n".join(step.message.text for step in self.steps if step.message is not None and step.message.text)


@dataclass(slots=True)
class RefusalStory:
    """A request that was answered with an error."""

    operation: str
    at_ms: float
    interaction: Interaction

    @property
    def error(self) -> JSON:
        """What the error's envelope says."""
        body = self.interaction.json
        error = body.get("error") if isinstance(body, dict) else None
        if isinstance(error, dict):
            return error
        return {"message": self.interaction.text or ("" if body is None else dump(body))}


@dataclass(slots=True)
class ThreadStory:
    """A conversation, in order; `is_brought`: it was there before the recording began."""

    id: str
    place: int = 0
    """The index of the interaction that told it first."""
    is_brought: bool = True
    items: list[MessageStory | RunStory | RefusalStory] = field(default_factory=list)


@dataclass(slots=True)
class AssistantStory:
    """An assistant that an answer told; `is_brought`: it was there before the recording began."""

    object: JSON
    is_brought: bool


@dataclass(slots=True)
class Story:
    """A whole recording."""

    threads: dict[str, ThreadStory] = field(default_factory=dict)
    assistants: dict[str, AssistantStory] = field(default_factory=dict)
    refusals: list[RefusalStory] = field(default_factory=list)
    """Those that belong to no thread."""
    others: list[Interaction] = field(default_factory=list)
    """What is not of the Assistants family: uploaded files, say."""
    ended_ms: float = 0
    is_timed: bool = False
    """Whether the recording says when things happened; else times tell the order only, a millisecond an event."""

    @property
    def runs(self) -> list[RunStory]:
        """Every run, in the order in which they were first told."""
        found = [item for thread in self.threads.values() for item in thread.items if isinstance(item, RunStory)]
        return sorted(found, key=lambda run: run.place)
