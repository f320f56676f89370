"""Alike deltas are encoded by a template: the bytes are those of each event encoded alone."""

import pytest

from runmock.apis.assistants.api import ENDS
from runmock.core.http import alike_events
from runmock.core.http.alike_events import each_encoded
from runmock.core.http.frame_batches import LONGEST, event_batches
from runmock.core.http.json_text import STDLIB_JSON
from runmock.core.replay.interaction import AlikeDeltas, StreamEvent, StreamEvents
from runmock.deck.fast_json import FAST_JSON

ODD = ["", "word ", '"', "\\", '\\"', "%", "%s", "%%d", "{0}", "\n\r\t\b\f", "\0", "\x1f\x7f", "\u2028\u2029", "é", "😀", "</script>", "1e-7", "null"]  # fmt: skip
HALF = ["whole", "\ud83d", "\ude00 end", "whole again", "é\udfff"]
BEGIN = StreamEvent("thread.run.created", {"id": "run_1"})
END = StreamEvent("done")


def alike(texts, *keys, name="x.delta", **data):
    """Deltas whose text stands under `keys`, with other data beside it or after it."""
    value = texts[0]
    for key in reversed(keys):
        value = {key: value} if isinstance(key, str) else [value]
    return AlikeDeltas(StreamEvent(name, {**value, **data}), keys, list(texts))


SHAPES = {
    "a text": lambda texts: alike(texts, "delta"),
    "inside of lists": lambda texts: alike(
        texts, "delta", "content", 0, "text", "value", id="msg_é", more=[1e-7, 1e16]
    ),
    "a number after it": lambda texts: alike(texts, "delta", sequence_number=7, type="x"),
    "a number before it": lambda texts: AlikeDeltas(
        StreamEvent("x", {"sequence_number": 2**70, "delta": texts[0]}), ("delta",), texts
    ),
    "a number that is true": lambda texts: alike(texts, "delta", sequence_number=True),
    "a number that is none": lambda texts: alike(texts, "delta", sequence_number=1e16),
    "percent signs": lambda texts: alike(texts, "delta", name="100 %s", more="%d %"),
    "half of a surrogate pair": lambda texts: alike(texts, "delta", more="\ud83d"),
    "without a name": lambda texts: alike(texts, "delta", name="message"),
    "a mark beside it": lambda texts: alike(texts, "delta", sequence_number=1, more=alike_events._TEXT),
    "a mark of the number": lambda texts: alike(texts, "delta", sequence_number=1, more=alike_events._NUMBER),
    "marks in a text": lambda texts: alike([*texts, alike_events._TEXT, alike_events._NUMBER], "delta"),
    "a text that is the number": lambda texts: alike(texts, "delta", sequence_number=1, more={"sequence_number": "1"}),
}


@pytest.mark.parametrize("written", [STDLIB_JSON, FAST_JSON])
@pytest.mark.parametrize("texts", [ODD, HALF, ["alone"]])
@pytest.mark.parametrize("shape", SHAPES)
def test_each_has_the_bytes_of_its_event(shape, texts, written):
    part = SHAPES[shape](texts)
    assert list(each_encoded(part, written)) == [event.encoded() for event in part.events()]


def test_an_event_that_is_like_no_other_is_encoded_alone():
    assert list(each_encoded(BEGIN, STDLIB_JSON)) == [BEGIN.encoded()]


@pytest.mark.parametrize("number", [1, LONGEST - 1, LONGEST, LONGEST + 1, 3 * LONGEST + 5])
@pytest.mark.parametrize("before", [0, 1, LONGEST - 1, LONGEST])
def test_frames_are_the_same_as_those_of_the_events(before, number):
    words = alike([f"word{count} " for count in range(number)], "delta", sequence_number=5)
    stream = StreamEvents([*[BEGIN] * before, words, BEGIN, words, words, END, words])
    frames = list(event_batches(stream.parts, ENDS, FAST_JSON))
    assert frames == list(event_batches(stream, ENDS))


def test_alike_deltas_that_end_a_stream_begin_a_frame():
    words = alike(["a", "b"], "error", name="error")
    assert [frame.events for frame in event_batches([BEGIN, words, BEGIN], ENDS)] == [1, 3]


def test_alike_deltas_are_not_made_events_to_be_encoded(monkeypatch):
    monkeypatch.setattr(AlikeDeltas, "events", None)
    words = alike(ODD, "delta", sequence_number=5)
    assert sum(frame.events for frame in event_batches([BEGIN, words, END], ENDS, FAST_JSON)) == len(ODD) + 2
