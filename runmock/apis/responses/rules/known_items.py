"""The items of one stream as far as it was read, with their parts and texts: each text is told several times."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from runmock.core.http.json_values import inside
from runmock.core.report.broken_rule import check_same_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from runmock.core.http.exchange import JSON
    from runmock.core.http.json_values import Keys
    from runmock.core.report.broken_rule import BrokenRule

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


@dataclass(slots=True)
class KnownText:
    """A text that is told several times; mutable: it is what was told last."""

    what: str
    """What it is, for messages."""
    is_partial: bool = False
    """Whether its first deltas were in another stream."""
    text: str | None = None
    source: str = "the deltas add up to"

    def add(self, piece: Any) -> None:
        """Add a delta."""
        if isinstance(piece, str) and not self.is_partial:
            self.text = (self.text or "") + piece

    def check(self, name: str, told: Any, keys: Keys) -> Iterator[BrokenRule]:
        """Compare with what the event `name` tells; another text is reported once."""
        if not isinstance(told, str):
            return
        yield from check_same_text(self.what, self.text, told, keys, self.source)
        if self.text != told:
            self.text, self.source = told, f"{name} has"


@dataclass(slots=True)
class KnownPart:
    """A part of an item: its text, by the key under which the part has it."""

    texts: dict[str, KnownText] = field(default_factory=dict)
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
    is_done: bool = False
    is_over: bool = False
    """Whether an event tells that it has ended: the service leaves out `output_item.done` of some tools then."""
    parts: dict[str, dict[int, KnownPart]] = field(default_factory=dict)
    """By the key of their index, and by that."""
    texts: dict[tuple[str, ...], KnownText] = field(default_factory=dict)
    """Its own texts, by the keys that lead to them."""

    def is_named(self, item_id: str) -> bool:
        """Whether it has this id, or no id is known."""
        return self.id == item_id or unnamed(self.index) in {self.id, item_id}

    def text(self, keys: tuple[str, ...]) -> KnownText:
        """The text of the item that these keys lead to."""
        return self.texts.setdefault(keys, KnownText(f"the {keys[-1]} of {self.id}", self.is_partial))

    def part(self, index_key: str, index: Any) -> KnownPart | None:
        """The part with an index, also one that begins with it; None where another is next."""
        parts = self.parts.setdefault(index_key, {})
        if type(index) is int and (self.is_partial or index == len(parts)):
            return parts.setdefault(index, KnownPart())
        return parts.get(index) if type(index) is int else None

    def text_of_part(self, part: KnownPart, index_key: str, key: str) -> KnownText:
        """The text of one of its parts."""
        return part.texts.setdefault(key, KnownText(f"{PARTS[index_key][1]} of {self.id}", self.is_partial))

    def check(self, name: str, item: JSON, keys: Keys) -> Iterator[BrokenRule]:
        """Compare its texts with those in the whole item, as the event `name` has it."""
        for way, text in self.texts.items():
            yield from text.check(name, inside(item, *way), keys)
        for index_key, parts in self.parts.items():
            for index, part in parts.items():
                yield from part.check(name, inside(item, PARTS[index_key][0], index), keys)
