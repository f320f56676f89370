"""Alike deltas are read at once, and exactly as they would be one by one; whatever is odd is read one by one."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runmock.core.http.sse import EventDecoder
from runmock.core.replay.interaction import AlikeDeltas, StreamEvent, StreamEvents, event_of
from runmock.core.replay.recorder import Portion
from runmock.tape.reading.alike_deltas import FEWEST, without
from runmock.tape.reading.captured_events import captured_events

PADDING = "obfuscation"


def frame(name, data, **how):
    line = f"event: {name}\n" if name else ""
    return f"{line}data: {json.dumps(data, **how)}\n\n".encode()


def of_message(text, message="msg_1"):
    part = {"index": 0, "type": "text", "text": {"value": text}}
    return {"id": message, "object": "thread.message.delta", "delta": {"content": [part]}}


def of_call(text):
    call = {"index": 0, "type": "function", "function": {"arguments": text}}
    details = {"type": "tool_calls", "tool_calls": [call]}
    return {"id": "step_1", "object": "thread.run.step.delta", "delta": {"step_details": details}}


def of_response(text, number, padding="a1", **more):
    place = {"item_id": "msg_1", "output_index": 0, "content_index": 0}
    name = "response.output_text.delta"
    return {"type": name, "sequence_number": number, **place, "delta": text, "logprobs": [], PADDING: padding} | more


def of_completion(text):
    return {"id": "chatcmpl_1", "choices": [{"index": 0, "delta": {"content": text}, "finish_reason": None}]}


def messages(texts, **how):
    return [frame("thread.message.delta", of_message(text), **how) for text in texts]


def responses(texts, first=4, **more):
    datas = [of_response(text, number, **more) for number, text in enumerate(texts, first)]
    return [frame(data["type"], data, separators=(",", ":")) for data in datas]


def read(frames, padding=PADDING):
    return captured_events([portion_of(frames)], padding)


def portion_of(chunks, first_ms=0.0):
    """The chunks, a millisecond apart, as one portion."""
    portion = Portion(bytearray())
    for at_ms, data in enumerate(chunks):
        portion.add(data, first_ms + at_ms)
    return portion


def one_by_one(frames, padding=PADDING):
    decoder, events, times = EventDecoder(), [], []
    for at_ms, data in enumerate(frames):
        decoded = decoder.feed(data)
        events += [without(padding, event_of(event)) for event in decoded]
        times += [float(at_ms)] * len(decoded)
    return events, times


def sizes(frames):
    """How many events each part of a stream has."""
    return [len(part.texts) if isinstance(part, AlikeDeltas) else 1 for part in read(frames).parts]


def assert_as_one_by_one(frames):
    found = read(frames)
    assert (list(StreamEvents(found.parts)), found.times) == one_by_one(frames)


WORDS = [f'word{number} \\ "quoted" \u2028 \u00e9 \ud83d' for number in range(9)]
FORMS = {
    "messages": messages(WORDS),
    "messages with spaces": messages(WORDS, separators=(", ", ": ")),
    "messages without escapes": [data.replace(b"\\u00e9", "\u00e9".encode()) for data in messages(WORDS)],
    "calls": [frame("thread.run.step.delta", of_call(text)) for text in WORDS],
    "responses": responses(WORDS),
    "responses with other padding": [
        frame("response.output_text.delta", of_response(text, number, "x" * (number + 1)))
        for number, text in enumerate(WORDS)
    ],
    "responses without padding": [
        frame("r.delta", {"type": "r.delta", "sequence_number": number, "delta": text})
        for number, text in enumerate(WORDS)
    ],
    "responses without numbers": [frame("r.delta", {"delta": text, "item_id": "msg_1"}) for text in WORDS],
    "completions": [frame("", of_completion(text)) for text in WORDS],
    "equal texts": messages(["a"] * 9),
    "empty texts": messages([""] * 9),
    "texts like their place": messages(['{"value": "', '"value"', "value", "0", "null"] * 2),
}


@pytest.mark.parametrize("frames", FORMS.values(), ids=FORMS)
def test_deltas_of_each_api_are_one_part(frames):
    assert sizes(frames) == [len(frames)]
    assert_as_one_by_one(frames)


def test_alike_deltas_are_found_between_other_events():
    begin, end = frame("thread.message.created", {"id": "msg_1"}), b"event: done\ndata: [DONE]\n\n"
    first = frame("thread.message.delta", of_message("a") | {"annotations": []})
    other = [frame("thread.message.delta", of_message(text, "msg_2")) for text in WORDS]
    frames = [begin, first, *messages(WORDS), b": ping\n\n", *messages(WORDS), *other, end]
    assert sizes(frames) == [1, 1, 9, 9, 9, 1]
    assert_as_one_by_one(frames)


MESSAGES, NUMBERED = messages(WORDS), responses(WORDS)
ODD = {
    "a text that ends early": MESSAGES[4].replace(b'"}}]}}', b'" , "annotations": []}}]}}'),
    "two texts in the place of one": MESSAGES[4].replace(b"word4", b'a","b'),
    "a quote that is not escaped": MESSAGES[4].replace(b"word4", b'a"b'),
    "half of an escape": MESSAGES[4].replace(b'"}}]}}', b'\\"}}]}}'),
    "a list in the place of a text": MESSAGES[4].replace(b"word4", b'a",["b"],"c'),
    "another line end": MESSAGES[4].replace(b"\n", b"\r\n"),
    "two lines of data": MESSAGES[4].replace(b"word4", b"wo\ndata: rd4"),
    "a byte that is not UTF-8": MESSAGES[4].replace(b"word4", b"wo\xffrd4"),
    "a control character": MESSAGES[4].replace(b"word4", b"wo\x00rd4"),
    "an event without JSON": MESSAGES[4].replace(b"{", b"<"),
    "an event with an id": b"id: 4\n" + MESSAGES[4],
    "the ends of an event, one over the other": MESSAGES[4].partition(b"word4")[0] + b"}}]}}\n\n",
}


@pytest.mark.parametrize("odd", ODD.values(), ids=ODD)
def test_what_is_odd_is_read_one_by_one(odd):
    frames = [*MESSAGES[:4], odd, *MESSAGES[5:]]
    assert_as_one_by_one(frames)
    assert_as_one_by_one([odd, *MESSAGES])
    assert_as_one_by_one([*MESSAGES, odd.rstrip()])


def test_odd_texts_do_not_make_up_for_one_another():
    half, two = ODD["half of an escape"], ODD["two texts in the place of one"]
    opens, closes, goes_on = (MESSAGES[4].replace(b"word4", odd) for odd in (b'a",["b', b'c"],"d', b',"a'))
    for odd in ([half, two], [half, goes_on], [opens, MESSAGES[0], closes]):
        assert_as_one_by_one([*MESSAGES[:4], *odd, *MESSAGES[5:]])


ODD_NUMBERED = {
    "a number that is left out": of_response("x", 9),
    "a number that is a text": of_response("x", "8"),
    "a number that is a float": of_response("x", 8.0),
    "a padding with an escape": of_response("x", 8, "\u00e9"),
    "no padding": of_response("x", 8, ""),
    "another item": of_response("x", 8, item_id="msg_2"),
    "log probabilities": of_response("x", 8, logprobs=[{"token": "x"}]),
    "a key more": of_response("x", 8, more={}),
}


@pytest.mark.parametrize("odd", ODD_NUMBERED.values(), ids=ODD_NUMBERED)
def test_numbers_have_to_count_and_the_rest_has_to_be_alike(odd):
    frames = [*NUMBERED[:4], frame(odd["type"], odd, separators=(",", ":")), *NUMBERED[5:]]
    assert sizes(frames) == [4, 1, 4]
    assert_as_one_by_one(frames)


NEVER_ALIKE = {
    "too few": messages(WORDS[: FEWEST - 1]),
    "numbers that are texts": [frame("r.delta", {"sequence_number": "1", "delta": text}) for text in WORDS],
    "numbers that are floats": [frame("r.delta", {"sequence_number": 1.5, "delta": text}) for text in WORDS],
    "negative numbers": [frame("r.delta", {"sequence_number": n - 9, "delta": text}) for n, text in enumerate(WORDS)],
    "two texts each": [frame("x.delta", {"delta": {"name": "a", "arguments": text}}) for text in WORDS],
    "texts under a key that is an id's": [frame("x.delta", {"delta": {"call_id": text}}) for text in WORDS],
    "texts under a secret's name": [frame("x.delta", {"delta": {"password": text}}) for text in WORDS],
    "texts with a name": [frame("x.delta", {"delta": {"name": None, "value": text}}) for text in WORDS],
    "errors": [frame("error", {"delta": text}) for text in WORDS],
    "texts that are no deltas": [frame("x", {"value": text}) for text in WORDS],
    "a text far behind": [frame("x", {**dict.fromkeys(map(str, range(99)), 0), "delta": text}) for text in WORDS],
    "a list": [frame("x.delta", [{"delta": text}]) for text in WORDS],
}


@pytest.mark.parametrize("frames", NEVER_ALIKE.values(), ids=NEVER_ALIKE)
def test_other_events_are_read_one_by_one(frames):
    assert sizes(frames) == [1] * len(frames)
    assert_as_one_by_one(frames)


def test_after_many_events_that_begin_nothing_no_alike_deltas_are_looked_for():
    others = messages(WORDS, sort_keys=True)
    turns = [data for pair in zip(messages(WORDS), others, strict=True) for data in pair]
    assert sizes([*turns, *messages(WORDS)])[-1] == 1
    assert_as_one_by_one([*turns, *messages(WORDS)])


def test_each_delta_has_data_of_its_own():
    first, second, *_ = StreamEvents(read(responses(WORDS)).parts)
    first.data["logprobs"].append("changed")
    assert second.data["logprobs"] == []


PIECES = (
    *MESSAGES[:3],
    *NUMBERED[:6],
    *FORMS["completions"][:2],
    ODD["two texts in the place of one"],
    ODD["a quote that is not escaped"],
    b": ping\n\n",
    b"\n",
    b"event: done\ndata: [DONE]\n\n",
)


@given(st.lists(st.sampled_from(PIECES), max_size=20), st.lists(st.integers(1, 400), max_size=20))
def test_any_stream_in_any_chunks_is_read_as_one_by_one(pieces, lengths):
    body, chunks = b"".join([*MESSAGES, *pieces]), []
    for length in lengths:
        chunks.append(body[:length])
        body = body[length:]
    assert_as_one_by_one([chunk for chunk in [*chunks, body] if chunk])


def test_a_stream_that_stops_within_an_event_has_it_last():
    found = read([*MESSAGES, b"event: done\ndata: [DONE]"])
    assert (list(StreamEvents(found.parts)), found.times) == one_by_one(MESSAGES)
    assert found.last == [StreamEvent("done")]
    assert read(MESSAGES).last == []


@pytest.mark.parametrize("size", [1, 70, 1_000, 5_000])
def test_a_long_stream_is_read_in_portions(monkeypatch, size):
    body = (
        b"".join(frame("thread.message.delta", of_message(f"word {number}")) for number in range(100)) + b": bye\n\nx"
    )
    chunks = [body[start : start + 70] for start in range(0, len(body), 70)]
    whole = read(chunks, "")
    monkeypatch.setattr("runmock.tape.reading.captured_events.PORTION", size)
    for number in (1, 7):  # chunks in each portion
        portions = [portion_of(chunks[at : at + number], at) for at in range(0, len(chunks), number)]
        for found in (captured_events(portions), captured_events(portions, "", iter(portions))):
            assert StreamEvents(found.parts) == StreamEvents(whole.parts)
            assert (found.times, found.last) == (whole.times, whole.last)


def test_a_chunk_that_is_added_while_a_portion_is_read_changes_no_time():
    portion = portion_of(MESSAGES)
    portion.times.append(99.0)
    portion.ends.append(portion.ends[-1] + 10)
    found = captured_events([portion])
    assert (list(StreamEvents(found.parts)), found.times) == one_by_one(MESSAGES)
