"""Other APIs of the provider: what they are called, and the smallest answer that an SDK reads.

An application calls them beside Assistants. Runmock plays no scripts for them; a route of `runmock.router` answers.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from runmock.core.operations import below_root

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
"""How the path below the API root begins, and what the SDK calls it."""

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
    "POST moderations": {
        "id": "modr-1",
        "model": "omni-moderation-latest",
        "results": [{"flagged": False, "categories": {}, "category_scores": {}}],
    },
    **{f"GET {name}": {"object": "list", "data": []} for name in ("batches", "files", "models", "vector_stores")},
}
_STREAM = (
    'data: {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 0, "model": "gpt-4o", '
    '"choices": [{"index": 0, "delta": {"content": "Hello!"}, "finish_reason": "stop"}]}\n\ndata: [DONE]\n\n'
)
_DEPLOYMENT = re.compile(r"^/deployments/[^/]+")


def _below(path: str) -> str:
    """The path below the API root and Azure's deployment, without slashes around it."""
    return _DEPLOYMENT.sub("", below_root(path)).strip("/")


def name_of(path: str) -> str | None:
    """What the SDK calls the API that a path is of; None when it is none of the provider's."""
    below = _below(path)
    return next((name for start, name in NAMES.items() if f"{below}/".startswith(f"{start}/")), None)


def smallest_answer(method: str, path: str, body: Any) -> str:
    """The arguments of a route's `respond()` with which an SDK can read the answer."""
    below = _below(path)
    if below == "chat/completions" and isinstance(body, dict) and body.get("stream") is True:
        return f'content_type="text/event-stream", text={_STREAM!r}'
    return f"json={_ANSWERS.get(f'{method} {below}', {})!r}"
