"""Lists with `limit`, `order`, `after` and `before`, and the answer's first_id, last_id and has_more.

Source: docs/protocol/endpoints.md#lists: 20 at a time, newest first unless `order=asc`; empty lists have null ids.
`before` gives the page that ends just before its object.
"""

from __future__ import annotations

from collections import deque
from itertools import dropwhile, islice, takewhile
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from runmock.apis.service.call import Call
    from runmock.core.http.exchange import JSON

DEFAULT_LIMIT = 20


def page(
    items: dict[str, Any],
    call: Call,
    as_json: Callable[[Any], JSON],
    keep: Callable[[Any], bool] | None = None,
    default_limit: int = DEFAULT_LIMIT,
) -> JSON:
    """One page of `items`, which are in the order of creation; `as_json` makes the JSON of each."""
    in_order: Iterable[str] = items if call.option("order") == "asc" else reversed(items)
    if (after := call.option("after")) is not None:
        in_order = islice(dropwhile(lambda key: key != after, in_order), 1, None)
    if (before := call.option("before")) is not None:
        in_order = takewhile(lambda key: key != before, in_order)
    if keep is not None:
        in_order = (key for key in in_order if keep(items[key]))
    limit = int(float(call.option("limit") or default_limit))
    found = list(islice(in_order, limit + 1)) if before is None else list(deque(in_order, maxlen=limit + 1))
    keys = found[:limit] if before is None else found[max(len(found) - limit, 0) :]
    data = [as_json(items[key]) for key in keys]
    return {
        "object": "list",
        "data": data,
        "first_id": data[0]["id"] if data else None,
        "last_id": data[-1]["id"] if data else None,
        "has_more": len(found) > limit,
    }
