"""A walk that finds `x` anywhere says where it has been."""

import re

import pytest

from runmock.apis.registry import identify
from runmock.core.replay.interaction import Interaction, StreamEvent
from runmock.core.script.script import Source
from runmock.core.secrets.every_text import Walk, joined, texts_of, with_texts
from runmock.core.secrets.hits import SecretSpan


def every_x(text, _key, _is_error):
    return [SecretSpan(*found.span(), instead="*") for found in re.finditer("x+", text)]


def delta(piece, **more):
    part = {"index": 0, "type": "text", "text": {"value": piece}}
    return StreamEvent("thread.message.delta", {"id": "msg_1", "delta": {"content": [part]}} | more)


WHOLE = Interaction(
    Source("c", 0),
    "POST",
    "/x/a",
    {"qx": ("ax", "b")},
    {"b": ["x", 1, None, {"x": "c"}]},
    200,
    (("a-header", "ax"),),
    {"j": "x", "n": {"m": 1.5}},
    (StreamEvent("e", {"s": "x"}), StreamEvent("r", None, "data: x\n\n"), StreamEvent("done")),
    "a word x",
    identify=identify,
)


def test_every_text_of_every_place_is_looked_at():
    assert with_texts(WHOLE, lambda _: every_x) == WHOLE._replace(
        path="/*/a",
        query={"q*": ("a*", "b")},
        body={"b": ["*", 1, None, {"*": "c"}]},
        headers=(("a-header", "a*"),),
        json={"j": "*", "n": {"m": 1.5}},
        stream=(StreamEvent("e", {"s": "*"}), StreamEvent("r", None, "data: *\n\n"), StreamEvent("done")),
        text="a word *",
    )


def test_texts_include_the_names_of_mappings():
    texts = texts_of(WHOLE)
    assert {"/x/a", "qx", "ax", "x", "c", "j", "data: x\n\n", "a word x", "b"} <= set(texts)


def test_what_has_no_hit_stays_the_same_object():
    looked = with_texts(WHOLE, lambda _: lambda *_: ())
    assert looked == WHOLE
    assert looked.body is WHOLE.body
    assert looked.json is WHOLE.json
    assert looked.stream[0] is WHOLE.stream[0]


def test_a_text_is_described_by_its_part_its_key_and_whether_it_is_of_an_error():
    texts = []

    def finder(part):
        return lambda text, key, is_error: texts.append((part, text, key, is_error)) or ()

    error = {"message": "m", "last_error": {"code": "c"}}
    events = (StreamEvent("error", {"a": "of an event"}), StreamEvent("x", {"error": {"b": "of a key"}}))
    with_texts(Interaction(Source("c", 0), "GET", "/p", json=error, stream=events, identify=identify), finder)
    with_texts(
        Interaction(Source("c", 0), "GET", "/p", {"q": ("v",)}, status=500, json="j", text="t", identify=identify),
        finder,
    )
    assert {
        ("json", "m", "message", False),
        ("json", "c", "code", True),
        ("stream", "of an event", "a", True),
        ("stream", "of a key", "b", True),
        ("query", "v", "q", False),
        ("json", "j", "", True),
        ("text", "t", "", True),
    } <= set(texts)


@pytest.mark.parametrize(
    ("value", "key"),
    [
        ({"value": "v"}, "value"),
        ({"name": "password", "value": "v"}, "password"),
        ({"key": "password", "value": "v"}, "password"),
        ({"name": 3, "value": "v"}, "value"),
        ({"name": ["v"]}, "name"),
    ],
)
def test_a_value_beside_its_name_stands_under_that_name(value, key):
    texts = {}
    Walk(lambda text, key, _: texts.update({text: key}) or ()).value(value)
    assert texts["v"] == key


def test_the_keys_lead_to_the_text_that_is_looked_at():
    texts = {}
    walk = Walk(lambda text, *_: texts.update({text: list(walk.keys)}) or ())
    walk.value({"a": [0, {"b": "deep"}], "c": "flat"})
    assert texts["deep"] == ["a", 1, "b"]
    assert texts["flat"] == ["c"]


def pieces(interaction):
    return [[piece.text for piece in text] for text in joined(interaction)]


def test_deltas_of_one_text_are_joined():
    assert pieces([delta("a"), StreamEvent("other", {"a": "b"}), StreamEvent("done"), delta("b")]) == [["a", "b"]]


def test_deltas_of_two_messages_two_parts_and_two_items_are_not():
    assert pieces([delta("a"), delta("b", id="msg_2")]) == [["a"], ["b"]]
    items = [StreamEvent("t", {"item_id": f"i{at}", "delta": text}) for at, text in enumerate("ab")]
    assert pieces([*items, *items]) == [["a", "a"], ["b", "b"]]
    parts = [StreamEvent("t", {"delta": {"content": [{"index": at, "t": text}, "c"]}}) for at, text in enumerate("ab")]
    assert pieces([*parts, *parts]) == [["a", "a"], ["c", "c", "c", "c"], ["b", "b"]]


def test_deltas_of_chat_completions_are_joined_by_their_choice():
    def chunk(*texts):
        choices = [{"index": at, "delta": {"role": "r", "content": text}} for at, text in enumerate(texts)]
        return StreamEvent("message", {"id": "c", "choices": choices})

    odd = StreamEvent("message", {"id": "c", "choices": [None, {"index": {}, "finish_reason": "stop"}]})
    assert pieces([chunk("a", "b"), odd, chunk("c", "d"), StreamEvent("message", {"choices": 3})]) == [
        ["a", "c"],
        ["b", "d"],
    ]


def test_a_hit_that_is_split_between_deltas_is_replaced_in_the_first():
    stream = (delta("the <"), delta("key>"), delta(" is"))
    interaction = Interaction(Source("c", 0), "POST", "/a", stream=stream, identify=identify)
    changed = with_texts(
        interaction, lambda _: lambda text, *_: [SecretSpan(*m.span()) for m in re.finditer("<key>", text)]
    )
    assert changed.stream == (delta("the redacted"), delta(""), delta(" is"))
    assert interaction.stream[0] == delta("the <")


@pytest.fixture
def long(monkeypatch):
    """Every text of more than 5 characters is a long one."""
    monkeypatch.setattr("runmock.core.secrets.every_text.SIZE", 5)
    monkeypatch.setattr("runmock.core.secrets.windows.SIZE", 5)


@pytest.mark.parametrize("texts", [["a ", "bx", "x c", "d"], ["a ", "b ", "c ", "d e"]])
def test_of_a_long_stream_the_joined_text_is_searched_in_windows(texts, long):
    interaction = WHOLE._replace(stream=tuple(map(delta, texts)))
    searched = []

    def find(text, _key, _is_error):
        searched.append(text)
        return [SecretSpan(*found.span(), instead="*") for found in re.finditer("xx", text)]

    changed = with_texts(interaction, lambda part: find if part == "stream" else every_x).stream
    found = "".join(event.data["delta"]["content"][0]["text"]["value"] for event in changed)
    assert found == "".join(texts).replace("xx", "*")
    times = 2 if "*" in found else 1  # the second search says where it is
    assert searched.count("".join(texts)) == times
