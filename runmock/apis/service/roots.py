"""API roots: what comes before the path of an API in a URL, at OpenAI, at Azure, and behind gateways.

Sources: docs/protocol/endpoints.md#table, docs/protocol/azure.md#differences.
"""

from __future__ import annotations

import re
from functools import lru_cache

_COLLECTIONS = (
    "assistants|audio|batches|chat|chatkit|completions|containers|conversations|deployments|embeddings|evals|files|"
    "fine_tuning|images|models|moderations|organization|realtime|responses|skills|threads|uploads|"
    "vector_stores|videos"
)
"""The first part of the path of each of the SDK's resources; `deployments` is Azure's."""
_ANY_ROOT = r"(?:/v1|/openai(?:/v1)?|/api/projects/[^/]+(?:/openai(?:/v1)?)?)"
_ROOTS = (
    re.compile(rf"^.*{_ANY_ROOT}(?=/(?:{_COLLECTIONS})(?:/|$))"),
    re.compile(rf"^(?=/(?:{_COLLECTIONS})(?:/|$))"),
    re.compile(rf"^.*{_ANY_ROOT}(?=/|$)"),
)
"""How API roots look, the surest first. A gateway's root may contain another one: `/v1/ACCOUNT/GATEWAY/openai`."""


_WITHIN = re.compile(rf"/(?:{_COLLECTIONS})(?:/|$)")


def below_root(path: str) -> str:
    """The path of a request outside the Assistants API, without the API root before it. Idempotent.

    So a recorded path and the one that is sent are compared in the same way. An id may look like a root
    (`/models/openai/gpt-4o`): behind a collection it is none.
    """
    return path[end_of_root(path) or 0 :] or path


def end_of_root(path: str) -> int | None:
    """How long the API root is that a path begins with; None when it begins with none that is known."""
    found = next((match for root in _ROOTS if (match := root.match(path)) is not None), None)
    return None if found is None else found.end()


def may_be_root(text: str) -> bool:
    """Whether a text may be an API root of a gateway: it contains no collection of the service."""
    return _WITHIN.search(text) is None


_FILE_CONTENT = re.compile(r"(?:/containers/[^/]+)?/files/[^/]+/content/?")


def gives_file(method: str, path: str) -> bool:
    """Whether the answer to a request is a file: its body is the file's bytes, whatever they are.

    `path` begins below the API root. A vector store's `/files/ID/content` is JSON, and so does not count.
    """
    return method == "GET" and _FILE_CONTENT.fullmatch(path) is not None


@lru_cache(maxsize=256)
def is_azure(root: str) -> bool:
    """Whether an API root is one of Azure's, which do not need the OpenAI-Beta header."""
    return bool(re.search(r"(^|/)openai(/|$)|/api/projects/", root))
