"""A captured answer: what goes by, until it is sealed."""

from runmock.apis.registry import identified, incoming
from runmock.core.http.exchange import Request
from runmock.core.replay.recorder import AnswerEnd, CapturedAnswer, Chunk, UpstreamCall


def take(*headers):
    return CapturedAnswer(identified(Request("POST", "host", "/v1/threads")), "https://host", 200, headers)


def test_it_keeps_the_chunks_until_it_is_sealed():
    answer = take(("content-type", "application/json"))
    answer.feed(b"{", 3)
    answer.feed(b"", 4)
    answer.feed(b"}", 5)
    answer.seal(AnswerEnd.WHOLE)
    answer.feed(b"late", 6)
    answer.seal(AnswerEnd.BROKEN)
    assert (answer.body, answer.chunks, answer.ending) == (b"{}", [Chunk(3, b"{"), Chunk(5, b"}")], AnswerEnd.WHOLE)
    assert (answer.header("content-type"), answer.header("x"), answer.is_stream) == ("application/json", "", False)


def test_a_stream_is_known_by_its_type():
    assert take(("content-type", "text/event-stream; charset=utf-8")).is_stream


def test_a_passage_is_over_when_its_answer_has_ended_or_never_came():
    passage = UpstreamCall(incoming(Request("POST", "host", "/v1/threads")))
    assert not passage.is_over
    began = passage.answered("https://host", 200, ())
    assert passage.take is began
    assert not passage.is_over
    began.seal(AnswerEnd.LEFT)
    assert passage.is_over
    lost = UpstreamCall(passage.incoming)
    lost.failed("ConnectError")
    assert (lost.is_over, lost.error) == (True, "ConnectError")


def test_chunks_go_while_they_are_read_and_when_the_last_came_is_still_known():
    answer = take()
    for at_ms, data in enumerate([b"{", b"}"]):
        answer.feed(data, at_ms)
    chunks = answer.taken_chunks()
    assert next(chunks) == Chunk(0, b"{")
    assert answer.chunks == [Chunk(1, b"")]
    assert list(chunks) == [Chunk(1, b"}")]
    answer.let_go()
    assert (answer.chunks, answer.body) == ([Chunk(1, b"")], b"")
    empty = take()
    empty.let_go()
    assert empty.chunks == []
