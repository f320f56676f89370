"""A list of pieces in a cassette is read as one value, and stands for the same events as an item for each piece."""

import pytest

from runmock.core.replay.id_map import IdMap
from runmock.core.replay.interaction import AlikeDeltas, StreamEvents
from runmock.core.story.timing import event_times
from runmock.tape.reading.alike_deltas import FEWEST
from runmock.tape.reading.cassette import cassette_from
from runmock.tape.writing.cassette_text import Header, cassette_text

WORDS = ["Par", "is ", "", "é😀", '"\\', "\ud83d", "run_1", "%s", "msg_1"]
MESSAGE = {"id": "msg_1", "object": "thread.message", "role": "assistant", "content": []}
BEGUN = {"id": "msg_1", "object": "thread.message.delta", "delta": {"content": [{"index": 0, "type": "text", "text": {"value": "a", "annotations": []}}]}}  # fmt: skip
RUN = {"thread.run.created": {"id": "run_1", "object": "thread.run", "created_at": 3}}
RESPONSE = {"id": "resp_1", "object": "response", "status": "in_progress", "output": []}
ITEM = {"id": "msg_1", "type": "message", "status": "in_progress", "content": [], "role": "assistant"}
PART = {"type": "output_text", "annotations": [], "text": ""}
FUNCTION = {
    "id": "fc_1",
    "type": "function_call",
    "status": "in_progress",
    "arguments": "",
    "call_id": "c",
    "name": "f",
}


def step(kind, **call):
    calls = [{"index": 2, "id": "call_1", "type": kind, kind: call}]
    delta = {"step_details": {"type": "tool_calls", "tool_calls": calls}}
    return {"thread.run.step.delta": {"id": "step_1", "object": "thread.run.step.delta", "delta": delta}}


def of_response(*begun, **part):
    """The beginning of a response's stream with an item, and with a part of it."""
    added = {"response.content_part.added": {"part": PART | part}}
    return [{"response.created": RESPONSE}, {"response.output_item.added": {"item": ITEM}}, added, *begun]


STYLE = {"response.output_text.delta": {"delta": "a", "logprobs": [{"token": "a"}], "more": "b"}}
ENDS = [{"response.output_text.done": {}}, {"response.content_part.done": {}}, {"response.output_item.done": {}}]
COMPLETED = {"response.completed": {**RESPONSE, "status": "completed"}}
STREAMS = {
    "a message": (
        "text",
        [RUN, {"thread.message.created": MESSAGE}],
        [{"thread.run.completed": {"same": "run_1", "completed_at": 9}}],
    ),
    "a message that is begun": ("text", [RUN, {"thread.message.delta": BEGUN}], ["done"]),
    "arguments": ("arguments", [RUN, step("function", name="f", arguments="")], [{"thread.message.created": MESSAGE}]),
    "code": ("code", [RUN, step("code_interpreter", input="")], []),
    "a response": ("text", of_response(), [*ENDS, COMPLETED]),
    "log probabilities": ("text", of_response(logprobs=[]), ENDS),
    "deltas with more": ("text", of_response(STYLE), [*ENDS, COMPLETED]),
    "a refusal": ("text", of_response(type="refusal", refusal=""), []),
    "arguments of a response": (
        "arguments",
        [{"response.created": RESPONSE}, {"response.output_item.added": {"item": FUNCTION}}],
        [{"response.function_call_arguments.done": {}}, {"response.output_item.done": {}}, COMPLETED],
    ),
}


def read(stream, **more):
    """The interaction with a stream."""
    path = "/responses" if any("response.created" in item for item in stream) else "/threads/thread_1/runs"
    written = {"request": f"POST {path}", "body": {"stream": True}, "stream": stream, **more}
    return cassette_from({"interactions": [written]}).interactions[0]


def both(name, *, words=WORDS, **more):
    """The interaction with a list of pieces, twice in its stream, and the one with an item for each piece."""
    key, begin, end = STREAMS[name]
    items = [{key: word} for word in words]
    return tuple(
        read([*begin, *pieces, *end[:1], begin[-1], *pieces, *end], **more) for pieces in ([{key: words}], items)
    )


@pytest.mark.parametrize("more", [{}, {"numbered": False}])
@pytest.mark.parametrize("name", STREAMS)
def test_a_list_stands_for_the_same_events_as_its_pieces(name, more):
    short, long = both(name, **more)
    assert [type(short.stream), type(long.stream)] == [StreamEvents, tuple]
    assert [len(part.texts) for part in short.stream.parts if isinstance(part, AlikeDeltas)] == [len(WORDS) - 1] * 2
    assert short.stream == long.stream
    assert [event.encoded() for event in short.stream] == [event.encoded() for event in long.stream]
    assert [[*event.data] for event in short.stream if event.data] == [
        [*event.data] for event in long.stream if event.data
    ]
    assert short == long


@pytest.mark.parametrize("more", [{}, {"numbered": False}])
@pytest.mark.parametrize("name", STREAMS)
def test_both_are_written_the_same(name, more):
    words = [word for word in WORDS if word != "\ud83d"]
    short, long = both(name, words=words, **more)
    assert cassette_text(Header(0), [short]) == cassette_text(Header(0), [long])


@pytest.mark.parametrize("name", STREAMS)
def test_both_have_the_same_events_in_other_ids(name):
    id_map = IdMap()
    id_map.exchange({"run_1": "run_2", "msg_1": "msg_2", "step_1": "step_2"})
    short, long = map(id_map.answer_in_application_ids, both(name))
    assert type(short.stream) is StreamEvents
    assert short == long
    assert "msg_2" in str([event.data for event in short.stream])


@pytest.mark.parametrize("number", [0, 1, 2, FEWEST, FEWEST + 1])
def test_short_lists_are_events(number):
    short, long = both("a message", words=WORDS[:number])
    assert type(short.stream) is (StreamEvents if number > FEWEST else tuple)
    assert short.stream == long.stream


@pytest.mark.parametrize("name", STREAMS)
def test_the_events_of_both_come_at_the_same_times(name):
    short, long = both(name)
    times = event_times(short, 5, 1)
    assert times == event_times(long, 5, 1)
    assert len(times) == len(short.stream)
