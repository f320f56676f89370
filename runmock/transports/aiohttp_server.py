"""The server's end of a connection of aiohttp in this process: it reads a request, and sends the answer to it.

aiohttp writes its request into the connection, and reads the answer from it, with its own code.
"""

from __future__ import annotations

import asyncio
import sys
from typing import TYPE_CHECKING, Any

import httpx

from runmock.apis.service.claims import CLIENT
from runmock.transports.aiohttp_messages import Content, ends_in_total, error_of, patience_of, request_of
from runmock.transports.sending import Trial, answered_async
from runmock.transports.wire import GO_ON, Wire
from runmock.transports.wrapped.exits import Exits

if TYPE_CHECKING:
    import aiohttp

    from runmock.transports.sending import ClaimedRequest


class _NoPool:
    """Stands in a connection for the connector: a connection to runmock is used once."""

    force_close = False

    def __init__(self, connector: Any) -> None:
        self._connector = connector

    def _release(self, key: Any, protocol: Any, *, should_close: bool = False) -> None:  # noqa: ARG002 - aiohttp's signature
        protocol.close()
        if protocol in getattr(self._connector, "_acquired", ()):
            self._connector._release_acquired(key, protocol)  # noqa: SLF001


class Server(asyncio.Transport):
    """The other end of a connection: gets the bytes of a request, and sends those of its answer."""

    def __init__(self, connector: Any, req: Any, claimed: ClaimedRequest, timeout: Any, *, is_plain: bool) -> None:
        """`is_plain`: the connector uses the network as aiohttp's own do."""
        super().__init__()
        self._connector, self._req, self._claimed, self._timeout = connector, req, claimed, timeout
        self._is_plain = is_plain
        self._loop = asyncio.get_running_loop()
        self._wire = Wire()
        self._protocol: Any = sys.modules["aiohttp.client_proto"].ResponseHandler(loop=self._loop)
        self._body: asyncio.Future[bytes] = self._loop.create_future()
        self._wants_more = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._is_closing = self._is_passed_on = False

    def connection(self) -> Any:
        """The client's end."""
        protocol = self._protocol
        protocol.connection_made(self)
        protocol.force_close()  # it is used once
        self._task = self._loop.create_task(self._serve())
        self._task._log_destroy_pending = False  # type: ignore[attr-defined]  # noqa: SLF001 - no socket would be reported
        kind = sys.modules["aiohttp.connector"].Connection
        return kind(_NoPool(self._connector), self._req.connection_key, protocol, self._loop)

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Take bytes of the request."""
        if self._body.done():
            return
        body = self._wire.received(bytes(data))
        if body is not None:
            self._body.set_result(body)
        elif self._wire.is_asked_to_go_on:
            self._protocol.data_received(GO_ON)

    def writelines(self, list_of_data: Any) -> None:
        """Take bytes of the request."""
        self.write(b"".join(list_of_data))

    def is_closing(self) -> bool:
        """Whether the client has closed the connection."""
        return self._is_closing

    def close(self) -> None:
        """The client closes the connection."""
        if not self._is_closing:
            self._is_closing = True
            if self._loop.is_closed():
                return
            task, self._task = self._task, None  # else a cycle keeps the application's answer alive
            if task is not None:
                task.cancel()
            self._loop.call_soon(self._protocol.connection_lost, None)

    abort = close

    def pause_reading(self) -> None:
        """The client has enough for now."""
        self._wants_more.clear()

    def resume_reading(self) -> None:
        """The client wants more."""
        self._wants_more.set()

    def get_extra_info(self, name: str, default: Any = None) -> Any:  # noqa: ARG002 - of no socket
        """Nothing is known: there is no socket."""
        return default

    async def _serve(self) -> None:
        body = await self._body
        try:
            answer = await self._answer(body)
        except asyncio.CancelledError:
            raise
        except httpx.RequestError as error:  # of a route
            self._fail(error_of(error))
            return
        except BaseException as error:  # noqa: BLE001 - raised where the application waits for the answer
            self._fail(error)
            return
        try:
            if not self._is_passed_on and isinstance(self._connector, sys.modules["aiohttp.connector"].BaseConnector):
                self._connector._acquired.add(self._protocol)  # noqa: SLF001 - it closes with its session
            await self._send(answer)
        finally:
            await answer.aclose()

    def _fail(self, error: BaseException) -> None:
        """Raise an error where the application waits for the answer, or reads it."""
        self._protocol.set_exception(error)
        if self._protocol._payload is not None:  # noqa: SLF001
            self._protocol._payload.set_exception(error)  # noqa: SLF001

    async def _answer(self, body: bytes) -> httpx.Response:
        req, claimed = self._req, self._claimed
        trial = None
        if claimed.claim is CLIENT and not self._is_plain:
            Exits.watch()
            trial = Trial(f"{type(self._connector).__module__}.{type(self._connector).__qualname__}")
        sent: Any = request_of(req, body, patience_of(self._timeout))
        return await answered_async(claimed, sent, self._pass_on, trial)

    async def _send(self, answer: httpx.Response) -> None:
        """Send the answer, and break it off where it breaks off."""
        protocol = self._protocol
        protocol.data_received(self._wire.head(answer))
        try:
            await self._send_body(answer)
        except httpx.TimeoutException:
            if ends_in_total(self._timeout):
                self._fail(TimeoutError())
            else:
                protocol._on_read_timeout()  # noqa: SLF001 - as after the time that the client waits
        except httpx.RequestError:
            protocol.connection_lost(None)
        except asyncio.CancelledError:
            raise
        except BaseException as error:  # noqa: BLE001 - as above
            self._fail(error)

    async def _send_body(self, answer: httpx.Response) -> None:
        """Send the body, piece by piece: of a stream the next one when the client has read the last."""
        protocol, wire = self._protocol, self._wire
        is_paced = "content-length" not in answer.headers
        if is_paced and hasattr(protocol._payload, "_low_water"):  # noqa: SLF001
            protocol._payload._low_water = 1  # noqa: SLF001 - the client asks for more when it has nothing left
        async for data in answer.stream:  # type: ignore[union-attr]  # an async client's answer has a stream for both
            if data:
                protocol.data_received(wire.piece(data))
                if is_paced:
                    protocol.pause_reading()
                    await self._wants_more.wait()
        protocol.data_received(wire.end())
        if wire.ends_by_closing:
            protocol.connection_lost(None)

    async def _pass_on(self, wanted: httpx.Request) -> httpx.Response:
        """Send a request through the application's own connector."""
        req, library = self._req, sys.modules["aiohttp"]
        skipped = ("User-Agent", "Accept", "Accept-Encoding", "Content-Type")
        session: aiohttp.ClientSession = library.ClientSession(
            connector=self._connector,
            connector_owner=False,
            auto_decompress=False,
            cookie_jar=library.DummyCookieJar(),
            skip_auto_headers=skipped,
            **({} if self._timeout is None else {"timeout": self._timeout}),
        )
        headers = [(name, value) for name, value in wanted.headers.multi_items() if name not in _FRAMING]
        body = await wanted.aread()
        route = {name: getattr(req, name) for name in _ROUTE}
        self._is_passed_on = True
        try:
            response = await session.request(
                wanted.method,
                sys.modules["yarl"].URL(str(wanted.url), encoded=True),
                headers=headers,
                data=body or None,
                allow_redirects=False,
                **{name: value for name, value in route.items() if value is not None},
            )
        finally:
            await session.close()
        content = Content(response)
        if self._claimed.is_ours and not (response.ok and response.content_type == "text/event-stream"):
            await content.read_ahead()
        extensions = {"reason_phrase": str(response.reason).encode("utf-8", "surrogateescape")}
        return httpx.Response(response.status, headers=[*response.raw_headers], stream=content, extensions=extensions)


_ROUTE = ("proxy", "proxy_auth", "proxy_headers", "server_hostname", "ssl")
"""The arguments of a request that say how it gets to its server."""
_FRAMING = frozenset({"content-length", "transfer-encoding", "expect"})
"""Headers that aiohttp makes of the body."""
