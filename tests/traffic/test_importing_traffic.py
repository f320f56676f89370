"""Every real recording, imported and played: each request gets what was recorded, and nothing secret came along."""

import json

import pytest
from recordings import NAMES
from traffic_data import TRAFFIC

from runmock.core.http.exchange import Request
from runmock.core.http.json_values import same_json
from runmock.core.http.sse import EventDecoder
from runmock.core.replay.interaction import event_of
from runmock.core.report.activity import Activity
from runmock.deck.deck import Deck
from runmock.deck.options import Options
from runmock.session.caller_watch import ProcessWatch
from runmock.tape.importers.to_cassette import import_recording, read
from runmock.tape.reading.cassette import cassette_from


@pytest.mark.parametrize("name", NAMES)
def test_each_request_gets_what_was_recorded(name):
    path = TRAFFIC / name
    takes = read(path.read_text(encoding="utf-8-sig"), name).takes
    done = import_recording(path)
    assert done.interactions == len(takes)
    deck = Deck(Options(), activity=Activity(ProcessWatch()))
    deck.load(cassette_from(done.text))
    for interaction in [repeated for repeated in cassette_from(done.text).interactions for _ in range(repeated.repeat)]:
        body = b"" if interaction.body is None else json.dumps(interaction.body).encode()
        reply = deck.answer(
            Request(interaction.method, "api.openai.com", f"/v1{interaction.path}", interaction.query, {}, body)
        )
        played = b"".join(frame.data for frame in reply.frames)
        assert reply.status == interaction.status
        if interaction.stream is None:
            assert same_json(json.loads(played), interaction.json)
        else:
            assert [event_of(event) for event in EventDecoder().feed(played)] == list(interaction.stream)
    assert deck.leftovers() == []
    assert deck.verdicts == []  # what these applications did is no defect


@pytest.mark.parametrize("name", [name for name in NAMES if name.startswith("openllmetry")])
def test_nothing_of_the_recording_account_came_along(name):
    """The folder's README: organisation, project, cookie, request id and ray are planted."""
    text = import_recording(TRAFFIC / name).text
    for take in read((TRAFFIC / name).read_text(), name).takes:
        planted = [value for key, value in take.headers if key in {"openai-organization", "openai-project", "cf-ray"}]
        planted += [value for key, value in take.headers if key in {"set-cookie", "x-request-id"}]
        assert planted
        assert not any(value in text for value in planted)
