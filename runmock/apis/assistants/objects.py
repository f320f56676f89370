"""The API's objects with every field of the real service, in its order, from the few facts that vary.

Sources: docs/protocol/runs.md and docs/protocol/objects.md. Objects are kept as streams send them; `as_json` is how the
JSON endpoints send the same object: messages without `status` and its companions.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from runmock.apis.assistants.run_fields import LIFETIME_S
from runmock.apis.assistants.tools import echoed

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from runmock.core.http.exchange import JSON
    from runmock.core.script.script import Shapes

STREAM_TOOL_RESOURCES: JSON = {"code_interpreter": {"file_ids": []}}
"""What streams send as `tool_resources` of runs and threads where JSON answers send `{}`."""

MESSAGE_KEYS_OF_STREAMS = ("status", "incomplete_details", "incomplete_at", "completed_at")
"""Keys of a message that no JSON endpoint of the live service sent (351 of 351)."""

NO_TOKENS: JSON = {
    "prompt_tokens": 0,
    "completion_tokens": 0,
    "total_tokens": 0,
    "prompt_token_details": {"cached_tokens": 0},
    "completion_tokens_details": {"reasoning_tokens": 0},
}


def usage(prompt_tokens: int, completion_tokens: int) -> JSON:
    """A usage object of the service of 2025 and later, with its two undocumented detail objects."""
    total = prompt_tokens + completion_tokens
    return {
        **NO_TOKENS,
        "prompt_tokens": prompt_tokens,
        "completion_tokens": completion_tokens,
        "total_tokens": total,
    }


def sum_usage(parts: Iterable[JSON | None]) -> JSON:
    """The sum of usage objects, which is what a run reports of its steps."""
    prompt_tokens = completion_tokens = 0
    for part in parts:
        if part is not None:
            prompt_tokens += part["prompt_tokens"]
            completion_tokens += part["completion_tokens"]
    return usage(prompt_tokens, completion_tokens)


def assistant(assistant_id: str, created_at: int, model: str, fields: Mapping[str, Any], resources: JSON) -> JSON:
    """An assistant; `fields` are the fields of a create request, `resources` its tool_resources as stored."""
    return {
        "id": assistant_id,
        "object": "assistant",
        "created_at": created_at,
        "name": fields.get("name"),
        "description": fields.get("description"),
        "model": fields.get("model") or model,
        "instructions": fields.get("instructions"),
        "tools": echoed(fields.get("tools")),
        "top_p": number(fields.get("top_p"), 1.0),
        "temperature": number(fields.get("temperature"), 1.0),
        "reasoning_effort": fields.get("reasoning_effort"),
        "tool_resources": resources,
        "metadata": dict(fields.get("metadata") or {}),
        "response_format": fields.get("response_format") or "auto",
    }


def thread(thread_id: str, created_at: int, metadata: Mapping[str, str] | None, resources: JSON) -> JSON:
    """A thread."""
    return {
        "id": thread_id,
        "object": "thread",
        "created_at": created_at,
        "metadata": dict(metadata or {}),
        "tool_resources": resources,
    }


def run(  # noqa: PLR0913, PLR0917 - the identity of a run is these facts
    run_id: str, created_at: int, thread_id: str, body: Mapping[str, Any], assistant: JSON | None, model: str
) -> JSON:
    """A queued run; `body` is the create request, whose fields win over those of the assistant."""
    of_assistant: Mapping[str, Any] = assistant or {}
    given_tools = body.get("tools")
    tools = of_assistant.get("tools") if given_tools is None else given_tools
    return {
        "id": run_id,
        "object": "thread.run",
        "created_at": created_at,
        "assistant_id": body["assistant_id"],
        "thread_id": thread_id,
        "status": "queued",
        "started_at": None,
        "expires_at": created_at + LIFETIME_S,
        "cancelled_at": None,
        "failed_at": None,
        "completed_at": None,
        "required_action": None,
        "last_error": None,
        "model": body.get("model") or of_assistant.get("model") or model,
        "instructions": instructions_of(body, of_assistant),
        "tools": echoed(tools) if tools else [],
        "tool_resources": {},
        "metadata": dict(body.get("metadata") or {}),
        "temperature": number(body.get("temperature"), of_assistant.get("temperature", 1.0)),
        "top_p": number(body.get("top_p"), of_assistant.get("top_p", 1.0)),
        "reasoning_effort": body.get("reasoning_effort") or of_assistant.get("reasoning_effort"),
        "max_completion_tokens": body.get("max_completion_tokens"),
        "max_prompt_tokens": body.get("max_prompt_tokens"),
        "truncation_strategy": {"type": "auto", "last_messages": None, **(body.get("truncation_strategy") or {})},
        "incomplete_details": None,
        "usage": None,
        "response_format": body.get("response_format") or of_assistant.get("response_format") or "auto",
        "tool_choice": body.get("tool_choice") or "auto",
        "parallel_tool_calls": body.get("parallel_tool_calls") is not False,
    }


def instructions_of(body: Mapping[str, Any], assistant: Mapping[str, Any]) -> str | None:
    """A run's instructions: its own, else its assistant's, followed by the additional ones."""
    given = body.get("instructions")
    parts = [assistant.get("instructions") if given is None else given, body.get("additional_instructions")]
    texts = [part for part in parts if part]
    return "\n".join(texts) if texts else parts[0]


def step(step_id: str, run: JSON, created_at: int, details: JSON) -> JSON:
    """A run step in progress; `details` are its step_details."""
    return {
        "id": step_id,
        "object": "thread.run.step",
        "created_at": created_at,
        "run_id": run["id"],
        "assistant_id": run["assistant_id"],
        "thread_id": run["thread_id"],
        "type": details["type"],
        "status": "in_progress",
        "cancelled_at": None,
        "completed_at": None,
        "expires_at": run["expires_at"],
        "failed_at": None,
        "last_error": None,
        "step_details": details,
        "usage": None,
    }


def message(message_id: str, created_at: int, thread_id: str, fields: Mapping[str, Any]) -> JSON:
    """A message as streams send it; `fields` are the fields of a create request, with `run` when a run writes it."""
    run = fields.get("run")
    return {
        "id": message_id,
        "object": "thread.message",
        "created_at": created_at,
        "assistant_id": run["assistant_id"] if run else None,
        "thread_id": thread_id,
        "run_id": run["id"] if run else None,
        "status": "in_progress" if run else "completed",
        "incomplete_details": None,
        "incomplete_at": None,
        "completed_at": None if run else created_at,
        "role": fields.get("role", "assistant"),
        "content": content(fields["content"]) if "content" in fields else [],
        "attachments": list(fields.get("attachments") or ()),
        "metadata": dict(fields.get("metadata") or {}),
    }


def content(value: str | Sequence[JSON] | None) -> list[JSON]:
    """A message's content as answers have it; a request's text is a plain string, an answer's an object."""
    if value is None:
        return []
    if isinstance(value, str):
        return [text_part(value)]
    return [_part(part) for part in value]


