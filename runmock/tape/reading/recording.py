"""A written recording becomes values of `core.replay.interaction.Interaction`, in the order of the file."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from runmock.apis.registry import delta_pieces, identify
from runmock.core.errors import CassetteError
from runmock.core.replay.binary_content import BinaryContent
from runmock.core.replay.ids_in_payloads import answer_ids
from runmock.core.replay.interaction import Interaction, RecordedPace
from runmock.core.script.script import DEFAULT_CLOCK, Source
from runmock.tape.files.binary_text import bytes_in
from runmock.tape.files.side_files import content_at
from runmock.tape.reading.payloads import Payloads
from runmock.tape.reading.stream import Stream

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from runmock.core.replay.interaction import StreamEvent
    from runmock.tape.format import model_file as written

_NO_PACE = RecordedPace()


def interactions_of(
    file: written.File, path: str, text: str | None, lines: Mapping[str, Sequence[int]]
) -> tuple[Interaction, ...]:
    """A cassette's recording; `lines`: the lines on which the items of `interactions` begin. Raises CassetteError."""
    interactions: list[Interaction] = []
    for result in each_interaction(file, path, text, lines):
        if isinstance(result, CassetteError):
            raise result
        interactions.append(result)
    return tuple(interactions)


def each_interaction(
    file: written.File, path: str, text: str | None, lines: Mapping[str, Sequence[int]]
) -> Iterator[Interaction | CassetteError]:
    """One interaction after the other; in the place of one that is wrong, its error."""
    payloads = Payloads(_base(file.recorded), path, text)
    starts = lines.get("interactions", ())
    for index, interaction in enumerate(file.interactions or ()):
        try:
            yield decoded(interaction, Source(path, index, starts[index] if index < len(starts) else None), payloads)
        except CassetteError as error:
            yield error


def _base(recorded: written.RecordedModel | None) -> int:
    """The time that `+0s` means: `recorded.from`, else `recorded.at`, else the beginning of 2026."""
    known = () if recorded is None else (recorded.from_, recorded.at)
    return next((time for time in known if time is not None), DEFAULT_CLOCK)


def decoded(interaction: written.InteractionModel, source: Source, payloads: Payloads) -> Interaction:
    """An interaction with all shorthands expanded; `payloads` remembers its objects. Raises CassetteError."""
    method, _, target = interaction.request.partition(" ")
    path, _, query = target.partition("?")
    keys = ("interactions", source.index)
    stream: Sequence[StreamEvent] | None = None
    if interaction.stream is not None:
        deltas = delta_pieces(identify(method, path), interaction.status, is_numbered=interaction.numbered)
        stream = Stream(payloads, deltas).events(interaction.stream, (*keys, "stream"))
    pace = interaction.pace
    has_body = interaction.body is not None  # only then it matters which API it is
    history_key = identify(method, path).api.history_key if has_body else ""
    read = Interaction(
        source=source,
        method=method,
        identify=identify,
        path=path,
        query=_parsed(query),
        body=payloads.body(interaction.body, history_key, (*keys, "body")),
        status=interaction.status,
        headers=tuple(interaction.headers.items()) if interaction.headers else (),
        json=payloads.expand_and_remember(interaction.json_, (*keys, "json")),
        stream=stream,
        text=interaction.text,
        pace=_NO_PACE if pace is None else RecordedPace(pace.first or 0, pace.gap or 0),
        repeat=interaction.repeat,
        is_truncated=interaction.truncated,
        content=_content(interaction, source.cassette),
    )
    if history_key:
        payloads.remember_body(read.body, history_key, answer_ids(read))
    return read


def _content(interaction: written.InteractionModel, cassette: str) -> BinaryContent | None:
    """The bytes of a binary answer; those in a file of their own are not read yet."""
    if interaction.has_base64:
        return BinaryContent.of(bytes_in(interaction.base64))
    if not interaction.sha256:
        return None
    if not interaction.path:
        return BinaryContent(interaction.size, interaction.sha256)
    return content_at(cassette, interaction.path, interaction.size, interaction.sha256)


def _parsed(query: str) -> dict[str, tuple[str, ...]]:
    values: dict[str, tuple[str, ...]] = {}
    if not query:
        return values
    for name, value in parse_qsl(query, keep_blank_values=True):
        values[name] = (*values.get(name, ()), value)
    return values
