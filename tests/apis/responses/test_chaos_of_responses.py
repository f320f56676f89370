"""The experiments of a chaos pass on Responses: where each strikes, and what an application gets that asks again."""

import contextlib
from random import Random

import pytest
from response_conversation import Responses, answers, kinds, text_of

from runmock.core.engine.chaos import Chaos
from runmock.core.engine.experiments import EXPERIMENTS
from runmock.core.http.exchange import Disconnected

HELLO = "runs: [{reply: Hello my dear}]"
WEATHER = "runs: [{calls: [get_weather], reply: It is warm.}]"
CHAT = "runs: [{reply: a}, {reply: b}, {reply: c}]"


def tried(name, cassette, seed=None):
    service = Responses(cassette)
    service.stage.chaos = Chaos(EXPERIMENTS[name], None if seed is None else Random(seed))
    return service


def has_struck(service):
    return service.stage.chaos_has_struck


def retrieved(service, response, times=9):
    """The response after so many looks."""
    for _ in range(times):
        found = service.asks("GET", f"/responses/{response['id']}")
    return found


WAYS = {
    "whole": lambda service: service.creates()["status"],
    "streamed": lambda service: service.streams()[-1][1].get("response", {}).get("status"),
    "polled": lambda service: retrieved(service, service.creates(background=True))["status"],
    "streamed in the background": lambda service: (
        service.streams(background=True)[-1][1].get("response", {}).get("status")
    ),
}
HAPPENS = {
    ("fail", "whole"): "failed",
    ("fail", "streamed"): "failed",
    ("fail", "polled"): "failed",
    ("fail", "streamed in the background"): "failed",
    ("incomplete", "whole"): "incomplete",
    ("incomplete", "streamed"): "incomplete",
    ("incomplete", "polled"): "incomplete",
    ("incomplete", "streamed in the background"): "incomplete",
    ("content_filter", "whole"): "incomplete",
    ("cancel", "polled"): "cancelled",
    ("cancel", "streamed in the background"): "cancelled",
    ("stuck", "polled"): "in_progress",
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", ["fail", "incomplete", "cancel", "stuck", "expire", "expire_while_waiting", "sunset"])
def test_an_ending_happens_where_the_api_has_it_and_else_nothing_does(name, way):
    service = tried(name, HELLO)
    assert WAYS[way](service) == HAPPENS.get((name, way), "completed")
    assert has_struck(service) is ((name, way) in HAPPENS)


@pytest.mark.parametrize(
    ("name", "status", "times"), [("http_429_once", 429, 1), ("http_500_once", 500, 1), ("http_503", 503, 5)]
)
def test_a_request_is_refused(name, status, times):
    service = tried(name, HELLO)
    assert [service.creates() and service.status for _ in range(times)] == [status] * times
    assert has_struck(service)


def test_a_response_that_ends_badly_ends_well_when_it_is_created_again():
    service = tried("fail", HELLO)
    assert service.creates()["status"] == "failed"
    assert text_of(service.creates()) == "Hello my dear"
    assert service.stage.chaos.was_asked_again


def test_a_continuation_that_ends_badly_ends_well_when_it_is_sent_again():
    service = tried("incomplete", WEATHER)
    first = service.creates()
    second = service.continues(first, "21")
    assert second["status"] == "incomplete"
    assert service.stage.struck_run.answer_ids == (first["id"], second["id"])
    assert service.stage.struck_run.status == "incomplete"
    assert not service.stage.chaos.was_asked_again
    assert text_of(service.continues(first, "21")) == "It is warm."
    assert service.stage.chaos.was_asked_again
    assert has_struck(service)
    assert text_of(service.continues(first, "21")) == "It is warm."


def test_a_stream_that_broke_off_in_a_continuation_is_whole_when_it_is_sent_again():
    service = tried("truncate", WEATHER, seed=3)
    first = service.creates()
    cut = service.streams(answers(first, "21"), previous_response_id=first["id"])
    assert has_struck(service)
    whole = service.streams(answers(first, "21"), previous_response_id=first["id"])
    assert (kinds(cut).endswith("completed"), kinds(whole).endswith("completed")) == (False, True)


def test_outputs_are_refused_once():
    service = tried("submit_429_once", WEATHER)
    first = service.creates()
    assert not has_struck(service)
    service.continues(first, "21")
    assert (service.status, has_struck(service)) == (429, True)
    assert text_of(service.continues(first, "21")) == "It is warm."


def test_a_poll_is_refused_once_and_only_in_the_background_there_is_one():
    service = tried("poll_500_once", HELLO)
    made = service.creates(background=True)
    retrieved(service, made, 1)
    assert (service.status, has_struck(service)) == (500, True)
    assert retrieved(service, made)["status"] == "completed"
    service = tried("poll_500_once", HELLO)
    service.creates()
    assert not has_struck(service)


def test_the_previous_response_is_gone_and_stays_gone():
    service = tried("previous_response_gone", CHAT)
    first = service.creates("One")
    assert not has_struck(service)
    for _ in range(2):
        refusal = service.creates("Two", previous_response_id=first["id"])["error"]
        assert (service.status, refusal["code"]) == (400, "previous_response_not_found")
    assert has_struck(service)
    second = service.creates([{"role": "user", "content": "One"}, *first["output"], {"role": "user", "content": "Two"}])
    assert text_of(second) == "b"
    assert text_of(service.creates("Three", previous_response_id=second["id"])) == "c"


def test_a_seed_lets_another_previous_response_be_gone():
    gone = set()
    for seed in range(12):
        service, previous = tried("previous_response_gone", CHAT, seed), None
        for number in range(3):
            made = service.creates(str(number), previous_response_id=previous)
            if service.status == 400:
                gone.add(number)
                break
            previous = made["id"]
    assert gone == {1, 2}


GARBAGE = ["sequence_gap", "response_id_changes", "item_id_changes", "duplicate", "out_of_order", "wrong_index"]
FAULTS = [
    "disconnect",
    "truncate",
    "stall",
    "error_event",
    "error_event_flat",
    "not_json",
    "half_frame",
    "unknown_event",
]


@pytest.mark.parametrize("name", [*GARBAGE, *FAULTS])
def test_a_fault_of_the_stream_strikes_a_stream_and_nothing_else(name):
    whole = tried(name, HELLO)
    assert whole.creates()["status"] == "completed"
    assert not has_struck(whole)
    streamed = tried(name, HELLO)
    body = {"model": "gpt-4o", "input": "Hi", "stream": True}
    with contextlib.suppress(Disconnected):
        streamed.replies("POST", "/responses", body).body()
    assert has_struck(streamed)


@pytest.mark.parametrize("name", GARBAGE[:3])
def test_garbage_of_this_api_is_no_part_of_every_pass(name):
    assert not EXPERIMENTS[name].is_usual
