"""What `before_record` gets: an interaction that may still be changed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from runmock.core.interaction import Interaction, StreamEvent


@dataclass(slots=True)
class Draft:
    """An interaction as the cassette's keys have it; change what should not be written, in place or by assignment."""

    method: str
    path: str
    query: dict[str, Any] = field(default_factory=dict)
    """By name, the values in a tuple; a text may be set where there is one value."""
    body: Any = None
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    json: Any = None
    stream: list[StreamEvent] | None = None
    """Events with `name` and `data`; a change inside of `data` is kept."""
    text: str | None = None

    @property
    def request(self) -> str:
        """Method and path, as `POST /threads`."""
        return f"{self.method} {self.path}"

    @property
    def queries(self) -> dict[str, tuple[str, ...]]:
        """The query as it is written: a single value may have been set as a text."""
        pairs = (self.query or {}).items()
        return {name: (values,) if isinstance(values, str) else tuple(values) for name, values in pairs}

    @classmethod
    def of(cls, one: Interaction) -> Draft:
        """The draft of an interaction."""
        stream = None if one.stream is None else list(one.stream)
        return cls(
            one.method, one.path, dict(one.query), one.body, one.status, dict(one.headers), one.json, stream, one.text
        )

    def interaction(self, recorded: Interaction) -> Interaction:
        """The interaction as it was recorded, with what the draft says now."""
        return recorded._replace(
            method=self.method,
            path=self.path,
            query=self.queries,
            body=self.body,
            status=self.status,
            headers=tuple(self.headers.items()),
            json=self.json,
            stream=None if self.stream is None else tuple(self.stream),
            text=self.text,
        )
