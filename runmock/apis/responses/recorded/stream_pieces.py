"""Streams of Responses as cassettes have them: what follows from the events before is left out.

An event that has its `type` in a cassette stands there as it was sent. From all others is left out: the type, the
number where it counts, the item and the part that were named last, and what is told once more: the whole text, the
part, the item, and the output of a completed or incomplete response. A snapshot is the Response object alone. `text`,
`arguments` and `code` continue the part or the item that was begun last.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from runmock.apis.responses.playing.stream_form import ENDS
from runmock.apis.responses.recorded.open_items import OpenResponse
from runmock.core.http.event import Event
from runmock.core.http.json_values import same_json

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from runmock.apis.responses.recorded.open_items import OpenItem, OpenPart
    from runmock.core.http.exchange import JSON

SNAPSHOTS = frozenset({"response.created", "response.queued", "response.in_progress", *ENDS} - {"error"})
"""Events that have a Response object, and nothing else."""
_WITH_OUTPUT = frozenset({"response.completed", "response.incomplete"})
"""Snapshots whose output is what the stream has told."""
_PART = {
    "output_text": "response.output_text",
    "refusal": "response.refusal",
    "reasoning_text": "response.reasoning_text",
    "summary_text": "response.reasoning_summary_text",
}
"""The beginning of the names of events that tell a part's text, by the part's type."""
_ITEM = {
    "arguments": {
        "function_call": "response.function_call_arguments",
        "mcp_call": "response.mcp_call_arguments",
        "custom_tool_call": "response.custom_tool_call_input",
    },
    "code": {"code_interpreter_call": "response.code_interpreter_call_code"},
}
"""The same of an item's text, by the shorthand for its pieces and by the item's type."""
_WHOLE_TEXT = {"refusal": "refusal", "custom_tool_call_input": "input", "code_interpreter_call_code": "code"}
"""The key under which an event tells a whole text, by what it is the text of."""
_OF_ITEM = re.compile(r"response\.(?:\w+_call|mcp_list_tools)\.\w+")
"""Names of events that tell how far an item is."""
_ADDED_PART = {"response.content_part": "content_index", "response.reasoning_summary_part": "summary_index"}
_PLACES = frozenset({"item_id", "output_index", "content_index", "summary_index"})


class ResponsesPieces:
    """Fulfils `DeltaPieces`; mutable: it knows what the stream has told so far."""

    def __init__(self, *, is_numbered: bool = True) -> None:
        self.is_numbered = is_numbered
        self._number = 0
        self._told = OpenResponse()
        self._styles: dict[str, JSON] = {}
        """What the last delta of a name has beside its place and its piece."""

    def note(self, name: str, data: Any) -> None:
        """Take note of an event that stands in full."""
        if not isinstance(data, dict):
            return
        number = data.get("sequence_number")
        self._number = (number if isinstance(number, int) else self._number) + 1
        self._told.note(name, data)
        if name.endswith(".delta"):
            left_out = {"type", "sequence_number", "delta", *_PLACES}
            self._styles[name] = {key: value for key, value in data.items() if key not in left_out}

    def delta(self, key: str, piece: str) -> Event:
        """The event that a piece under `key` stands for. Raises LookupError, with the reason, when nothing is begun."""
        name = self._delta_name(key)
        if name is None:
            what = "a part" if key == "text" else "an item"
            raise LookupError(f"'{key}' continues {what} with such a text, and no event before it begins one")
        event = Event(name, {**self._expected(name), "delta": piece})
        self.note(*event)
        return event

    def piece_of(self, name: str, data: Any) -> tuple[str, str] | None:
        """The key and the piece that stand for an event; None where no piece stands for exactly this event."""
        if not name.endswith(".delta") or not isinstance(data, dict) or not isinstance(data.get("delta"), str):
            return None
        key = next((key for key in ("text", *_ITEM) if self._delta_name(key) == name), None)
        if key is None or not same_json({**self._expected(name), "delta": data["delta"]}, data):
            return None
        self.note(name, data)
        return key, data["delta"]

    def note_alike(self, pieces: Sequence[str]) -> None:
        """Take note of more pieces, each in a delta like the last one."""
        self._number += len(pieces)
        self._told.note_pieces(pieces)

    def short(self, name: str, data: Any) -> Any:
        """An event's data as a cassette has it; `full` makes the same data of it, or it has to stand in full."""
        if not isinstance(data, dict) or data.get("type") != name:
            return data
        if name in SNAPSHOTS:
            told = data.get("response")
            is_plain = isinstance(told, dict) and data.keys() <= {"type", "sequence_number", "response"}
            return self._short_snapshot(name, told) if is_plain and isinstance(told, dict) else data
        return _difference(self._expected(name), data)

    def _short_snapshot(self, name: str, told: JSON) -> JSON:
        before = self._told.response
        if before is None or not self._tells_output(name) or not same_json(told.get("output"), self._told.output):
            return told
        return {**told, "output": before.get("output")}

    def full(self, name: str, written: Any) -> Any:
        """The data of an event, of what a cassette has."""
        if not isinstance(written, dict) or "type" in written:
            return written
        if name not in SNAPSHOTS or "response" in written:
            return _changed(self._expected(name), written)
        before, told = self._told.response, written
        if before is not None and self._tells_output(name) and same_json(told.get("output"), before.get("output")):
            told = {**told, "output": self._told.output}
        return {**self._numbered(name), "response": told}

    def _tells_output(self, name: str) -> bool:
        return name in _WITH_OUTPUT and bool(self._told.output)

    def _numbered(self, name: str) -> JSON:
        return {"type": name, "sequence_number": self._number} if self.is_numbered else {"type": name}

    def _delta_name(self, key: str) -> str | None:
        item = self._told.item
        if item is None:
            return None
        if key == "text":
            begin = None if item.part is None else _PART.get(item.part.kind)
        else:
            begin = _ITEM[key].get(item.kind)
        return None if begin is None else f"{begin}.delta"

    def _expected(self, name: str) -> JSON:
        """What an event of a name has, as far as it follows from the events before."""
        item, begun = self._told.item, self._numbered(name)
        if name == "response.output_item.added":
            return {**begun, "output_index": len(self._told.items)}
        if item is None:
            return begun
        if name == "response.output_item.done":
            return {**begun, "output_index": item.index, "item": item.finished()}
        return {**begun, **self._within(item, name)}

    def _within(self, item: OpenItem, name: str) -> JSON:
        """What an event about an item has, between the item's beginning and its end."""
        begin, _, state = name.rpartition(".")
        if begin in _ADDED_PART:
            return {**item.place, **_part_of(item, begin, state)}
        part = item.part
        if part is not None and begin.removesuffix(".annotation") == _PART.get(part.kind):
            return {**item.place, **part.place, **self._text_of_part(name, part)}
        if any(begin == kinds.get(item.kind) for kinds in _ITEM.values()):
            text = self._styles.get(name, {}) if state == "delta" else _whole(begin, item.texts)
            return {**item.place, **text}
        return item.place if _OF_ITEM.fullmatch(name) else {}

    def _text_of_part(self, name: str, part: OpenPart) -> JSON:
        """What an event has beside its place that tells of a part's text."""
        begin, _, state = name.rpartition(".")
        if begin.endswith(".annotation"):
            return {"annotation_index": len(part.annotations)}
        logprobs: JSON = {"logprobs": []} if "logprobs" in part.object else {}
        if state == "delta":
            return self._styles.get(name, logprobs)
        return {**_whole(begin, part.texts), **logprobs}


