"""Rules for calls: who goes on after a call sends its output, and each output belongs to a call.

Source: docs/protocol/responses.md#refused-requests. What stands before a request is known by the response that it
continues, by its conversation, or by its own items; where that began before the recording, nothing is missing.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from runmock.apis.responses.rules.known_responses import ELSEWHERE, History
from runmock.core.errors import did_you_mean
from runmock.core.http.json_values import mappings_inside, text_inside
from runmock.core.report.broken_rule import NOTE, BrokenRule

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from runmock.apis.responses.rules.known_responses import KnownResponses
    from runmock.core.http.exchange import JSON
    from runmock.core.http.json_values import Keys

CALLS = frozenset({"function_call", "custom_tool_call", "computer_call", "shell_call", "apply_patch_call"})
"""Items that want an output, which has the same `call_id`."""
_OUTPUTS = frozenset(f"{kind}_output" for kind in CALLS)
_REFERENCE = "item_reference"
_COMPACTION = "compaction"
"""An item that stands for others, which it does not show."""


def conversation_in(value: Any) -> str:
    """The id of the conversation in a request or in a Response object; the empty string when there is none."""
    return text_inside(value, "conversation") or text_inside(value, "conversation", "id")


def previous_in(value: Any) -> str:
    """The id of the response that a request or a Response object continues; the empty string when there is none."""
    return text_inside(value, "previous_response_id")


def history_before(known: KnownResponses, body: Mapping[str, Any]) -> History:
    """What a request continues."""
    if previous_id := previous_in(body):
        previous = known.responses.get(previous_id)
        return ELSEWHERE if previous is None else previous.history
    conversation = conversation_in(body)
    return known.conversations.get(conversation, ELSEWHERE) if conversation else History()


def with_items(known: KnownResponses, history: History, items: Iterable[JSON], response_id: str = "") -> History:
    """A history with items behind it; `response_id`: the response that made them."""
    calls, answered, is_whole = dict(history.calls), set(history.answered), history.is_whole
    for given in items:
        item = _meant(known, given)
        kind, call_id = item.get("type"), item.get("call_id")
        if kind == _COMPACTION:
            is_whole = False
        elif kind in CALLS and isinstance(call_id, str):
            announcer, _ = known.announced.get(call_id, ("", ()))
            calls[call_id] = calls.get(call_id) or response_id or announcer
        elif kind in _OUTPUTS and isinstance(call_id, str):
            answered.add(call_id)
    return History(calls, frozenset(answered), is_whole)


def _meant(known: KnownResponses, item: JSON) -> JSON:
    """The item, or the one that it refers to; what a reference of an older recording means is not known."""
    is_reference = item.get("type", _REFERENCE) == _REFERENCE and "role" not in item
    return known.items.get(text_inside(item, "id"), {"type": _COMPACTION}) if is_reference else item


def check_continued(known: KnownResponses, before: History, body: JSON, keys: Keys) -> Iterator[BrokenRule]:
    """Check a request's outputs, and that none is missing for what it continues; `before`: what that is."""
    items = mappings_inside(body, "input")
    history = with_items(known, before, items)
    sent = with_items(known, History(), items).answered
    if history.is_whole:
        for call_id in sorted(sent - history.calls.keys() - known.declared):
            hint = did_you_mean(call_id, history.calls)
            message = f"an output for {call_id}, and neither the request nor what it continues has this call{hint}"
            yield BrokenRule("unknown-id", keys, message)
    missing: dict[str, list[str]] = {}
    for call_id, response_id in history.calls.items():
        if call_id not in history.answered:
            missing.setdefault(response_id, []).append(call_id)
    for response_id, call_ids in missing.items():
        whose = f"which {response_id} announced" if response_id else "which is in its own input"
        yield BrokenRule(
            "unanswered-calls", keys, f"the request goes on without an output for {', '.join(call_ids)}, {whose}"
        )
        known.answered.update(call_ids)
    known.answered |= sent


def with_all_answered(history: History) -> History:
    """A history of which nothing is missing: what was, is reported."""
    return replace(history, answered=history.answered | history.calls.keys())


def note_calls(known: KnownResponses, response_id: str, output: Iterable[JSON], keys: Keys) -> None:
    """Remember the calls that a completed response has announced."""
    response, items = known.responses[response_id], list(output)
    response.history = with_items(known, response.history, items, response_id)
    if response.conversation:
        before = known.conversations.get(response.conversation, ELSEWHERE)
        known.conversations[response.conversation] = with_items(known, before, items, response_id)
    own = with_items(known, History(), items)
    known.answered |= own.answered
    for call_id in own.calls:
        known.announced.setdefault(call_id, (response_id, keys))


def check_never_answered(known: KnownResponses) -> Iterator[BrokenRule]:
    """Note the calls without an output at the end: that is right where the application wants no more than the call."""
    for call_id, (response_id, keys) in known.announced.items():
        if call_id not in known.answered:
            message = f"{response_id} announced {call_id}, and no request of this recording has its output"
            yield BrokenRule(NOTE, keys, message)
