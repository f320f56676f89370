"""The Assistants surface as one table: method and path template <-> operation name, whatever the API root is.

OpenAI serves it below `/v1`, Azure OpenAI below `/openai` or `/openai/v1`, Azure AI Foundry below
`/api/projects/{project}`, gateways below any prefix. So the root is not looked for: the API path begins at the first
`/assistants` or `/threads` from which the rest of the path is in the table. A path of another API begins behind the
last possible root. Sources: docs/protocol/endpoints.md#table, docs/protocol/azure.md#differences.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import unquote

if TYPE_CHECKING:
    from collections.abc import Mapping

TABLE: tuple[tuple[str, str, str], ...] = (
    ("create_assistant", "POST", "/assistants"),
    ("list_assistants", "GET", "/assistants"),
    ("retrieve_assistant", "GET", "/assistants/{assistant_id}"),
    ("modify_assistant", "POST", "/assistants/{assistant_id}"),
    ("delete_assistant", "DELETE", "/assistants/{assistant_id}"),
    ("create_thread", "POST", "/threads"),
    ("create_thread_and_run", "POST", "/threads/runs"),
    ("retrieve_thread", "GET", "/threads/{thread_id}"),
    ("modify_thread", "POST", "/threads/{thread_id}"),
    ("delete_thread", "DELETE", "/threads/{thread_id}"),
    ("create_message", "POST", "/threads/{thread_id}/messages"),
    ("list_messages", "GET", "/threads/{thread_id}/messages"),
    ("retrieve_message", "GET", "/threads/{thread_id}/messages/{message_id}"),
    ("modify_message", "POST", "/threads/{thread_id}/messages/{message_id}"),
    ("delete_message", "DELETE", "/threads/{thread_id}/messages/{message_id}"),
    ("create_run", "POST", "/threads/{thread_id}/runs"),
    ("list_runs", "GET", "/threads/{thread_id}/runs"),
    ("retrieve_run", "GET", "/threads/{thread_id}/runs/{run_id}"),
    ("modify_run", "POST", "/threads/{thread_id}/runs/{run_id}"),
    ("cancel_run", "POST", "/threads/{thread_id}/runs/{run_id}/cancel"),
    ("submit_tool_outputs", "POST", "/threads/{thread_id}/runs/{run_id}/submit_tool_outputs"),
    ("list_run_steps", "GET", "/threads/{thread_id}/runs/{run_id}/steps"),
    ("retrieve_run_step", "GET", "/threads/{thread_id}/runs/{run_id}/steps/{step_id}"),
)

STREAMING = frozenset({"create_run", "create_thread_and_run", "submit_tool_outputs"})
"""The operations that can be answered with a stream."""

READS = frozenset({"list_messages", "retrieve_message"})
"""The operations that read the messages of a thread."""

READS_STEPS = frozenset({"list_run_steps", "retrieve_run_step"})
"""The operations that read the steps of a run."""

NOT_IDS = {"runs"}
"""`/threads/runs` creates a thread and a run: `runs` is never a thread's id."""


@dataclass(frozen=True, slots=True)
class Operation:
    """A request's place in the table: its name, the ids in its path, the API root before it and the path below it."""

    name: str
    ids: Mapping[str, str]
    root: str
    path: str


_COLLECTION = re.compile(r"/(?:assistants|threads)(?=/|$)")
_BY_PATH = {(method, template): name for name, method, template in TABLE if "{" not in template}
_BY_WORDS: dict[tuple[str, int, tuple[str, ...]], tuple[str, list[str]]] = {}
"""By the words at every other place of a path, with ids between them: the operation, and the names of its ids."""
for _name, _method, _template in TABLE:
    if (_method, _template) not in _BY_PATH:
        _, *_segments = _template.split("/")
        _BY_WORDS[_method, len(_segments), tuple(_segments[::2])] = (
            _name,
            [word.strip("{}") for word in _segments[1::2]],
        )


@lru_cache(maxsize=256)
def identify(method: str, path: str) -> Operation | None:
    """The operation of a method and a path; None when they are not of the Assistants API."""
    for found in _COLLECTION.finditer(path):
        root, below = path[: found.start()], path[found.start() :].rstrip("/")
        if (name := _BY_PATH.get((method, below))) is not None:
            return Operation(name, {}, root, below)
        _, *segments = below.split("/")
        ids = [unquote(segment) for segment in segments[1::2]]
        known = _BY_WORDS.get((method, len(segments), tuple(segments[::2])))
        if known is not None and all(ids) and NOT_IDS.isdisjoint(segments[1::2]):
            name, called = known
            return Operation(name, dict(zip(called, ids, strict=True)), root, below)
    return None


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


def below_root(path: str) -> str:
    """The path of a request outside the Assistants API, without the API root before it. Idempotent.

    So a recorded path and the one that is sent are compared in the same way. An id may look like a root
    (`/models/openai/gpt-4o`): behind a collection it is none.
    """
    found = next((match for root in _ROOTS if (match := root.match(path)) is not None), None)
    return path if found is None else path[found.end() :] or path


def api_path(method: str, path: str) -> str:
    """The path below the API root, for the Assistants API and any other."""
    found = identify(method, path)
    return below_root(path) if found is None else found.path


_FILE_CONTENT = re.compile(r"(?:/containers/[^/]+)?/files/[^/]+/content/?")


def gives_file(method: str, path: str) -> bool:
    """Whether the answer to a request is a file: its body is the file's bytes, whatever they are.

    `path` begins below the API root. A vector store's `/files/ID/content` is JSON, and so does not count.
    """
    return method == "GET" and _FILE_CONTENT.fullmatch(path) is not None


def is_azure(root: str) -> bool:
    """Whether an API root is one of Azure's, which do not need the OpenAI-Beta header."""
    return bool(re.search(r"(^|/)openai(/|$)|/api/projects/", root))
