"""A response as far as the application has had it: of JSON, or of the events of its streams."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from runmock.apis.responses import objects
from runmock.apis.responses.judged.sent_items import asked, conversation_in, dicts_in, ids_in
from runmock.core.http.sse import EventDecoder

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from runmock.apis.responses.judged.sent_items import Asked
    from runmock.core.http.exchange import JSON
    from runmock.core.report.acts import Act

CALLS = ("function_call", "custom_tool_call")
FORCED = ("required", "function", "custom")
"""Choices of a tool with which the call itself is the answer, so that nobody has to bring its output."""
TEXT_DELTAS = ("response.output_text.delta", "response.refusal.delta")


@dataclass(slots=True)
class Answer:
    """One response, with the request that created it; mutable, for later requests show more of it."""

    id: str
    body: Mapping[str, Any] = field(default_factory=dict)
    """Of the request that created it; empty where that is not known."""
    sent: Sequence[JSON] = ()
    """The items of that request."""
    root: str = ""
    """The first response of its run."""
    first: str = ""
    """The first response of the chain that it is in."""
    conversation_id: str | None = None
    status: str = ""
    items: dict[str, JSON] = field(default_factory=dict)
    """Its items by their ids, in the order in which they came."""
    texts: dict[str, str] = field(default_factory=dict)
    """The texts of messages as the deltas brought them, by the item's id."""

    @property
    def question(self) -> Asked | None:
        """The last thing that the application said before it."""
        return next(filter(None, map(asked, reversed(self.sent))), None)

    @property
    def call_ids(self) -> set[str]:
        """The ids of its calls."""
        return ids_in((item for item in self.items.values() if item.get("type") in CALLS), "call_id")

    @property
    def awaits_outputs(self) -> bool:
        """Whether it has ended with calls, which the request did not ask for as the answer."""
        choice = self.body.get("tool_choice")
        kind = (choice.get("mode") or choice.get("type")) if isinstance(choice, dict) else choice
        return self.status == "completed" and bool(self.call_ids) and kind not in FORCED

    def text_of(self, item_id: str) -> str:
        """The text of a message: what the deltas brought, where its stream was cut."""
        return objects.text_of(self.items[item_id]) or self.texts.get(item_id, "")

    @property
    def whole_texts(self) -> set[str]:
        """What an application may take for its text."""
        messages = [key for key, item in self.items.items() if item.get("type") == "message"]
        return {"".join(map(self.text_of, messages)), "".join(self.texts.values())}

    def note(self, shown: Mapping[str, Any]) -> None:
        """Take what a Response object shows."""
        self.status = str(shown.get("status"))
        self.conversation_id = conversation_in(shown) or self.conversation_id
        for item in objects.items_of(shown):
            self.note_item(item)

    def note_item(self, item: JSON) -> None:
        """Take an item: the same one again replaces what was known of it."""
        key = item.get("id") or item.get("call_id") or f"item {len(self.items)}"
        self.items[str(key)] = item


def shown_in(act: Act) -> Iterator[tuple[str, JSON]]:
    """What an answer shows, as names of events with their data; a JSON answer shows its response alone."""
    if act.is_stream:
        for event in EventDecoder().feed(act.answer):
            try:
                data = event.json()
            except ValueError:
                continue  # half of it has come
            if isinstance(data, dict):
                yield str(data.get("type") or event.name), data
        return
    try:
        value = json.loads(act.answer or b"null")
    except ValueError:
        return
    if isinstance(value, dict) and value.get("object") == "response":
        yield "response", {"response": value}


def response_ids(shown: Sequence[tuple[str, JSON]]) -> list[str]:
    """The ids of the responses that are shown, the first one first."""
    found = [response.get("id") for _, data in shown for response in dicts_in(data, "response")]
    return [response_id for response_id in found if isinstance(response_id, str)]


def take(answer: Answer, shown: Sequence[tuple[str, JSON]]) -> None:
    """Let an answer have what is shown."""
    for name, data in shown:
        for response in dicts_in(data, "response"):
            answer.note(response)
        for item in objects.items_of({"output": dicts_in(data, "item")}):
            answer.note_item(item)
        if name in TEXT_DELTAS and isinstance(data.get("delta"), str):
            item_id = str(data.get("item_id"))
            answer.texts[item_id] = answer.texts.get(item_id, "") + data["delta"]
