"""Finds the ids in payloads, and pairs the ids of two payloads.

An id is the value of `id`, or of a key that ends in `_id` or `_ids`, outside of what people and models fill with keys
of their own: metadata, attributes, and the arguments of a tool where they are an object.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from runmock.core.api import IdKinds, Role
from runmock.core.replay.interaction import unlike_events
from runmock.core.secrets.hits import STAND_INS

if TYPE_CHECKING:
    from runmock.core.replay.interaction import Interaction

NO_KINDS = IdKinds({}, {})
_FREE_FORM = frozenset({"metadata", "attributes", "input", "args", "arguments"})
"""Keys of objects whose keys are not the API's: `{"input": {"id": "refunds"}}` is what a model wants of a tool."""


_NESTED = (dict, list)


def ids_in(value: Any, kinds: IdKinds = NO_KINDS) -> list[tuple[str, str]]:
    """Every id in a payload, in order, with the kind of thing that it names: by `object`, else by its key."""
    found: list[tuple[str, str]] = []
    _add_ids(found, value, kinds)
    return found


def _add_ids(found: list[tuple[str, str]], value: Any, kinds: IdKinds) -> None:
    if isinstance(value, list):
        for part in value:
            if isinstance(part, _NESTED):
                _add_ids(found, part, kinds)
        return
    if not isinstance(value, dict):
        return
    for key, part in value.items():
        if not part or (key in _FREE_FORM and isinstance(part, dict)):
            continue
        if key in kinds.other_keys and isinstance(part, str):
            found += [(text, kinds.other_keys[key]) for text in [part] if _may_be_id(text)]
        elif isinstance(part, _NESTED) and not key.endswith("_ids"):
            _add_ids(found, part, kinds)
        elif key == "id" or key.endswith(("_id", "_ids")):
            kind = kinds.by_object.get(str(value.get("object")), "id") if key == "id" else re.sub("_ids?$", "", key)
            found += [(text, kind) for text in (part if isinstance(part, list) else [part]) if _may_be_id(text)]


def payloads_of(interaction: Interaction) -> tuple[Any, ...]:
    """The JSON values in an answer: its body, or the data of each event."""
    return (interaction.json, *(event.data for event in interaction.stream or ()))


def unlike_payloads(interaction: Interaction) -> tuple[Any, ...]:
    """The same, but of alike deltas only the first one: the others have the same ids and times."""
    return (interaction.json, *(event.data for event in unlike_events(interaction.stream)))


def answer_ids(interaction: Interaction) -> dict[str, str]:
    """The ids in an answer, in order, each with the kind of thing that it names."""
    kinds = interaction.operation.api.id_kinds
    return {text: kind for payload in unlike_payloads(interaction) for text, kind in ids_in(payload, kinds)}


def request_ids(interaction: Interaction) -> set[str]:
    """Every text in a request that may be an id: parts of the path, values of the query, ids in the body."""
    sent = {unquote(part) for part in interaction.path.split("/")}
    sent.update(value for values in interaction.query.values() for value in values)
    sent.update(text for text, _ in ids_in(interaction.body, interaction.operation.api.id_kinds))
    return sent


def conversation_of(interaction: Interaction) -> str | None:
    """The id of the conversation that an interaction is part of: the one in its path, or the one that it began."""
    operation = interaction.operation
    if Role.BEGINS_CONVERSATION in operation.roles:
        return operation.api.conversation_in(unlike_payloads(interaction))
    return operation.ids.get(operation.api.conversation_id)


def paired_ids(interaction: Interaction, other: Interaction) -> dict[str, str]:
    """For each id in an answer, the id in the `other` answer with the same kind and place: first run with first run.

    An id that is in both is paired with itself. An id without a partner is left out.
    """
    mine, others = answer_ids(interaction), answer_ids(other)
    kinds = interaction.operation.api.id_kinds
    pairs = {text: text for text in mine if text in others}
    theirs: dict[str, list[str]] = {}
    for text, kind in others.items():
        if text not in pairs:
            theirs.setdefault(kind_of(text, kind, kinds), []).append(text)
    for text, kind in mine.items():
        if text not in pairs and (waiting := theirs.get(kind_of(text, kind, kinds))):
            pairs[text] = waiting.pop(0)
    return pairs


_PREFIX = re.compile(r"([A-Za-z]+)[_-]")


def kind_of(text: str, kind: str, kinds: IdKinds) -> str:
    """The kind of an id by its prefix, else by the key that it stands under."""
    prefix = None if kind in kinds.other_keys.values() else _PREFIX.match(text)
    return prefix[1].lower() if prefix else kinds.by_key.get(kind, kind)


def _may_be_id(text: Any) -> bool:
    return isinstance(text, str) and bool(text) and text not in STAND_INS
