"""An event of a stream before it is bytes: its name and its data."""

from __future__ import annotations

from typing import Any, NamedTuple


class Event(NamedTuple):
    """A server-sent event that is not encoded yet; `data` is None for `done`."""

    name: str
    data: Any


DONE = Event("done", None)
