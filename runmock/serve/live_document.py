"""What the page of a server shows of its requests: the viewer's document, made of what a witness has seen.

The witness belongs to the server and not to a deck, so it survives a rewind, and sees refusals and misses as they were
sent. A request is read and searched for secrets once, when its answer has ended: a long stream takes a while.
"""

from __future__ import annotations

import time
from threading import Lock
from typing import TYPE_CHECKING

from starlette.concurrency import run_in_threadpool

from runmock.core.http.exchange import Frame, Reply
from runmock.deck.witness import Witness
from runmock.serve.log import KEPT
from runmock.viewer.seen import document_of_redacted, redacted_seen

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from runmock.core.api import Incoming
    from runmock.core.http.exchange import JSON
    from runmock.deck.witness import Seen
    from runmock.serve.log import Log

LARGEST_BODY, LARGEST_ANSWER = 500_000, 2_000_000
"""Bytes; of larger ones the witness keeps the size alone."""


class LiveDocument:
    """Mutable: it sees each request with its answer, in the order of the log's entries."""

    def __init__(self, log: Log) -> None:
        self._log = log
        self._began = time.time(), time.perf_counter()
        self._witness = Witness(lambda: (time.perf_counter() - self._began[1]) * 1000, KEPT)
        self._ended: dict[int, Seen] = {}
        """By number: requests whose answers have ended, without secrets."""
        self._keys: tuple[str, ...] = ()
        self._reading = Lock()

    def sees(self, incoming: Incoming, reply: Reply) -> Reply:
        """Keep a request with its answer; returns the answer, whose frames are kept as they are read."""
        if (size := len(incoming.request.body)) > LARGEST_BODY:
            text = f"{size:,} bytes, which are not kept"
            incoming = incoming._replace(request=incoming.request.with_body(text.encode()), body=text, problem=None)
        if not reply.is_stream:
            reply = reply.framed(tuple(reply.frames))
            if (size := sum(len(frame.data) for frame in reply.frames)) > LARGEST_ANSWER:
                frames = (Frame(0, f"{size:,} bytes, which are not kept".encode()),)
                self._witness.sees(incoming, Reply(reply.status, (("content-type", "text/plain"),), frames))
                return reply
        seen = self._witness.sees(incoming, reply)
        assert isinstance(seen, Reply), "a reply is given, and a reply comes back"
        return seen

    async def document(self, after: int, files: Mapping[str, bytes]) -> JSON:
        """The document with the requests whose numbers are greater than `after`, and with all conversations.

        `first` is the number of the first request that the conversations know, `began` its time in seconds since the
        epoch. A request has its number in the log as `id`, and says `isOpen` while its answer lasts.
        """
        entries, keys = {entry.number: entry for entry in self._log.entries}, self._log.curtain.keys
        shown = {number: self._log.shown(entry) for number, entry in entries.items()}
        is_open = {number for number, entry in entries.items() if entry.ms is None}
        return await run_in_threadpool(self._document, after, files, shown, is_open, keys)

    def _document(
        self,
        after: int,
        files: Mapping[str, bytes],
        shown: Mapping[int, JSON],
        is_open: set[int],
        keys: tuple[str, ...],
    ) -> JSON:
        with self._reading:
            every = self._every(shown, is_open, keys)
        told = document_of_redacted(every, files)
        requests = [
            _with_log(request, shown[seen.number]) for request, seen in zip(told["requests"], every, strict=True)
        ]
        first, began_ms = (every[0].number, every[0].began_ms) if every else (1, 0)
        return told | {
            "first": first,
            "began": self._began[0] + began_ms / 1000,
            "requests": [request for request in requests if request["id"] > after],
        }

    def _every(self, shown: Mapping[int, JSON], is_open: set[int], keys: tuple[str, ...]) -> Sequence[Seen]:
        """Every request that is both in the log and seen, without secrets."""
        if keys != self._keys:  # what was taken for harmless may be one of them
            self._keys, self._ended = keys, {}
        ended = {number: seen for number, seen in self._ended.items() if number in shown}
        found = dict(ended)
        for seen in self._witness.seen(but=ended):
            if seen.number in shown:
                found[seen.number] = redacted_seen(seen, keys)
                if seen.number not in is_open:
                    ended[seen.number] = found[seen.number]
        self._ended = ended
        return [seen for _, seen in sorted(found.items())]


def _with_log(request: JSON, entry: JSON) -> JSON:
    """A request of the document, with what the log knows beyond its answer."""
    more = {"id": entry["number"]} | {name: entry[name] for name in ("note", "entry") if entry[name]}
    if entry["ms"] is not None:
        return request | more
    return {name: value for name, value in request.items() if name != "isTruncated"} | more | {"isOpen": True}
