"""An interaction: a recorded request and its answer, decoded, with nothing of the file's shorthand left."""

from __future__ import annotations

import json
import pickle
import re
from collections.abc import Sequence
from functools import reduce
from itertools import chain
from operator import getitem
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias, overload

from runmock.core.http import sse
from runmock.core.http.exchange import REFUSED
from runmock.core.http.json_text import STDLIB_JSON, JsonText
from runmock.core.no_api import of_no_api

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from runmock.core.api import Operation
    from runmock.core.http.json_values import Keys
    from runmock.core.http.sse import ServerSentEvent
    from runmock.core.replay.binary_content import BinaryContent
    from runmock.core.script.script import Source


class StreamEvent(NamedTuple):
    """One server-sent event of a recorded stream: `data` is JSON, or None for `done`; a nameless one is a `message`.

    `raw` is its text as it was sent, blank line included, where name and JSON do not contain all of it.
    """

    name: str
    data: Any = None
    raw: str | None = None

    def encoded(self, written: JsonText = STDLIB_JSON) -> bytes:
        """The event's bytes."""
        return sse.encode(self.name, self.data, written) if self.raw is None else self.raw.encode()

    @property
    def is_done(self) -> bool:
        """Whether it is `[DONE]`, whatever its name: every SDK stops reading a stream there."""
        return self.data is None and (
            self.name == "done" if self.raw is None else _IS_DONE.search(self.raw) is not None
        )


DONE = StreamEvent("done")
NAMELESS_DONE = StreamEvent("done", None, "data: [DONE]\n\n")
"""The `[DONE]` of chat completions and of many gateways, which has no name."""
_IS_DONE = re.compile(r"^data: ?\[DONE\]", re.MULTILINE)


def event_of(event: ServerSentEvent) -> StreamEvent:
    """An event as a recording keeps it; with its own text where name and JSON do not contain all of it."""
    is_named = not isinstance(event, sse.NamelessEvent)
    if event.data == "[DONE]" and not is_named:
        return NAMELESS_DONE
    if event == ("done", "[DONE]"):
        return DONE
    try:
        data = None if event.data.startswith("[DONE]") else json.loads(event.data)
    except (ValueError, RecursionError):
        data = None
    plain = StreamEvent(event.name, data)
    says_all = (data is not None or event.data == "null") and not plain.is_done
    if says_all and (not is_named or event.name != sse.NAMELESS):
        return plain
    lines = "".join(f"data: {line}\n" for line in event.data.split("\n"))
    name = f"event: {event.name}\n" if is_named else ""
    return StreamEvent(event.name, data, f"{name}{lines}\n")


NUMBER = "sequence_number"
"""The key under which an event has its number, where an API numbers them."""


class AlikeDeltas(NamedTuple):
    """Deltas in a row that are the same but for one text, which `keys` lead to, and for their numbers, which count on.

    They are most of a long stream. Kept as one value, they are searched, encoded and written together.
    The text of `first` is the first of `texts`.
    """

    first: StreamEvent
    keys: Keys
    texts: Sequence[str]

    def events(self) -> Iterator[StreamEvent]:
        """Each of the deltas, with data of its own."""
        pickled = pickle.dumps(self.first.data)
        for position, text in enumerate(self.texts):
            yield self._event(pickled, text, position)

    def with_text(self, text: str) -> StreamEvent:
        """The first delta with another text."""
        return self._event(pickle.dumps(self.first.data), text, 0)

    def between(self, start: int, stop: int) -> AlikeDeltas:
        """Those of the deltas from one position to before another; there is at least one."""
        texts = self.texts[start:stop]
        return AlikeDeltas(self._event(pickle.dumps(self.first.data), texts[0], start), self.keys, texts)

    def _event(self, pickled: bytes, text: str, position: int) -> StreamEvent:
        data = pickle.loads(pickled)  # noqa: S301 - it is our own, and no other copy is made as fast
        reduce(getitem, self.keys[:-1], data)[self.keys[-1]] = text
        if NUMBER in data:
            data[NUMBER] += position
        return StreamEvent(self.first.name, data)


