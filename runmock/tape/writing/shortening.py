"""Writes a recording in the shorthands of the format: the inverse of `reading/payloads.py` and `reading/stream.py`.

Every short form is expanded at once by the reader's own code. Where that is not exactly what was recorded, the longer
form is written. So nothing is lost, whatever a server sent.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from runmock.apis.registry import delta_pieces
from runmock.core.errors import CassetteError
from runmock.core.http.json_values import same_json
from runmock.core.replay.ids_in_payloads import answer_ids
from runmock.core.replay.interaction import AlikeDeltas, parts_of
from runmock.tape.comparing.times import FARTHEST_S, is_time
from runmock.tape.reading.payloads import HISTORY, Payloads
from runmock.tape.reading.stream import PIECES, RAW, written_done
from runmock.tape.yaml.yaml_text import can_write, flow

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from runmock.core.api import DeltaPieces
    from runmock.core.http.exchange import JSON
    from runmock.core.replay.interaction import Interaction, StreamEvent


class Shortened:
    """Writes payloads short, in the order of the file; mutable: it knows every object that was written."""

    def __init__(self, base: int) -> None:
        """`base`: the time that `+0s` means, in seconds since the epoch."""
        self._payloads = Payloads(base, "", None)

    @classmethod
    def after(cls, payloads: Payloads) -> Shortened:
        """Writes what follows payloads that were read: `same:` may name their objects."""
        shortened = cls(payloads.base)
        shortened._payloads = payloads
        return shortened

    def remember(self, interaction: Interaction) -> None:
        """Note the objects of an interaction that is in the file already; not of `raw` events, which are not read."""
        self._remember_body(interaction)
        self._payloads.remember(interaction.json)
        for event in interaction.stream or ():
            if event.raw is None:
                self._payloads.remember(event.data)

    def body(self, interaction: Interaction) -> Any:
        """A request's body as it is written: what it says again is not repeated."""
        key, body = interaction.operation.api.history_key, interaction.body
        self._remember_body(interaction)
        said = body.get(key) if key and isinstance(body, dict) else None
        if not isinstance(said, list):
            return body
        before = self._said_before(said, interaction)
        again = 0 if before is None else len(self._payloads.histories[before])
        items = [self._short(item) for item in said[again:]]
        written = {**body, key: items if before is None else [{HISTORY: before}, *items]}
        try:
            return written if same_json(self._payloads.body(written, key, ()), body) else body
        except CassetteError:
            return body

    def _said_before(self, said: list[Any], interaction: Interaction) -> str | None:
        """The answer to the latest request that said the beginning of this list; None when none did."""
        own = next(iter(answer_ids(interaction)), None)
        for answer, before in reversed(self._payloads.histories.items()):
            if answer != own and len(before) <= len(said) and same_json(said[: len(before)], before):
                return answer
        return None

    def _remember_body(self, interaction: Interaction) -> None:
        if key := interaction.operation.api.history_key:
            self._payloads.remember_body(interaction.body, key, answer_ids(interaction))

    def payload(self, value: Any) -> Any | None:
        """A JSON value as it is written; None when the format has no way to write it (or it is null)."""
        if not can_write(value):
            return None
        return self._first_exact((value,), value, lambda expanded: expanded)

    def _first_exact(self, shorts: Iterable[Any], value: Any, full: Callable[[Any], Any]) -> Any | None:
        """The first of some short forms, written short, of which the reader makes exactly the value; None for none.

        `full` makes the value of an expanded short form.
        """
        for short in shorts:
            for write in (self._short, self._timed, _as_it_is):
                written = write(short)
                try:
                    read = full(self._payloads.expanded(written, ()))
                except CassetteError:
                    continue
                if same_json(read, value):
                    self._payloads.remember(read)
                    return written
        return None

    def stream(self, interaction: Interaction) -> list[Any]:
        """The events of a stream as they are written: an item for each, but deltas in a row may share a shorthand."""
        items: list[Any] = []
        deltas = delta_pieces(interaction.operation, interaction.status, is_numbered=interaction.is_numbered)
        for part in parts_of(interaction.stream):
            if isinstance(part, AlikeDeltas):
                self._add_alike(items, deltas, part)
            else:
                self._add(items, deltas, part)
        return [item.item() if isinstance(item, _Pieces) else item for item in items]

    def _add_alike(self, items: list[Any], deltas: DeltaPieces, alike: AlikeDeltas) -> None:
        """Add alike deltas: once two of them are pieces, all that follow are."""
        in_a_row = 0
        for number, event in enumerate(alike.events(), 1):
            in_a_row = in_a_row + 1 if self._add(items, deltas, event) else 0
            if in_a_row == 2:  # noqa: PLR2004 - the first one may begin a text, and the second never does
                rest = alike.texts[number:]
                deltas.note_alike(rest)
                items[-1].pieces += rest
                return

    def _add(self, items: list[Any], deltas: DeltaPieces, event: StreamEvent) -> bool:
        """Add an event; returns whether it is a piece."""
        short = None if event.raw is not None else deltas.piece_of(event.name, event.data)
        if short is None:
            items.append(self._event(deltas, event))
            return False
        name, piece = short
        if items and isinstance(items[-1], _Pieces) and items[-1].name == name:
            items[-1].pieces.append(piece)
        else:
            items.append(_Pieces(name, piece))
        return True

    def _event(self, deltas: DeltaPieces, event: StreamEvent) -> Any:
        if (done := written_done(event)) is not None:
            return done
        if event.raw is None and event.name not in (*PIECES, RAW, "done"):
            written = self._of_event(deltas, event)
            if written is not None or event.data is None:
                deltas.note(event.name, event.data)
                return {event.name: written}
        return {RAW: event.encoded().decode()}

    def _of_event(self, deltas: DeltaPieces, event: StreamEvent) -> Any | None:
        """An event's data as it is written; None when the format has no way to write it (or it is null)."""
        if not can_write(event.data):
            return None
        shorts = (deltas.short(event.name, event.data), event.data)
        return self._first_exact(shorts, event.data, lambda expanded: deltas.full(event.name, expanded))

    def _short(self, value: Any) -> Any:
        """The value with `same:` for objects that are known, if it is one itself or a list with such items."""
        if isinstance(value, list):
            return [self._short(item) for item in value]
        if not isinstance(value, dict):
            return value
        known = self._payloads.objects.get(value["id"]) if isinstance(value.get("id"), str) else None
        if known is None or str(value.get("object", "")).endswith(".delta"):
            return self._full(value)
        in_order = [*(key for key in known if key in value), *(key for key in value if key not in known)]
        changed = [key for key in in_order if key not in known or not same_json(known[key], value[key])]
        dropped = [key for key in known if key not in value]
        short: JSON = {"same": value["id"], **{key: self._member(key, value[key]) for key in changed}}
        if not dropped and len(changed) < len(value) - 1:
            return short  # what it leaves out besides the id is longer than the word `same`
        short |= {"drop": dropped} if dropped else {}
        full = self._full(value)
        return short if len(flow(short)) < len(flow(full)) else full

    def _full(self, value: JSON) -> JSON:
        return {key: self._member(key, part) for key, part in value.items()}

    def _member(self, key: str, part: Any) -> Any:
        if key == "metadata" or isinstance(part, list):
            return self._short(part) if isinstance(part, list) else part
        return self._timed(part, key)

    def _timed(self, value: Any, key: str = "") -> Any:
        """The value with relative times, under the keys where the reader expects them."""
        if isinstance(value, dict):
            return {name: part if name == "metadata" else self._timed(part, name) for name, part in value.items()}
        if isinstance(value, list):
            return [self._timed(item) for item in value]
        if not is_time(key, value) or not abs(value - self._payloads.base) <= FARTHEST_S:
            return value
        text = f"{value - self._payloads.base:+}s"
        return text if same_json(self._payloads.expanded({key: text}, ())[key], value) else value


def _as_it_is(value: Any) -> Any:
    return value


class _Pieces:
    """An item that stands for several deltas; mutable: further deltas are added."""

    def __init__(self, name: str, piece: str) -> None:
        self.name, self.pieces = name, [piece]

    def item(self) -> JSON:
        return {self.name: self.pieces[0] if len(self.pieces) == 1 else self.pieces}
