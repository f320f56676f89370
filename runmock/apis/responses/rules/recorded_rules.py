"""Rules for recorded interactions: what an answer contains must fit what the answers before it contained.

What the rules learn of responses, conversations and calls is in `KnownResponses`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from runmock.apis.responses.rules.call_rules import (
    check_continued,
    check_never_answered,
    conversation_in,
    history_before,
    previous_in,
    with_all_answered,
    with_items,
)
from runmock.apis.responses.rules.known_responses import ELSEWHERE, History, KnownResponses
from runmock.apis.responses.rules.response_rules import check_response, check_unfinished
from runmock.apis.responses.rules.stream_rules import StreamFacts, StreamRules, events_of
from runmock.core.api import Role
from runmock.core.http.json_values import mappings_inside, text_inside
from runmock.core.replay.ids_in_payloads import ids_in, unlike_payloads
from runmock.core.report.broken_rule import BrokenRule, check_asked_for

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from collections.abc import Set as AbstractSet

    from runmock.core.http.exchange import JSON
    from runmock.core.http.json_values import Keys
    from runmock.core.replay.interaction import Interaction

ALIAS = re.compile(r"[a-z]+_[0-9]{1,6}")
"""Ids that runmock puts into recordings; an id of another form may be the application's own, and is not checked."""

ANSWERED_ID: Mapping[str, str] = {
    "retrieve_response": "response_id",
    "delete_response": "response_id",
    "cancel_response": "response_id",
    "retrieve_conversation": "conversation_id",
    "update_conversation": "conversation_id",
    "delete_conversation": "conversation_id",
    "retrieve_item": "item_id",
}
"""By operation, the id in its path that the answer has as well."""


class ResponsesRules:
    """Fulfils `ApiRules`; mutable: `known` grows with each interaction."""

    def __init__(self, ids: Iterable[str] = ()) -> None:
        """`ids`: the ids that the cassette declares; their objects existed before the recording."""
        self.known = KnownResponses(frozenset(ids))

    def check(self, interaction: Interaction, keys: Keys, keys_of_event: Callable[[int], Keys]) -> Iterator[BrokenRule]:
        """Yield the rules that an interaction breaks; `keys_of_event(number)` returns the keys of a stream event."""
        operation, known = interaction.operation, self.known
        body: JSON = interaction.body if isinstance(interaction.body, dict) else {}
        payloads = unlike_payloads(interaction)
        yield from self._check_ids(interaction, body, keys)
        if Role.STREAMS in operation.roles and (body or operation.method == "GET"):
            yield from check_asked_for(interaction, (*keys, "request"))
        if Role.CREATES_RUN in operation.roles:
            before = history_before(known, body)
            yield from check_continued(known, before, body, (*keys, "body"))
            self._begin(payloads, body, with_all_answered(with_items(known, before, mappings_inside(body, "input"))))
        if interaction.stream is not None:
            facts = StreamFacts(operation.name, _first_number(interaction), interaction.is_truncated)
            yield from StreamRules(known, facts, keys_of_event).check(events_of(interaction.stream))
        elif isinstance(interaction.json, dict):
            yield from self._check_json(interaction, interaction.json, (*keys, "json"))
        known.ids.update(text for payload in payloads for text, _ in ids_in(payload))

    def check_end(self) -> Iterator[BrokenRule]:
        """Yield the rules that are broken because something is missing at the end of the recording."""
        yield from check_unfinished(self.known)
        yield from check_never_answered(self.known)

    def _begin(self, payloads: Iterable[Any], body: JSON, history: History) -> None:
        """Remember what a new response continues."""
        response_id = text_inside(_response_in(payloads), "id")
        if not response_id or response_id in self.known.responses:
            return
        response = self.known.response(response_id)
        response.history, response.conversation = history, conversation_in(body)
        if response.conversation:
            self.known.conversations[response.conversation] = history

    def _check_json(self, interaction: Interaction, answer: JSON, keys: Keys) -> Iterator[BrokenRule]:
        """Check a JSON answer, and remember it."""
        operation, known = interaction.operation, self.known
        if answer.get("object") == "response":
            yield from check_response(known, answer, keys)
        items = [answer, *mappings_inside(answer, "data")]
        known.items |= {item["id"]: item for item in items if "type" in item and isinstance(item.get("id"), str)}
        if operation.name in {"cancel_response", "delete_response"}:
            known.response(operation.ids["response_id"]).is_settled = True
        body = interaction.body if isinstance(interaction.body, dict) else {}
        conversation = operation.ids.get("conversation_id") or text_inside(answer, "id")
        if operation.name == "create_conversation":
            known.conversations[conversation] = with_items(known, History(), mappings_inside(body, "items"))
        elif operation.name == "create_items":
            before = known.conversations.get(conversation, ELSEWHERE)
            known.conversations[conversation] = with_items(known, before, mappings_inside(body, "items"))
            known.answered |= known.conversations[conversation].answered
        elif operation.name == "delete_item":
            known.conversations[conversation] = ELSEWHERE

    def _check_ids(self, interaction: Interaction, body: JSON, keys: Keys) -> Iterator[BrokenRule]:
        """Each id that a request names must be known or stand in the answer, and the answer must be about the same."""
        operation, payloads = interaction.operation, unlike_payloads(interaction)
        answer = _response_in(payloads) or interaction.json
        own_name = ANSWERED_ID.get(operation.name)
        in_answer = {text for payload in payloads for text, _ in ids_in(payload)}
        for name, value in operation.ids.items():
            answered = text_inside(answer, "id") if name == own_name else ""
            yield from self._check_id(value, answered, (*keys, "request"), in_answer)
        for find in (conversation_in, previous_in):
            yield from self._check_id(find(body), find(answer), (*keys, "body"))

    def _check_id(
        self, requested: str, answered: str, keys: Keys, in_answer: AbstractSet[str] = frozenset()
    ) -> Iterator[BrokenRule]:
        known = (self.known.ids, self.known.declared, in_answer)
        if requested and answered and requested != answered:
            yield BrokenRule("unknown-id", keys, f"the request is about {requested}, and the answer about {answered}")
        elif ALIAS.fullmatch(requested) and not any(requested in ids for ids in known):
            yield BrokenRule("unknown-id", keys, f"no answer before this request contains {requested}")


def _response_in(payloads: Iterable[Any]) -> JSON:
    """The first Response object in an answer: itself, or in an event; an empty mapping where there is none."""
    for payload in payloads:
        response = payload.get("response", payload) if isinstance(payload, dict) else None
        if isinstance(response, dict) and response.get("object") == "response":
            return response
    return {}


def _first_number(interaction: Interaction) -> int:
    """The number of the first event: a stream is resumed after the last one that the application has."""
    after = interaction.query.get("starting_after", ("",))[-1]
    return int(after) + 1 if after.isdecimal() else 0
