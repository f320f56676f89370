"""The witness of a session: what was asked and answered, as the real SDK read it."""

import itertools

import httpx2
import openai
import pytest

from runmock import UnmatchedRequest, use_cassette
from runmock.apis.registry import incoming
from runmock.core.http.exchange import Disconnected, Frame, Reply, Request
from runmock.deck.witness import Witness

KEY = "sk-not-a-key"


@pytest.fixture
def client():
    return openai.OpenAI(api_key=KEY, max_retries=0)


@pytest.fixture
def witness(runmock):
    ticks = itertools.count(0, 10)
    runmock.deck.witness = Witness(lambda: next(ticks))
    return runmock.deck.witness


def ask(client, **more):
    return client.responses.create(model="gpt-4o", input="Hello", **more)


def test_a_request_is_seen_with_its_answer_and_when_it_came(runmock, client, witness):
    runmock.reply("Hi")
    runmock.reply("Ho")
    ids = [ask(client).id, ask(client).id]
    first, second = witness.seen()
    assert [first.interaction.json["id"], second.interaction.json["id"]] == ids
    assert (first.number, second.number) == (1, 2)
    assert first.interaction.body["input"] == "Hello"
    assert first.began_ms < first.ended_ms < second.began_ms < second.ended_ms
    assert first.note == ""


def test_a_stream_is_seen_as_far_as_it_was_read(runmock, client, witness):
    runmock.reply("One two three.")
    stream = ask(client, stream=True)
    names = [next(stream).type, next(stream).type]
    (so_far,) = witness.seen()
    assert [event.name for event in so_far.interaction.stream][:2] == names
    assert so_far.interaction.is_truncated
    names += [event.type for event in stream]
    (whole,) = witness.seen()
    assert [event.name for event in whole.interaction.stream] == names
    assert not whole.interaction.is_truncated
    assert whole.ended_ms > so_far.began_ms


def test_a_stream_that_the_application_leaves_is_seen_without_its_end(runmock, client, witness):
    runmock.reply("One two three.", pace="10ms")
    with ask(client, stream=True) as stream:
        next(stream)
    (seen,) = witness.seen()
    assert seen.interaction.is_truncated


def test_a_connection_that_breaks_is_seen_as_broken(runmock, client, witness):
    runmock.reply("One two three.").disconnect(after=2)
    with pytest.raises((openai.APIConnectionError, httpx2.TransportError)):
        list(ask(client, stream=True))
    (seen,) = witness.seen()
    assert seen.interaction.is_truncated


def broken_off():
    """The beginning of a stream whose connection breaks."""
    yield Frame(0, b'data: {"a": 1}\n\n')
    raise Disconnected


@pytest.mark.parametrize(("end", "is_truncated"), [("read", False), ("left", True), ("broken", True)])
def test_a_stream_of_no_known_api_is_whole_when_it_was_read_to_its_end(end, is_truncated):
    witness = Witness(lambda: 0)
    frames = broken_off() if end == "broken" else iter([Frame(0, b'data: {"a": 1}\n\n')])
    request = incoming(Request("POST", "gateway.example", "/v1/translations/stream"))
    answer = witness.sees(request, Reply.of_events(frames))
    next(answer.frames)
    if end == "left":
        answer.frames.close()
    else:
        with pytest.raises(Disconnected if end == "broken" else StopIteration):
            next(answer.frames)
    (seen,) = witness.seen()
    assert seen.interaction.is_truncated is is_truncated


def test_a_request_that_nothing_answers_is_seen_with_what_is_wrong(tmp_path, client):
    cassette, witness = tmp_path / "a.yaml", Witness(lambda: 0)
    cassette.write_text("runmock: 1\nruns:\n- match: {last_message: Bye}\n  reply: Hi\n")

    def unanswered():
        with use_cassette(cassette) as session:
            session.deck.witness = witness
            ask(client)

    with pytest.raises(UnmatchedRequest):
        unanswered()
    (seen,) = witness.seen()
    assert seen.interaction.status == 0
    assert "last_message differs" in seen.note


def test_only_the_latest_requests_are_kept_when_there_is_a_limit(runmock, client):
    runmock.deck.witness = Witness(lambda: 0, most=2)
    for text in ("a", "b", "c"):
        runmock.reply(text)
        ask(client)
    assert [seen.number for seen in runmock.deck.witness.seen()] == [2, 3]


def test_an_answer_that_cannot_be_unpacked_is_seen_with_the_reason():
    witness = Witness(lambda: 0)
    headers = (("Content-Encoding", "x"), ("Content-Type", "text/plain"))
    answer = Reply(200, headers, (Frame(0, b"odd"),))
    assert witness.sees(incoming(Request("GET", "api.openai.com", "/v1/models")), answer).body() == b"odd"
    (seen,) = witness.seen()
    assert seen.interaction.status == 0
    assert seen.note.endswith("an answer is packed as 'x', which cannot be read")
