"""The session's files, as assistants, threads, messages and runs use them.

Source: docs/protocol/files.md#files-in-threads-assistants-and-runs.
"""

from __future__ import annotations

import base64
import hashlib
import uuid
from typing import TYPE_CHECKING, Any

from runmock.core.script.script import CodeInterpreter, Image, Message, Text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from runmock.apis.assistants.state import Memory, StoredThread
    from runmock.core.http.exchange import JSON
    from runmock.core.script.script import Part, ScriptedRun

EXPIRY: JSON = {"anchor": "last_active_at", "days": 7}
"""When the vector store expires that a thread gets for the files of its messages."""
PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
"""A PNG of one pixel."""
SANDBOX = "sandbox:"
"""How a link to a file begins that a run has made; its path follows."""


def check_files(memory: Memory, fields: Mapping[str, Any], messages: Iterable[Mapping[str, Any]] = ()) -> None:
    """Raise Refused (404) for files and vector stores that there cannot be, before a request has any effect.

    `fields` may have `tool_resources`. Files are refused where ids are strict only.
    """
    search = _resources(fields).get("file_search") or {}
    memory.files.check_stores(search.get("vector_store_ids") or ())
    memory.files.check_files(_files_of_resources(fields), "file_ids")
    for message in messages:
        memory.files.check_files(_files_of_message(message), "file_id")


def _resources(fields: Mapping[str, Any]) -> Mapping[str, Any]:
    return fields.get("tool_resources") or {}


def _files_of_resources(fields: Mapping[str, Any]) -> Iterator[str]:
    resources = _resources(fields)
    yield from (resources.get("code_interpreter") or {}).get("file_ids") or ()
    for store in (resources.get("file_search") or {}).get("vector_stores") or ():
        yield from store.get("file_ids") or ()


def _files_of_message(message: Mapping[str, Any]) -> Iterator[str]:
    yield from (entry["file_id"] for entry in message.get("attachments") or () if entry.get("file_id"))
    content = message.get("content")
    for part in content if isinstance(content, list) else ():
        if part.get("type") == "image_file":
            yield part["image_file"]["file_id"]


def attach(memory: Memory, thread: StoredThread, attachments: Iterable[Mapping[str, Any]]) -> None:
    """Let a thread's tools have the files that are attached to a message of it."""
    for entry in attachments:
        kinds = {tool.get("type") for tool in entry.get("tools") or ()}
        if (file_id := entry.get("file_id")) is None:
            continue
        if "code_interpreter" in kinds:
            _give(thread, "code_interpreter", "file_ids", file_id)
        if "file_search" in kinds:
            _put_into_store(memory, thread, file_id)


def _give(thread: StoredThread, tool: str, key: str, value: str) -> None:
    """Add a value to a list of a thread's tool resources, unless it is there."""
    resources = thread.object["tool_resources"]
    of_tool = resources.get(tool) or {}
    values = of_tool.get(key) or []
    if value not in values:
        thread.object["tool_resources"] = {**resources, tool: {**of_tool, key: [*values, value]}}


def _put_into_store(memory: Memory, thread: StoredThread, file_id: str) -> None:
    """Put a file into the vector store of a thread; the first one makes the store."""
    search = thread.object["tool_resources"].get("file_search") or {}
    store_ids = search.get("vector_store_ids") or ()
    store = memory.files.store(store_ids[0]) if store_ids else memory.files.create_store({"expires_after": EXPIRY})
    _give(thread, "file_search", "vector_store_ids", store.id)
    memory.files.attach(store, file_id)


def make_files(memory: Memory, script: ScriptedRun) -> None:
    """Let the files exist that a run names in its images and annotations."""
    for step in script.steps:
        if isinstance(step, CodeInterpreter):
            for file_id in step.images:
                _make_image(memory, file_id)
        if isinstance(step, Message):
            for part in step.content:
                _make_files_of_part(memory, part)


def _make_files_of_part(memory: Memory, part: Part) -> None:
    if isinstance(part, Image) and part.kind == "image_file":
        _make_image(memory, part.image["file_id"])
    for annotation in part.annotations if isinstance(part, Text) else ():
        named = annotation.get("file_path") or annotation.get("file_citation") or {}
        if isinstance(file_id := named.get("file_id"), str):
            text = str(annotation.get("text") or "")
            memory.files.made_by_run(file_id, text.removeprefix(SANDBOX) if text.startswith(SANDBOX) else file_id)


def _make_image(memory: Memory, file_id: str) -> None:
    """Let an image exist; the service names it by a UUID, without an ending."""
    digest = hashlib.blake2b(file_id.encode(), digest_size=16).digest()
    memory.files.made_by_run(file_id, str(uuid.UUID(bytes=digest, version=4)), PIXEL)
