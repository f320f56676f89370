"""Requests that go on to upstream, and the bytes of their answers, captured on their way to the application."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from runmock.core.http.media_types import media_type

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runmock.core.api import Incoming
    from runmock.core.http.exchange import Request
    from runmock.core.replay.interaction import Interaction
    from runmock.core.replay.upstream import Upstream


class AnswerEnd(StrEnum):
    """How the answer ended."""

    WHOLE = "whole"
    """Upstream ended it."""
    LEFT = "left"
    """The application stopped reading: it closed the answer, was cancelled, or dropped it."""
    BROKEN = "broken"
    """Upstream failed in the middle."""


PORTION = 1_000_000
"""Bytes: a portion that is longer is full."""
_LONG_CHUNK = 16_384
"""Bytes: a chunk that is as long is a portion by itself, so that it is no copy."""


@dataclass(slots=True)
class Portion:
    """Bytes that came one after the other, and when; mutable: chunks are added until it is full.

    A stream has thousands of short chunks. Together they need less memory, and are faster to read.
    """

    data: bytes | bytearray
    ends: list[int] = field(default_factory=list)
    """Where each chunk ends."""
    times: list[float] = field(default_factory=list)
    """When each chunk came, in milliseconds since the request was sent."""

    def add(self, chunk: bytes, at_ms: float) -> None:
        """Add a chunk; its bytes come last: whoever reads them meanwhile in another thread knows when they came."""
        self.times.append(at_ms)
        self.ends.append(len(self.data) + len(chunk))
        self.data += chunk

    def chunks(self) -> Iterator[tuple[float, bytes]]:
        """Yield when each chunk came, and its bytes."""
        for at_ms, start, end in zip(self.times, [0, *self.ends], self.ends, strict=False):
            yield at_ms, bytes(self.data[start:end])


@dataclass(slots=True)
class CapturedAnswer:
    """Mutable while it is recorded: `feed` takes each chunk as it goes by, `seal` ends it, once."""

    incoming: Incoming
    origin: str
    """Scheme, host and port of the URL."""
    status: int
    headers: tuple[tuple[str, str], ...] = ()
    """Of the answer; names are lower case."""
    portions: list[Portion] = field(default_factory=list)
    last_ms: float = 0
    """When its last bytes came, in milliseconds since the request was sent."""
    ending: AnswerEnd | None = None
    interaction: Interaction | None = None
    """What the bytes mean, once they were let go."""

    @property
    def request(self) -> Request:
        """The request that it answers."""
        return self.incoming.request

    def feed(self, data: bytes, at_ms: float) -> None:
        """Add bytes of the answer, `at_ms` milliseconds after the request; ignored once the answer is sealed."""
        if self.ending is not None or not data:
            return
        self.last_ms = at_ms
        if len(data) >= _LONG_CHUNK:
            self.portions.append(Portion(data, [len(data)], [at_ms]))
            return
        if not self.portions or len(self.portions[-1].data) > PORTION or isinstance(self.portions[-1].data, bytes):
            self.portions.append(Portion(bytearray()))
        self.portions[-1].add(data, at_ms)

    def seal(self, ending: AnswerEnd) -> None:
        """Set how the answer ended; later calls change nothing."""
        if self.ending is None:
            self.ending = ending

    def taken_portions(self) -> Iterator[Portion]:
        """Yield the portions, and let each go, so that a long answer is not in memory twice."""
        waiting = self.portions[::-1]
        self.portions.clear()
        while waiting:
            yield waiting.pop()

    @property
    def body(self) -> bytes:
        """All bytes so far."""
        return b"".join([bytes(portion.data) for portion in self.portions])

    def header(self, name: str) -> str:
        """A header of the answer, by its name in lower case; the empty string when it is not there."""
        return next((value for key, value in self.headers if key == name), "")

    @property
    def is_stream(self) -> bool:
        """Whether the answer is server-sent events."""
        return media_type(self.header("content-type")) == "text/event-stream"


@dataclass(slots=True)
class UpstreamCall:
    """One request on its way to upstream; mutable: it is answered, once, or it fails."""

    incoming: Incoming
    upstream: Upstream | None = None
    """The API root that replaces the client's own; None sends the request where the client sends it."""
    take: CapturedAnswer | None = None
    error: str | None = None
    """Why there is no answer."""

    @property
    def request(self) -> Request:
        """The request that is sent."""
        return self.incoming.request

    def answered(self, origin: str, status: int, headers: tuple[tuple[str, str], ...]) -> CapturedAnswer:
        """Begin to capture an answer. Feed the result each chunk, and seal it. Names of headers are lower case."""
        self.take = CapturedAnswer(self.incoming, origin, status, headers)
        return self.take

    def failed(self, error: str) -> None:
        """Upstream never answered."""
        self.error = error

    @property
    def is_over(self) -> bool:
        """Whether the call has failed, or its answer has ended."""
        return self.error is not None or (self.take is not None and self.take.ending is not None)
