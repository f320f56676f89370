"""What a request continues: the items before its own, and the response whose calls it answers.

Source: docs/protocol/responses.md#continuation-and-state.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from runmock.apis.responses import objects, refusals
from runmock.apis.service.refusals import Refused

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from runmock.apis.responses.state import Conversation, Memory, StoredResponse
    from runmock.core.http.exchange import JSON

ROLES_OF_USER = frozenset({"user", "system", "developer"})


class Expanded(NamedTuple):
    """A request with what it continues."""

    before: list[JSON]
    """The items of the chain behind `previous_response_id`, or those of the conversation."""
    input: list[JSON]
    """The request's own items; a text is a message of the user."""
    previous: StoredResponse | None
    conversation: Conversation | None

    @property
    def items(self) -> list[JSON]:
        """All items, in order."""
        return [*self.before, *self.input]


class Continued(NamedTuple):
    """The response that a request continues, and the outputs of its calls by their ids."""

    response: StoredResponse
    outputs: Mapping[str, str]


def expanded(memory: Memory, body: Mapping[str, Any]) -> Expanded:
    """The request with what it continues. Raises Refused for ids that are not there."""
    previous_id, conversation = body.get("previous_response_id"), body.get("conversation")
    own = [item if "type" in item else {"type": "message", **item} for item in items_of(body.get("input"))]
    if previous_id and conversation:
        raise Refused(refusals.two_states())
    if previous_id:
        previous = memory.stored(previous_id)
        if previous is None:
            raise Refused(refusals.no_previous_response(previous_id))
        return Expanded([*previous.before, *previous.input, *previous.output], own, previous, None)
    if conversation:
        conversation_id = objects.conversation_id_of(conversation)
        found = memory.conversations.get(conversation_id)
        if found is None:
            raise Refused(refusals.no_conversation(conversation_id))
        return Expanded([*found.items.values()], own, None, found)
    return Expanded([], own, None, None)


def items_of(given: Any) -> list[JSON]:
    """The items of an `input`: a text is one message of the user."""
    if given is None:
        return []
    if isinstance(given, str):
        return [{"type": "message", "role": "user", "content": given}]
    return [dict(item) for item in given]


def check_calls(memory: Memory, request: Expanded) -> None:
    """Raise Refused for a call without its output, and for an output without its call."""
    calls = {item["call_id"] for item in request.items if item["type"] == "function_call"}
    outputs = {item["call_id"] for item in request.items if item["type"] == "function_call_output"}
    for item in request.items:
        if item["type"] == "function_call" and item["call_id"] not in outputs:
            raise Refused(refusals.no_output(item["call_id"]))
        is_output = item["type"] == "function_call_output"
        if is_output and item["call_id"] not in calls and item["call_id"] not in memory.announced:
            raise Refused(refusals.no_call(item["call_id"]))


def continued(memory: Memory, request: Expanded) -> Continued | None:
    """The response whose calls the request answers; None where it begins something new.

    Counted are the outputs behind the last message. Outputs with messages of the user behind them count when these
    calls were never answered before.
    """
    found = _answered(memory, request, _behind_last_message(request.items))
    if found is not None:
        return found
    end = len(request.items)
    while end and _is_of_user(request.items[end - 1]):
        end -= 1
    if end == len(request.items):
        return None
    late = _answered(memory, request, _behind_last_message(request.items[:end]))
    return late if late is not None and not late.response.was_continued else None


def _is_of_user(item: Mapping[str, Any]) -> bool:
    return bool(item["type"] == "message" and item.get("role") in ROLES_OF_USER)


def _behind_last_message(items: Sequence[JSON]) -> list[JSON]:
    begin = next((index + 1 for index in range(len(items) - 1, -1, -1) if items[index]["type"] == "message"), 0)
    return [item for item in items[begin:] if item["type"] == "function_call_output"]


def _answered(memory: Memory, request: Expanded, outputs: Sequence[JSON]) -> Continued | None:
    announced = [memory.announced[item["call_id"]] for item in outputs if item["call_id"] in memory.announced]
    if not announced:
        return None
    response = announced[-1]
    given = {item["call_id"]: text_of_output(item.get("output")) for item in request.items if _is_output(item)}
    missing = [call_id for call_id in response.waiting if call_id not in given]
    if missing:
        raise Refused(refusals.no_output(missing[0]))
    return Continued(response, {call_id: given[call_id] for call_id in response.waiting})


def _is_output(item: Mapping[str, Any]) -> bool:
    return bool(item["type"] == "function_call_output")


def text_of_output(output: Any) -> str:
    """An output as a text: of a list of parts, their texts one below the other."""
    return output if isinstance(output, str) else objects.text_of({"content": output})


def last_user_text(items: Iterable[JSON]) -> str:
    """The text of the last message of the user; the empty string when there is none."""
    texts = [objects.text_of(item) for item in items if item["type"] == "message" and item.get("role") == "user"]
    return texts[-1] if texts else ""


def instructions_of(body: Mapping[str, Any], items: Iterable[JSON]) -> str:
    """The instructions of a request, and its messages of the system and of developers, one below the other."""
    given = body.get("instructions")
    messages = [item for item in items if item["type"] == "message" and item.get("role") in {"system", "developer"}]
    return "\n".join([*([given] if isinstance(given, str) else []), *map(objects.text_of, messages)])
