"""What differs between two answers for an application: not how a text is cut into deltas, nor what is counted with it."""

from runmock.core.replay.interaction import StreamEvent
from runmock.tape.comparing.differences import joined


def delta(number, text, index=0):
    return StreamEvent("response.output_text.delta", {"sequence_number": number, "output_index": index, "delta": text})


def done(number):
    return StreamEvent("response.output_text.done", {"sequence_number": number})


def test_deltas_of_one_part_are_one_and_the_numbers_behind_them_count_on():
    in_pieces = joined([delta(0, "a"), delta(1, "b"), delta(2, "c", 1), delta(3, "d", 1), done(4)])
    whole = joined([delta(0, "ab"), delta(1, "cd", 1), done(2)])
    assert in_pieces == whole == [tuple(event)[:2] for event in (delta(0, "ab"), delta(1, "cd", 1), done(2))]


def test_a_gap_in_the_numbers_stays():
    assert [data["sequence_number"] for _, data in joined([delta(0, "a"), delta(1, "b"), done(3)])] == [0, 2]


def test_events_without_numbers_have_none():
    event = StreamEvent(
        "thread.message.delta", {"id": "msg_1", "delta": {"content": [{"index": 0, "text": {"value": "a"}}]}}
    )
    other = event._replace(data={**event.data, "id": "msg_2"})
    assert [data.get("sequence_number", "none") for _, data in joined([event, event, other])] == ["none", "none"]
