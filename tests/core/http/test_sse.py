import itertools
import json

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from runmock.apis.assistants.run_fields import EVENTS
from runmock.core.http.sse import DONE, EventDecoder, NamelessEvent, ServerSentEvent, encode

NAMES = st.sampled_from(sorted(EVENTS - {"done"}))
JSONS = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.text()),
    lambda inner: st.one_of(st.lists(inner), st.dictionaries(st.text(), inner)),
    max_leaves=10,
)
LINES = st.sampled_from(
    [b"event: a", b"data: {}", b"data:", b":hm", b"event:b", b"id: 7", b"", b"", b"data: \xe2\x82\xac"]
)
ENDS = st.sampled_from([b"\n", b"\r", b"\r\n"])
STREAMS = st.lists(st.tuples(LINES, ENDS)).map(lambda lines: b"".join(line + end for line, end in lines))


def decoded(*chunks):
    decoder = EventDecoder()
    events = [event for chunk in chunks for event in decoder.feed(chunk)]
    return events, decoder.rest


@given(st.lists(st.tuples(NAMES, JSONS)))
def test_what_is_encoded_is_decoded_again(events):
    found, rest = decoded(b"".join(encode(name, data) for name, data in events))
    assert [(event.name, json.loads(event.data)) for event in found] == events
    assert not rest


@given(st.one_of(STREAMS, st.binary()), st.lists(st.integers(0, 60)))
@example(b"data: a\r\n\r\n", [8])
@example(b"data: a\r\n\r\n", [8, 8, 9, 10])
@example(b"data: a\r\ndata: b\r\n\r\n", [8])
@example(b"data: \xe2\x82\xac\n\n", [7])
def test_bytes_split_anywhere_are_the_same_events(stream, places):
    cuts = [0, *sorted(min(place, len(stream)) for place in places), len(stream)]
    assert decoded(*(stream[start:end] for start, end in itertools.pairwise(cuts))) == decoded(stream)


@given(st.lists(st.tuples(LINES, st.just(b"\n"))))
def test_every_line_end_of_the_standard_means_the_same(lines):
    stream = b"".join(line + end for line, end in lines)
    expected = decoded(stream)
    assert decoded(stream.replace(b"\n", b"\r\n")) == expected
    assert decoded(stream.replace(b"\n", b"\r")) == expected


def test_an_event_is_written_as_the_service_writes_it():
    assert encode("thread.run.created", {"id": "run_1", "text": "é\r\n"}) == (
        'event: thread.run.created\ndata: {"id":"run_1","text":"é\\r\\n"}\n\n'.encode()
    )


def test_done_is_no_json():
    assert encode("done", None) == DONE == b"event: done\ndata: [DONE]\n\n"
    ((event,), _) = decoded(DONE)
    assert (event, event.json()) == (("done", "[DONE]"), None)


@pytest.mark.parametrize("data", [{"a": "é"}, "x", None, {"a": "\ud800"}])
def test_an_event_without_a_name_is_a_message_and_has_no_event_line(data):
    sent = encode("message", data)
    assert sent.startswith(b"data: ")
    ((event,), _) = decoded(sent)
    assert (event.name, event.json()) == ("message", data)
    assert isinstance(event, NamelessEvent)


def test_an_event_that_is_named_message_differs_from_an_event_without_a_name():
    ((event,), _) = decoded(b"event: message\ndata: 1\n\n")
    assert event == ("message", "1")
    assert not isinstance(event, NamelessEvent)


def test_null_is_sent_as_null():
    assert encode("thread.run.created", None) == b"event: thread.run.created\ndata: null\n\n"


def test_data_that_is_no_json_is_an_error():
    with pytest.raises(ValueError, match="Expecting"):
        ServerSentEvent("thread.run.created", '{"id":').json()


@pytest.mark.parametrize(
    ("stream", "events"),
    [
        (b"event:a\ndata:1\n\n", [("a", "1")]),
        (b"data: 1\n\n", [("message", "1")]),
        (b"event: a\n\n", [("a", "")]),
        (b": hello\n\n\n", []),
        (b"id: 7\nretry: 3\nevent: a\ndata: 1\n\n", [("a", "1")]),
        (b"data: 1\ndata:  2\n\n", [("message", "1\n 2")]),
        (b"data\ndata: 1\n\n", [("message", "\n1")]),
        (b"event: a\nevent: b\ndata: 1\n\n", [("b", "1")]),
        (b"data: \xff\n\n", [("message", "\ufffd")]),
    ],
)
def test_the_decoder_reads_what_other_servers_send(stream, events):
    assert decoded(stream) == (events, False)


@pytest.mark.parametrize("stream", [b"event: a\ndata: 1\n", b"event: a", b"event: done\ndata: [DONE]", b"data: 1\r"])
def test_an_event_without_its_blank_line_is_the_rest(stream):
    assert decoded(stream) == ([], True)


@pytest.mark.parametrize("stream", [b"", b"\n", b"  ", b"event: a\ndata: 1\n\n \t"])
def test_white_space_is_no_rest(stream):
    assert decoded(stream)[1] is False


def test_a_large_stream_in_a_single_chunk_is_read_in_one_go():
    events, rest = decoded(encode("thread.message.delta", {"text": "a" * 100}) * 20_000)
    assert (len(events), rest) == (20_000, False)


def test_half_of_a_surrogate_pair_is_sent_as_a_json_escape():
    assert encode("x", {"a": "\ud800é"}) == b'event: x\ndata: {"a":"\\ud800\\u00e9"}\n\n'
