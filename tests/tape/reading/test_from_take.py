"""What an answer's bytes mean: whether it is a stream, whether its end is missing, and why."""

import gzip
import json

import pytest

from runmock.apis.registry import identified
from runmock.core.http.exchange import Request
from runmock.core.replay.interaction import DONE, NAMELESS_DONE, StreamEvent
from runmock.core.replay.recorder import AnswerEnd, CapturedAnswer
from runmock.core.script.script import Source
from runmock.tape.reading.from_take import interaction_of, why_half

SSE = (("content-type", "text/event-stream"),)
RUNS, RESPONSES, CHAT, OTHER = "/v1/threads/t/runs", "/v1/responses", "/v1/chat/completions", "/v1/messages"
CREATED = b'event: thread.run.created\ndata: {"id":"run_1"}\n\n'
BEGUN = b'event: response.created\ndata: {"type":"response.created"}\n\n'
COMPLETED = b'event: response.completed\ndata: {"type":"response.completed"}\n\n'
CHUNK = b'data: {"choices":[]}\n\n'
NAMED, NAMELESS = b"event: done\ndata: [DONE]\n\n", b"data: [DONE]\n\n"
PING, STOP = b"event: ping\ndata: {}\n\n", b'event: message_stop\ndata: {"type":"message_stop"}\n\n'
WHOLE, LEFT, BROKEN = AnswerEnd.WHOLE, AnswerEnd.LEFT, AnswerEnd.BROKEN


def take(path, *pieces, ending=WHOLE, status=200, headers=SSE, method="POST"):
    captured = CapturedAnswer(identified(Request(method, "host", path)), "https://host", status, headers)
    for at_ms, piece in enumerate(pieces):
        captured.feed(piece, at_ms)
    captured.seal(ending)
    return captured


def interaction_from(*chunks, **more):
    return interaction_of(take(*chunks, **more), Source("a.yaml", 0))


ENDED = [
    (RUNS, CREATED + NAMED),
    (RUNS, CREATED + NAMELESS),
    (RUNS, CREATED + NAMED + PING),
    (RUNS, CREATED + b'event: error\ndata: {"error":{}}\n\n'),
    (RUNS, (CREATED + NAMED).rstrip()),
    (RUNS, (CREATED + NAMELESS).rstrip()),
    (RESPONSES, BEGUN + COMPLETED),
    (RESPONSES, BEGUN + COMPLETED + NAMELESS),
    (RESPONSES, BEGUN + NAMELESS),
    (RESPONSES, BEGUN + COMPLETED.replace(b"completed", b"failed")),
    (RESPONSES, BEGUN + COMPLETED.replace(b"completed", b"incomplete")),
    (RESPONSES, BEGUN + b'event: error\ndata: {"type":"error"}\n\n' + COMPLETED.replace(b"completed", b"failed")),
    (RESPONSES, (BEGUN + COMPLETED).rstrip()),
    ("/openai/v1/responses", BEGUN + COMPLETED),
    ("/api/projects/p/openai/responses", BEGUN + COMPLETED),
    (CHAT, CHUNK + NAMELESS),
    (CHAT, (CHUNK + NAMELESS).rstrip()),
    ("/openai/deployments/gpt/chat/completions", CHUNK + NAMELESS),
]


@pytest.mark.parametrize("ending", [WHOLE, LEFT, BROKEN])
@pytest.mark.parametrize(("path", "body"), ENDED)
def test_a_stream_whose_end_came_is_whole_however_its_answer_ended(path, body, ending):
    assert not interaction_from(path, body, ending=ending).is_truncated
    assert why_half(take(path, body, ending=ending)) is None


@pytest.mark.parametrize("body", [CHUNK, CHUNK.rstrip(), PING + STOP, b": keep-alive\n\n", b""])
@pytest.mark.parametrize("path", [CHAT, OTHER])
def test_a_stream_of_another_api_ends_with_its_body(path, body):
    assert not interaction_from(path, body).is_truncated
    assert why_half(take(path, body)) is None


HALF = [
    (RUNS, CREATED, WHOLE, "upstream closed the stream of POST /threads/t/runs without done"),
    (RUNS, CREATED, LEFT, "the stream of POST /threads/t/runs was not read to its end"),
    (RUNS, CREATED, BROKEN, "upstream broke off in the stream of POST /threads/t/runs"),
    (RUNS, CREATED + b"event: done\ndata: [DO", WHOLE, "upstream closed the stream of POST /threads/t/runs without done"),
    (RUNS, CREATED + b'event: error\ndata: {"e', WHOLE, "upstream closed the stream of POST /threads/t/runs without done"),
    (RUNS, b"", WHOLE, "upstream closed the stream of POST /threads/t/runs without done"),
    (RUNS, b": keep-alive\n\n", BROKEN, "upstream broke off in the stream of POST /threads/t/runs"),
    (RESPONSES, BEGUN, WHOLE, "upstream closed the stream of POST /responses without response.completed"),
    (RESPONSES, BEGUN + COMPLETED[:-9], WHOLE, "upstream closed the stream of POST /responses without response.completed"),
    (RESPONSES, BEGUN, LEFT, "the stream of POST /responses was not read to its end"),
    (CHAT, CHUNK, LEFT, "the stream of POST /chat/completions was not read to its end"),
    (CHAT, CHUNK, BROKEN, "upstream broke off in the stream of POST /chat/completions"),
    (CHAT, CHUNK + CHUNK.rstrip(), LEFT, "the stream of POST /chat/completions was not read to its end"),
    (OTHER, PING + STOP, LEFT, "the stream of POST /messages was not read to its end"),
    (OTHER, PING + STOP[:-9], WHOLE, "upstream closed the stream of POST /messages without the rest of its last event"),
]  # fmt: skip


