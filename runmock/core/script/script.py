"""A script: what the assistant does, as a person wrote it, with all defaults filled in, independent of YAML.

`tape.reading.script` makes these values from a cassette or from verbs; `apis.assistants.playing.timeline` plays them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from runmock.core.engine.run_status import RunStatus

if TYPE_CHECKING:
    from collections.abc import Mapping

    from runmock.core.http.exchange import JSON
    from runmock.core.script.faults import StreamFault

Shapes: TypeAlias = Literal["live", "reference"]
"""`live`: objects as the real service sent them; `reference`: as the API reference and the SDK's types have them."""

DEFAULT_REPLY = "Hello! How can I assist you today?"
"""Source: the API reference, "Create run", streaming."""
DEFAULT_MODEL = "gpt-4o"
DEFAULT_CLOCK = 1_767_225_600
"""Scripts begin at 2026-01-01T00:00:00Z, in seconds since the epoch, unless a cassette sets its clock."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where a script or an interaction was written: a file's path (or `inline`), its index and its line in it."""

    cassette: str
    index: int
    line: int | None = None

    def __str__(self) -> str:
        """For messages: `weather.yaml:4` or `inline run 0`."""
        return f"{self.cassette}:{self.line}" if self.line else f"{self.cassette} run {self.index}"


@dataclass(frozen=True, slots=True)
class Text:
    """A text in a message. `chunks` are its deltas; else `text`, or `json` as a text, is split by a fixed rule."""

    text: str | None = None
    chunks: tuple[str, ...] = ()
    json: Any = None
    annotations: tuple[JSON, ...] = ()


@dataclass(frozen=True, slots=True)
class Image:
    """An image in a message: `kind` is `image_file` or `image_url`, `image` what the API has under that key."""

    kind: str
    image: JSON


@dataclass(frozen=True, slots=True)
class Refusal:
    """The model's text when it refuses to answer; `chunks` are its deltas."""

    text: str = ""
    chunks: tuple[str, ...] = ()


Part: TypeAlias = "Text | Image | Refusal"


@dataclass(frozen=True, slots=True)
class Message:
    """The assistant's message: one text, or `parts` when it consists of something else."""

    text: str | None = None
    chunks: tuple[str, ...] = ()
    json: Any = None
    annotations: tuple[JSON, ...] = ()
    parts: tuple[Part, ...] = ()
    content: tuple[Part, ...] = field(init=False, repr=False, compare=False)
    """The parts of the message, in order, however it was written."""

    def __post_init__(self) -> None:
        """Make a part of a message that has just a text."""
        parts = self.parts or (Text(self.text, self.chunks, self.json, self.annotations),)
        object.__setattr__(self, "content", parts)


@dataclass(frozen=True, slots=True)
class FunctionCall:
    """One call of a function tool; `arguments` is the string that goes over the wire, JSON or deliberately not."""

    name: str
    arguments: str
    id: str | None = None


@dataclass(frozen=True, slots=True)
class ToolCalls:
    """One `requires_action` round; `outputs`: what the application must submit, in call order or by tool name."""

    calls: tuple[FunctionCall, ...]
    outputs: tuple[Any, ...] | Mapping[str, Any] | None = None
    is_unoffered: bool = False
    """Whether the model may call tools that the application does not offer; else that is an error of the script."""


@dataclass(frozen=True, slots=True)
class CodeInterpreter:
    """A code interpreter step: its input and what it printed; `images` are file ids."""

    input: str
    logs: str | None = None
    images: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FileSearch:
    """A file search step; results as on the wire: file_id, file_name, score, attributes, content."""

    results: tuple[JSON, ...] = ()


@dataclass(frozen=True, slots=True)
class Reasoning:
    """What a model has thought, as the summaries that it shows: often none. Assistants show nothing of it."""

    summaries: tuple[str, ...] = ()


Step: TypeAlias = "Message | ToolCalls | CodeInterpreter | FileSearch | Reasoning"


