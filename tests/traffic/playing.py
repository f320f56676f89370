"""Drives a deck with the requests of a recording, and compares what it answers with what was recorded."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any

from comparison import ID, Comparison
from recordings import Entry, decoded, entries
from scripts import SCRIPTS

from runmock.core.http.exchange import Request
from runmock.deck.deck import Deck
from runmock.tape.reading.cassette import cassette_from

if TYPE_CHECKING:
    from collections.abc import Mapping

    from comparison import Difference
    from recordings import Events

HEADERS = {"openai-beta": "assistants=v2", "content-type": "application/json", "accept": "application/json"}
COMPARED_HEADERS = ("content-type", "openai-version")


@dataclass(slots=True)
class Played:
    """What came of playing a recording's requests: each entry's answers, and where they differ."""

    differences: list[Difference] = field(default_factory=list)
    recorded: list[tuple[int, Any]] = field(default_factory=list)
    """Each recorded answer, with the number of its entry: a JSON value, or the events of a stream."""
    played: list[tuple[int, Any]] = field(default_factory=list)
    unplayed: list[Any] = field(default_factory=list)
    """Scripted runs that no request used."""


@cache
def played(name: str) -> Played:
    """Play the requests of the recording `name` to a deck with its script."""
    deck = Deck()
    deck.load(cassette_from(SCRIPTS[name], name))
    comparison, outcome = Comparison(), Played()
    for entry in entries(name):
        _play(deck, entry, comparison, outcome)
    outcome.differences, outcome.unplayed = comparison.differences, deck.leftovers()
    return outcome


def _play(deck: Deck, entry: Entry, comparison: Comparison, outcome: Played) -> None:
    reply = deck.answer(_request(entry, comparison.ids))
    body = b"".join(frame.data for frame in reply.frames)
    headers = dict(reply.headers)
    comparison.fact(entry.number, "status", entry.status, reply.status)
    for header in COMPARED_HEADERS:
        comparison.fact(entry.number, header, entry.headers.get(header), headers.get(header))
    answer: Any
    if entry.events is not None and reply.is_stream:
        answer = decoded(body)
        comparison.events(entry.number, entry.events, answer)
    else:
        answer = json.loads(body)
        comparison.json(entry.number, entry.json, answer)
    outcome.recorded.append((entry.number, recorded_answer(entry)))
    outcome.played.append((entry.number, answer))


def recorded_answer(entry: Entry) -> Any | Events:
    """The entry's answer: events, or a JSON value."""
    return entry.json if entry.events is None else entry.events


def _request(entry: Entry, ids: Mapping[str, str]) -> Request:
    """The recorded request with the played ids in the place of the recorded ones."""

    def translated(text: str) -> str:
        return re.sub(ID, lambda found: ids.get(found[0], found[0]), text)

    query = {name: tuple(translated(value) for value in values) for name, values in entry.query.items()}
    body = b"" if entry.body is None else translated(json.dumps(entry.body, ensure_ascii=False)).encode()
    return Request(entry.method, "api.openai.com", translated(entry.path), query, HEADERS, body)
