"""Requests that go on to upstream, and the bytes of their answers, captured on their way to the application."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

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


class Chunk(NamedTuple):
    """Bytes that came `at_ms` milliseconds after the request was sent."""

    at_ms: float
    data: bytes


@dataclass(slots=True)
class CapturedAnswer:
    """Mutable while it is recorded: `feed` takes each chunk as it goes by, `seal` ends it, once."""

    incoming: Incoming
    origin: str
    """Scheme, host and port of the URL."""
    status: int
    headers: tuple[tuple[str, str], ...] = ()
    """Of the answer; names are lower case."""
    chunks: list[Chunk] = field(default_factory=list)
    ending: AnswerEnd | None = None
    interaction: Interaction | None = None
    """What the bytes mean, once they were let go."""

    @property
    def request(self) -> Request:
        """The request that it answers."""
        return self.incoming.request

    def feed(self, data: bytes, at_ms: float) -> None:
        """Add bytes of the answer, `at_ms` milliseconds after the request; ignored once the answer is sealed."""
        if self.ending is None and data:
            self.chunks.append(Chunk(at_ms, data))

    def seal(self, ending: AnswerEnd) -> None:
        """Set how the answer ended; later calls change nothing."""
        if self.ending is None:
            self.ending = ending

    def taken_chunks(self) -> Iterator[Chunk]:
        """Yield the chunks, and let each go, so that a long answer is not in memory twice."""
        waiting = self.chunks[::-1]
        self.let_go()
        while waiting:
            yield waiting.pop()

    def let_go(self) -> None:
        """Let the bytes go; when the last of them came is still known."""
        self.chunks[:] = [Chunk(chunk.at_ms, b"") for chunk in self.chunks[-1:]]

    @property
    def body(self) -> bytes:
        """All bytes so far."""
        return b"".join(chunk.data for chunk in self.chunks)

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
