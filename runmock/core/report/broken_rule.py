"""A rule that a cassette breaks. The table of the rules is `documents/check/findings.py`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from runmock.core.replay.interaction import none_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runmock.core.http.json_values import Keys
    from runmock.core.replay.interaction import Ends, Interaction

NOTE = "note"
"""The `rule` of what breaks no rule but is worth knowing."""
LONGEST = 40


class BrokenRule(NamedTuple):
    """A rule that is broken: its name, the keys that lead to the place in the document, and a sentence."""

    rule: str
    keys: Keys
    message: str


def missing_end(last: str, ends: Ends, keys: Keys) -> BrokenRule:
    """The broken rule for a stream whose last event does not end it."""
    return BrokenRule("truncated", keys, f"the stream ends with {last}, and {none_of(ends)}")


def check_asked_for(interaction: Interaction, keys: Keys) -> Iterator[BrokenRule]:
    """A request that may be answered with a stream must be, if it asks for one, and only then."""
    if interaction.wants_stream is not (interaction.stream is not None):
        difference = (
            "a stream, but the answer is not a stream"
            if interaction.wants_stream
            else "no stream, but the answer is a stream"
        )
        yield BrokenRule("event-order", keys, f"the {interaction.operation.name} asks for {difference}")


def check_same_text(
    what: str, known: str | None, final: Any, keys: Keys, source: str = "the deltas add up to"
) -> Iterator[BrokenRule]:
    """A text of a finished object must equal the one that is known, where both are; `source` says from where it is."""
    if known and isinstance(final, str) and known != final:
        yield BrokenRule("text", keys, f"{what}: {source} {_shortened(known)}, but here it is {_shortened(final)}")


def _shortened(text: str) -> str:
    return repr(text if len(text) <= LONGEST else f"{text[:LONGEST]}...")
