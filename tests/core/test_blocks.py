"""Recorded deltas without a pause share frames, and nothing else does."""

from runmock.core.blocks import LONGEST, in_blocks
from runmock.core.sse import DONE, encode

DELTA = encode("thread.message.delta", {"id": "msg_1"})
STEP_DELTA = encode("thread.run.step.delta", {"id": "step_1"})
RUN = encode("thread.run.in_progress", {"id": "run_1"})


def test_deltas_that_follow_each_other_are_one_frame():
    told = list(in_blocks([RUN, RUN, DELTA, STEP_DELTA, DELTA, RUN, DELTA, DONE]))
    assert [frame.data for frame in told] == [RUN, RUN, DELTA + STEP_DELTA + DELTA, RUN, DELTA, DONE]
    assert [frame.events for frame in told] == [1, 1, 3, 1, 1, 1]
    assert {frame.after_ms for frame in told} == {0}


def test_a_frame_has_no_end_of_events():
    told = list(in_blocks([DELTA] * (2 * LONGEST + 1)))
    assert [frame.events for frame in told] == [LONGEST, LONGEST, 1]
    assert b"".join(frame.data for frame in told) == DELTA * (2 * LONGEST + 1)
