"""Deltas that continue what they did not begin, and parts without a text."""

from runmock.apis.assistants.story.story_deltas import add_content, add_input, add_part
from runmock.core.story.story import MessageStory, StepStory


def test_a_delta_of_a_message_that_is_known_whole_does_not_change_its_text():
    message = MessageStory("assistant", "Hello", 0, object={"content": [{"type": "text"}]})
    add_content({"msg_1": message}, {"id": "msg_1", "delta": {"content": [{"index": 0, "text": {"value": "H"}}]}}, 5)
    assert (message.text, [(piece.at_ms, piece.text) for piece in message.pieces]) == ("Hello", [(5, "H")])


def test_a_delta_that_continues_an_image_adds_nothing():
    parts = [{"type": "image_file", "image_file": {"file_id": "file-1"}}]
    assert add_part(parts, {"index": 0, "type": "image_file"}) is False
    assert parts == [{"type": "image_file", "image_file": {"file_id": "file-1"}}]


def test_a_delta_that_continues_no_call_is_left_out():
    step = StepStory(0)
    delta = {"id": "step_1", "delta": {"step_details": {"tool_calls": [{"index": 0, "function": {"arguments": "{"}}]}}}
    add_input({"step_1": step}, delta, 1)
    add_input({}, delta, 1)
    assert step.calls == []


def test_a_delta_of_a_message_that_is_not_known_is_left_out():
    messages = {}
    add_content(messages, {"id": "msg_1", "delta": {"content": [{"index": 0, "text": {"value": "H"}}]}}, 5)
    assert messages == {}
