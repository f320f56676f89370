"""Items as lists show them. Source: docs/protocol/responses.md#continuation-and-state."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from runmock.apis.responses import objects
from runmock.apis.service.lists import page

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from runmock.apis.service.call import Call
    from runmock.core.http.exchange import JSON

IMAGES = "message.input_image.image_url"


def shown(item: Mapping[str, Any], call: Call) -> JSON:
    """An item; the contents of files are null in it, and so are the addresses of images that nobody has included."""
    included = (*call.query.get("include", ()), *call.query.get("include[]", ()))
    hidden = {"file_data"} if IMAGES in included else {"file_data", "image_url"}
    lists = {key: item[key] for key in ("content", "output") if isinstance(item.get(key), list)}
    return {**item, **{key: [_without(part, hidden) for part in parts] for key, parts in lists.items()}}


def _without(part: Any, hidden: set[str]) -> Any:
    return {**part, **dict.fromkeys(hidden & part.keys())} if isinstance(part, dict) else part


def shown_list(items: Iterable[Mapping[str, Any]], call: Call) -> JSON:
    """A list of items that is whole."""
    return objects.item_list([shown(item, call) for item in items])


def shown_page(items: dict[str, JSON], call: Call) -> JSON:
    """One page of items by their ids, newest first."""
    found = page(items, call, as_json=lambda item: shown(item, call))
    return objects.item_list(found["data"], has_more=found["has_more"])
