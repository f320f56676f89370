"""What `before_record` gets: an interaction that may still be changed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from runmock.core.replay.binary_content import BinaryContent

if TYPE_CHECKING:
    from runmock.core.replay.interaction import Interaction, StreamEvent


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
    content: bytes | None = None
    """The bytes of an answer that is neither JSON nor a text; None also where they are too many to be kept."""

    @property
    def request(self) -> str:
        """Method and path, as `POST /threads`."""
        return f"{self.method} {self.path}"

    @property
    def queries(self) -> dict[str, tuple[str, ...]]:
        """The query with its values in tuples; the hook may have set a single value as a text."""
        pairs = (self.query or {}).items()
        return {name: (values,) if isinstance(values, str) else tuple(values) for name, values in pairs}

    @classmethod
    def of(cls, interaction: Interaction) -> Draft:
        """The draft of an interaction."""
        stream = None if interaction.stream is None else list(interaction.stream)
        request = interaction.method, interaction.path, dict(interaction.query), interaction.body
        return cls(
            *request,
            interaction.status,
            dict(interaction.headers),
            interaction.json,
            stream,
            interaction.text,
            _bytes_of(interaction.content),
        )

    def interaction(self, recorded: Interaction) -> Interaction:
        """The recorded interaction with the draft's values."""
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
            content=self._content(recorded.content),
        )

    def _content(self, recorded: BinaryContent | None) -> BinaryContent | None:
        """The draft's bytes; None when the hook has given the answer another kind of body."""
        if any(part is not None for part in (self.json, self.stream, self.text)):
            return None
        if self.content == _bytes_of(recorded):
            return recorded
        return None if self.content is None else BinaryContent.of(self.content)


def _bytes_of(content: BinaryContent | None) -> bytes | None:
    return None if content is None or content.read is None else content.read()
