"""What a first look shows of an interaction: every text, those of alike deltas together."""

import pytest

from runmock.apis.registry import identify
from runmock.core.replay.interaction import AlikeDeltas, Interaction, StreamEvent, StreamEvents
from runmock.core.script.script import Source
from runmock.core.secrets.every_text import BETWEEN, texts_of
from runmock.core.secrets.first_look import show_texts

KEYS = ("delta", "content", 0, "text", "value")
JSON = Interaction(
    Source("c", 0), "POST", "/threads", {"q": ("a",)}, {"b": "c"}, 400, (), {"j": "x"}, identify=identify
)


def delta(piece):
    return StreamEvent("m.delta", {"id": "msg_1", "delta": {"content": [{"text": {"value": piece}}]}})


def streamed(*parts, status=200):
    return JSON._replace(status=status, json=None, stream=StreamEvents(parts))


def shown(interaction, shortest=0):
    found = []
    show_texts(interaction, lambda *text: found.append(text) or (), shortest)
    return found


def test_of_an_interaction_without_alike_deltas_all_texts_are_shown():
    assert [text for text, *_ in shown(JSON)] == texts_of(JSON)
    assert ("x", "j", True) in shown(JSON)
    assert ("c", "b", False) in shown(JSON)


def test_alike_deltas_are_shown_joined_with_what_stands_before_them_and_as_a_list():
    texts = shown(streamed(delta("a"), AlikeDeltas(delta("b"), KEYS, ["b", "c"]), StreamEvent("r", None, "data: x")))
    assert ("abc", "value", False) in texts
    assert (f"b{BETWEEN}c", "value", False) in texts
    assert ("a", "value", False) in texts
    assert ("msg_1", "id", False) in texts
    assert ("data: x", "", False) in texts
    assert ("c", "b", False) in texts


def test_texts_of_alike_deltas_that_are_too_short_are_only_shown_joined():
    alike = AlikeDeltas(delta("b"), KEYS, ["b", "long", "is", "longer"])
    texts = [text for text, *_ in shown(streamed(alike), 4)]
    assert f"long{BETWEEN}longer" in texts
    assert "blongislonger" in texts
    assert "is" not in texts
    assert "b" in texts  # the first event is shown as it is


@pytest.mark.parametrize("status", [200, 400])
def test_what_is_part_of_an_error_is_shown_as_such(status):
    error = StreamEvent("error", {"message": "no"})
    texts = shown(streamed(AlikeDeltas(delta("b"), KEYS, ["b", "c"]), error, status=status))
    assert ("no", "message", True) in texts
    assert ("bc", "value", status == 400) in texts
    assert (f"b{BETWEEN}c", "value", status == 400) in texts


def test_of_long_alike_deltas_windows_and_several_lists_are_shown(monkeypatch):
    for module in ("windows", "first_look"):
        monkeypatch.setattr(f"runmock.core.secrets.{module}.SIZE", 20)
    words = ["is it so? ", "no, it is "] * 300
    texts = shown(streamed(AlikeDeltas(delta(words[0]), KEYS, words)))
    longest = max(len(text) for text, *_ in texts)
    assert longest < len("".join(words)) / 2
    assert {text for text, *_ in texts} >= set(words)