def _part(part: JSON) -> JSON:
    kind = part.get("type")
    if kind == "text" and isinstance(part.get("text"), str):
        return text_part(part["text"])
    if kind in ("image_url", "image_file"):
        return {"type": kind, kind: {**part[kind], "detail": part[kind].get("detail") or "auto"}}
    return dict(part)


def text_part(value: str, annotations: Sequence[JSON] = ()) -> JSON:
    """One text part of a message's content."""
    return {"type": "text", "text": {"value": value, "annotations": list(annotations)}}


def text_of(message: JSON) -> str:
    """The text of a message: its text parts joined by line ends."""
    return "\n".join([part["text"]["value"] for part in message["content"] if part.get("type") == "text"])


def deleted(kind: str, object_id: str) -> JSON:
    """The answer to a delete request; `kind` is assistant, thread or thread.message."""
    return {"id": object_id, "object": f"{kind}.deleted", "deleted": True}


def as_json(value: JSON, shapes: Shapes) -> JSON:
    """The object as the JSON endpoints tell it, live or as the reference's strict types want it."""
    if shapes == "reference":
        return {**value, "instructions": value["instructions"] or ""} if value.get("object") == "thread.run" else value
    if value.get("object") == "thread.message":
        return {key: part for key, part in value.items() if key not in MESSAGE_KEYS_OF_STREAMS}
    return value


def without_content(step: JSON) -> JSON:
    """The step without the content of its file search results, which only `include[]` asks for."""
    details = step["step_details"]
    if not [call for call in details.get("tool_calls", ()) if "file_search" in call]:
        return step
    calls = [_bare_search(call) if "file_search" in call else call for call in details["tool_calls"]]
    return {**step, "step_details": {**details, "tool_calls": calls}}


def _bare_search(call: JSON) -> JSON:
    search = call["file_search"]
    results = [{key: part for key, part in result.items() if key != "content"} for result in search.get("results", ())]
    return {**call, "file_search": {**search, "results": results}}


def number(value: float | None, default: float) -> float:
    """A float, so that JSON shows `1.0`, as the service does."""
    return float(default if value is None else value)
