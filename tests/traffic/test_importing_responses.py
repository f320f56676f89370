"""Recordings of Responses: each file of a format that is imported comes in whole, and each of no format is refused.

The originals are read here by code of the test's own: bodies from the file, events from the bytes.
"""

import gzip
import json
import re
from urllib.parse import urlsplit

import pytest
import yaml
from forms import is_of_another_form
from ids import Ids, in_order_of
from traffic_data import TRAFFIC

from runmock.core.errors import CassetteError
from runmock.core.http.exchange import Request
from runmock.deck.deck import Deck
from runmock.deck.options import Options
from runmock.documents.check.checking import check_text
from runmock.tape.importers.to_cassette import import_recording
from runmock.tape.reading.cassette import cassette_from

FOLDER = TRAFFIC / "responses"
FILES = sorted(
    path
    for path in FOLDER.rglob("*")
    if path.suffix in {".json", ".yaml", ".yml", ".txt"} and path.stem != "LICENSE" and not is_of_another_form(path)
)
UNKNOWN = "this is not a recording that can be imported"
REFUSED = {
    "microsoft__agent-framework": (UNKNOWN, "their log has no request, and none can be made up from it"),
    "sashirestela__simple-openai": (UNKNOWN,),
    "vercel__ai": (UNKNOWN,),
}
"""What is said of the files that are of no format, by the folder."""


def name_of(path):
    return str(path.relative_to(FOLDER))


def is_of_no_format(path):
    is_bare = path.suffix == ".json" and path.is_relative_to(FOLDER / "DataDog__dd-trace-py")
    return is_bare or name_of(path).split("/")[0] in REFUSED


IMPORTED = [path for path in FILES if not is_of_no_format(path)]
NOT_IMPORTED = [path for path in FILES if is_of_no_format(path)]


def exchanges(path):
    """Method, URI, body, status and the answer's text, as the file has them."""
    if path.suffix == ".json":
        for entry in json.loads(path.read_text(encoding="utf-8-sig"))["Entries"]:
            body = entry["ResponseBody"]
            is_lines = isinstance(body, list) and all(isinstance(line, str) for line in body)
            text = "".join(body) if is_lines else json.dumps(body)
            yield entry["RequestMethod"], entry["RequestUri"], entry["RequestBody"], entry["StatusCode"], text
    else:
        for interaction in yaml.safe_load(path.read_text(encoding="utf-8"))["interactions"]:
            request, response = interaction["request"], interaction["response"]
            text = response["body"]["string"]
            text = text.encode() if isinstance(text, str) else text
            text = (gzip.decompress(text) if text.startswith(b"\x1f\x8b") else text).decode()
            sent = request["body"] and json.loads(request["body"])
            yield request["method"], request["uri"], sent, response["status"]["code"], text


def events_in(text):
    """The events of a stream: name and data; None for an answer that is none."""
    if not re.match(r"(?:event|data): ", text):
        return None
    found = []
    for block in re.split(r"\r?\n\r?\n", text.strip()):
        fields = [line.partition(": ")[::2] for line in block.splitlines()]
        (data,) = [value for name, value in fields if name == "data"]
        names = [value for name, value in fields if name == "event"]
        found.append((names[0] if names else None, data))
    return found


@pytest.mark.parametrize("path", IMPORTED, ids=name_of)
def test_each_answer_is_in_the_cassette_with_every_event(path):
    read, ids = cassette_from(import_recording(path).text).interactions, Ids()
    interactions = [interaction for interaction in read for _ in range(interaction.repeat)]
    originals = list(exchanges(path))
    assert len(interactions) == len(originals)
    for interaction, (method, uri, sent, status, text) in zip(interactions, originals, strict=True):
        assert (interaction.method, interaction.status) == (method, status)
        segments = interaction.path.split("/")[1:]
        assert ids.are_same(urlsplit(uri).path.split("/")[-len(segments) :], segments)
        # A list is the lines of an upload.
        assert isinstance(sent, list) or ids.are_same(in_order_of(interaction.body, sent), interaction.body)
        events = events_in(text)
        if events is None:
            assert interaction.stream is None
            assert ids.are_same(
                json.loads(text),
                json.loads(interaction.text) if interaction.json is None and interaction.text else interaction.json,
            )
            continue
        assert len(interaction.stream) == len(events)
        for event, (name, data) in zip(interaction.stream, events, strict=True):
            assert (event.name, event.raw) == (name, None)
            told = json.loads(data)
            told.pop("obfuscation", None)  # it is padding at random
            assert ids.are_same(in_order_of(event.data, told), event.data)
        assert not interaction.is_truncated


@pytest.mark.parametrize("path", IMPORTED, ids=name_of)
def test_each_request_gets_what_was_recorded(path):
    cassette = cassette_from(import_recording(path).text)
    deck = Deck(Options())
    deck.load(cassette)
    for interaction in [repeated for repeated in cassette.interactions for _ in range(repeated.repeat)]:
        body = b"" if interaction.body is None else json.dumps(interaction.body).encode()
        reply = deck.answer(
            Request(interaction.method, "api.openai.com", f"/v1{interaction.path}", interaction.query, {}, body)
        )
        received = b"".join(frame.data for frame in reply.frames)
        assert (reply.status, reply.is_stream) == (interaction.status, interaction.stream is not None)
        if interaction.stream is not None:
            played = events_in(received.decode())
            assert [(name, json.loads(data)) for name, data in played] == [
                (two.name, two.data) for two in interaction.stream
            ]
        else:
            assert json.loads(received) == interaction.json
    assert deck.leftovers() == []


@pytest.mark.parametrize("path", IMPORTED, ids=name_of)
def test_check_finds_nothing_in_it_and_no_secret(path):
    found = [finding.message for finding in check_text(import_recording(path).text, path.name)]
    is_known = path.name == "test_openai_responses_raw_cot_stream_openrouter.yaml"
    assert found == (["the item 0 in the output of gen_1 is rs_2, and the item was added as rs_1"] if is_known else [])


@pytest.mark.parametrize("path", NOT_IMPORTED, ids=name_of)
def test_what_is_of_no_format_is_refused_in_a_line(path):
    with pytest.raises(CassetteError) as raised:
        import_recording(path)
    reasons = REFUSED.get(name_of(path).split("/")[0], (UNKNOWN,))
    assert any(reason in str(raised.value) for reason in reasons)
    assert "\n" not in str(raised.value)
