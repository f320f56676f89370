"""The return type of `transport()` for type checkers: a transport of either library, sync and async.

No program imports this module.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

import httpx
import httpx2

if TYPE_CHECKING:
    from types import TracebackType

    from runmock.deck.deck import Deck


class EveryTransport(httpx.BaseTransport, httpx.AsyncBaseTransport, httpx2.BaseTransport, httpx2.AsyncBaseTransport):
    """A transport for any client; where httpx2 is not installed, type checkers treat its part as Any."""

    deck: Deck

    def handle_request(self, request: Any) -> Any:
        """Return the answer to a sync client's request."""
        raise NotImplementedError

    async def handle_async_request(self, request: Any) -> Any:
        """Return the answer to an async client's request."""
        raise NotImplementedError

    def __enter__(self) -> Self:
        raise NotImplementedError

    async def __aenter__(self) -> Self:
        raise NotImplementedError

    def __exit__(
        self,
        exc_type: type[BaseException] | None = None,
        exc_value: BaseException | None = None,
        traceback: TracebackType | None = None,
    ) -> None:
        raise NotImplementedError

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None = None,
        exc_value: BaseException | None = None,
        traceback: TracebackType | None = None,
    ) -> None:
        raise NotImplementedError
