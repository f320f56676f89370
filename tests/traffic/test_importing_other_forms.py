"""VCR for Ruby, bodies as `parsed_body`, vcrpy's older form: every recording is imported, and plays what it holds.

The recordings are read here by code of the test's own. Each request is sent as its client would send it that has been
told the cassette's ids instead of the real ones.
"""

import base64
import json
import re
from typing import NamedTuple
from urllib.parse import parse_qs, urlsplit

import pytest
import yaml
from forms import is_of_another_form
from ids import Ids, in_order_of
from traffic_data import TRAFFIC

from runmock.core.http.exchange import Request
from runmock.deck.deck import Deck
from runmock.tape.importers.to_cassette import import_recording
from runmock.tape.reading.cassette import cassette_from

FILES = sorted(path for path in TRAFFIC.rglob("*") if is_of_another_form(path))
KEPT = {"retry-after", "retry-after-ms", "x-should-retry", "content-disposition"}


class Loader(yaml.SafeLoader):
    """PyYAML's loader, which reads Ruby's bytes as a text of their own."""


Loader.add_constructor("!binary", lambda _, node: base64.b64decode(node.value))


class Exchange(NamedTuple):
    """A request and its answer; bodies are bytes, or the value that the file has in their place."""

    method: str
    uri: str
    sent: object
    sent_as: str
    status: int
    headers: dict
    body: object

    @property
    def media_type(self):
        return self.headers.get("content-type", "").partition(";")[0]


def exchanges(path):
    document = yaml.load(path.read_text(encoding="utf-8"), Loader)
    for item in document.get("http_interactions") or document["interactions"]:
        request, response = item["request"], item["response"]
        headers = {name.lower(): values[0] for name, values in response["headers"].items()}
        sent_as = next((values[0] for name, values in request["headers"].items() if name.lower() == "content-type"), "")
        status = response["status_code"] if "status_code" in response else response["status"]["code"]
        yield Exchange(
            request["method"].upper(), request["uri"], body_in(request), sent_as, status, headers, body_in(response)
        )


def body_in(message):
    if "parsed_body" in message:
        return message["parsed_body"]
    body = message["content"] if "content" in message else message["body"]
    text = body["string"] if isinstance(body, dict) else body
    return text if isinstance(text, bytes) else (text or "").encode()


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


def events_in(text):
    """The events of a stream, by the lines of each."""
    blocks = [block for block in re.split(r"(?:\r?\n){2,}", text) if block.strip()]
    fields = [[line.partition(":")[::2] for line in re.split(r"\r?\n", block) if line[:1] != ":"] for block in blocks]
    return [[(name, value.removeprefix(" ")) for name, value in pairs] for pairs in fields if pairs]


def values_in(event):
    """The fields of an event, each with its name; data that is JSON by its value, without padding at random."""
    return [[name, without_padding(json.loads(text)) if text[:1] == "{" else text] for name, text in event]


def without_padding(data):
    return {key: value for key, value in data.items() if key != "obfuscation"}


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
        if exchange.media_type == "text/event-stream":
            events, others = events_in(exchange.body.decode()), events_in(played.decode())
            assert len(events) == len(others) > 0
            for event, other in zip(events, others, strict=True):
                assert ids.are_same(in_order_of(values_in(other), values_in(event)), values_in(other))
        elif exchange.media_type == "application/json":
            value = json.loads(exchange.body) if isinstance(exchange.body, bytes) else exchange.body
            assert ids.are_same(value, json.loads(played))
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
