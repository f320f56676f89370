"""Hides secrets in what a server's page gets: those with a known shape or name, and the keys that clients send."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runmock.tape.secrets.in_interactions import keys_of
from runmock.tape.secrets.redaction import redacted_text

if TYPE_CHECKING:
    from runmock.core.http.exchange import Request

_MOST_KEYS = 100
"""The latest keys of clients that are known; some clients have a new one for each request."""
_MOST_TEXTS = 2_000
"""Texts whose search is not repeated."""


class Curtain:
    """Mutable: it learns the keys of requests."""

    def __init__(self) -> None:
        self._own: tuple[str, ...] = ()
        self._of_clients: dict[str, None] = {}
        self._known: dict[str, str] = {}

    def hide(self, key: str | None) -> None:
        """Hide the server's own key, too."""
        self._own = () if not key else (key,)

    @property
    def keys(self) -> tuple[str, ...]:
        """The server's own key, and those of its clients."""
        return (*self._own, *self._of_clients)

    def note_keys(self, request: Request) -> None:
        """Hide the keys in a request's headers from now on."""
        for key in keys_of(request):
            if key not in self._of_clients:
                self._of_clients[key] = None
                self._known.clear()
        while len(self._of_clients) > _MOST_KEYS:
            del self._of_clients[next(iter(self._of_clients))]

    def hidden(self, text: str) -> str:
        """The text without secrets."""
        if text not in self._known:
            if len(self._known) >= _MOST_TEXTS:
                self._known.clear()
            self._known[text] = redacted_text(text, self.keys)
        return self._known[text]
