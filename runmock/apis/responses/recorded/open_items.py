"""What a stream has told so far: its last snapshot, and its items with their parts and texts."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from runmock.core.http.json_values import inside

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from runmock.core.http.exchange import JSON


@dataclass(slots=True, kw_only=True)
class OpenPart:
    """A part of a message or of a reasoning item, while it is told; mutable."""

    object: JSON
    place: JSON
    """The key and the number under which events tell its index."""
    texts: list[str] = field(default_factory=list)
    annotations: list[Any] = field(default_factory=list)

    @property
    def kind(self) -> str:
        """Its type."""
        return str(self.object.get("type"))

    def finished(self) -> JSON:
        """The part as its end is expected to tell it."""
        key = "refusal" if self.kind == "refusal" else "text"
        more = {"annotations": self.annotations} if "annotations" in self.object else {}
        return {**self.object, key: "".join(self.texts), **more}


_TEXT_OF_ITEM = {"function_call": "arguments", "mcp_call": "arguments", "code_interpreter_call": "code"}
"""The key of an item's text, by its type; others have no text of their own, or it is written in full."""


@dataclass(slots=True, kw_only=True)
class OpenItem:
    """An item of the output, while it is told; mutable."""

    object: JSON
    index: Any
    part: OpenPart | None = None
    """The part that was begun last."""
    parts: dict[str, list[JSON]] = field(default_factory=dict)
    """The parts that are told, by the key under which the item has them."""
    texts: list[str] = field(default_factory=list)

    @property
    def kind(self) -> str:
        """Its type."""
        return str(self.object.get("type"))

    @property
    def place(self) -> JSON:
        """What its events have of it."""
        return {"item_id": self.object.get("id"), "output_index": self.index}

    def finished(self) -> JSON:
        """The item as its end is expected to tell it."""
        status = {"status": "completed"} if "status" in self.object else {}
        key = _TEXT_OF_ITEM.get(self.kind)
        text = {key: "".join(self.texts)} if key is not None else {}
        return {**self.object, **status, **text, **self.parts}


@dataclass(slots=True)
class OpenResponse:
    """One stream as far as it is told; mutable: `note` takes its events in full."""

    response: JSON | None = None
    """The Response object of the last snapshot."""
    items: dict[str, OpenItem] = field(default_factory=dict)
    """The items by their ids."""
    item: OpenItem | None = None
    """The item that was named last."""
    output: list[JSON] = field(default_factory=list)
    """The items that are told to their ends."""

    def note(self, name: str, data: Mapping[str, Any]) -> None:
        """Take note of an event."""
        if isinstance(told := data.get("response"), dict):
            self.response = told
        if name == "response.output_item.added" and isinstance(added := data.get("item"), dict):
            self.item = OpenItem(object=added, index=data.get("output_index"))
            self.items[str(added.get("id"))] = self.item
        elif name == "response.output_item.done" and isinstance(done := data.get("item"), dict):
            self.output.append(done)
        elif "item_id" in data:
            self.item = self.items.get(str(data["item_id"]), self.item)
            if self.item is not None:
                _note_in(self.item, name, data)

    def note_pieces(self, pieces: Sequence[str]) -> None:
        """Take note of more pieces of the text that the last event told of."""
        if self.item is not None:
            _texts_of(self.item).extend(pieces)


def _texts_of(item: OpenItem) -> list[str]:
    """The pieces of the text that is told: of the part that was begun last, else of the item."""
    return item.texts if item.part is None else item.part.texts


def _note_in(item: OpenItem, name: str, data: Mapping[str, Any]) -> None:
    part = item.part
    if name.endswith("part.added") and isinstance(added := data.get("part"), dict):
        key = "summary_index" if "summary_index" in data else "content_index"
        item.part = OpenPart(object=added, place={key: data.get(key)})
    elif name.endswith("part.done") and isinstance(done := data.get("part"), dict):
        item.parts.setdefault("summary" if "summary_index" in data else "content", []).append(done)
    elif name.endswith(".annotation.added") and part is not None:
        part.annotations = [*part.annotations, data.get("annotation")]
    elif name.endswith(".delta") and isinstance(piece := inside(data, "delta"), str):
        _texts_of(item).append(piece)
