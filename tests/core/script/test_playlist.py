"""Which scripted run a request gets."""

import pytest
from conversation import RUNS, Service, text_of

from runmock.core.engine.stage import NothingScripted
from runmock.core.script.conditions import unmet
from runmock.core.script.playlist import Playlist
from runmock.core.script.script import Match, ScriptedRun, Source

TRIP = """
runs:
  - reply: first
  - match: {last_message: /trip/}
    reply: trip
  - match: {model: gpt-x, stream: false}
    reply: x
  - reply: second
"""


def answer(service, path, **options):
    """The text with which a run on a thread of its own replies."""
    run = service.finishes(service.creates(path, **options))
    return text_of(service.messages(f"/threads/{run['thread_id']}")[-1])


def test_runs_are_used_in_order_and_those_with_conditions_when_they_are_met():
    service = Service(TRIP)
    trip = {"messages": [{"role": "user", "content": "a trip to Oslo"}]}
    assert answer(service, "/threads/runs", model="gpt-x") == "x"
    assert answer(service, "/threads/runs", model="gpt-x") == "first"
    assert answer(service, "/threads/runs", thread=trip) == "trip"
    assert answer(service, "/threads/runs", thread=trip) == "second"
    assert service.left == 0


def test_nothing_left_is_a_miss_that_shows_what_the_request_was():
    service = Service("runs: []")
    with pytest.raises(NothingScripted) as caught:
        service.creates(model="gpt-x", additional_messages=[{"role": "user", "content": "hi"}], metadata={"a": "b"})
    assert {key: value for key, value in caught.value.facts.items() if key != "body"} == {
        "api": "assistants",
        "assistant_id": "asst_1",
        "model": "gpt-x",
        "last_message": "hi",
        "instructions": None,
        "metadata": {"a": "b"},
        "stream": False,
    }
    assert service.messages() == []


@pytest.mark.parametrize(
    ("condition", "body", "is_met"),
    [
        ("assistant_id: asst_1", {}, True),
        ("assistant_id: /2$/", {}, False),
        ("model: gpt-4o", {}, True),
        ("model: gpt-x", {"model": "gpt-x"}, True),
        ("last_message: hi", {"additional_messages": [{"role": "user", "content": "hi"}]}, True),
        ("last_message: hi", {"additional_messages": [{"role": "assistant", "content": "hi"}]}, False),
        (
            "last_message: /a.b/s",
            {
                "additional_messages": [
                    {"role": "user", "content": [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}]}
                ]
            },
            True,
        ),
        ("last_message: ''", {}, True),
        ("instructions: Be brief.", {"instructions": "Be brief."}, True),
        ("instructions: /./", {}, False),
        ("metadata: {user: ada}", {"metadata": {"user": "ada", "x": "y"}}, True),
        ("metadata: {user: ada}", {}, False),
        ("stream: true", {"stream": True}, True),
        ("stream: false", {}, True),
        ("stream: true", {}, False),
        ("body: {temperature: 0.5}", {"temperature": 0.5}, True),
        ("body: {tools: [{type: code_interpreter}]}", {"tools": [{"type": "code_interpreter"}]}, True),
        ("body: {tools: []}", {"tools": [{"type": "code_interpreter"}]}, False),
        ("{}", {}, True),
    ],
)
def test_each_condition(condition, body, is_met):
    service = Service(
        f"runs:\n  - match: {condition if condition == '{}' else '{' + condition + '}'}\n    reply: a\n  - reply: b"
    )
    service.creates(**body)
    (left,) = service.stage.playlist.leftovers()
    assert (left.match is None) is is_met


def test_the_last_message_is_that_of_the_thread_unless_the_request_adds_one():
    service = Service("runs: [{match: {last_message: second}, reply: a}, {match: {last_message: third}, reply: b}]")
    for text in ("first", "second"):
        service.asks("POST", "/threads/thread_1/messages", {"role": "user", "content": text})
    service.finishes(service.creates())
    service.creates(additional_messages=[{"role": "user", "content": "third"}, {"role": "assistant", "content": "x"}])
    assert service.left == 0


def test_a_refusal_may_have_conditions_and_comes_as_often_as_the_script_says():
    service = Service("runs: [{match: {model: gpt-x}, http: 429, times: 2}, {reply: a}]")
    for _ in range(2):
        assert service.refused("POST", RUNS, {"assistant_id": "asst_1", "model": "gpt-x"})[0] == 429
    assert service.creates(model="gpt-x")["status"] == "queued"
    assert service.left == 0


def test_a_refusal_that_was_not_sent_often_enough_is_left():
    service = Service("runs: [{http: 429, times: 2}]")
    service.refused("POST", RUNS, {"assistant_id": "asst_1"})
    assert service.left == 1
    service.refused("POST", RUNS, {"assistant_id": "asst_1"})
    assert service.left == 0


def scripted(index, match=None):
    return ScriptedRun(Source("inline", index), match=match)


def test_a_run_that_waits_can_be_replaced_in_its_place():
    playlist = Playlist()
    runs = [scripted(number) for number in range(3)]
    playlist.add(runs)
    better = scripted(9)
    assert playlist.replace(runs[1], better)
    assert [playlist.take({}) for _ in range(4)] == [runs[0], better, runs[2], None]


def test_a_run_that_gets_conditions_is_tried_before_those_in_order():
    playlist = Playlist()
    runs = [scripted(0), scripted(1, Match(model="x"))]
    playlist.add(runs)
    better = scripted(0, Match(model="y"))
    assert playlist.replace(runs[0], better)
    assert playlist.take({"model": "y"}) is better
    assert playlist.leftovers() == [runs[1]]
    assert playlist.take({"model": "y"}) is None


def test_a_run_that_was_used_cannot_be_replaced():
    playlist = Playlist()
    run = scripted(0)
    playlist.add([run])
    assert playlist.take({}) is run
    assert not playlist.replace(run, scripted(1))


def test_what_is_left_has_the_order_of_the_script():
    playlist = Playlist()
    playlist.add([scripted(0), scripted(1, Match()), scripted(2)])
    assert [run.source.index for run in playlist.leftovers()] == [0, 1, 2]


@pytest.mark.parametrize("condition", ["match", "canned values"])
def test_a_run_of_one_api_is_left_for_it_and_the_next_one_answers(condition):
    playlist = Playlist()
    match = Match(api="kitchen") if condition == "match" else None
    mine = ScriptedRun(Source("inline", 0), match=match, only_api=None if match else "kitchen")
    playlist.add([mine, scripted(1)])
    assert playlist.take({"api": "bar"}).source.index == 1
    assert playlist.take({"api": "bar"}) is None
    assert playlist.take({"api": "kitchen"}) is mine


def test_the_conditions_that_a_request_does_not_meet():
    run = ScriptedRun(Source("inline", 0), match=Match(model="x", stream=True), only_api="kitchen")
    assert unmet(run, {"api": "bar", "model": "x", "stream": False}) == ["api", "stream"]
    assert unmet(run, {"api": "kitchen", "model": "x", "stream": True}) == []
