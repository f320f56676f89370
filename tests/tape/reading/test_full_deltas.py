"""Deltas that a cassette has in full are one part of the stream where they are alike, and stay the same events."""

import copy
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runmock.core.http.frame_batches import event_batches
from runmock.core.replay.interaction import AlikeDeltas, StreamEvent, StreamEvents
from runmock.tape.reading.cassette import cassette_from
from runmock.tape.reading.full_deltas import FEWEST, put_together

MESSAGE = "thread.message.delta"
RESPONSE = "response.output_text.delta"


def of_message(text, **more):
    part = {"index": 0, "type": "text", "text": {"value": text}}
    return StreamEvent(MESSAGE, {"id": "msg_1", "object": MESSAGE, "delta": {"content": [part]}} | more)


def of_response(text, number, **more):
    place = {"item_id": "msg_1", "output_index": 0, "content_index": 0}
    return StreamEvent(RESPONSE, {"type": RESPONSE, "sequence_number": number, **place, "delta": text} | more)


def messages(number):
    return [of_message(f"word{count} ") for count in range(number)]


def responses(number, first=3):
    return [of_response(f"word{count} ", first + count) for count in range(number)]


def sizes(events):
    """How many events each part has; the events stay the same, and so do the data in their hands."""
    before = copy.deepcopy(events)
    parts = [*put_together(events)]
    assert json.dumps([*StreamEvents(parts)]) == json.dumps(before) == json.dumps(events)
    return [len(part.texts) if isinstance(part, AlikeDeltas) else 1 for part in parts]


@pytest.mark.parametrize("made", [messages, responses])
def test_deltas_in_a_row_are_one_part(made):
    assert sizes(made(FEWEST)) == [FEWEST]
    assert sizes(made(FEWEST - 1)) == [1] * (FEWEST - 1)


@pytest.mark.parametrize(
    "odd",
    [
        of_message("x", id="msg_2"),
        of_message("x", index=0),
        StreamEvent(MESSAGE, {"object": MESSAGE, "id": "msg_1", **of_message("x").data}),
        StreamEvent(MESSAGE, {"object": MESSAGE, **{key: of_message("x").data[key] for key in ("id", "delta")}}),
        StreamEvent(MESSAGE, {"id": "msg_1", "object": MESSAGE, "delta": {"content": []}}),
        StreamEvent(MESSAGE, {"id": "msg_1", "object": MESSAGE, "delta": {"content": [{"text": {"value": 4}}]}}),
        StreamEvent(MESSAGE, of_message("x").data, "event: thread.message.delta\ndata:{}\n\n"),
        StreamEvent(MESSAGE, None, "event: thread.message.delta\ndata: [\n\n"),
        StreamEvent(MESSAGE, ["x"]),
        StreamEvent("thread.run.completed", {"id": "run_1"}),
        of_message("x", sequence_number=3),
    ],
)
def test_an_event_that_is_other_is_no_part_of_them(odd):
    row = messages(FEWEST)
    assert sizes([*row, odd, *row]) == [FEWEST, 1, FEWEST]


@pytest.mark.parametrize(("one", "other"), [(1, True), (0, False), (1, 1.0), (0, None), ("1", 1)])
def test_values_of_other_types_are_other_values(one, other):
    row = [of_message(f"word{count} ", index=one) for count in range(FEWEST)]
    assert sizes([*row, of_message("x", index=other)]) == [FEWEST, 1]


@pytest.mark.parametrize("number", [4, True, 3 + FEWEST + 1, "19", 3.0 + FEWEST, None])
def test_a_number_that_does_not_count_on_begins_anew(number):
    assert sizes([*responses(FEWEST), of_response("x", number)]) == [FEWEST, 1]
    assert sizes([*responses(FEWEST), of_response("x", 3 + FEWEST)]) == [FEWEST + 1]


@pytest.mark.parametrize("number", ["3", True, None, 3.5])
def test_odd_numbers_are_left_alone(number):
    assert sizes([of_response(f"word{count} ", number) for count in range(FEWEST)]) == [1] * FEWEST


def test_deltas_that_a_name_makes_secret_are_left_alone():
    secret = {"name": "password", "value": "x"}
    events = [StreamEvent("x", {"delta": {"content": [{"text": secret}]}}) for _ in range(FEWEST)]
    assert sizes(events) == [1] * FEWEST


def test_rows_of_few_are_not_looked_for_without_end():
    pairs = [event for count in range(FEWEST) for event in (of_message("a", id=f"m{count}"), of_message("b", id="m"))]
    assert sizes([*pairs, *messages(FEWEST)])[-FEWEST:] == [1] * FEWEST


def test_a_cassette_with_each_delta_in_full_has_one_part():
    run = {"id": "run_1", "object": "thread.run", "status": "queued"}
    items = [{"thread.run.created": run}, *({one.name: one.data} for one in messages(20)), "done"]
    written = {"request": "POST /threads/thread_1/runs", "body": {"stream": True}, "stream": items}
    stream = cassette_from({"interactions": [written]}).interactions[0].stream
    assert [type(part) for part in stream.parts] == [StreamEvent, AlikeDeltas, StreamEvent]


VALUES = st.sampled_from([0, 1, True, False, None, 1.0, "a", [], {}])
TEXTS = st.text(max_size=3)
EVENTS = st.one_of(
    st.builds(of_message, TEXTS),
    st.builds(of_message, TEXTS, more=VALUES),
    st.builds(of_response, TEXTS, st.integers(0, 3)),
    st.builds(of_response, TEXTS, VALUES),
    st.builds(StreamEvent, st.sampled_from([MESSAGE, RESPONSE]), VALUES),
)
ROWS = st.one_of(
    EVENTS.map(lambda event: [event]),
    st.integers(FEWEST - 1, FEWEST + 2).map(messages),
    st.builds(responses, st.integers(FEWEST - 1, FEWEST + 2), st.integers(0, 3)),
)


@given(st.lists(ROWS, max_size=4).map(lambda rows: [event for row in rows for event in row]))
def test_any_stream_has_the_same_events_and_bytes(events):
    sizes(events)
    frames = [b"".join([frame.data for frame in event_batches(one)]) for one in (events, put_together(events))]
    assert frames[0] == frames[1]
