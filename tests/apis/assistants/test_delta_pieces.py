"""Deltas in a row as pieces: what a piece stands for, and which events no piece stands for."""

import pytest

from runmock.apis.assistants.delta_pieces import AssistantsPieces
from runmock.apis.assistants.deltas import message_delta, step_delta
from runmock.apis.registry import delta_pieces, identify

MESSAGE = {"id": "msg_1", "object": "thread.message"}
FUNCTION = {"index": 0, "id": "call_1", "type": "function", "function": {"name": "f", "arguments": "", "output": None}}
CODE = {"index": 1, "id": "call_2", "type": "code_interpreter", "code_interpreter": {"input": "", "outputs": []}}


def begun():
    """Pieces of a stream that has named a message."""
    pieces = AssistantsPieces()
    pieces.note("thread.message.created", MESSAGE)
    return pieces


def text(value, **more):
    return message_delta("msg_1", {"index": 0, "type": "text", "text": {"value": value, **more}})


def in_call(call, kind):
    """Pieces of a stream that has begun a call."""
    pieces = AssistantsPieces()
    pieces.note("thread.run.step.delta", step_delta("step_1", call))
    part = {"index": call["index"], "type": call["type"], call["type"]: {kind: "x"}}
    return pieces, step_delta("step_1", part)


def test_the_first_piece_of_a_message_has_annotations_and_the_others_have_none():
    pieces = begun()
    assert pieces.delta("text", "a") == ("thread.message.delta", text("a", annotations=[]))
    assert pieces.delta("text", "b") == ("thread.message.delta", text("b"))


def test_a_text_after_a_delta_in_full_has_begun_already():
    pieces = begun()
    pieces.note("thread.message.delta", text("a", annotations=[]))
    assert pieces.delta("text", "b") == ("thread.message.delta", text("b"))


def test_a_delta_of_another_part_does_not_begin_the_text():
    pieces = begun()
    pieces.note("thread.message.delta", message_delta("msg_1", {"index": 1, "type": "text"}))
    assert pieces.delta("text", "b")[1] == text("b", annotations=[])


@pytest.mark.parametrize(("key", "call", "field"), [("arguments", FUNCTION, "arguments"), ("code", CODE, "input")])
def test_a_piece_of_a_call_continues_the_call_that_was_named_last(key, call, field):
    pieces, delta = in_call(call, field)
    assert pieces.delta(key, "x") == ("thread.run.step.delta", delta)
    assert pieces.piece_of("thread.run.step.delta", delta) == (key, "x")


def test_what_a_piece_stands_for_is_that_piece_again():
    written, read = begun(), begun()
    for piece in ("a", " b", ""):
        assert read.piece_of(*written.delta("text", piece)) == ("text", piece)


@pytest.mark.parametrize(
    ("key", "reason"),
    [
        ("text", "'text' continues a message, and no thread.message event comes before it"),
        ("arguments", "'arguments' continues a call of type function, and no delta before it begins one"),
        ("code", "'code' continues a call of type code_interpreter, and no delta before it begins one"),
    ],
)
def test_a_piece_that_continues_nothing_is_an_error(key, reason):
    with pytest.raises(LookupError) as raised:
        AssistantsPieces().delta(key, "a")
    assert raised.value.args == (reason,)


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("thread.message.delta", text("a")),
        ("thread.message.delta", text(7)),
        ("thread.message.delta", message_delta("msg_1", {"index": False, "type": "text", "text": {"value": "a", "annotations": []}})),
        ("thread.message.delta", text("a", annotations=[]) | {"id": "msg_2"}),
        ("thread.message.delta", None),
        ("thread.run.step.delta", step_delta("step_1", FUNCTION)),
        ("thread.message.created", MESSAGE),
    ],
)  # fmt: skip
def test_no_piece_stands_for_an_event_that_says_anything_else(name, data):
    assert begun().piece_of(name, data) is None


@pytest.mark.parametrize("call", [FUNCTION, CODE])
def test_no_piece_stands_for_a_delta_of_another_call(call):
    pieces, delta = in_call(call, "arguments" if call is FUNCTION else "input")
    (part,) = delta["delta"]["step_details"]["tool_calls"]
    assert pieces.piece_of("thread.run.step.delta", step_delta("step_1", part | {"index": 5})) is None
    assert pieces.piece_of("thread.run.step.delta", step_delta("step_2", part)) is None


def test_more_pieces_change_nothing_of_the_next():
    pieces = begun()
    pieces.delta("text", "a")
    pieces.note_alike(["b", "c"])
    assert pieces.delta("text", "d") == ("thread.message.delta", text("d"))


@pytest.mark.parametrize("data", [None, "x", {"object": "thread.message"}, {"id": 7}])
def test_events_without_an_id_name_nothing(data):
    pieces = AssistantsPieces()
    pieces.note("thread.message.created", data)
    with pytest.raises(LookupError):
        pieces.delta("text", "a")


@pytest.mark.parametrize("path", ["/v1/threads/runs", "/v1/chat/completions", "/my-own/run"])
def test_a_stream_at_any_address_may_have_these_pieces(path):
    assert isinstance(delta_pieces(identify("POST", path)), AssistantsPieces)
