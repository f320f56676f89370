"""A recording as the text of a cassette, made for review.

Each event and each object has a line of its own; ids are aliases and times are relative, so that they stay the same
when the same is recorded again.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import chain
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import quote

from runmock.core.errors import CassetteError
from runmock.core.http.json_values import same_json
from runmock.tape.comparing.times import first_time
from runmock.tape.files.long_texts import Pieces, Text, kept_if_short
from runmock.tape.files.side_files import lines_of
from runmock.tape.reading.stream import PIECES
from runmock.tape.writing.aliases import Aliases
from runmock.tape.writing.shortening import Shortened
from runmock.tape.writing.wrapping import wrapped
from runmock.tape.yaml.yaml_text import can_write, flow, scalar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from runmock.core.replay.interaction import Interaction

_PLAIN_REQUEST = re.compile(r"[A-Z]+ /[\w$/.!?()+=;&%*,@~-]*", re.ASCII)
"""A request that needs no quotes in a block mapping, where YAML allows more characters than in `[...]`."""


class PayloadWriter(Protocol):
    """What decides how payloads are written: `Shortened`, or something that leaves them as they are."""

    def body(self, interaction: Interaction) -> Any:
        """A request's body as it is written."""

    def payload(self, value: Any) -> Any | None:
        """A JSON value as it is written; None when the format has no way to write it."""

    def stream(self, interaction: Interaction) -> list[Any]:
        """The events of its stream as they are written."""


@dataclass(frozen=True, slots=True)
class Header:
    """What stands in the line `recorded:`: when (seconds since the epoch), from which API root, with which SDK."""

    at: int
    upstream: str | None = None
    sdk: str | None = None
    counted_from: int | None = None
    """The first time in upstream's answers; without it times count from `at`."""

    @property
    def base(self) -> int:
        """The time that `+0s` means, in seconds since the epoch."""
        return self.at if self.counted_from is None else self.counted_from

    def counting(self, interactions: Iterable[Interaction]) -> Header:
        """This header for these interactions: their times count from the first time in their answers."""
        return replace(self, counted_from=first_time(interactions))


def cassette_text(header: Header, interactions: Iterable[Interaction]) -> str:
    """The text of a new cassette. Raises CassetteError, naming the request, for what the format cannot express."""
    return "".join(_new(header, interactions)())


def text_to_write(header: Header, interactions: Iterable[Interaction]) -> Text:
    """The same; a long text in pieces."""
    text = kept_if_short(_new(header, interactions))
    return text if isinstance(text, Pieces) else "".join(text)


def _new(header: Header, interactions: Iterable[Interaction]) -> Callable[[], Iterator[str]]:
    interactions = tuple(interactions)
    return _whole(header.counting(interactions), Aliases().aliased(interactions))


def whole_text(header: Header, interactions: Iterable[Interaction]) -> str:
    """The text of a cassette, of interactions that have aliases already.

    Raises CassetteError, naming the request, for what the format cannot express.
    """
    return "".join(_whole(header, interactions)())


def _whole(header: Header, interactions: Iterable[Interaction]) -> Callable[[], Iterator[str]]:
    """A function that makes the pieces of a cassette's text."""
    begin = f"runmock: 1\n{header_line(header)}\ninteractions:\n"
    items = _items(interactions, Shortened(header.base))
    return lambda: chain([begin], chain.from_iterable(items))


def blocks(interactions: Iterable[Interaction], writer: PayloadWriter) -> str:
    """The items of `interactions:`, of interactions that have aliases already.

    Raises CassetteError, naming the request, for what the format cannot express.
    """
    return "".join(chain.from_iterable(_items(interactions, writer))).removesuffix("\n")


def _items(interactions: Iterable[Interaction], writer: PayloadWriter) -> list[Iterable[str]]:
    """The pieces of the items, with an empty line between two. Payloads are made short now, and quoted each time."""
    items: list[Iterable[str]] = []
    for interaction in with_repeats(interactions):
        items += [["\n"]] if items else []
        items += _item(interaction, writer)
    return items


def header_line(header: Header) -> str:
    """The line of a cassette that begins with `recorded:`."""
    counted_from = "" if header.counted_from is None else f", from: {_iso(header.counted_from)}"
    rest = {"upstream": header.upstream, "sdk": header.sdk}
    more = "".join(f", {key}: {flow(value)}" for key, value in rest.items() if value is not None)
    return f"recorded: {{at: {_iso(header.at)}{counted_from}{more}}}"