@dataclass(frozen=True, slots=True)
class Ending:
    """How the run ends: a terminal status, or a status in which it is stuck."""

    status: RunStatus = RunStatus.COMPLETED
    code: str | None = None
    """`last_error.code` of a failed run."""
    message: str | None = None
    """`last_error.message` of a failed run."""
    reason: str | None = None
    """`incomplete_details.reason` of an incomplete run."""
    is_stuck: bool = False
    """Whether the run stays in `status` for ever, which is not terminal; in `cancelling` after a cancel request."""
    late_cancel: str = ""
    """The effect of a cancel request that comes when the run has just completed: `refused`, or `overtaken`.

    Overtaken: it is accepted, and the run completes. Empty: the run is cancelled."""

    @property
    def without_cancel(self) -> RunStatus:
        """The last status of the run when the application does not cancel it.

        It is `status`, but in_progress for a run that is stuck in `cancelling`: it never gets there by itself.
        """
        return RunStatus.IN_PROGRESS if self.status is RunStatus.CANCELLING else self.status


@dataclass(frozen=True, slots=True)
class Match:
    """Conditions on the request that creates the run; None means anything. Strings may be `/regular expressions/`."""

    api: str | None = None
    """The key of the API that may take the run (`ScriptedRun.only_api`)."""
    assistant_id: str | None = None
    model: str | None = None
    last_message: str | None = None
    instructions: str | None = None
    metadata: Mapping[str, Any] | None = None
    stream: bool | None = None
    body: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class HttpError:
    """A refusal of a request, `times` times: of one that creates a run, or of one about it. `error` is the code."""

    status: int
    error: str | None = None
    message: str | None = None
    type: str | None = None
    retry_after: str | None = None
    """The value of the `retry-after` header: seconds or an HTTP date."""
    times: int = 1
    headers: tuple[tuple[str, str], ...] = ()
    is_sunset: bool = False
    """Answer as the retired service does."""
    param: str | None = None
    body: Any = None
    """The whole body of a refusal that `is_verbatim`: any JSON value."""
    is_verbatim: bool = False


@dataclass(frozen=True, slots=True)
class StepRefusal:
    """A refusal of a request about a run, in the middle of it: a submit, or a retrieve."""

    step: int
    """How many steps of the script have been played then; for a submit the step with its calls counts."""
    error: HttpError


USUAL_POLLS = (RunStatus.QUEUED, RunStatus.IN_PROGRESS)
"""What looks find, in turn, before a run comes to rest."""


@dataclass(frozen=True, slots=True)
class ScriptedRun:
    """The script of one run, which one create-run (or create-thread-and-run) request begins."""

    source: Source
    steps: tuple[Step, ...] = ()
    ending: Ending = Ending()
    match: Match | None = None
    polls: tuple[RunStatus, ...] = USUAL_POLLS
    """The statuses that looks find, in turn, before the run comes to rest; after a submit again from the start."""
    moves_by_looks: bool = False
    """Whether only polls (to retrieve or list runs) move the run on.

    Otherwise reading messages or steps does, too, and so does a request that the active run refuses.
    """
    pace_ms: float = 0
    usage: JSON | None = None
    overrides: JSON = field(default_factory=dict)
    """Fields of the Run object that the script sets (`model`, `run`); `metadata` is merged with the request's."""
    http: HttpError | None = None
    refusals: tuple[StepRefusal, ...] = ()
    faults: tuple[StreamFault, ...] = ()
    """Faults of its streams."""
    canned: JSON | None = None
    """A Run object that is sent unchanged."""
    events: tuple[tuple[str, Any], ...] = ()
    """Server-sent events, sent unchanged; each `done` ends an answer, events after it answer the next submit."""
    response: JSON = field(default_factory=dict)
    """Fields of every Response object of the run that the script sets."""
    only_api: str | None = None
    """The key of the only API that can take the run, because it has canned values of that API; None: any can."""


@dataclass(frozen=True, slots=True)
class Script:
    """The scripted part of one cassette."""

    runs: tuple[ScriptedRun, ...] = ()
    assistants: tuple[JSON, ...] = ()
    """Assistants that exist beforehand: fields of the API's assistant object, `id` always among them."""
    threads: tuple[JSON, ...] = ()
    """Threads that exist beforehand: `id`, `metadata`, `tool_resources`, `messages` as a request has them."""
    ids: Literal["lenient", "strict"] = "lenient"
    model: str = DEFAULT_MODEL
    shapes: Shapes = "live"
    clock: int = DEFAULT_CLOCK
    others: tuple[object, ...] = ()
    """What else exists beforehand: values of types that API packages know."""
