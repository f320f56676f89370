"""What an API package is to the rest of runmock: which requests are its own, what they mean, and who answers them.

Core names no operation, object or event of any API. What it has to know, it asks the API of a request: each request
is identified once, as an `Incoming`, and carries its `Operation` with it, and with that its API. An API package fulfils
`Api`, and `apis/registry.py` has the list of them. Requests that belong to none of them have an API too, which plays no
scripts.
"""

from __future__ import annotations

from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from runmock.core.engine.run_status import RunState
    from runmock.core.engine.stage import Stage
    from runmock.core.http.event import Event
    from runmock.core.http.exchange import Reply, Request
    from runmock.core.report.acts import FactsOf
    from runmock.core.report.run_views import RunView
    from runmock.core.script.script import Script


class Role(StrEnum):
    """What a request does, as far as matching, reports and verdicts must know it; an operation has any number."""

    BEGINS_CONVERSATION = "begins a conversation"
    CREATES_RUN = "creates a run"
    STREAMS = "may be answered with a stream, which a run ends with"
    RETRIEVES_RUN = "retrieves a run"
    LISTS_RUNS = "lists runs"
    SHOWS_STATUS = "is answered with the status of a run"
    READS_MESSAGES = "reads the messages of a conversation"
    READS_STEPS = "reads the steps of a run"
    READS_OUTPUT = "shows what a run has written, beside its status"
    SUBMITS_OUTPUTS = "submits tool outputs"
    CANCELS = "cancels a run"
    REFUSED_WHILE_ACTIVE = "is refused while a run is active"
    UNSCRIPTED = "is answered by no script, though scripts play its API"


READS = frozenset({Role.READS_MESSAGES, Role.READS_STEPS})
"""What shows what a run has written, but not its status."""


class Operation(NamedTuple):
    """What a request is, by its method and path: a row of an API's table, with the values of this request."""

    api: Api
    name: str
    method: str
    ids: Mapping[str, str]
    """The ids in the path, by name."""
    root: str
    """The API root: what comes before `path` in the URL's path."""
    path: str
    """The path below the API root."""
    roles: frozenset[Role] = frozenset()
    ends: tuple[str, ...] = ()
    """Names of events, any of which ends a stream; the usual one first. Empty: the end of the body is the end."""
    may_hold_secret: bool = True
    """Whether the path has to be searched for secrets that no cassette keeps."""

    @property
    def is_played(self) -> bool:
        """Whether a script can answer it."""
        return self.api.plays_scripts


class Incoming(NamedTuple):
    """A request that is identified and read. Nothing that answers it parses its path or its body again."""

    request: Request
    operation: Operation
    body: Any = None
    """The parsed JSON; None for an empty body. Of other bodies what recordings keep (`core/http/request_body.py`)."""
    problem: str | None = None
    """Why the body is not JSON; None when it is, or is empty."""


class Noise(NamedTuple):
    """What of a request's body changes nothing of its meaning."""

    values: Mapping[str, Any]
    """Values that mean the same as leaving the key out; None does everywhere."""
    bodies: tuple[str, ...] = ()
    """Keys whose value, or each item of it, is a body of its own."""
    sets: tuple[str, ...] = ()
    """Keys whose value is a list of texts, in any order."""
    padding: str = ""
    """The key of what an event of a stream has at random, which no cassette keeps; empty where there is none."""


class IdKinds(NamedTuple):
    """How ids are sorted into kinds: an id without a prefix by the object beside it, or by the key it stands under."""

    by_object: Mapping[str, str]
    """The kind by the value of `object` beside the id."""
    by_key: Mapping[str, str]
    """The kind by the key, without `_id`, where the two have other names."""
    other_keys: Mapping[str, str] = MappingProxyType({})
    """Keys whose values are as good as ids, though they are not named so, with the kind of these."""


class Retirement(NamedTuple):
    """Where an API was switched off, and when."""

    hosts: tuple[str, ...]
    """Names of hosts, each of which may have a `*`."""
    on: str
    """The day, as 2026-08-26."""


NoteOfReplays: TypeAlias = "Callable[[Incoming, Any], None]"
"""Takes a request and the JSON of its recorded answer, None where it has none."""


