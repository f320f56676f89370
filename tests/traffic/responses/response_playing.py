"""Plays a script to the requests of a recording, and compares what is answered with what was recorded."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any

from response_comparison import Comparison
from response_recordings import exchanges
from response_scripts import canned, script_of

from runmock.core.http.exchange import Request
from runmock.core.http.sse import EventDecoder
from runmock.deck.deck import Deck
from runmock.tape.reading.cassette import cassette_from

if TYPE_CHECKING:
    from collections.abc import Mapping

    from response_comparison import Difference
    from response_recordings import Events, Exchange

HEADERS = {"content-type": "application/json", "accept": "application/json", "user-agent": "OpenAI/Python 3.57.0"}


@dataclass(slots=True)
class Played:
    """What came of playing a recording's requests."""

    differences: list[Difference] = field(default_factory=list)
    answers: list[Any] = field(default_factory=list)
    """Each played answer: a JSON value, or the events of a stream."""
    unplayed: list[Any] = field(default_factory=list)
    """Scripted runs that no request used."""


@cache
def played(name: str) -> Played:
    """Play the requests of a recording to a deck with its script."""
    found = exchanges(name)
    deck = Deck()
    deck.load(cassette_from(script_of(found), name))
    comparison, outcome = Comparison(), Played()
    for number, exchange in enumerate(found):
        outcome.answers.append(_play(deck, number, exchange, comparison))
    outcome.differences, outcome.unplayed = comparison.differences, deck.leftovers()
    return outcome


def _play(deck: Deck, number: int, exchange: Exchange, comparison: Comparison) -> Any:
    _make_conversation(deck, exchange, comparison.ids)
    reply = deck.answer(request_of(exchange, comparison.ids))
    body = b"".join(frame.data for frame in reply.frames)
    comparison.fact(number, "status", exchange.status, reply.status)
    answer: Any
    if reply.is_stream:
        answer = _events_in(body)
        comparison.events(number, exchange.events or (), answer)
    else:
        answer = json.loads(body)
        comparison.json(number, exchange.json, answer)
    return answer


def played_as_it_is(exchange: Exchange) -> Any:
    """What comes of a create whose answer is in the script as it was recorded."""
    deck = Deck()
    deck.load(cassette_from({"runs": [canned(exchange)]}, "canned"))
    body = {"model": "gpt-4o", "input": "Hi", "stream": exchange.events is not None}
    reply = deck.answer(Request("POST", exchange.host, "/v1/responses", {}, HEADERS, json.dumps(body).encode()))
    sent = b"".join(frame.data for frame in reply.frames)
    return (reply.status, _events_in(sent)) if reply.is_stream else (reply.status, json.loads(sent))


def _make_conversation(deck: Deck, exchange: Exchange, ids: dict[str, str]) -> None:
    """A conversation that was there before the recording began."""
    for found in re.findall(r"conv_\w+", f"{exchange.path} {json.dumps(exchange.body)}"):
        if found not in ids:
            made = deck.answer(Request("POST", exchange.host, "/v1/conversations", {}, HEADERS, b"{}"))
            ids[found] = json.loads(b"".join(frame.data for frame in made.frames))["id"]


def _events_in(body: bytes) -> Events:
    return tuple((event.name or "", event.json()) for event in EventDecoder().feed(body))


def request_of(exchange: Exchange, ids: Mapping[str, str]) -> Request:
    """The recorded request with the played ids in the place of the recorded ones."""

    def translated(text: str) -> str:
        return re.sub(r"\w+", lambda found: ids.get(found[0], found[0]), text)

    query = {name: tuple(translated(value) for value in values) for name, values in exchange.query.items()}
    body = b"" if exchange.body is None else translated(json.dumps(exchange.body, ensure_ascii=False)).encode()
    return Request(exchange.method, exchange.host, translated(exchange.path), query, HEADERS, body)