def _part_of(item: OpenItem, begin: str, state: str) -> JSON:
    """What an event has beside its item that begins or ends a part."""
    key = _ADDED_PART[begin]
    if state == "added" or item.part is None:
        return {key: len(item.parts.get("summary" if key == "summary_index" else "content", ()))}
    return {**item.part.place, "part": item.part.finished()}


def _whole(begin: str, texts: list[str]) -> JSON:
    """The whole text, under the key of an event whose name begins so."""
    what = begin.removeprefix("response.")
    return {_WHOLE_TEXT.get(what, "arguments" if what.endswith("arguments") else "text"): "".join(texts)}


def _difference(expected: Mapping[str, Any], data: Mapping[str, Any]) -> JSON:
    """What has to be written of an object: the keys that are other than expected, and the names of those not there."""
    changed = {key: value for key, value in data.items() if key not in expected or not same_json(expected[key], value)}
    for key, marks in _NESTED.items():
        if isinstance(value := changed.get(key), dict) and isinstance(usual := expected.get(key), dict):
            inner = _difference(usual, value)
            if not marks & inner.keys():
                changed[key] = inner
    dropped = [key for key in expected if key not in data]
    return {**changed, "drop": dropped} if dropped else changed


_NESTED = {"item": frozenset({"id", "same"}), "part": frozenset({"type", "same"})}
"""Objects of which the difference is written, with the keys by which a whole one is known."""


def _changed(expected: Mapping[str, Any], written: Mapping[str, Any]) -> JSON:
    """The inverse of `_difference`."""
    dropped = written.get("drop", [])
    changes = {key: value for key, value in written.items() if key != "drop"}
    for key, marks in _NESTED.items():
        if isinstance(value := changes.get(key), dict) and not marks & value.keys():
            changes[key] = _changed(expected.get(key) or {}, value)
    return {key: value for key, value in {**expected, **changes}.items() if key not in dropped}
