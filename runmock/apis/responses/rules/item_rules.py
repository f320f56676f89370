"""Rules for the items of a stream: their ids and indices, the order of their events, and that each text stays the same.

Source: docs/protocol/responses.md#order-of-events. An event that is missing breaks no rule, since people shorten
recordings; one that is about an item or a part which does not exist does.
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

    def check(self, name: str, data: JSON, keys: Keys) -> Iterator[BrokenRule]:
        """Check an event whose name is about an item."""
        if name in {ADDED, DONE}:
            check = self._check_added if name == ADDED else self._check_done
            yield from check(mapping_inside(data, "item"), data.get("output_index"), keys)
            return
        item_id = data.get("item_id")
        if not isinstance(item_id, str):
            return
        item = self.items.get(item_id)
        if item is None and self.is_resumed:
            item = self.items[item_id] = KnownItem(item_id, data.get("output_index"), is_partial=True)
        if item is None:
            yield BrokenRule("unknown-id", keys, f"{name} of {item_id}, which no event before it added")
            return
        if item.is_done:
            yield BrokenRule("event-order", keys, f"{name} of {item_id}, which is done")
        if data.get("output_index", item.index) != item.index:
            index = data["output_index"]
            yield BrokenRule("event-order", keys, f"{name} of {item_id} has the output_index {index}, not {item.index}")
        yield from self._check_within(item, name, data, keys)

    def _check_added(self, item: JSON, index: Any, keys: Keys) -> Iterator[BrokenRule]:
        expected = len(self.items)
        item_id = text_inside(item, "id") or unnamed(expected)
        if item_id in self.items:
            yield BrokenRule("event-order", keys, f"{ADDED} of {item_id}, which was added before")
            return
        if index != expected and not self.is_resumed:
            message = f"{ADDED} of {item_id} has the output_index {index}; {expected} is next"
            yield BrokenRule("event-order", keys, message)
        self.items[item_id] = KnownItem(item_id, index)

    def _check_done(self, item: JSON, index: Any, keys: Keys) -> Iterator[BrokenRule]:
        item_id = text_inside(item, "id") or unnamed(index)
        known = self.items.get(item_id)
        if known is not None and known.index != index:
            message = f"{DONE} of {item_id} has the output_index {index}, not {known.index}"
            yield BrokenRule("event-order", keys, message)
        if known is None:
            known = next((other for other in self.items.values() if other.index == index and not other.is_done), None)
            if known is not None and not known.is_named(item_id):
                message = f"the item {index} is done as {item_id}, and was added as {known.id}"
                yield BrokenRule("unknown-id", keys, message)
        if known is None:
            known = self.items[item_id] = KnownItem(item_id, index)
            if not self.is_resumed:
                yield BrokenRule("event-order", keys, f"{DONE} of {item_id} comes before its {ADDED}")
        if known.is_done:
            yield BrokenRule("event-order", keys, f"{DONE} of {item_id}, which is done")
        if item.get("status") == "in_progress":
            yield BrokenRule("ending", keys, f"{DONE} has the status 'in_progress' of {item_id}")
        known.is_done = True
        self.finished.append(item)
        yield from known.check(DONE, item, keys)

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
        item.is_over |= bool(_STATE.fullmatch(name)) and state in {"completed", "failed"}
        index_key = next((key for key in PARTS if key in data), "")
        part = item.part(index_key, data.get(index_key)) if index_key else None
        if part is not None:
            yield from self._check_part(item, part, index_key, (name, data), keys)
        elif index_key:
            index, expected = data[index_key], len(item.parts[index_key])
            yield BrokenRule(
                "event-order", keys, f"{name} of {item.id} has the {index_key} {index}; {expected} is next"
            )

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
        elif _PART.fullmatch(name):
            if part.is_begun:
                index = data[index_key]
                yield BrokenRule("event-order", keys, f"{name} of {item.id}: the part {index} was added before")
            part.is_begun = True

    def check_output(self, name: str, response: JSON, keys: Keys) -> Iterator[BrokenRule]:
        """Compare the output in a stream's last snapshot, as the event `name` has it, with the items before it."""
        response_id, output = response.get("id", "the response"), mappings_inside(response, "output")
        for item in self.items.values():
            if name == "response.completed" and not (item.is_done or item.is_over):
                yield BrokenRule("event-order", keys, f"{response_id} is completed while {item.id} is not done")
        if not output or not self.items or self.is_resumed:
            return
        if len(output) != len(self.items):
            items, begun = counted(len(output), "item"), len(self.items)
            yield BrokenRule("text", keys, f"the output of {response_id} has {items}, and the events have told {begun}")
            return
        for number, (told, known) in enumerate(zip(output, self.items.values(), strict=True)):
            item_id = text_inside(told, "id") or unnamed(known.index)
            if not known.is_named(item_id):
                message = f"the item {number} in the output of {response_id} is {item_id}, and was added as {known.id}"
                yield BrokenRule("unknown-id", keys, message)
            yield from known.check(name, told, keys)