class StreamEvents(Sequence[StreamEvent]):
    """The events of a stream, in which alike deltas are one of the `parts`; equal to a tuple of the same events.

    Its events are made when somebody first looks at them, and stay the same objects.
    """

    __slots__ = ("_events", "parts")

    def __init__(self, parts: Iterable[StreamEvent | AlikeDeltas]) -> None:
        self.parts = tuple(parts)
        self._events: tuple[StreamEvent, ...] | None = None

    def _all(self) -> tuple[StreamEvent, ...]:
        if self._events is None:
            each = (part.events() if isinstance(part, AlikeDeltas) else (part,) for part in self.parts)
            self._events = tuple(chain.from_iterable(each))
        return self._events

    def __iter__(self) -> Iterator[StreamEvent]:
        return iter(self._all())

    def __len__(self) -> int:
        return sum(len(part.texts) if isinstance(part, AlikeDeltas) else 1 for part in self.parts)

    @overload
    def __getitem__(self, index: int) -> StreamEvent: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[StreamEvent, ...]: ...
    def __getitem__(self, index: int | slice) -> StreamEvent | tuple[StreamEvent, ...]:
        return self._all()[index]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, StreamEvents | tuple) and self._all() == tuple(other)

    def __hash__(self) -> int:
        return hash(self._all())


def stream_of(parts: Iterable[StreamEvent | AlikeDeltas]) -> Sequence[StreamEvent]:
    """The events of a stream: a tuple, unless some are alike deltas."""
    stream = StreamEvents(parts)
    return stream if any(isinstance(part, AlikeDeltas) for part in stream.parts) else tuple(stream)


def parts_of(stream: Sequence[StreamEvent] | None) -> Sequence[StreamEvent | AlikeDeltas]:
    """The events of a stream, where alike deltas may be one part; nothing of an answer that is no stream."""
    return stream.parts if isinstance(stream, StreamEvents) else stream or ()


def unlike_events(stream: Sequence[StreamEvent] | None) -> Iterator[StreamEvent]:
    """The events of a stream, but of alike deltas only the first: the others differ in text and number."""
    return map(first_of, parts_of(stream))


def first_of(part: StreamEvent | AlikeDeltas) -> StreamEvent:
    """The first event of a part of a stream."""
    return part.first if isinstance(part, AlikeDeltas) else part


class RecordedPace(NamedTuple):
    """The recorded pace of a stream in milliseconds: before the first event, and between events."""

    first_ms: float = 0
    gap_ms: float = 0


class Interaction(NamedTuple):
    """A request (method, path below the API root, query, body) and one answer: `json`, `stream`, `text`, `content`."""

    source: Source
    method: str
    path: str
    query: Mapping[str, tuple[str, ...]] = MappingProxyType({})
    body: Any = None
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    json: Any = None
    stream: Sequence[StreamEvent] | None = None
    """A tuple, or `StreamEvents`."""
    text: str | None = None
    pace: RecordedPace = RecordedPace()
    repeat: int = 1
    is_truncated: bool = False
    content: BinaryContent | None = None
    """A body that is neither JSON nor a text."""
    identify: Callable[[str, str], Operation] = of_no_api
    """Returns the operation of a method and a path; the reader of the cassette brings it."""

    @property
    def operation(self) -> Operation:
        """What the request is, by its method and path."""
        return self.identify(self.method, self.path)

    @property
    def wants_stream(self) -> bool:
        """Whether the request asks for a stream: in its body, or a GET in its query."""
        asked = self.body.get("stream") if isinstance(self.body, dict) else None
        return asked is True or self.query.get("stream", ("",))[-1] == "true"

    @property
    def is_numbered(self) -> bool:
        """Whether the events of its stream have the numbers that its API gives them."""
        if not self.stream or self.status >= REFUSED or not self.operation.api.numbers_events:
            return True
        return any(isinstance(event.data, dict) and NUMBER in event.data for event in unlike_events(self.stream))

    @property
    def content_type(self) -> str:
        """Of the answer, parameters included; the empty string when it has none."""
        return next((value for name, value in self.headers if name.lower() == "content-type"), "")


Ends: TypeAlias = "tuple[str, ...]"
"""Names of events, any of which ends a stream; the usual one first. Empty: the end of the body is the end."""


def is_end(event: StreamEvent, ends: Ends) -> bool:
    """Whether an event ends a stream: its name is one of `ends`, or it is `[DONE]`, at which every SDK stops."""
    return event.name in ends or event.is_done


def has_end(events: Iterable[StreamEvent], ends: Ends) -> bool:
    """Whether one of the events ends the stream. Servers may send more after it."""
    return any(is_end(event, ends) for event in events)


def none_of(ends: Ends) -> str:
    """For messages: `neither done nor error`."""
    *first, last = ends
    return f"neither {', '.join(first)} nor {last}"
