"""The log of a server: the last requests, and news for open pages when a request begins or ends."""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
from collections import deque
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from runmock.apis import registry
from runmock.core.http import sse
from runmock.core.http.exchange import REFUSED
from runmock.core.http.multipart import parts_of
from runmock.serve.curtain import Curtain

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from runmock.core.api import Incoming
    from runmock.core.http.exchange import JSON, Reply

KEPT = 200
"""How many requests are kept for a page that is opened later."""
LONGEST_BODY = 4_000
"""How many characters of a request's body are shown."""
SEARCHED = LONGEST_BODY + 2_000
"""How many of them are searched for secrets: one that is cut off may not be recognised."""
_UNREAD = 1_000


@dataclass(slots=True)
class Entry:
    """One request, and how it was answered; `at` is in seconds since the epoch."""

    number: int
    at: float
    method: str
    path: str
    operation: str
    """The name of the request's operation; empty when the API has none for it."""
    body: str = ""
    body_bytes: int = 0
    status: int | None = None
    """None while there is no answer."""
    is_stream: bool = False
    events: int = 0
    ms: float | None = None
    """How long the answer took to its last byte; None while it lasts."""
    note: str = ""
    """What went wrong: a miss, a refusal, a client that left."""
    file: str = ""
    """Of an upload: the name of the file, its size, and the id that it got."""
    entry: tuple[str, str] | None = None
    """Of a miss: the entry of a cassette that would answer it, behind the key that it belongs below."""


class Log:
    """The requests of a server, oldest first."""

    def __init__(self, on_end: Callable[[Entry], None] = lambda _: None) -> None:
        """`on_end` is called with each request when its answer has ended."""
        self.entries: deque[Entry] = deque(maxlen=KEPT)
        self.curtain = Curtain()
        self._on_end = on_end
        self._count = 0
        self._began: dict[int, float] = {}
        self._listeners: set[Listener] = set()

    def begin(self, incoming: Incoming) -> Entry:
        """Add a request that has just come in."""
        self._count += 1
        request, operation = incoming.request, incoming.operation
        self.curtain.note_keys(request)
        entry = Entry(
            self._count,
            time.time(),
            request.method,
            request.path,
            operation.name if operation.api in registry.APIS else "",
            request.body[:SEARCHED].decode(errors="replace"),
            len(request.body),
            file=_sent_file(incoming.body),
        )
        self._began[entry.number] = time.perf_counter()
        self.entries.append(entry)
        self._send(entry)
        return entry

    def answered(self, entry: Entry, reply: Reply) -> None:
        """Note the id that an uploaded file got; an answer that tells none says nothing of it."""
        if not entry.file or reply.is_stream or reply.status >= REFUSED:
            return
        with contextlib.suppress(ValueError):
            answer = json.loads(reply.body())
            if isinstance(answer, dict) and "id" in answer:
                entry.file += f" -> {answer['id']}"

    def end(self, entry: Entry) -> None:
        """Note that the answer to a request has ended, completely or not."""
        entry.ms = (time.perf_counter() - self._began.pop(entry.number)) * 1000
        self._on_end(entry)
        self._send(entry)

    def shown(self, entry: Entry) -> JSON:
        """A request as pages get it: without secrets, and with the beginning of its body."""
        body = self.curtain.hidden(entry.body)[:LONGEST_BODY]
        if entry.body_bytes > LONGEST_BODY:
            body += f"... ({entry.body_bytes:,} bytes in all)"
        texts = {name: self.curtain.hidden(getattr(entry, name)) for name in ("path", "note", "file")}
        hidden_entry = entry.entry and (entry.entry[0], self.curtain.hidden(entry.entry[1]))
        return asdict(entry) | texts | {"body": body, "entry": hidden_entry}

    def _send(self, entry: Entry) -> None:
        if self._listeners:
            self.send("request", self.shown(entry))

    def send(self, event: str, data: JSON) -> None:
        """Send an event to every open page."""
        for listener in self._listeners:
            listener.add(sse.encode(event, data))

    def listen(self) -> Listener:
        """A listener that gets all events from now on."""
        listener = Listener()
        self._listeners.add(listener)
        return listener

    def leave(self, listener: Listener) -> None:
        """Remove a listener."""
        self._listeners.discard(listener)

    def close(self) -> None:
        """End every listener, because the server ends."""
        for listener in self._listeners:
            listener.add(None)


def _sent_file(body: Any) -> str:
    """The name and the size of the file in an upload; empty for everything else."""
    sent = next((part for part in parts_of(body) if "size" in part), None)
    return "" if sent is None else f"{sent.get('filename', sent.get('name'))} {sent['size']:,} B"


class Listener:
    """One open page: the server-sent events that it has not received yet."""

    def __init__(self) -> None:
        self._news: deque[bytes | None] = deque(maxlen=_UNREAD)  # a page that does not read loses the oldest
        self._wake = asyncio.Event()

    def add(self, news: bytes | None) -> None:
        """Add an event; None ends the page's stream."""
        self._news.append(news)
        self._wake.set()

    async def events(self) -> AsyncIterator[bytes]:
        """The events, as they are added."""
        while True:
            await self._wake.wait()
            self._wake.clear()
            while self._news:
                if (news := self._news.popleft()) is None:
                    return
                yield news
