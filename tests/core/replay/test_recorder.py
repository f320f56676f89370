"""A captured answer: what goes by, until it is sealed."""

from runmock.apis.registry import identified, incoming
from runmock.core.http.exchange import Request
from runmock.core.replay.recorder import AnswerEnd, CapturedAnswer, UpstreamCall


def take(*headers):
    return CapturedAnswer(identified(Request("POST", "host", "/v1/threads")), "https://host", 200, headers)


def chunks_of(answer):
    """When each chunk came, and its bytes, in a list for each portion."""
    return [list(portion.chunks()) for portion in answer.portions]


def test_it_keeps_the_chunks_until_it_is_sealed():
    answer = take(("content-type", "application/json"))
    answer.feed(b"{", 3)
    answer.feed(b"", 4)
    answer.feed(b"}", 5)
    answer.seal(AnswerEnd.WHOLE)
    answer.feed(b"late", 6)
    answer.seal(AnswerEnd.BROKEN)
    assert (answer.body, chunks_of(answer), answer.ending) == (b"{}", [[(3, b"{"), (5, b"}")]], AnswerEnd.WHOLE)
    assert answer.last_ms == 5
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


def test_portions_are_full_at_some_size_and_a_long_chunk_is_one_by_itself(monkeypatch):
    monkeypatch.setattr("runmock.core.replay.recorder.PORTION", 3)
    monkeypatch.setattr("runmock.core.replay.recorder._LONG_CHUNK", 4)
    answer, long = take(), b"long"
    for at_ms, data in enumerate([b"a", b"b", long, b"cde", b"f", b"g", long, long]):
        answer.feed(data, at_ms)
    assert chunks_of(answer) == [
        [(0, b"a"), (1, b"b")],
        [(2, long)],
        [(3, b"cde"), (4, b"f")],
        [(5, b"g")],
        [(6, long)],
        [(7, long)],
    ]
    assert answer.portions[1].data is long


def test_portions_go_while_they_are_read_and_when_the_last_bytes_came_is_still_known(monkeypatch):
    monkeypatch.setattr("runmock.core.replay.recorder.PORTION", 0)
    answer = take()
    for at_ms, data in enumerate([b"{", b"}"]):
        answer.feed(data, at_ms)
    portions = answer.taken_portions()
    assert next(portions).data == b"{"
    assert (answer.portions, answer.last_ms) == ([], 1)
    assert [portion.data for portion in portions] == [b"}"]
