"""One response while it is written: its object, its items, and its events with their numbers."""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from runmock.core.http.event import Event

if TYPE_CHECKING:
    from collections.abc import Mapping

    from runmock.apis.responses.history import Expanded
    from runmock.apis.responses.ids import ResponseIds
    from runmock.apis.service.files.session_files import SessionFiles
    from runmock.core.http.exchange import JSON
    from runmock.core.script.script import FunctionCall, ScriptedRun

PADDED_TO = 16
"""A delta and its padding have together this many characters, or a multiple of it."""
LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
_PADDINGS = tuple(
    "".join(LETTERS[(number * 7 + place * 13) % len(LETTERS)] for place in range(PADDED_TO))
    for number in range(len(LETTERS))
)
"""By the number of an event: its padding; they come again after so many events."""


@dataclass(slots=True, kw_only=True)
class ResponseWriter:
    """Mutable: `emit` appends an event; `add` and `finish` an item."""

    object: JSON
    """The Response object at present."""
    script: ScriptedRun
    request: Mapping[str, Any]
    expanded: Expanded
    ids: ResponseIds
    partition: str
    """What the ids of the response and its items have in common."""
    now: int
    files: SessionFiles
    outputs: Mapping[str, str]
    """The outputs of the run's calls so far, by the call's id."""
    calls: dict[str, FunctionCall]
    """The run's calls so far, by their ids."""
    is_padded: bool = True
    has_readers: bool = True
    """Whether anybody can read its events: a stream, now or later. Else none are made."""
    events: list[tuple[Event, int]] = field(default_factory=list)
    """The events so far, each with the index of its step."""
    position: int = -1
    """The index of the step that is being written."""
    waiting: list[str] = field(default_factory=list)
    """The ids of the calls that the response ends with."""
    is_cut_short: bool = False
    """Whether the ending of the run cuts the present step off."""

    def emit(self, name: str, **fields: Any) -> None:
        """Append an event, where anybody can read it."""
        if not self.has_readers:
            return
        data = {"type": name, "sequence_number": len(self.events), **fields}
        self.events.append((Event(name, data), self.position))

    def snapshot(self, name: str) -> None:
        """Append an event with the response as it is now, and with the keys that the script gives it.

        Its values are shared: who writes a response puts another value in the place of one, and changes none.
        """
        if self.has_readers:
            self.emit(name, response={**self.object, **self.script.response})

    def delta(self, name: str, piece: str, **place: Any) -> None:
        """Append an event with a piece of text, padded so that its length shows nothing of the piece."""
        more: JSON = {"logprobs": []} if name == "response.output_text.delta" else {}
        if self.is_padded:
            more["obfuscation"] = _PADDINGS[len(self.events) % len(_PADDINGS)][: -len(piece) % PADDED_TO]
        self.emit(name, **place, delta=piece, **more)

    def includes(self, name: str) -> bool:
        """Whether the request wants something that is left out otherwise."""
        return name in (self.request.get("include") or ())

    def new_id(self, prefix: str) -> str:
        """An id of an item of this response."""
        return self.ids.mint(prefix, self.partition, self.now)

    @property
    def output_index(self) -> int:
        """The index of the item that is being written."""
        return len(self.object["output"])

    def begin(self, item: Any) -> None:
        """Announce an item."""
        if self.has_readers:
            self.emit("response.output_item.added", output_index=self.output_index, item=copy.deepcopy(item))

    def finish(self, item: Any) -> None:
        """Append a finished item."""
        if self.has_readers:
            self.emit("response.output_item.done", output_index=self.output_index, item=copy.deepcopy(item))
        self.object["output"] = [*self.object["output"], item]
