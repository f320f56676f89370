"""The requests of a session for a test to look at afterwards; header values that may contain a key are redacted."""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

SHOWN_HEADERS = ("accept*", "connection", "content-*", "host", "openai-beta", "user-agent", "x-stainless-*")
"""Request headers whose values may be shown; of the others only the name."""
REDACTED = "(redacted)"
_LONGEST = 120
"""Of a value in the repr of a request or a run."""


@dataclass(frozen=True, slots=True)
class RequestView:
    """A request that the application sent; `path` is the one below the API root, header values are redacted."""

    method: str
    path: str
    operation: str
    json: Any
    headers: Mapping[str, str]

    def __repr__(self) -> str:
        """The request, short enough for the line in which an assertion fails."""
        body = "" if self.json is None else f", json={brief(self.json)}"
        return f"RequestView({self.method} {self.path}, {self.operation}{body})"


def brief(value: Any) -> str:
    """A value as Python shows it, cut where it gets long."""
    text = repr(value)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."


@lru_cache(maxsize=256)
def hidden_headers(names: tuple[str, ...]) -> Mapping[str, str]:
    """The headers, of those with these names, whose values may contain a key; each with what is shown instead."""
    hidden = [name for name in names if not any(fnmatchcase(name, shown) for shown in SHOWN_HEADERS)]
    return dict.fromkeys(hidden, REDACTED)
