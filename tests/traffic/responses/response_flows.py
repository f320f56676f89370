"""Which flow an exchange shows: by its request, and by what was answered."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from response_recordings import exchanges, name_of, paths

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from response_recordings import Exchange

OK = 200
KINDS = {
    "function_call": "function call",
    "code_interpreter_call": "code interpreter",
    "file_search_call": "file search",
}
BY_OPERATION = {
    "cancel_response": "cancelled",
    "delete_response": "response deleted",
    "retrieve_response": "response retrieved",
    "list_input_items": "items of an input",
    "create_items": "items of a conversation",
    "list_items": "items of a conversation",
    "retrieve_item": "items of a conversation",
    "create_conversation": "conversation",
    "retrieve_conversation": "conversation",
    "update_conversation": "conversation",
    "delete_conversation": "conversation",
}


def recordings_by_flow() -> Mapping[str, list[str]]:
    """The names of the recordings that show each flow."""
    found: dict[str, list[str]] = defaultdict(list)
    for name in map(name_of, paths()):
        for flow in dict.fromkeys(flow for exchange in exchanges(name) for flow in flows_of(exchange)):
            found[flow].append(name)
    return found


def flows_of(exchange: Exchange) -> Iterator[str]:
    """The flows that an exchange shows."""
    response = exchange.response
    if response is None:
        yield "refused" if exchange.status != OK else BY_OPERATION[exchange.operation]
        return
    if exchange.operation != "create_response":
        yield BY_OPERATION[exchange.operation]
        return
    yield from _by_request(exchange.body)
    kinds = [item["type"] for item in response["output"]]
    how = "" if exchange.events is None else " stream"
    if kinds == ["message"]:
        is_structured = response.get("text", {}).get("format", {}).get("type") == "json_schema"
        yield ("structured output" if is_structured else "text") + how
    for kind in dict.fromkeys(kinds):
        if kind not in {"message", "reasoning"}:
            yield KINDS[kind] + how if kind in KINDS else kind
    if kinds.count("function_call") > 1:
        yield "several calls"
    yield from _by_items(response["output"], how)
    if response["status"] in {"incomplete", "failed"}:
        yield response["status"] + how


def _by_request(body: Mapping[str, Any]) -> Iterator[str]:
    if body.get("conversation"):
        yield "conversation="
    if body.get("previous_response_id"):
        yield "previous_response_id"
    if body.get("store") is False:
        yield "store=False"
    if body.get("background"):
        yield "background"
    inputs = body["input"] if isinstance(body.get("input"), list) else []
    if any(item.get("type") == "function_call_output" for item in inputs):
        yield "outputs of calls"


def _by_items(output: list[Any], how: str) -> Iterator[str]:
    for item in output:
        if item["type"] == "reasoning":
            yield ("reasoning with summary" if item["summary"] else "reasoning without summary") + how
            if item.get("encrypted_content"):
                yield "encrypted reasoning" + how
        if item.get("outputs"):
            yield "code interpreter with outputs" + how
        if item.get("results"):
            yield "file search with results" + how
        if item["type"] == "message" and any(part.get("annotations") for part in item["content"]):
            yield "citations" + how
