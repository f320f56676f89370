"""Recorded events without a pause share frames; what ends a stream has one of its own."""

import pytest

from runmock.core.errors import ScriptError
from runmock.core.http.exchange import Frame
from runmock.core.replay.frame_batches import LONGEST, in_blocks, together
from runmock.core.replay.interaction import NAMELESS_DONE, StreamEvent

DELTA = StreamEvent("thread.message.delta", {"id": "msg_1"})
RUN = StreamEvent("thread.run.in_progress", {"id": "run_1"})
RAW = StreamEvent("odd", None, "event: odd\ndata: 1\ndata: 2\n\n")
DONE = StreamEvent("done")


@pytest.mark.parametrize("end", [DONE, StreamEvent("error", {"error": {"message": "m"}})])
def test_what_ends_a_stream_is_apart(end):
    told = list(in_blocks([RUN, DELTA, RAW, DELTA, end]))
    assert [frame.data for frame in told] == [bytes_of(RUN, DELTA, RAW, DELTA), bytes_of(end)]
    assert [frame.events for frame in told] == [4, 1]
    assert {frame.after_ms for frame in told} == {0}


@pytest.mark.parametrize("end", [NAMELESS_DONE, StreamEvent("response.incomplete", {"response": {}})])
def test_so_is_the_end_of_another_apis_stream(end):
    told = list(in_blocks([RUN, DELTA, end]))
    assert [frame.data for frame in told] == [bytes_of(RUN, DELTA), bytes_of(end)]


def test_what_a_server_sent_after_the_end_goes_out_with_the_end():
    told = list(in_blocks([RUN, DONE, DELTA, DONE, DELTA]))
    assert [frame.data for frame in told] == [bytes_of(RUN), bytes_of(DONE, DELTA, DONE, DELTA)]
    assert list(in_blocks([])) == []


def test_a_frame_has_no_end_of_events():
    told = list(in_blocks([DELTA] * (2 * LONGEST + 1)))
    assert [frame.events for frame in told] == [LONGEST, LONGEST, 1]
    assert b"".join(frame.data for frame in told) == bytes_of(DELTA) * (2 * LONGEST + 1)


def bytes_of(*events):
    return b"".join(event.encoded() for event in events)


def test_frames_that_nothing_keeps_apart_are_one():
    told = list(together([Frame(5, b"a"), Frame(0, b"b", 2), Frame(0, b"c"), Frame(7, b""), Frame(0, b"d")], 2))
    assert told == [Frame(5, b"ab", 3), Frame(0, b"c"), Frame(7, b"d", 2)]
    assert list(together([], 2)) == []


def test_what_came_before_an_exception_is_told_first():
    def frames():
        yield Frame(0, b"a")
        yield Frame(0, b"b")
        raise ScriptError("so it is")

    told = together(frames(), 8)
    assert next(told) == Frame(0, b"ab", 2)
    with pytest.raises(ScriptError, match="so it is"):
        next(told)
