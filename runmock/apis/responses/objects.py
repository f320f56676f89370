"""The objects of the API, their keys in the service's order. Source: docs/protocol/responses.md#the-response-object."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from runmock.apis.responses import repeated
from runmock.apis.service.provider import Provider

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from runmock.apis.service.call import Call
    from runmock.core.http.exchange import JSON

FILTERED = "content_filters"
"""What Azure's filters have found, or null; only its responses have it."""

_USUAL: Mapping[str, Any] = {
    "parallel_tool_calls": True,
    "service_tier": "auto",
    "store": True,
    "temperature": 1.0,
    "tool_choice": "auto",
    "top_logprobs": 0,
    "top_p": 1.0,
    "truncation": "disabled",
}
"""The values of parameters that a request leaves out."""


def response(response_id: str, created_at: int, call: Call, model: str) -> JSON:
    """The object of a response that has just been created; `model`: the one that answers."""
    body, conversation = call.body, call.body.get("conversation")
    given = {key: usual if body.get(key) is None else body[key] for key, usual in _USUAL.items()}
    return {
        "id": response_id,
        "object": "response",
        "created_at": created_at,
        "status": "in_progress",
        "background": body.get("background") or False,
        "completed_at": None,
        **({FILTERED: None} if call.provider is Provider.AZURE else {}),
        **({"conversation": {"id": _id_of(conversation)}} if conversation else {}),
        "error": None,
        "frequency_penalty": 0.0,
        "incomplete_details": None,
        "instructions": body.get("instructions"),
        "max_output_tokens": body.get("max_output_tokens"),
        "max_tool_calls": body.get("max_tool_calls"),
        "model": model,
        "moderation": None,
        "output": [],
        "parallel_tool_calls": given["parallel_tool_calls"],
        "presence_penalty": 0.0,
        "previous_response_id": body.get("previous_response_id"),
        **({"prompt": repeated.prompt(body["prompt"])} if body.get("prompt") else {}),
        "prompt_cache_key": body.get("prompt_cache_key"),
        "prompt_cache_retention": body.get("prompt_cache_retention"),
        "reasoning": repeated.reasoning(body.get("reasoning"), model),
        "safety_identifier": body.get("safety_identifier"),
        "service_tier": given["service_tier"],
        "store": given["store"],
        "temperature": given["temperature"],
        "text": repeated.text(body.get("text")),
        "tool_choice": given["tool_choice"],
        "tool_usage": {"image_gen": _no_images(), "web_search": {"num_requests": 0}},
        "tools": [repeated.tool(tool) for tool in body.get("tools") or ()],
        "top_logprobs": given["top_logprobs"],
        "top_p": given["top_p"],
        "truncation": given["truncation"],
        "usage": None,
        "user": body.get("user"),
        "metadata": dict(body.get("metadata") or {}),
    }


def _no_images() -> JSON:
    details = {"image_tokens": 0, "text_tokens": 0}
    read, written = {"input_tokens": 0, "input_tokens_details": details}, {"output_tokens": 0}
    return {**read, **written, "output_tokens_details": dict(details), "total_tokens": 0}


def _id_of(conversation: Any) -> Any:
    return conversation.get("id") if isinstance(conversation, dict) else conversation


conversation_id_of = _id_of


def at_rest(made: JSON) -> JSON:
    """A response as JSON answers have it when it has ended: with who pays for it, which Azure does not say."""
    if FILTERED in made:
        return made
    before = {key: made[key] for key in ("id", "object", "created_at", "status", "background")}
    return {**before, "billing": {"payer": "developer"}, **made}


def usage(input_tokens: int, output_tokens: int, *, cached_tokens: int = 0, reasoning_tokens: int = 0) -> JSON:
    """What a response has cost."""
    return {
        "input_tokens": input_tokens,
        "input_tokens_details": {"cache_write_tokens": 0, "cached_tokens": cached_tokens},
        "output_tokens": output_tokens,
        "output_tokens_details": {"reasoning_tokens": reasoning_tokens},
        "total_tokens": input_tokens + output_tokens,
    }


def text_part(text: str, annotations: Iterable[JSON] = ()) -> JSON:
    """A part of a message."""
    return {"type": "output_text", "annotations": [*annotations], "logprobs": [], "text": text}


def conversation(conversation_id: str, created_at: int, metadata: Mapping[str, str]) -> JSON:
    """A conversation."""
    return {"id": conversation_id, "object": "conversation", "created_at": created_at, "metadata": dict(metadata)}


def item_list(data: list[JSON], *, has_more: bool = False) -> JSON:
    """A list of items."""
    return {
        "object": "list",
        "data": data,
        "first_id": data[0]["id"] if data else None,
        "has_more": has_more,
        "last_id": data[-1]["id"] if data else None,
    }


CALLS = ("function_call", "function_call_output")


def items_of(made: Mapping[str, Any]) -> list[JSON]:
    """The items in the output of a response that have what each of their kind has: a canned one may have any."""
    output = made.get("output")
    return [item for item in output if _is_known(item)] if isinstance(output, list) else []


def _is_known(item: Any) -> bool:
    if not isinstance(item, dict) or not isinstance(kind := item.get("type"), str):
        return False
    return kind not in CALLS or isinstance(item.get("call_id"), str)


def text_of(item: Mapping[str, Any]) -> str:
    """The text of a message item: of its parts, one below the other."""
    content = item.get("content")
    if isinstance(content, str):
        return content
    parts = content if isinstance(content, list) else []
    texts = [part.get("text") for part in parts if isinstance(part, dict)]
    return "\n".join(text for text in texts if isinstance(text, str))


def listed(item: Mapping[str, Any]) -> JSON:
    """An item of a request as lists have it: a message's text is a part, an output is completed."""
    made = dict(item)
    if made["type"] == "message" and isinstance(made.get("content"), str):
        is_ours = made.get("role") == "assistant"
        part = text_part(made["content"]) if is_ours else {"type": "input_text", "text": made["content"]}
        made["content"] = [part]
    if made["type"] in {"message", "function_call", "function_call_output"}:
        made["status"] = made.get("status") or "completed"
    first: JSON = {key: made.get(key) for key in ("id", "type", "status") if key in {"id", *made}}
    return {**first, **dict(sorted((key, value) for key, value in made.items() if key not in first))}
