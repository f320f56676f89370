"""A recording as the text of a cassette, made for review: one event or one object a line, ids and times at rest."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import quote

from runmock.core.errors import CassetteError
from runmock.tape.comparing.times import first_time
from runmock.tape.files.side_files import lines_of
from runmock.tape.reading.stream import PIECES
from runmock.tape.writing.aliases import Aliases
from runmock.tape.writing.shortening import Shortened, same_json
from runmock.tape.yaml.yaml_text import can_write, flow, scalar

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from runmock.core.replay.interaction import Interaction, StreamEvent

_PLAIN_REQUEST = re.compile(r"[A-Z]+ /[\w$/.!?()+=;&%*,@~-]*", re.ASCII)
"""It stands in no list, where YAML is less strict."""
WIDTH = 120
"""Lists of pieces are broken into lines of about this length; nothing else is."""


class Writes(Protocol):
    """Says how payloads are written: `Shortened`, or something that leaves them as they are."""

    def payload(self, value: Any) -> Any | None:
        """A JSON value as it is written; None when the format has no way to write it."""

    def stream(self, events: Iterable[StreamEvent]) -> list[Any]:
        """The events of a stream as they are written."""


@dataclass(frozen=True, slots=True)
class Header:
    """What the line `recorded:` says: when (seconds since the epoch), from which API root, with which SDK."""

    at: int
    upstream: str | None = None
    sdk: str | None = None
    counted_from: int | None = None
    """The first time that upstream told; without it times count from `at`."""

    @property
    def base(self) -> int:
        """The time to which the recording's times are relative."""
        return self.at if self.counted_from is None else self.counted_from

    def counting(self, interactions: Iterable[Interaction]) -> Header:
        """The header of these interactions: their times count from the first one that upstream told."""
        return replace(self, counted_from=first_time(interactions))


def cassette_text(header: Header, interactions: Iterable[Interaction]) -> str:
    """The cassette of a new recording. Raises CassetteError for what the format cannot hold, naming the request."""
    interactions = tuple(interactions)
    return whole_text(header.counting(interactions), Aliases().aliased(interactions))


def whole_text(header: Header, interactions: Iterable[Interaction]) -> str:
    """A cassette of interactions, aliased already, whose times count as the header says. Raises CassetteError."""
    told = blocks(interactions, Shortened(header.base))
    return f"runmock: 1\n{header_line(header)}\ninteractions:\n{told}\n"


def blocks(interactions: Iterable[Interaction], shortened: Writes) -> str:
    """Interactions, aliased already, as the items of a list. Raises CassetteError for what the format cannot hold."""
    return "\n\n".join("\n".join(_lines(one, shortened)) for one in counted(interactions))


def header_line(header: Header) -> str:
    """The line `recorded:`."""
    counted_from = "" if header.counted_from is None else f", from: {_iso(header.counted_from)}"
    rest = {"upstream": header.upstream, "sdk": header.sdk}
    more = "".join(f", {key}: {flow(value)}" for key, value in rest.items() if value is not None)
    return f"recorded: {{at: {_iso(header.at)}{counted_from}{more}}}"


def _iso(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def counted(interactions: Iterable[Interaction]) -> list[Interaction]:
    """Consecutive polls that heard the same as one, with their number."""
    found: list[Interaction] = []
    for one in interactions:
        before = found[-1] if found else None
        if before is not None and one.method == "GET" and one.stream is None and _is_again(before, one):
            found[-1] = before._replace(repeat=before.repeat + one.repeat)
        else:
            found.append(one)
    return found


def _is_again(before: Interaction, one: Interaction) -> bool:
    fields = ("method", "path", "query", "status", "headers", "text", "stream", "content")
    alike = all(getattr(before, name) == getattr(one, name) for name in fields)
    return alike and same_json([before.body, before.json], [one.body, one.json])


def _lines(one: Interaction, shortened: Writes) -> Iterator[str]:
    request = f"{one.method} {one.path}{_query(one)}"
    yield f"  - request: {request if _PLAIN_REQUEST.fullmatch(request) else scalar(request)}"
    if one.body is not None:
        if not can_write(one.body):
            raise CassetteError(f"the body of {one.method} {one.path} cannot be written in YAML", "recording")
        yield f"    body: {flow(one.body)}"
    if one.status != 200:  # noqa: PLR2004 - what is left out is 200
        yield f"    status: {one.status}"
    headers, answer = _answer(one, shortened)
    if headers:
        yield f"    headers: {flow(headers)}"
    if one.pace.first_ms or one.pace.gap_ms:
        yield f"    pace: {{first: {one.pace.first_ms:g}ms, gap: {one.pace.gap_ms:g}ms}}"
    if one.repeat > 1:
        yield f"    repeat: {one.repeat}"
    if one.is_truncated:
        yield "    truncated: true"
    yield from answer


def _query(one: Interaction) -> str:
    pairs = [
        f"{quote(key, safe='[]')}={quote(value, safe='[]*.,')}" for key, values in one.query.items() for value in values
    ]
    return f"?{'&'.join(pairs)}" if pairs else ""


def _answer(one: Interaction, shortened: Writes) -> tuple[dict[str, str], list[str]]:
    """The answer's lines; its headers too, for JSON that the format cannot hold becomes a text with its type."""
    headers = dict(one.headers)
    if one.stream is not None:
        lines = [line for item in shortened.stream(one.stream) for line in _item(item)]
        return headers, ["    stream:", *lines] if lines else ["    stream: []"]
    if one.text is not None:
        return headers, [f"    text: {scalar(one.text)}"]
    if one.content is not None:
        return headers, lines_of(one)
    written = shortened.payload(one.json)
    if written is None and one.json is not None:
        return {"content-type": "application/json", **headers}, [f"    text: {scalar(json.dumps(one.json))}"]
    return headers, list(_json(written))


def _json(value: Any) -> Iterator[str]:
    """A JSON answer: one line, but a list's items have a line each."""
    if not (isinstance(value, dict) and isinstance(value.get("data"), list) and value["data"]):
        yield f"    json: {flow(value)}"
        return
    yield "    json:"
    for key, part in value.items():
        if key == "data":
            yield "      data:"
            yield from (f"        - {flow(item)}" for item in part)
        else:
            yield f"      {scalar(key)}: {flow(part)}"


def _item(item: Any) -> Iterator[str]:
    """A stream's item: one line; a list of pieces takes as many as its length wants."""
    if item == "done":
        yield "      - done"
        return
    ((name, value),) = item.items()
    if name in PIECES and isinstance(value, list):
        yield from wrapped(f"      - {name}: [", value, indent=10, end="]")
    else:
        yield f"      - {scalar(name)}: {flow(value)}"


def wrapped(head: str, pieces: Sequence[str], *, indent: int, end: str) -> Iterator[str]:
    """A list of texts in lines of a bearable length, after `head`; `end` follows the last text."""
    line = head
    for number, piece in enumerate(pieces):
        written = scalar(piece) + (end if number == len(pieces) - 1 else ",")
        if len(line) + len(written) > WIDTH and not line.isspace() and not line.endswith("["):
            yield line.rstrip()
            line = " " * indent
        line += written + " "
    yield line.rstrip()
