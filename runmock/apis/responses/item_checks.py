"""What the service refuses in the items of a request: calls, outputs and reasoning that miss what belongs to them.

Source: docs/protocol/responses.md#refused-requests.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from runmock.apis.responses import objects, refusals
from runmock.apis.service.refusals import Refused

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from runmock.apis.responses.history import Expanded
    from runmock.apis.responses.state import Memory
    from runmock.core.http.exchange import JSON

ROLES_OF_USER = frozenset({"user", "system", "developer"})


def check_reasoning(memory: Memory, request: Expanded) -> None:
    """Raise Refused for reasoning that is not stored and not given, and for reasoning without what followed it."""
    for index, item in enumerate(request.input):
        if item["type"] == "reasoning" and item.get("id"):
            if not item.get("encrypted_content") and memory.stored_item(item["id"]) is None:
                raise Refused(refusals.not_persisted(item["id"]))
            if not _is_followed(memory, item["id"], request.input[index + 1 :]):
                raise Refused(refusals.no_follower(item["id"]))


def _is_followed(memory: Memory, reasoning_id: str, rest: Iterable[JSON]) -> bool:
    """Whether what follows a reasoning item may follow it.

    Of a stored response it is what the model made next, or its copy in a conversation; else anything that a model
    makes.
    """
    next_item = next((item for item in rest if item["type"] != "reasoning"), None)
    output = memory.output_with(reasoning_id)
    if output is None:
        return next_item is not None and not _is_of_application(next_item)
    copies = (conversation.items for conversation in memory.conversations.values())
    places = [output, *([*items.values()] for items in copies if reasoning_id in items)]
    followers = [_follower(items, reasoning_id) for items in places]
    return followers[0] is None or (
        next_item is not None and any(item is not None and _is_same(item, next_item) for item in followers)
    )


def _follower(items: Sequence[JSON], reasoning_id: str) -> JSON | None:
    """The first item behind a reasoning item that is none itself."""
    begin = next(place for place, item in enumerate(items) if item.get("id") == reasoning_id)
    return next((item for item in items[begin:] if item.get("type") != "reasoning"), None)


def _is_of_application(item: Mapping[str, Any]) -> bool:
    kind: str = item["type"]
    return kind.endswith(("_output", "_response")) or is_of_user(item)


def _is_same(item: Mapping[str, Any], given: Mapping[str, Any]) -> bool:
    """Whether an item is echoed: with an id by that, without one a message by its text, a call by its call's id."""
    if given.get("id"):
        return bool(given["id"] == item.get("id"))
    if given["type"] != item.get("type"):
        return False
    if given["type"] == "message":
        return objects.text_of(given) == objects.text_of(item)
    return bool(given.get("call_id") == item.get("call_id"))


def is_of_user(item: Mapping[str, Any]) -> bool:
    """Whether an item is a message of the user, of the system, or of a developer."""
    return bool(item.get("type") == "message" and item.get("role") in ROLES_OF_USER)


def check_calls(items: Sequence[JSON], *, is_whole: bool = True) -> None:
    """Raise Refused for a call without its output, and for an output without its call.

    `is_whole`: all calls are known; else an output may answer one that nobody has seen.
    """
    calls = {item.get("call_id") for item in items if item.get("type") == "function_call"}
    outputs = {item.get("call_id") for item in items if item.get("type") == "function_call_output"}
    if calls == outputs:
        return
    for item in items:
        kind, call_id = item.get("type"), item.get("call_id")
        if call_id and kind == "function_call" and call_id not in outputs:
            raise Refused(refusals.no_output(call_id))
        if call_id and kind == "function_call_output" and call_id not in calls and is_whole:
            raise Refused(refusals.no_call(call_id))


def check_choice(body: Mapping[str, Any]) -> None:
    """Raise Refused for a `tool_choice` that names a tool that the request does not offer."""
    choice = body.get("tool_choice")
    if not isinstance(choice, dict):
        return
    wanted = choice.get("tools") or () if choice["type"] == "allowed_tools" else (choice,)
    offered = tools_of(body)
    for tool in wanted:
        if not any(_is_offered(tool, other) for other in offered):
            raise Refused(refusals.no_tool(tool["type"]))


def tools_of(body: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The tools of a request; those in a namespace too."""
    tools = [*(body.get("tools") or ())]
    return [*tools, *(inner for tool in tools if tool["type"] == "namespace" for inner in tool.get("tools") or ())]


def _is_offered(choice: Mapping[str, Any], tool: Mapping[str, Any]) -> bool:
    """Whether a tool is the chosen one; `web_search_preview` is another name of `web_search`."""
    if choice["type"] in {"function", "custom"}:
        return bool(choice["type"] == tool["type"] and choice.get("name") == tool.get("name"))
    label = choice.get("server_label")
    return _family(choice) == _family(tool) and label in {None, tool.get("server_label")}


def _family(tool: Mapping[str, Any]) -> str:
    kind: str = tool["type"]
    return next((name for name in ("web_search", "computer") if kind.startswith(name)), kind)
