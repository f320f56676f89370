"""The arguments of a handler: the operation's ids, the parsed body and the query."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from runmock.apis.service.provider import Provider

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Call:
    """One request, read: `ids` are those in the path."""

    operation: str
    ids: Mapping[str, str]
    path: str
    """The path below the API root."""
    body: Mapping[str, Any] = field(default_factory=dict)
    query: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    provider: Provider = Provider.OPENAI
    root: str = ""
    """The API root in the path."""
    is_retry: bool = False
    """Whether the SDK sends it again: `x-stainless-retry-count` counts."""

    def option(self, name: str) -> str | None:
        """The last value of a query parameter, None when it is not there."""
        values = self.query.get(name)
        return values[-1] if values else None
