"""Faults of a stream: where each strikes, and what is sent in place of the service's own events.

A fault changes what a stream sends, never the run: the run goes on, and a poll finds it ended.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, NamedTuple, Protocol, TypeAlias

from runmock.core.errors import ScriptError
from runmock.core.http import sse
from runmock.core.script.faults import ANYWHERE, CHANGES, ENDS, LASTING, PAUSES, FaultKind, StreamFault, events

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from runmock.core.http.event import Event
    from runmock.core.http.exchange import JSON


class Stall(NamedTuple):
    """Nothing is sent for `ms` milliseconds."""

    ms: float


class Cut(Enum):
    """How a stream is cut off; nothing more is sent on it."""

    END = "the body ends"
    BREAK = "the connection breaks"


Part: TypeAlias = "bytes | Stall | Cut"
"""A part of a stream: an encoded event, a pause, or its end."""


class StreamForm(Protocol):
    """How the events of an API look to a fault."""

    def is_delta(self, event: Event) -> bool:
        """Whether an event is a piece of a text or of a call."""

    def is_last(self, event: Event) -> bool:
        """Whether a whole stream ends with an event."""

    def unknown_event(self) -> Event:
        """An event of a name that the API does not have."""

    def misplaced(self, event: Event) -> Event:
        """A delta for a part, or a call, that does not exist."""

    def error_event(self, error: JSON, event: Event) -> Event:
        """The `error` event that is sent in the place of another one."""

    def changed(self, kind: FaultKind, event: Event) -> Event | None:
        """The event as one of the kinds in CHANGES makes it; None where it has nothing that the kind changes."""


@dataclass(slots=True, eq=False)
class _Armed:
    fault: StreamFault
    after: int | None
    form: StreamForm
    counted: int = 0
    had_delta: bool = False

    def strikes(self, event: Event) -> bool:
        """Whether the fault strikes at this event. Counts the event."""
        kind, is_delta, is_done = self.fault.kind, self.form.is_delta(event), self.form.is_last(event)
        if kind is FaultKind.WRONG_INDEX:
            is_due = is_delta and self.counted >= (self.after or 0)
        elif kind is FaultKind.OUT_OF_ORDER and is_done:
            is_due = False  # no event follows that could be sent before it
        else:
            is_due = self.had_delta if self.after is None else self.counted >= self.after
            is_due |= is_done and self.fault.is_elastic
        if kind in CHANGES:
            is_due = is_due and self.form.changed(kind, event) is not None
        self.counted += 1
        self.had_delta |= is_delta
        return is_due


@dataclass(slots=True)
class FaultyStream:
    """Applies the faults of a script to the events of its run."""

    armed: list[_Armed]
    source: str
    """Where the script was written, for messages."""
    form: StreamForm
    event_count: int = 0
    struck: list[StreamFault] = field(default_factory=list)
    is_excused: bool = False
    """The application has cancelled the run, so faults that have not struck are no error."""
    _held: list[Event] = field(default_factory=list)
    """An event that is sent after the next one."""
    _lasting: list[FaultKind] = field(default_factory=list)
    """What changes every event of this stream from now on."""

    @classmethod
    def of(cls, faults: Iterable[StreamFault], source: str, form: StreamForm, *, has_deltas: bool) -> FaultyStream:
        """A stream with these faults; if the run has no deltas, faults without `after` strike after the first event."""
        usual = None if has_deltas else 1
        armed = [_Armed(fault, usual if fault.after is None else fault.after, form) for fault in faults]
        return cls(armed, source, form)

    def begin(self) -> None:
        """Another stream begins: what has changed the last one is over."""
        self._held.clear()
        self._lasting.clear()

    def sent(self, event: Event, step: int) -> Iterator[Part]:
        """What is sent for an event of a step; where several faults are due, a pause and one other strike.

        The others wait for the next event.
        """
        self.event_count += 1
        for kind in self._lasting:
            event = self.form.changed(kind, event) or event
        due = [armed for armed in self.armed if step >= armed.fault.step and armed.strikes(event)]
        pauses = [armed for armed in due if armed.fault.kind in PAUSES]
        others = [armed for armed in due if armed.fault.kind not in PAUSES]
        others.sort(key=lambda armed: armed.fault.kind in ENDS)
        parts: list[Part] = [sse.encode(*event)]
        for armed in (*others[:1], *pauses[:1]):
            self.armed.remove(armed)
            self.struck.append(armed.fault)
            parts = list(STRIKES[armed.fault.kind](armed.fault, event, parts, self.form))
            self._lasting += {armed.fault.kind} & LASTING
        yield from parts
        if others and others[0].fault.kind is FaultKind.OUT_OF_ORDER:
            self._held.append(event)
        else:
            yield from (sse.encode(*late) for late in self._held)
            self._held.clear()

    def end(self) -> None:
        """The last stream of the run has ended. Raises ScriptError when a fault has not struck."""
        left = [(armed.fault, armed.counted) for armed in self.armed if not armed.fault.is_elastic]
        left += [
            (fault, self.event_count) for fault in self.struck if fault.kind is FaultKind.OUT_OF_ORDER and self._held
        ]
        if left and not self.is_excused:
            fault, counted = left[0]
            sent = events(self.event_count)
            since = "" if fault.step == ANYWHERE else f", {counted} of them from its step on"
            raise ScriptError(
                f"a fault of the script did not happen: {fault}, but the stream ended after {sent}{since}\n"
                f"  script    {self.source}\n"
                f"  fix it    {_NO_DELTA if fault.after is None else _TOO_LATE}"
            )


_TOO_LATE = "a smaller 'after', or none: then the fault comes after the first delta"
_NO_DELTA = "give the run a reply or calls: the fault comes after the first delta"


def _stall(fault: StreamFault, _: Event, parts: list[Part], _form: StreamForm) -> Iterable[Part]:
    return [Stall(fault.ms), *parts]


def _error(fault: StreamFault, event: Event, _parts: list[Part], form: StreamForm) -> Iterable[Part]:
    return [sse.encode(*form.error_event(fault.error or {}, event)), Cut.END]


def _not_json(_: StreamFault, event: Event, _parts: list[Part], _form: StreamForm) -> Iterable[Part]:
    name, data = sse.encode(*event).rstrip(b"\n").split(b"\ndata: ", 1)
    return [name + b"\ndata: " + data[: len(data) // 2] + b"\n\n"]


def _half_frame(_: StreamFault, event: Event, _parts: list[Part], _form: StreamForm) -> Iterable[Part]:
    whole = sse.encode(*event)
    return [whole[: len(whole) // 2], Cut.END]


def _unknown(_: StreamFault, _event: Event, parts: list[Part], form: StreamForm) -> Iterable[Part]:
    return [sse.encode(*form.unknown_event()), *parts]


def _wrong_index(_: StreamFault, event: Event, _parts: list[Part], form: StreamForm) -> Iterable[Part]:
    return [sse.encode(*form.misplaced(event))]


def _changed(fault: StreamFault, event: Event, _parts: list[Part], form: StreamForm) -> Iterable[Part]:
    return [sse.encode(*(form.changed(fault.kind, event) or event))]


STRIKES: Mapping[FaultKind, Callable[[StreamFault, Event, list[Part], StreamForm], Iterable[Part]]] = {
    FaultKind.DISCONNECT: lambda *_: [Cut.BREAK],
    FaultKind.TRUNCATE: lambda *_: [Cut.END],
    FaultKind.STALL: _stall,
    FaultKind.ERROR_EVENT: _error,
    FaultKind.NOT_JSON: _not_json,
    FaultKind.HALF_FRAME: _half_frame,
    FaultKind.UNKNOWN_EVENT: _unknown,
    FaultKind.DUPLICATE: lambda _fault, _event, parts, _form: [*parts, *parts],
    FaultKind.OUT_OF_ORDER: lambda *_: [],
    FaultKind.WRONG_INDEX: _wrong_index,
    **dict.fromkeys(CHANGES, _changed),
}
"""For each kind of fault: what is sent in place of the event at which it strikes."""
