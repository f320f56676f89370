"""Other APIs of the provider: their names, and the smallest answer that an SDK can read.

An application calls them beside Assistants. Runmock plays no scripts for them; a route of `runmock.router` answers.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from runmock.apis.service.roots import below_root

if TYPE_CHECKING:
    from collections.abc import Mapping

NAMES: Mapping[str, str] = {
    "chat/completions": "chat.completions",
    "completions": "completions",
    "embeddings": "embeddings",
    "moderations": "moderations",
    "images": "images",
    "audio": "audio",
    "batches": "batches",
    "containers": "containers",
    "conversations": "conversations",
    "evals": "evals",
    "files": "files",
    "fine_tuning": "fine_tuning",
    "models": "models",
    "realtime": "realtime",
    "responses": "responses",
    "uploads": "uploads",
    "vector_stores": "vector_stores",
    "videos": "videos",
}
"""The beginning of the path below the API root, and the SDK's name for that API."""

_RESPONSE: Mapping[str, Any] = {
    "id": "resp_1",
    "object": "response",
    "created_at": 0,
    "model": "gpt-4o",
    "status": "completed",
    "parallel_tool_calls": True,
    "tool_choice": "auto",
    "tools": [],
    "output": [
        {
            "type": "message",
            "id": "msg_1",
            "role": "assistant",
            "status": "completed",
            "content": [{"type": "output_text", "text": "Hello!", "annotations": []}],
        }
    ],
}
_ANSWERS: Mapping[str, Any] = {
    "POST chat/completions": {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 0,
        "model": "gpt-4o",
        "choices": [{"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": "Hello!"}}],
    },
    "POST embeddings": {
        "object": "list",
        "model": "text-embedding-3-small",
        "data": [{"object": "embedding", "index": 0, "embedding": [0.0]}],
        "usage": {"prompt_tokens": 1, "total_tokens": 1},
    },
    "POST responses/input_tokens": {"object": "response.input_tokens", "input_tokens": 12},
    "POST responses/compact": {
        "id": "resp_1",
        "object": "response.compaction",
        "created_at": 0,
        "output": [{"id": "cmp_1", "type": "compaction", "encrypted_content": "enc_1"}],
        "usage": {
            "input_tokens": 1,
            "input_tokens_details": {"cache_write_tokens": 0, "cached_tokens": 0},
            "output_tokens": 1,
            "output_tokens_details": {"reasoning_tokens": 0},
            "total_tokens": 2,
        },
    },
    "POST moderations": {
        "id": "modr-1",
        "model": "omni-moderation-latest",
        "results": [{"flagged": False, "categories": {}, "category_scores": {}}],
    },
    "POST completions": {
        "id": "cmpl-1",
        "object": "text_completion",
        "created": 0,
        "model": "gpt-3.5-turbo-instruct",
        "choices": [{"index": 0, "finish_reason": "stop", "logprobs": None, "text": "Hello!"}],
    },
    "POST responses": _RESPONSE,
    "POST images/generations": {"created": 0, "data": [{"url": "https://images.example/1.png"}]},
    "POST audio/transcriptions": {"text": "Hello!"},
    "POST audio/translations": {"text": "Hello!"},
    "POST files": {
        "id": "file-1",
        "object": "file",
        "bytes": 6,
        "created_at": 0,
        "filename": "a.txt",
        "purpose": "assistants",
        "status": "processed",
    },
    "POST vector_stores": {
        "id": "vs_1",
        "object": "vector_store",
        "created_at": 0,
        "name": "a",
        "status": "completed",
        "usage_bytes": 0,
        "file_counts": {"in_progress": 0, "completed": 0, "failed": 0, "cancelled": 0, "total": 0},
    },
    **{
        f"GET {name}": {"object": "list", "data": []}
        for name in ("batches", "files", "fine_tuning/jobs", "models", "vector_stores")
    },
}
_STREAMS: Mapping[str, str] = {
    "POST chat/completions": (
        'data: {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 0, "model": "gpt-4o", '
        '"choices": [{"index": 0, "delta": {"content": "Hello!"}, "finish_reason": "stop"}]}\n\ndata: [DONE]\n\n'
    ),
    "POST responses": "".join(
        f"event: {event['type']}\ndata: {json.dumps(event)}\n\n"
        for event in (
            {
                "type": "response.output_text.delta",
                "sequence_number": 0,
                "item_id": "msg_1",
                "output_index": 0,
                "content_index": 0,
                "delta": "Hello!",
                "logprobs": [],
            },
            {"type": "response.completed", "sequence_number": 1, "response": _RESPONSE},
        )
    ),
}
_CONTENT = re.compile(r"POST audio/speech|GET files/[^/]+/content")
_DEPLOYMENT = re.compile(r"^/deployments/[^/]+")


def _below(path: str) -> str:
    """The path below the API root and Azure's deployment, without slashes around it."""
    return _DEPLOYMENT.sub("", below_root(path)).strip("/")


def name_of(path: str) -> str | None:
    """The SDK's name for the API of a path; None when it is no API of the provider."""
    below = _below(path)
    return next((name for start, name in NAMES.items() if f"{below}/".startswith(f"{start}/")), None)


def smallest_answer(method: str, path: str, body: Any) -> str:
    """The smallest answer that an SDK can read, written as the arguments of a route's `respond()`."""
    request = f"{method} {_below(path)}"
    if request in _STREAMS and isinstance(body, dict) and body.get("stream") is True:
        return f'content_type="text/event-stream", text={_STREAMS[request]!r}'
    if _CONTENT.fullmatch(request):
        return 'content=b"Hello!"'
    start, _, last = request.rpartition("/")
    if start and method == "DELETE":
        return f"json={ {'id': last, 'deleted': True}!r}"
    if request == f"GET models/{last}":
        return f"json={ {'id': last, 'object': 'model', 'created': 0, 'owned_by': 'openai'}!r}"
    answer = smallest(method, path)
    if request == "POST embeddings" and isinstance(body, dict) and isinstance(body.get("input"), list):
        (vector,) = answer["data"]
        answer = {**answer, "data": [{**vector, "index": number} for number in range(min(len(body["input"]), _MOST))]}
    return f"json={answer!r}"


def smallest(method: str, path: str) -> Any:
    """The smallest JSON answer of an endpoint whose path has no id; an empty object where none is known."""
    return _ANSWERS.get(f"{method} {_below(path)}", {})


_MOST = 10
"""The answer that `smallest_answer` suggests for embeddings has at most this many vectors."""
