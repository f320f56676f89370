"""Recorded events without a pause share frames; what ends a stream has one of its own."""

import pytest

from runmock.apis.assistants.api import ENDS
from runmock.apis.service.other_api import RESPONSES
from runmock.core.errors import ScriptError
from runmock.core.http.exchange import Frame
from runmock.core.http.frame_batches import LONGEST, JoinedFrames, event_batches
from runmock.core.http.json_text import STDLIB_JSON
from runmock.core.replay.interaction import NAMELESS_DONE, StreamEvent
from runmock.deck.fast_json import FAST_JSON

DELTA = StreamEvent("thread.message.delta", {"id": "msg_1"})
RUN = StreamEvent("thread.run.in_progress", {"id": "run_1"})
RAW = StreamEvent("odd", None, "event: odd\ndata: 1\ndata: 2\n\n")
DONE = StreamEvent("done")


@pytest.mark.parametrize("end", [DONE, StreamEvent("error", {"error": {"message": "m"}})])
def test_what_ends_a_stream_is_apart(end):
    frames_made = list(event_batches([RUN, DELTA, RAW, DELTA, end], ENDS))
    assert [frame.data for frame in frames_made] == [bytes_of(RUN, DELTA, RAW, DELTA), bytes_of(end)]
    assert [frame.events for frame in frames_made] == [4, 1]
    assert {frame.after_ms for frame in frames_made} == {0}


@pytest.mark.parametrize("end", [NAMELESS_DONE, StreamEvent("response.incomplete", {"response": {}})])
def test_so_is_the_end_of_another_apis_stream(end):
    frames_made = list(event_batches([RUN, DELTA, end], RESPONSES))
    assert [frame.data for frame in frames_made] == [bytes_of(RUN, DELTA), bytes_of(end)]


def test_what_a_server_sent_after_the_end_goes_out_with_the_end():
    frames_made = list(event_batches([RUN, DONE, DELTA, DONE, DELTA]))
    assert [frame.data for frame in frames_made] == [bytes_of(RUN), bytes_of(DONE, DELTA, DONE, DELTA)]
    assert list(event_batches([])) == []


def test_a_frame_has_no_end_of_events():
    frames_made = list(event_batches([DELTA] * (2 * LONGEST + 1)))
    assert [frame.events for frame in frames_made] == [LONGEST, LONGEST, 1]
    assert b"".join(frame.data for frame in frames_made) == bytes_of(DELTA) * (2 * LONGEST + 1)


def bytes_of(*events):
    return b"".join(event.encoded() for event in events)


def test_frames_that_nothing_keeps_apart_are_joined():
    frames_made = list(
        JoinedFrames([Frame(5, b"a"), Frame(0, b"b", 2), Frame(0, b"c"), Frame(7, b""), Frame(0, b"d")], 2)
    )
    assert frames_made == [Frame(5, b"ab", 3), Frame(0, b"c"), Frame(7, b"d", 2)]
    assert list(JoinedFrames([], 2)) == []


def test_what_came_before_an_exception_is_yielded_first():
    def frames():
        yield Frame(0, b"a")
        yield Frame(0, b"b")
        raise ScriptError("so it is")

    frames_made = JoinedFrames(frames(), 8)
    assert next(frames_made) == Frame(0, b"ab", 2)
    with pytest.raises(ScriptError, match="so it is"):
        next(frames_made)


def test_events_in_a_row_with_one_name_are_encoded_as_each_alone():
    events = [RUN, DELTA, StreamEvent("thread.message.delta", {"id": "msg_é", "n": 1e-7}), DELTA, RUN, DONE]
    assert b"".join(frame.data for frame in event_batches(events, ENDS, FAST_JSON)) == bytes_of(*events)


def test_half_a_surrogate_pair_is_encoded_as_the_event_alone():
    events = [DELTA, StreamEvent("thread.message.delta", {"id": "\ud83d"}), DELTA]
    for written in (STDLIB_JSON, FAST_JSON):
        assert b"".join(frame.data for frame in event_batches(events, ENDS, written)) == bytes_of(*events)


def test_who_stops_reading_closes_the_frames_that_are_joined():
    closed = []

    class Frames(list):
        def close(self):
            closed.append(len(self))

    joined = JoinedFrames(Frames([Frame(0, b"a"), Frame(0, b"b")]), 8)
    assert next(joined).data == b"ab"
    joined.close()
    JoinedFrames([], 8).close()
    assert closed == [2]
