"""VCR for Ruby, bodies as `parsed_body`, vcrpy's older form: every recording is imported, and plays what it holds.

The recordings are read here by code of the test's own. Each request is sent as its client would send it that has been
told the cassette's ids instead of the real ones.
"""

import json
from urllib.parse import parse_qs, urlsplit

import pytest
from exchanges import exchanges, is_played
from forms import is_of_another_form
from ids import Ids
from traffic_data import TRAFFIC

from runmock.core.http.exchange import Request
from runmock.deck.deck import Deck
from runmock.tape.importers.to_cassette import import_recording
from runmock.tape.reading.cassette import cassette_from

FILES = sorted(path for path in TRAFFIC.rglob("*") if is_of_another_form(path))
KEPT = {"retry-after", "retry-after-ms", "x-should-retry", "content-disposition"}


def sent_again(exchange, ids):
    """The request of a client that was told the cassette's ids."""
    url, sent = urlsplit(exchange.uri), exchange.sent
    if not isinstance(sent, bytes):
        sent = ids.aliased(json.dumps(sent, ensure_ascii=False)).encode()
    elif "json" in exchange.sent_as:
        sent = ids.aliased(sent.decode()).encode()
    path, query = ids.aliased(url.path), parse_qs(ids.aliased(url.query), keep_blank_values=True)
    headers = {"content-type": exchange.sent_as} if exchange.sent_as else {}
    return Request(
        exchange.method, url.hostname, path, {key: tuple(values) for key, values in query.items()}, headers, sent
    )


def name_of(path):
    return path.relative_to(TRAFFIC).as_posix()


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_each_request_gets_what_the_recording_holds(path):
    done, deck, ids = import_recording(path), Deck(), Ids()
    deck.load(cassette_from(done.text))
    originals = list(exchanges(path))
    assert (done.interactions, done.warnings) == (len(originals), ())
    for exchange in originals:
        reply = deck.answer(sent_again(exchange, ids))
        played, headers = b"".join(frame.data for frame in reply.frames), dict(reply.headers)
        assert reply.status == exchange.status
        assert {name: headers.get(name) for name in KEPT} == {name: exchange.headers.get(name) for name in KEPT}
        assert headers["content-type"].partition(";")[0] == exchange.media_type
        if exchange.is_value:
            assert is_played(exchange, played, ids)
        else:
            assert played == exchange.body
            assert headers["content-type"] == exchange.headers["content-type"]
    assert deck.leftovers() == []


@pytest.mark.parametrize(
    "folder",
    [
        "files/alexrudall__ruby-openai",
        "responses/alexrudall__ruby-openai",
        "responses/crmne__ruby_llm",
        "files/pydantic__pydantic-ai",
        "responses/pydantic__pydantic-ai",
        "files/DataDog__dd-trace-py",
    ],
)
def test_every_recording_of_these_projects_is_among_them(folder):
    found = {path for path in (TRAFFIC / folder).rglob("*") if path.suffix in {".yml", ".yaml"}}
    assert found
    assert found <= set(FILES)
