"""Values that `before_record` takes out of requests, and the places where answers still contain them.

A service repeats what it was sent: metadata, names, the text of a message. A user who takes a value out of the request
only may believe that the cassette does not contain it. A warning names the places, never the value.
"""

from __future__ import annotations

import itertools
import re
from typing import TYPE_CHECKING, Any, NamedTuple

from runmock.core.secrets.every_text import joined

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from runmock.core.replay.interaction import Interaction

SHORTEST = 3
"""Shorter values are ignored: every text contains them."""
_WORD = re.compile(r"[^\s,;:!?()\"']+")


class TakenOut(NamedTuple):
    """A value that a request contained and its recording does not: the request, the place in it, the value."""

    request: str
    place: str
    value: str


def taken_out(sent: Interaction, written: Interaction) -> Iterator[TakenOut]:
    """The values that a request contained when it was sent, and that it no longer contains when it is written."""
    before, after = dict(_request_texts(sent)), dict(_request_texts(written))
    left = set(after.values())
    for place, text in before.items():
        if text in left:
            continue
        for value in _removed(text, after.get(place, "")):
            if len(value) >= SHORTEST:
                yield TakenOut(f"{sent.method} {written.path}", place, value)


def _removed(before: str, after: str) -> list[str]:
    """The words that were removed from a text; the whole text when no word of it was kept."""
    kept = set(_WORD.findall(after))
    words = _WORD.findall(before)
    return [word for word in words if word not in kept] if kept.intersection(words) else [before]


def still_there(taken: Iterable[TakenOut], interactions: Sequence[Interaction]) -> list[str]:
    """A sentence for each place whose removed value an answer still contains."""
    values = dict.fromkeys(taken)
    if not values:
        return []
    answers = [(interaction, [*_answer_texts(interaction)]) for interaction in interactions]
    found: dict[str, None] = {}
    for request, place, value in values:
        whole = re.compile(rf"(?<!\w){re.escape(value)}(?!\w)")
        hits = (
            (interaction, where)
            for interaction, texts in answers
            for where, text in texts
            if value in text and whole.search(text)
        )
        if (hit := next(hits, None)) is not None:
            interaction, where = hit
            answer = f"the answer to {interaction.method} {interaction.path}"
            found[f"before_record takes {place} out of {request}, and {answer} still has its value in {where}"] = None
    return list(found)


def _request_texts(interaction: Interaction) -> Iterator[tuple[str, str]]:
    """The place and the text of every value in a request."""
    yield from ((f"the path, part {number}", part) for number, part in enumerate(interaction.path.split("/")[1:], 1))
    for name, values in interaction.query.items():
        yield from ((f"query.{name}", value) for value in values)
    yield from _texts(interaction.body, "body")


def _answer_texts(interaction: Interaction) -> Iterator[tuple[str, str]]:
    """The place and the text of every value in an answer; deltas come once more, joined to one text."""
    yield from _texts(interaction.json, "json")
    if interaction.text is not None:
        yield "text", interaction.text
    events = interaction.stream or ()
    for number, event in enumerate(events):
        place = f"stream[{number}] {event.name}"
        yield from _texts(event.raw if event.data is None else event.data, place)
    for first, *others in joined(events):
        if others:
            keys = "".join(f"[{key}]" if isinstance(key, int) else f".{key}" for key in first.keys)
            yield f"{events[first.event].name}{keys}", "".join(piece.text for piece in (first, *others))


def _texts(value: Any, place: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        yield from itertools.chain.from_iterable(_texts(part, f"{place}.{key}") for key, part in value.items())
    elif isinstance(value, list):
        yield from itertools.chain.from_iterable(_texts(part, f"{place}[{n}]") for n, part in enumerate(value))
    elif isinstance(value, str) or (isinstance(value, int | float) and not isinstance(value, bool)):
        yield place, str(value)