class Api(Protocol):
    """One API, as the rooms above it use it. Without state; what a session knows is in its `Backend`."""

    @property
    def name(self) -> str:
        """The API's name for people."""

    @property
    def plays_scripts(self) -> bool:
        """Whether scripts can answer its requests."""

    @property
    def yields_to_routes(self) -> bool:
        """Whether routes of the router answer its requests before scripts do."""

    @property
    def retirement(self) -> Retirement | None:
        """Where it was switched off; None where it was not."""

    @property
    def noise(self) -> Noise:
        """What of its bodies changes nothing of their meaning."""

    @property
    def id_kinds(self) -> IdKinds:
        """How its ids are sorted into kinds."""

    @property
    def conversation_id(self) -> str:
        """The name of the id, in a path, of the conversation that a request is part of."""

    @property
    def run_id(self) -> str:
        """The name of the id, in a path, of the run that a request is about."""

    def identify(self, method: str, path: str) -> Operation | None:
        """The operation of a method and the whole path of a URL; None when they are not of this API."""

    def conversation_in(self, payloads: Iterable[Any]) -> str | None:
        """The id of the conversation that an answer with these payloads has begun; None when it has begun none."""

    def compared_fields(self, operation: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """The fields of a body that a miss compares, by name."""

    def run_state(self, payload: Any) -> RunState | None:
        """The state of the run that a payload is; None when it is no run."""

    @property
    def facts(self) -> FactsOf | None:
        """Tells what each request of a session does with the answers before it; None where nothing is known of that."""

    @property
    def events(self) -> frozenset[str]:
        """The names of all events of its streams."""

    def recorded_runs(self) -> RecordedRuns | None:
        """A new collector of the runs in replayed interactions; None where nothing is known of runs."""

    def note_of_replays(self, stage: Stage) -> NoteOfReplays | None:
        """What is called with each request of a session that a recording answers; None where nothing is noted.

        The runs in recordings are not noted so: `recorded_runs` collects them when somebody asks.
        """

    @property
    def history_key(self) -> str:
        """The key of a request's body whose list says again what was said before; empty where there is none."""

    @property
    def numbers_events(self) -> bool:
        """Whether the events of its streams are numbered, under `sequence_number`."""

    def delta_pieces(self, *, is_numbered: bool = True) -> DeltaPieces | None:
        """What makes pieces of the deltas of one stream; None where the API has no deltas that are known.

        `is_numbered`: whether the events of this stream have their numbers.
        """

    def backend(self, stage: Stage) -> Backend | None:
        """A new backend, which plays scripts in a session; None for an API that plays none."""

    def malformed(self, incoming: Incoming) -> Reply | None:
        """The service's refusal of a request whose body is not JSON, or whose headers say so; None when it is fine."""


class RecordedRuns(Protocol):
    """Collects the runs in replayed interactions; mutable."""

    def note(self, operation: Operation, body: Any, payloads: Iterable[Any]) -> None:
        """Record what one interaction shows: the request as it was sent, and the JSON values of its answer."""

    def views(self) -> Iterator[RunView]:
        """Views of the runs, in the order of their first appearance."""


class DeltaPieces(Protocol):
    """One stream as a cassette has it; mutable.

    Deltas are pieces of text under the keys `text`, `arguments` and `code`. Events are without what follows from those
    before them.
    """

    def note(self, name: str, data: Any) -> None:
        """Take note of an event that stands in full: the pieces after it continue what it names."""

    def delta(self, key: str, piece: str) -> Event:
        """The event that a piece stands for. Raises LookupError, with the reason, where nothing is begun."""

    def piece_of(self, name: str, data: Any) -> tuple[str, str] | None:
        """The key and the piece that stand for an event; None where no piece stands for exactly this event."""

    def note_alike(self, pieces: Sequence[str]) -> None:
        """Take note of more pieces, each in a delta like the last one."""

    def short(self, name: str, data: Any) -> Any:
        """An event's data without what follows from the events before. Who writes it asks `full` whether it may."""

    def full(self, name: str, written: Any) -> Any:
        """The data of an event, of what a cassette has."""


class Backend(Protocol):
    """Answers the requests of one API in one session, from scripted runs and from what it remembers."""

    def add(self, script: Script) -> None:
        """Take what exists beforehand from a cassette's script; its runs are on the stage's playlist."""

    def answer(self, incoming: Incoming) -> Reply:
        """The answer. Raises NothingScripted, ScriptError and OutputMismatch."""

    @property
    def is_streaming(self) -> bool:
        """Whether the stream of a run is open."""

    def views(self) -> Iterator[RunView]:
        """Views of its runs, in the order of their creation."""
