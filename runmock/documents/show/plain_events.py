"""Writes a recording without shorthands: each event on its own line, each object in full, each time as a number."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from runmock.tape.reading.stream import PIECES, RAW, written_done
from runmock.tape.writing.cassette_text import blocks, header_line
from runmock.tape.yaml.yaml_text import can_write

if TYPE_CHECKING:
    from collections.abc import Iterable

    from runmock.core.replay.interaction import Interaction, StreamEvent
    from runmock.tape.writing.cassette_text import Header


class Plain:
    """Writes payloads in full, without shorthands."""

    def body(self, interaction: Interaction) -> Any:
        """Return a request's body, which says everything."""
        return interaction.body

    def payload(self, value: Any) -> Any | None:
        """Return a JSON value as it is written; None when the format cannot write it, or when it is null."""
        return value if can_write(value) else None

    def stream(self, interaction: Interaction) -> list[Any]:
        """Return the events of a stream, one item for each."""
        return [_item(event) for event in interaction.stream or ()]


def _item(event: StreamEvent) -> Any:
    if (done := written_done(event)) is not None:
        return done
    if event.raw is None and event.name not in {*PIECES, RAW, "done"} and can_write(event.data):
        return {event.name: event.data}
    return {RAW: event.encoded().decode()}


def plain_text(header: Header, interactions: Iterable[Interaction]) -> str:
    """Return the text of a cassette that plays the same, without shorthands."""
    return f"runmock: 1\n{header_line(header)}\ninteractions:\n{blocks(interactions, Plain())}\n"
