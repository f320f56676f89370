"""Rules for the items of a stream: their ids and indices, the order of their events, and that each text stays the same.

Source: docs/protocol/responses.md#order-of-events. An event that is missing breaks no rule, since people shorten
recordings, nor does a stream in which no item is added; an event about an item or a part which does not exist does.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from runmock.apis.responses.rules.known_items import (
    PARTS,
    TEXTS_OF_ITEMS,
    TEXTS_OF_PARTS,
    KnownItem,
    KnownPart,
    is_left_open,
    unnamed,
)
from runmock.core.http.json_values import mapping_inside, mappings_inside, text_inside
from runmock.core.report.broken_rule import BrokenRule
from runmock.core.report.plural import counted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runmock.core.http.exchange import JSON
    from runmock.core.http.json_values import Keys

ADDED, DONE = "response.output_item.added", "response.output_item.done"
_ANNOTATION = "response.output_text.annotation.added"
_PART = re.compile(r"response\.(?:content|reasoning_summary)_part\.(?:added|done)")
_STATE = re.compile(
    r"response\.(?:(?:file_search|web_search|code_interpreter|image_generation|mcp)_call|mcp_list_tools)"
    r"\.(?:in_progress|searching|interpreting|generating|completed|failed)"
)
"""Names of events that tell how far an item is."""


def is_of_item(name: str) -> bool:
    """Whether an event of this name is about an item, as far as this is known."""
    begin, _, state = name.rpartition(".")
    is_text = state in {"delta", "done"} and (begin in TEXTS_OF_PARTS or begin in TEXTS_OF_ITEMS)
    return is_text or name in {ADDED, DONE, _ANNOTATION} or bool(_PART.fullmatch(name) or _STATE.fullmatch(name))


class ItemRules:
    """Checks the events of one stream that are about items; mutable."""

    def __init__(self, *, is_resumed: bool = False) -> None:
        """`is_resumed`: items may have begun before the stream."""
        self.items: dict[str, KnownItem] = {}
        self.finished: list[JSON] = []
        """The items that are done."""
        self.is_resumed = is_resumed
        self.are_added = False
        """Whether an event must have added each item."""

    def check(self, name: str, data: JSON, keys: Keys) -> Iterator[BrokenRule]:
        """Check an event whose name is about an item."""
        if name in {ADDED, DONE}:
            check = self._check_added if name == ADDED else self._check_done
            yield from check(mapping_inside(data, "item"), data.get("output_index"), keys)
            return
        item_id = data.get("item_id")
        if not isinstance(item_id, str):
            return
        item = self.items.get(item_id) or self._open_at(data.get("output_index"))
        if item is None and self.are_added:
            yield BrokenRule("unknown-id", keys, f"{name} of {item_id}, which no event before it added")
            return
        if item is None:
            item = self.items[item_id] = KnownItem(item_id, data.get("output_index"), is_partial=self.is_resumed)
        yield from item.check_id(item_id, f"{name} is of {item_id}", keys)
        if item.is_done:
            yield BrokenRule("event-order", keys, f"{name} of {item_id}, which is done")
        yield from item.check_index(data.get("output_index", item.index), f"{name} of {item_id}", keys)
        yield from self._check_within(item, name, data, keys)

    def _check_added(self, item: JSON, index: Any, keys: Keys) -> Iterator[BrokenRule]:
        expected = len(self.items)
        item_id = text_inside(item, "id") or unnamed(expected)
        if item_id in self.items:
            how = "was added before" if self.items[item_id].is_added else "is in events before it"
            yield BrokenRule("event-order", keys, f"{ADDED} of {item_id}, which {how}")
            return
        if index != expected and not self.is_resumed:
            message = f"{ADDED} of {item_id} has the output_index {index}; {expected} is next"
            yield BrokenRule("event-order", keys, message)
        self.items[item_id] = KnownItem(item_id, index, is_added=True)
        self.are_added = not self.is_resumed

    def _check_done(self, item: JSON, index: Any, keys: Keys) -> Iterator[BrokenRule]:
        item_id = text_inside(item, "id") or unnamed(index)
        known = self.items.get(item_id) or self._open_at(index)
        if known is None:
            known = self.items[item_id] = KnownItem(item_id, index)
            if self.are_added:
                yield BrokenRule("event-order", keys, f"{DONE} of {item_id} comes before its {ADDED}")
        yield from known.check_id(item_id, f"{DONE} is of {item_id}", keys)
        yield from known.check_index(index, f"{DONE} of {item_id}", keys)
        if known.is_done:
            yield BrokenRule("event-order", keys, f"{DONE} of {item_id}, which is done")
        if is_left_open(item):
            yield BrokenRule("ending", keys, f"{DONE} has the status 'in_progress' of {item_id}")
        known.is_done = True
        self.finished.append(item)
        yield from known.check(DONE, item, keys)

    def _open_at(self, index: Any) -> KnownItem | None:
        """The item with an index that is not done."""
        return next((item for item in self.items.values() if item.index == index and not item.is_done), None)

    def _check_within(self, item: KnownItem, name: str, data: JSON, keys: Keys) -> Iterator[BrokenRule]:
        """Check an event between the beginning of an item and its end."""
        begin, _, state = name.rpartition(".")
        if begin in TEXTS_OF_ITEMS:
            way = TEXTS_OF_ITEMS[begin]
            if state == "delta":
                item.text(way).add(data.get("delta"))
            else:
                yield from item.text(way).check(name, data.get(way[-1]), keys)
            return
        if _STATE.fullmatch(name):
            item.is_over |= state in {"completed", "failed"}
            return
        index_key = next((key for key in PARTS if key in data), "")
        if not index_key:
            return
        parts, index = item.parts_by(index_key), data[index_key]
        part = parts.get(str(index))
        if part is None:
            if index != len(parts) and not item.is_partial:
                message = f"{name} of {item.id} has the {index_key} {index}; {len(parts)} is next"
                yield BrokenRule("event-order", keys, message)
            part = parts[str(index)] = KnownPart(index)
        yield from self._check_part(item, part, index_key, (name, data), keys)

    def _check_part(
        self, item: KnownItem, part: KnownPart, index_key: str, event: tuple[str, JSON], keys: Keys
    ) -> Iterator[BrokenRule]:
        name, data = event
        begin, _, state = name.rpartition(".")
        if begin in TEXTS_OF_PARTS:
            key = TEXTS_OF_PARTS[begin]
            text = item.text_of_part(part, index_key, key)
            if state == "delta":
                text.add(data.get("delta"))
            else:
                yield from text.check(name, data.get(key), keys)
        elif name == _ANNOTATION:
            index, expected = data.get("annotation_index"), part.annotations
            if index != expected and not item.is_partial:
                message = f"{name} of {item.id} has the annotation_index {index}; {expected} is next"
                yield BrokenRule("event-order", keys, message)
            part.annotations += 1
        elif state == "done":
            yield from part.check(name, data.get("part"), keys)
        else:
            if part.is_begun:
                message = f"{name} of {item.id}: the part {part.index} was added before"
                yield BrokenRule("event-order", keys, message)
            part.is_begun = True

    def check_output(self, response: JSON, keys: Keys, *, is_complete: bool) -> Iterator[BrokenRule]:
        """Compare the output in a stream's last snapshot with the items before it.

        `is_complete`: all items are done; else the response may have ended in the middle of one.
        """
        response_id, output = response.get("id", "the response"), mappings_inside(response, "output")
        for item in self.items.values():
            if is_complete and item.is_added and not (item.is_done or item.is_over):
                yield BrokenRule("event-order", keys, f"{response_id} is completed while {item.id} is not done")
        if not output or not self.are_added:
            return
        if is_complete and len(output) != len(self.items):
            items, begun = counted(len(output), "item"), len(self.items)
            yield BrokenRule("text", keys, f"the output of {response_id} has {items}, and the events have told {begun}")
        elif len(output) == len(self.items):
            for number, (told, known) in enumerate(zip(output, self.items.values(), strict=True)):
                item_id = text_inside(told, "id") or unnamed(known.index)
                what = f"the item {number} in the output of {response_id} is {item_id}"
                yield from known.check_id(item_id, what, keys)
                yield from known.check("the output", told, keys)
