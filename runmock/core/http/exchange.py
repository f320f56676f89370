"""The values that cross a floor: a Request comes in, a Reply made of Frames goes out."""

from __future__ import annotations

import json
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from runmock.core.http.json_text import STDLIB_JSON, finite

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from runmock.core.engine.run_status import RunState
    from runmock.core.http.json_text import JsonText

_DECODER = json.JSONDecoder(parse_float=finite, parse_constant=finite)

JSON: TypeAlias = "dict[str, Any]"
"""A JSON object as Python sees it."""


REFUSED = 400
"""An answer with this HTTP status, or a higher one, refuses its request."""

_NOTHING: Mapping[str, Any] = MappingProxyType({})


class Request(NamedTuple):
    """One HTTP request as the application sent it; header names are lower case, `path` is the whole path of the URL.

    Headers and body are not in its repr: tracebacks show reprs, and headers hold keys.
    """

    method: str
    host: str
    path: str
    query: Mapping[str, tuple[str, ...]] = _NOTHING
    headers: Mapping[str, str] = _NOTHING
    body: bytes = b""
    elsewhere: str = ""
    """The origin, scheme and port included, of a request that no script plays, to a host that is none of the service's:
    a gateway."""
    is_served: bool = False
    """Whether it came over HTTP to a runmock server, so that its host is not the service's."""

    def __repr__(self) -> str:
        return f"Request({self.method} {self.host}{self.path}, query={dict(self.query)})"

    def with_body(self, body: bytes) -> Request:
        """The same request with its body, which is read only for requests that a session claims."""
        return Request(
            self.method, self.host, self.path, self.query, self.headers, body, self.elsewhere, self.is_served
        )

    def parsed_body(self) -> Any:
        """The body as JSON; None for an empty body.

        Raises ValueError when it is not JSON, or contains what only Python's parser accepts: NaN, half a pair of
        surrogates.
        """
        if not self.body.strip():
            return None
        try:
            found = _DECODER.decode(self.body.decode())
        except ValueError:  # it may be UTF-16
            found = json.loads(self.body, parse_float=finite, parse_constant=finite)
        if b"\\u" in self.body:
            json.dumps(found, ensure_ascii=False).encode()  # refuses half a pair of surrogates
        return found


class Frame(NamedTuple):
    """Bytes of a body, to be sent `after_ms` milliseconds after the last frame; `events` counts the events in them."""

    after_ms: float
    data: bytes
    events: int = 1
    is_last: bool = False
    """Whether a frame that ends a stream is known to be the last one."""


class Disconnected(Exception):  # noqa: N818 - what happens to a body, rather than an error of ours
    """Raised in the place of a frame: the connection breaks here; the client gets its HTTP library's own exception."""


def _nothing() -> None:
    """Return no state of a run."""


class Reply(NamedTuple):
    """An answer: status, headers, and a body as frames; a stream's frames are made one by one while they are read."""

    status: int
    headers: tuple[tuple[str, str], ...]
    frames: Iterable[Frame]
    is_stream: bool = False
    current_run: Callable[[], RunState | None] = _nothing
    """Returns the state of the run that the answer shows; of a stream, the latest one so far."""

    def body(self) -> bytes:
        """The whole body; it reads all frames."""
        frames = self.frames if isinstance(self.frames, tuple) else tuple(self.frames)
        return frames[0].data if len(frames) == 1 else b"".join([frame.data for frame in frames])

    def framed(self, frames: Iterable[Frame]) -> Reply:
        """The same answer, in other frames."""
        return Reply(self.status, self.headers, frames, self.is_stream, self.current_run)

    def with_run(self, current_run: Callable[[], RunState | None]) -> Reply:
        """The same answer; `current_run` returns the state of the run in it."""
        return Reply(self.status, self.headers, self.frames, self.is_stream, current_run)

    @classmethod
    def of_json(
        cls,
        value: Any,
        status: int = 200,
        headers: Iterable[tuple[str, str]] = (),
        current_run: Callable[[], RunState | None] = _nothing,
        written: JsonText = STDLIB_JSON,
    ) -> Reply:
        """A JSON answer."""
        sent = tuple(headers)
        if not sent or "content-type" not in [name.lower() for name, _ in sent]:
            sent = (("content-type", "application/json"), *sent)
        return cls(status, sent, (Frame(0, written.indented(value)),), False, current_run)

    @classmethod
    def of_events(
        cls, frames: Iterator[Frame] | Iterable[Frame], headers: Iterable[tuple[str, str]] = (), status: int = 200
    ) -> Reply:
        """A stream of server-sent events; `frames` are encoded events."""
        return cls(status, (("content-type", "text/event-stream; charset=utf-8"), *headers), frames, is_stream=True)
