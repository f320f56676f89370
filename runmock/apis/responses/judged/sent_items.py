"""The items of a request as it was sent: nobody has checked it, and a recording's may be anything."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from runmock.apis.responses import objects
from runmock.apis.responses.item_checks import is_of_user
from runmock.apis.responses.requests.items import kind_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from runmock.core.http.exchange import JSON

Asked: TypeAlias = tuple[str, str]


def dicts_in(data: Mapping[str, Any], key: str) -> list[JSON]:
    """What stands under a key, where it is an object or a list of objects; else nothing."""
    value = data.get(key)
    return [item for item in (value if isinstance(value, list) else [value]) if isinstance(item, dict)]


def sent_items(body: Mapping[str, Any], key: str = "input") -> list[JSON]:
    """The items under a key of a body, each with its type; a text is a message of the user."""
    if isinstance(body.get(key), str):
        return [{"type": "message", "role": "user", "content": body[key]}]
    return [{**item, "type": str(kind_of(item))} for item in dicts_in(body, key)]


def ids_in(items: Iterable[Mapping[str, Any]], key: str = "id") -> set[str]:
    """The ids that the items have under a key."""
    return {item[key] for item in items if isinstance(item.get(key), str)}


def conversation_in(data: Mapping[str, Any]) -> str | None:
    """The id of the conversation that a body, or a response, names."""
    found = objects.conversation_id_of(data.get("conversation"))
    return found if isinstance(found, str) else None


def is_output(item: Mapping[str, Any]) -> bool:
    """Whether an item is what a tool of the application has put out."""
    return item["type"].endswith("_output") and isinstance(item.get("call_id"), str)


def outputs_in(items: Sequence[JSON]) -> set[str]:
    """The ids of the calls whose outputs are among the items."""
    return ids_in(filter(is_output, items), "call_id")


def asked(item: Mapping[str, Any]) -> Asked | None:
    """What the application says with an item: a message by its text, an output by its call; None for the model's."""
    if is_output(item):
        return "output", item["call_id"]
    return ("message", objects.text_of(item)) if is_of_user(item) else None
