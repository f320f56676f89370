"""An interaction: a recorded request and its answer, decoded, with nothing of the file's shorthand left."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from runmock.core import sse
from runmock.core.json_text import BY_PYTHON, JsonText

if TYPE_CHECKING:
    from collections.abc import Mapping

    from runmock.core.content import Content
    from runmock.core.script import Source


class StreamEvent(NamedTuple):
    """One server-sent event of a recorded stream: `data` is JSON, or None for `done`.

    `raw`: its text as it was sent, blank line included, where name and JSON do not say it all.
    """

    name: str
    data: Any = None
    raw: str | None = None

    def encoded(self, written: JsonText = BY_PYTHON) -> bytes:
        """The event's bytes."""
        return sse.encode(self.name, self.data, written) if self.raw is None else self.raw.encode()


class Pace(NamedTuple):
    """The recorded tempo of a stream in milliseconds: before the first event, and between events."""

    first_ms: float = 0
    gap_ms: float = 0


class Interaction(NamedTuple):
    """A request (method, path below the API root, query, body) and one answer: `json`, `stream`, `text`, `content`."""

    source: Source
    method: str
    path: str
    query: Mapping[str, tuple[str, ...]] = MappingProxyType({})
    body: Any = None
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    json: Any = None
    stream: tuple[StreamEvent, ...] | None = None
    text: str | None = None
    pace: Pace = Pace()
    repeat: int = 1
    is_truncated: bool = False
    content: Content | None = None
    """A body that is neither JSON nor a text."""