@pytest.mark.parametrize(("path", "body", "ending", "why"), HALF)
def test_a_stream_whose_end_never_came_has_the_reason(path, body, ending, why):
    assert interaction_from(path, body, ending=ending).is_truncated
    assert why_half(take(path, body, ending=ending)) == why


def test_a_response_that_is_read_again_is_a_stream_of_responses_too():
    captured = take("/v1/responses/resp_1", BEGUN, method="GET")
    assert why_half(captured) == "upstream closed the stream of GET /responses/resp_1 without response.completed"


def test_a_stream_that_lasts_still_is_half():
    lasting = CapturedAnswer(identified(Request("POST", "host", CHAT)), "https://host", 200, SSE)
    lasting.feed(CHUNK, 0)
    assert interaction_of(lasting, Source("a.yaml", 0)).is_truncated
    assert why_half(lasting) == "the stream of POST /chat/completions was not read to its end"


def test_what_comes_after_the_end_is_kept():
    events = interaction_from(RUNS, CREATED + NAMED + PING).stream
    assert events[1:] == (DONE, StreamEvent("ping", {}))


def test_the_last_event_of_another_api_needs_no_blank_line():
    assert interaction_from(CHAT, CHUNK + CHUNK.rstrip()).stream == (StreamEvent("message", {"choices": []}),) * 2
    assert interaction_from(CHAT, (CHUNK + NAMELESS).rstrip()).stream[-1] == NAMELESS_DONE


@pytest.mark.parametrize("headers", [SSE, (("content-type", "application/json"),)])
@pytest.mark.parametrize("path", [RUNS, RESPONSES, CHAT])
@pytest.mark.parametrize("status", [200, 500])
def test_a_json_answer_to_a_stream_request_is_no_stream_whatever_its_type(path, headers, status):
    body = {"error": {"message": "No."}}
    captured = take(path, json.dumps(body).encode(), headers=headers, status=status)
    interaction = interaction_of(captured, Source("a.yaml", 0))
    assert interaction.stream is None
    assert not interaction.is_truncated
    assert body == (interaction.json if interaction.text is None else json.loads(interaction.text))
    assert why_half(captured) is None


def test_a_refusal_without_events_is_no_stream():
    interaction = interaction_from(RUNS, b"<html>Bad gateway</html>", status=502)
    assert (interaction.stream, interaction.text, interaction.is_truncated) == (None, "<html>Bad gateway</html>", False)


def test_a_refusal_in_events_ends_with_its_body():
    interaction = interaction_from(RUNS, b'event: problem\ndata: {"title":"No."}\n\n', status=429)
    assert (interaction.status, interaction.stream, interaction.is_truncated) == (
        429,
        (StreamEvent("problem", {"title": "No."}),),
        False,
    )


def test_a_stream_that_is_packed_is_unpacked():
    packed = gzip.compress(CHUNK + NAMELESS)
    for headers in (SSE, (*SSE, ("content-encoding", "gzip"))):
        assert interaction_from(CHAT, packed[:9], packed[9:], headers=headers).stream[-1] == NAMELESS_DONE


def test_a_stream_that_cannot_be_read_has_no_reason():
    assert why_half(take(RUNS, b"\x00\xff", headers=(*SSE, ("content-encoding", "rot13")))) is None


PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\xff\xfe"


@pytest.mark.parametrize("body", [PNG, b": only a comment\n\n", b"plain words\n"], ids=["bytes", "comment", "words"])
def test_what_only_calls_itself_a_stream_is_kept_byte_for_byte(body):
    interaction = interaction_from("/v1/files/file-1/content", body, method="GET")
    kept = interaction.content.read() if interaction.text is None else interaction.text.encode()
    assert (interaction.stream, kept, interaction.headers) == (None, body, SSE)


def test_a_stream_of_which_nothing_came_is_one_all_the_same():
    assert interaction_from(OTHER, b"").stream == ()
    assert interaction_from(RUNS, b": ping\n\n", ending=LEFT).stream == ()


ANSWERS = {
    "a stream": take(RUNS, CREATED, NAMED),
    "half a stream": take(RUNS, CREATED, b"event: thread"),
    "a stream that says it in another way": take(RUNS, b"\r\n" + CREATED, NAMED),
    "a refusal": take(RUNS, b'data: {"error": {}}\n\n', status=500),
    "JSON that is typed as a stream": take(RUNS, b'{"id":', b' "run_1"}'),
    "a packed stream": take(RUNS, gzip.compress(CREATED + NAMED), headers=(*SSE, ("content-encoding", "gzip"))),
    "gzip in two pieces": take(RUNS, gzip.compress(CREATED)[:1], gzip.compress(CREATED)[1:]),
    "JSON": take(RUNS, b'{"id":', b' "run_1"}', headers=()),
    "a text": take(RUNS, b"{", headers=()),
    "bytes": take("/v1/files/file-1/content", b"\x89", b"\xff", headers=(), method="GET"),
    "nothing": take(RUNS),
}


@pytest.mark.parametrize("answer", ANSWERS.values(), ids=ANSWERS)
def test_an_answer_whose_bytes_go_while_they_are_read_means_the_same(answer):
    source = Source("a.yaml", 0)
    interaction, why = interaction_of(answer, source), why_half(answer)
    assert interaction_of(answer, source, lets_go=True) == interaction
    assert interaction_of(answer, Source("b.yaml", 1)) == interaction._replace(source=Source("b.yaml", 1))
    assert why_half(answer) == why


def test_the_bytes_of_a_stream_and_of_json_go():
    for name in ("a stream", "half a stream", "JSON"):
        again = ANSWERS[name]
        interaction_of(again, Source("a.yaml", 0), lets_go=True)
        assert again.body == b""