def _iso(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def with_repeats(interactions: Iterable[Interaction]) -> Iterator[Interaction]:
    """The interactions with consecutive equal GETs as one, which has their number under `repeat`."""
    before: Interaction | None = None
    for interaction in interactions:
        if before is None:
            before = interaction
        elif interaction.method == "GET" and interaction.stream is None and _is_again(before, interaction):
            before = before._replace(repeat=before.repeat + interaction.repeat)
        else:
            yield before
            before = interaction
    if before is not None:
        yield before


def _is_again(before: Interaction, interaction: Interaction) -> bool:
    fields = ("method", "path", "query", "status", "headers", "text", "stream", "content")
    alike = all(getattr(before, name) == getattr(interaction, name) for name in fields)
    return alike and same_json([before.body, before.json], [interaction.body, interaction.json])


def _item(interaction: Interaction, writer: PayloadWriter) -> tuple[Iterable[str], Iterable[str]]:
    """The pieces of an item: of what stands before the answer, and of the answer."""
    request = f"{interaction.method} {interaction.path}{_query(interaction)}"
    head = [f"  - request: {request if _PLAIN_REQUEST.fullmatch(request) else scalar(request)}\n"]
    if interaction.body is not None:
        if not can_write(interaction.body):
            raise CassetteError(
                f"the body of {interaction.method} {interaction.path} cannot be written in YAML", "recording"
            )
        head.append(f"    body: {flow(writer.body(interaction))}\n")
    if interaction.status != 200:  # noqa: PLR2004 - what is left out is 200
        head.append(f"    status: {interaction.status}\n")
    headers, answer = _answer(interaction, writer)
    if headers:
        head.append(f"    headers: {flow(headers)}\n")
    if interaction.pace.first_ms or interaction.pace.gap_ms:
        head.append(f"    pace: {{first: {interaction.pace.first_ms:g}ms, gap: {interaction.pace.gap_ms:g}ms}}\n")
    if interaction.repeat > 1:
        head.append(f"    repeat: {interaction.repeat}\n")
    if interaction.is_truncated:
        head.append("    truncated: true\n")
    if not interaction.is_numbered:
        head.append("    numbered: false\n")
    return head, answer


def _query(interaction: Interaction) -> str:
    pairs = [
        f"{quote(key, safe='[]')}={quote(value, safe='[]*.,')}"
        for key, values in interaction.query.items()
        for value in values
    ]
    return f"?{'&'.join(pairs)}" if pairs else ""


def _answer(interaction: Interaction, writer: PayloadWriter) -> tuple[dict[str, str], Iterable[str]]:
    """The answer's headers and pieces; JSON that the format cannot express becomes a text with a content type."""
    headers = dict(interaction.headers)
    if interaction.stream is not None:
        items = writer.stream(interaction)
        return headers, Pieces(lambda: _stream(items))
    if interaction.text is not None:
        return headers, [f"    text: {scalar(interaction.text)}\n"]
    if interaction.content is not None:
        return headers, ["".join(f"{line}\n" for line in lines_of(interaction))]  # a block of base64 is in one piece
    written = writer.payload(interaction.json)
    if written is None and interaction.json is not None:
        return {"content-type": "application/json", **headers}, [f"    text: {scalar(json.dumps(interaction.json))}\n"]
    return headers, Pieces(lambda: _json(written))


def _json(value: Any) -> Iterator[str]:
    """Yield the lines of a JSON answer: a single one, but a line for each item of `data`."""
    if not (isinstance(value, dict) and isinstance(value.get("data"), list) and value["data"]):
        yield f"    json: {flow(value)}\n"
        return
    yield "    json:\n"
    for key, part in value.items():
        if key == "data":
            yield "      data:\n"
            yield from (f"        - {flow(item)}\n" for item in part)
        else:
            yield f"      {scalar(key)}: {flow(part)}\n"


def _stream(items: Sequence[Any]) -> Iterator[str]:
    """Yield the items of a stream, each on a line of its own; a long list of pieces is broken into several lines."""
    yield "    stream:\n" if items else "    stream: []\n"
    for item in items:
        if item == "done":
            yield "      - done\n"
            continue
        ((name, value),) = item.items()
        if name in PIECES and isinstance(value, list):
            yield from wrapped(f"      - {name}: [", value, indent=10, end="]\n")
        else:
            yield f"      - {scalar(name)}: {flow(value)}\n"
