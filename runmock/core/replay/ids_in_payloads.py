"""Finds the ids in payloads, and pairs the ids of two payloads.

An id is the value of `id`, or of a key that ends in `_id` or `_ids`, outside of `metadata`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from runmock.core.assistants.operations import identify
from runmock.core.secrets.hits import STAND_INS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runmock.core.replay.interaction import Interaction

OF_OBJECT = {
    "assistant": "asst",
    "thread": "thread",
    "thread.message": "msg",
    "thread.run": "run",
    "thread.run.step": "step",
    "vector_store": "vs",
}
"""The kind of an id without a prefix of its own, by the `object` beside it."""


def ids_in(value: Any) -> Iterator[tuple[str, str]]:
    """Every id in a payload, in order, with the kind of thing that it names."""
    if isinstance(value, list):
        for part in value:
            yield from ids_in(part)
    if not isinstance(value, dict):
        return
    for key, part in value.items():
        if key == "metadata":
            continue
        if isinstance(part, dict | list) and not key.endswith("_ids"):
            yield from ids_in(part)
        elif key == "id" or key.endswith(("_id", "_ids")):
            kind = OF_OBJECT.get(str(value.get("object")), "id") if key == "id" else re.sub("_ids?$", "", key)
            yield from ((text, kind) for text in (part if isinstance(part, list) else [part]) if _may_be_id(text))


def payloads_of(interaction: Interaction) -> tuple[Any, ...]:
    """The JSON values in an answer: its body, or the data of each event."""
    return (interaction.json, *(event.data for event in interaction.stream or ()))


def answer_ids(interaction: Interaction) -> dict[str, str]:
    """The ids in an answer, in order, each with the kind of thing that it names."""
    return {text: kind for payload in payloads_of(interaction) for text, kind in ids_in(payload)}


def request_ids(interaction: Interaction) -> set[str]:
    """Every text in a request that may be an id: parts of the path, values of the query, ids in the body."""
    sent = {unquote(part) for part in interaction.path.split("/")}
    sent.update(value for values in interaction.query.values() for value in values)
    sent.update(text for text, _ in ids_in(interaction.body))
    return sent


CREATING = ("create_thread", "create_thread_and_run")
"""Operations whose answer begins a conversation."""


def thread_of(interaction: Interaction) -> str | None:
    """The conversation that an interaction is part of: the thread in its path, or the one that it created."""
    operation = identify(interaction.method, interaction.path)
    if operation is None:
        return None
    if operation.name not in CREATING:
        return operation.ids.get("thread_id")
    objects = (payload for payload in payloads_of(interaction) if isinstance(payload, dict))
    threads = (value.get("id" if value.get("object") == "thread" else "thread_id") for value in objects)
    return next((thread for thread in threads if isinstance(thread, str)), None)


def paired_ids(interaction: Interaction, other: Interaction) -> dict[str, str]:
    """Ids of one answer by the ids of another that have the same kind and place: first run with first run."""
    mine, others = answer_ids(interaction), answer_ids(other)
    pairs = {text: text for text in mine if text in others}
    theirs: dict[str, list[str]] = {}
    for text, kind in others.items():
        if text not in pairs:
            theirs.setdefault(kind_of(text, kind), []).append(text)
    for text, kind in mine.items():
        if text not in pairs and (waiting := theirs.get(kind_of(text, kind))):
            pairs[text] = waiting.pop(0)
    return pairs


_PREFIX = re.compile(r"([A-Za-z]+)[_-]")
KINDS = {"message": "msg", "assistant": "asst", "tool_call": "call", "thread_run": "run"}


def kind_of(text: str, kind: str) -> str:
    """The kind of an id by its prefix, else by the key that it stands under."""
    prefix = _PREFIX.match(text)
    return prefix[1].lower() if prefix else KINDS.get(kind, kind)


def _may_be_id(text: Any) -> bool:
    return isinstance(text, str) and bool(text) and text not in STAND_INS
