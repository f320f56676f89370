"""A recording in the shorthands of the format: the inverse of `payloads` and `stream`, and held against them.

Whatever is written short is told in full at once by the reader's own code; where that is not exactly what was
recorded, the longer form is written. So nothing is lost, whatever a server sent.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from runmock.core.errors import CassetteError
from runmock.core.http.json_values import inside
from runmock.tape.comparing.times import FARTHEST_S, is_time
from runmock.tape.reading.payloads import Payloads
from runmock.tape.reading.stream import CALL_PIECES, PIECES, RAW, Stream, call_delta, written_done
from runmock.tape.yaml.yaml_text import can_write, flow

if TYPE_CHECKING:
    from collections.abc import Iterable

    from runmock.core.http.exchange import JSON
    from runmock.core.replay.interaction import Interaction, StreamEvent


def same_json(one: Any, other: Any) -> bool:
    """Whether two values are the same JSON, whatever the order of their keys; true, 1 and 1.0 are three values."""
    try:
        return _canonical(one) == _canonical(other)
    except ValueError:  # NaN is not JSON
        return False


def _canonical(value: Any) -> str:
    return json.dumps(value, sort_keys=True, allow_nan=False)


class Shortened:
    """Writes payloads short, in the order of the file; mutable: it knows every object that was written."""

    def __init__(self, base: int) -> None:
        """`base`: the time to which times are relative, in seconds since the epoch."""
        self._payloads = Payloads(base, "", None)

    @classmethod
    def after(cls, payloads: Payloads) -> Shortened:
        """Write what follows payloads that were read."""
        found = cls(payloads.base)
        found._payloads = payloads
        return found

    def remember(self, one: Interaction) -> None:
        """An interaction stands in the file already; of an event that is written `raw` the reader knows nothing."""
        self._payloads.remember(one.json)
        for event in one.stream or ():
            if event.raw is None:
                self._payloads.remember(event.data)

    def payload(self, value: Any) -> Any | None:
        """A JSON value as it is written; None when the format has no way to write it (or it is null)."""
        if not can_write(value):
            return None
        for written in (self._short(value), self._timed(value), value):
            try:
                told = self._payloads.expanded(written, ())
            except CassetteError:
                continue
            if same_json(told, value):
                self._payloads.remember(told)
                return written
        return None

    def stream(self, events: Iterable[StreamEvent]) -> list[Any]:
        """The events of a stream as they are written, one item each, but for deltas that a shorthand gathers."""
        items: list[Any] = []
        state = Stream(self._payloads)
        for event in events:
            found = _piece(state, event)
            if found is None:
                items.append(self._event(state, event))
                continue
            name, piece = found
            if items and isinstance(items[-1], _Pieces) and items[-1].name == name:
                items[-1].pieces.append(piece)
            else:
                items.append(_Pieces(name, piece))
        return [one.item() if isinstance(one, _Pieces) else one for one in items]

    def _event(self, state: Stream, event: StreamEvent) -> Any:
        if (done := written_done(event)) is not None:
            return done
        if event.raw is None and event.name not in (*PIECES, RAW, "done"):
            written = self.payload(event.data)
            if written is not None or event.data is None:
                state.note(event)
                return {event.name: written}
        return {RAW: event.encoded().decode()}

    def _short(self, value: Any) -> Any:
        """With `same:` for objects that were seen, where they may stand: as a whole payload, and as items of lists."""
        if isinstance(value, list):
            return [self._short(item) for item in value]
        if not isinstance(value, dict):
            return value
        full = {key: self._member(key, part) for key, part in value.items()}
        known = self._payloads.objects.get(value["id"]) if isinstance(value.get("id"), str) else None
        if known is None or str(value.get("object", "")).endswith(".delta"):
            return full
        in_order = [*(key for key in known if key in value), *(key for key in value if key not in known)]
        changes = {key: full[key] for key in in_order if key not in known or not same_json(known[key], value[key])}
        dropped = [key for key in known if key not in value]
        short: JSON = {"same": value["id"], **changes, **({"drop": dropped} if dropped else {})}
        return short if len(flow(short)) < len(flow(full)) else full

    def _member(self, key: str, part: Any) -> Any:
        if key == "metadata" or isinstance(part, list):
            return self._short(part) if isinstance(part, list) else part
        return self._timed(part, key)

    def _timed(self, value: Any, key: str = "") -> Any:
        """With relative times, wherever the reader looks for them."""
        if isinstance(value, dict):
            return {name: part if name == "metadata" else self._timed(part, name) for name, part in value.items()}
        if isinstance(value, list):
            return [self._timed(item) for item in value]
        if not is_time(key, value) or not abs(value - self._payloads.base) <= FARTHEST_S:
            return value
        text = f"{value - self._payloads.base:+}s"
        return text if same_json(self._payloads.expanded({key: text}, ())[key], value) else value


class _Pieces:
    """Deltas that one shorthand stands for, while more of them come."""

    def __init__(self, name: str, piece: str) -> None:
        self.name, self.pieces = name, [piece]

    def item(self) -> JSON:
        return {self.name: self.pieces[0] if len(self.pieces) == 1 else self.pieces}


def _piece(state: Stream, event: StreamEvent) -> tuple[str, str] | None:
    """The shorthand that stands for a delta, and its piece; None when none does."""
    if event.raw is not None or not event.name.endswith(".delta"):
        return None
    if event.name == "thread.message.delta" and state.message_id is not None:
        piece = inside(event.data, "delta", "content", 0, "text", "value")
        place = inside(event.data, "delta", "content", 0, "index")
        if isinstance(piece, str) and _is_just(state.text_delta(state.message_id, piece).data, event.data, place):
            state.begun.add(state.message_id)
            return "text", piece
    call = state.call
    name = None if call is None else next((name for name, (kind, _) in CALL_PIECES.items() if kind == call.kind), None)
    if call is None or name is None:
        return None
    piece = inside(event.data, "delta", "step_details", "tool_calls", 0, *CALL_PIECES[name])
    if not isinstance(piece, str) or call_delta(call, name, piece).name != event.name:
        return None
    place = inside(event.data, "delta", "step_details", "tool_calls", 0, "index")
    return (name, piece) if _is_just(call_delta(call, name, piece).data, event.data, place) else None


def _is_just(told: Any, data: Any, place: Any) -> bool:
    """Whether a delta says what the shorthand stands for; its index is all that could be equal and not the same."""
    return told == data and type(place) is int
