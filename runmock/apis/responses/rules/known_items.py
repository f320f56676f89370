"""The items of one stream as far as it was read, with their parts and texts: each text is told several times."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from runmock.core.http.json_values import inside
from runmock.core.report.broken_rule import BrokenRule, check_same_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from runmock.core.http.exchange import JSON
    from runmock.core.http.json_values import Keys

TEXTS_OF_PARTS: Mapping[str, str] = {
    "response.output_text": "text",
    "response.refusal": "refusal",
    "response.reasoning_text": "text",
    "response.reasoning_summary_text": "text",
}
"""By the beginning of the names of events that tell a part's text: the key of the text, in `done` and in the part."""
TEXTS_OF_ITEMS: Mapping[str, tuple[str, ...]] = {
    "response.function_call_arguments": ("arguments",),
    "response.mcp_call_arguments": ("arguments",),
    "response.custom_tool_call_input": ("input",),
    "response.code_interpreter_call_code": ("code",),
    "response.apply_patch_call_operation_diff": ("operation", "diff"),
}
"""The same of an item's text: the keys that lead to it in the item; the last one is that in `done`."""
PARTS: Mapping[str, tuple[str, str]] = {
    "content_index": ("content", "the text"),
    "summary_index": ("summary", "the summary"),
}
"""By the key of a part's index: the key of the parts in an item, and what messages call their text."""


def unnamed(index: Any) -> str:
    """What stands for the id of an item that has none."""
    return f"the item {index}"


def is_left_open(item: JSON) -> bool:
    """Whether a finished message says that it is in progress; calls of programs do, and are finished all the same."""
    return bool(item.get("type") == "message" and item.get("status") == "in_progress")


@dataclass(slots=True)
class KnownText:
    """A text that is told several times; mutable."""

    what: str
    """What it is, for messages."""
    is_partial: bool = False
    """Whether its first deltas were in another stream."""
    text: str | None = None
    """What the deltas add up to; without them what was told first."""
    source: str = "the deltas add up to"
    others: set[str] = field(default_factory=set)
    """Other texts that were told for it: each is reported once."""

    def add(self, piece: Any) -> None:
        """Add a delta."""
        if isinstance(piece, str) and not self.is_partial:
            self.text = (self.text or "") + piece

    def check(self, name: str, told: Any, keys: Keys) -> Iterator[BrokenRule]:
        """Compare with what the event `name` tells."""
        if not isinstance(told, str) or told in self.others:
            return
        if self.text is None:
            self.text, self.source = told, f"{name} has"
        yield from check_same_text(self.what, self.text, told, keys, self.source)
        self.others.add(told)


@dataclass(slots=True)
class KnownPart:
    """A part of an item."""

    index: Any
    texts: dict[str, KnownText] = field(default_factory=dict)
    """Its text, by the key under which the part has it."""
    is_begun: bool = False
    """Whether an event has added it."""
    annotations: int = 0

    def check(self, name: str, part: Any, keys: Keys) -> Iterator[BrokenRule]:
        """Compare its texts with those in a part, as the event `name` has it."""
        for key, text in self.texts.items():
            yield from text.check(name, inside(part, key), keys)


@dataclass(slots=True)
class KnownItem:
    """An item of the output."""

    id: str
    index: Any
    is_partial: bool = False
    """Whether it began before the stream."""
    is_added: bool = False
    """Whether an event has added it."""
    is_done: bool = False
    is_over: bool = False
    """Whether an event tells that it has ended: the service leaves out `output_item.done` of some tools then."""
    has_other_ids: bool = False
    """Whether an event had another id for it."""
    parts: dict[str, dict[str, KnownPart]] = field(default_factory=dict)
    """By the key of their index, and by that."""
    texts: dict[tuple[str, ...], KnownText] = field(default_factory=dict)
    """Its own texts, by the keys that lead to them."""

    def check_id(self, item_id: str, what: str, keys: Keys) -> Iterator[BrokenRule]:
        """Its id is the same in all events, where they have one; another one is reported once."""
        if not self.has_other_ids and self.id != item_id and unnamed(self.index) not in {self.id, item_id}:
            self.has_other_ids = True
            yield BrokenRule("unknown-id", keys, f"{what}, and the item was added as {self.id}")

    def check_index(self, index: Any, what: str, keys: Keys) -> Iterator[BrokenRule]:
        """Its index is the same in all events; another one is reported once."""
        if index != self.index:
            yield BrokenRule("event-order", keys, f"{what} has the output_index {index}, not {self.index}")
            self.index = index

    def text(self, keys: tuple[str, ...]) -> KnownText:
        """The text of the item that these keys lead to."""
        return self.texts.setdefault(keys, KnownText(f"the {keys[-1]} of {self.id}", self.is_partial))

    def parts_by(self, index_key: str) -> dict[str, KnownPart]:
        """The parts whose index is under a key, by that index."""
        return self.parts.setdefault(index_key, {})

    def text_of_part(self, part: KnownPart, index_key: str, key: str) -> KnownText:
        """The text of one of its parts."""
        return part.texts.setdefault(key, KnownText(f"{PARTS[index_key][1]} of {self.id}", self.is_partial))

    def check(self, name: str, item: JSON, keys: Keys) -> Iterator[BrokenRule]:
        """Compare its texts with those in the whole item, as the event `name` has it."""
        for way, text in self.texts.items():
            yield from text.check(name, inside(item, *way), keys)
        for index_key, parts in self.parts.items():
            for part in parts.values():
                yield from part.check(name, inside(item, PARTS[index_key][0], part.index), keys)
