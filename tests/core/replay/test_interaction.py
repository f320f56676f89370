"""An event as a recording keeps it: what it was, byte for byte in meaning, in the shortest form."""

import pytest

from runmock.core.http.sse import EventDecoder
from runmock.core.replay.interaction import (
    DONE,
    NAMELESS_DONE,
    AlikeDeltas,
    Interaction,
    StreamEvent,
    StreamEvents,
    event_of,
    parts_of,
    stream_of,
    unlike_events,
)
from runmock.core.script.script import Source

PLAIN = [
    (b"event: done\ndata: [DONE]\n\n", DONE),
    (b"data: [DONE]\n\n", NAMELESS_DONE),
    (b'event: response.created\ndata: {"id":"resp_1"}\n\n', StreamEvent("response.created", {"id": "resp_1"})),
    (b'data: {"choices":[]}\n\n', StreamEvent("message", {"choices": []})),
    (b"data: null\n\n", StreamEvent("message", None)),
    (b"event: x\ndata: null\n\n", StreamEvent("x", None)),
]
RAW = [
    (b'event: message\ndata: {"a":1}\n\n', "message", {"a": 1}),
    (b"event: message\ndata: [DONE]\n\n", "message", None),
    (b"event: done\ndata: null\n\n", "done", None),
    (b"event: x\ndata: [DONE]\n\n", "x", None),
    (b"data: [DONE] \n\n", "message", None),
    (b"data: hello\ndata: world\n\n", "message", None),
    (b"event: x\ndata: {\n\n", "x", None),
]


def only(data):
    (event,) = EventDecoder().feed(data)
    return event_of(event)


@pytest.mark.parametrize(("sent", "event"), PLAIN)
def test_a_name_and_json_are_the_whole_event(sent, event):
    assert only(sent) == event
    assert event.encoded() == sent


@pytest.mark.parametrize(("sent", "name", "data"), RAW)
def test_what_name_and_json_do_not_contain_is_kept_as_it_was_sent(sent, name, data):
    assert only(sent) == StreamEvent(name, data, sent.decode())
    assert only(sent).encoded() == sent


def test_a_frame_without_a_name_differs_from_a_frame_that_is_named_message():
    nameless, named = only(b"data: 1\n\n"), only(b"event: message\ndata: 1\n\n")
    assert nameless != named
    assert nameless.name == named.name == "message"


def test_data_that_nests_too_deep_is_kept_as_it_was_sent():
    deep = b"data: " + b"[" * 100_000 + b"\n\n"
    assert only(deep).encoded() == deep


@pytest.mark.parametrize(
    ("headers", "content_type"),
    [
        ((("openai-version", "1"), ("Content-Type", "image/png; a=b")), "image/png; a=b"),
        ((("openai-version", "1"),), ""),
    ],
)
def test_an_interaction_has_the_content_type_of_its_answer(headers, content_type):
    interaction = Interaction(Source("a.yaml", 0), "GET", "/files/file-1/content", headers=headers)
    assert interaction.content_type == content_type


def delta(text, number):
    return StreamEvent("x.delta", {"sequence_number": number, "delta": {"parts": [{"text": text, "more": []}]}})


BEGIN = StreamEvent("begin", {"sequence_number": 3})
ALIKE = AlikeDeltas(delta("a", 4), ("delta", "parts", 0, "text"), ["a", "b", "c"])
EVENTS = (BEGIN, delta("a", 4), delta("b", 5), delta("c", 6), DONE)


def test_alike_deltas_are_a_part_of_a_stream_and_stand_for_each_of_them():
    stream = StreamEvents([BEGIN, ALIKE, DONE])
    assert stream == EVENTS
    assert stream == StreamEvents(EVENTS)
    assert stream not in ((), list(EVENTS), EVENTS[1:])
    assert (len(stream), stream[-1], stream[1:3]) == (5, DONE, EVENTS[1:3])
    assert tuple(reversed(stream)) == EVENTS[::-1]
    assert stream[1] is stream[1], "events are made once"
    assert hash(StreamEvents([DONE])) == hash((DONE,))
    assert parts_of(stream) == (BEGIN, ALIKE, DONE)
    assert tuple(unlike_events(stream)) == (BEGIN, delta("a", 4), DONE)


def test_deltas_of_a_part_have_data_of_their_own():
    first, second, _ = ALIKE.events()
    first.data["delta"]["parts"][0]["more"].append(1)
    assert second == delta("b", 5)
    assert ALIKE.first == delta("a", 4)
    assert ALIKE.with_text("z") == delta("z", 4)
    unnumbered = AlikeDeltas(StreamEvent("x", {"delta": "a"}), ("delta",), ["a", "b"])
    assert [event.data for event in unnumbered.events()] == [{"delta": "a"}, {"delta": "b"}]


def test_a_stream_without_alike_deltas_is_a_tuple():
    assert type(stream_of([BEGIN, DONE])) is tuple
    assert type(stream_of([BEGIN, ALIKE])) is StreamEvents
    assert (parts_of(None), [*unlike_events(None)]) == ((), [])
    assert [*unlike_events(EVENTS)] == [*EVENTS]
