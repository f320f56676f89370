import contextlib
from random import Random

import pytest
from conversation import RUNS, Service, names

from runmock.core.engine.chaos import ENOUGH_REQUESTS, Chaos
from runmock.core.engine.experiments import EXPERIMENTS
from runmock.core.errors import Hung
from runmock.core.http.exchange import Disconnected

HELLO = "runs: [{reply: Hello my dear}]"
WEATHER = "runs: [{calls: [f], reply: Warm.}]"
STREAMED = (
    "disconnect",
    "truncate",
    "stall",
    "error_event",
    "error_event_flat",
    "not_json",
    "half_frame",
    "unknown_event",
)


def tried(name, *cassettes, seed=None):
    service = Service(*cassettes)
    service.stage.chaos = Chaos(EXPERIMENTS[name], None if seed is None else Random(seed))
    return service


def has_struck(service):
    return service.stage.chaos_has_struck


def test_without_an_experiment_nothing_strikes():
    assert not has_struck(Service(HELLO))


@pytest.mark.parametrize(("name", "status"), [("http_429_once", 429), ("http_500_once", 500)])
def test_a_request_that_is_refused_once_gets_through_the_second_time(name, status):
    service = tried(name, HELLO)
    assert not has_struck(service)
    service.creates()
    assert (service.status, service.headers["retry-after-ms"]) == (status, "10")
    assert has_struck(service)
    assert service.creates()["status"] == "queued"


@pytest.mark.parametrize(("name", "status"), [("http_503", 503), ("http_401", 401), ("sunset", 404)])
def test_a_request_that_is_refused_for_good_never_gets_through(name, status):
    service = tried(name, HELLO)
    for _ in range(5):
        service.creates()
        assert service.status == status
    assert service.left == 1


ENDINGS = {
    "fail": "failed",
    "expire": "expired",
    "cancel": "cancelled",
    "incomplete": "incomplete",
    "content_filter": "incomplete",
}


@pytest.mark.parametrize(("name", "status"), ENDINGS.items())
def test_a_run_that_ends_badly_ends_well_when_it_is_created_again(name, status):
    service = tried(name, HELLO)
    run = service.creates()
    assert service.finishes(run)["status"] == status
    assert has_struck(service)
    assert service.finishes(service.creates())["status"] == "completed"


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        ("Hello my dear friend", "Hello my"),
        ("Hello", ""),
        ("[a, b, c]", "ab"),
        ("{json: {a: 1}}", '{"a":'),
        ("You say $last_message?", "You"),
    ],
)
def test_a_run_that_ends_badly_ends_in_the_middle_of_its_answer(reply, expected):
    service = tried("fail", f"runs: [{{reply: {reply}}}]")
    service.finishes(service.creates())
    assert service.messages()[-1]["content"][0]["text"]["value"] == expected


def test_a_run_that_ends_badly_leaves_half_of_its_parts():
    service = tried("fail", "runs: [{reply: [{image_file: file-1}, a]}]")
    service.finishes(service.creates())
    assert service.messages()[-1]["content"] == [{"type": "image_file", "image_file": {"file_id": "file-1"}}]


def test_a_run_without_a_message_may_end_badly_too():
    service = tried("fail", "runs: [{code_interpreter: 1 + 1}]")
    assert service.finishes(service.creates(tools=[{"type": "code_interpreter"}]))["status"] == "failed"


def test_polls_of_a_stuck_run_show_it_and_request_no_pause():
    service = tried("stuck", HELLO)
    run = service.creates()
    assert service.polls(run, 5) == "queued in_progress in_progress in_progress in_progress"
    assert service.headers["openai-poll-after-ms"] == "0"
    assert has_struck(service)


def test_a_stream_is_not_stuck():
    service = tried("stuck", HELLO)
    assert names(service.creates(stream=True)).endswith("R.completed done")
    assert not has_struck(service)


def test_a_run_may_expire_while_it_waits_for_outputs():
    service = tried("expire_while_waiting", WEATHER)
    run = service.finishes(service.creates())
    assert run["status"] == "requires_action"
    assert (
        service.submits(run, call_1="21")["error"]["message"] == 'Runs in status "expired" do not accept tool outputs.'
    )
    assert has_struck(service)


@pytest.mark.parametrize("name", ["expire_while_waiting", "submit_429_once"])
def test_what_is_about_tools_does_not_strike_where_there_are_none(name):
    service = tried(name, HELLO)
    assert service.finishes(service.creates())["status"] == "completed"
    assert not has_struck(service)


def test_a_submit_is_refused_once():
    service = tried("submit_429_once", WEATHER)
    run = service.finishes(service.creates())
    assert not has_struck(service)
    service.submits(run, call_1="21")
    assert (service.status, has_struck(service)) == (429, True)
    assert service.submits(run, call_1="21")["status"] == "queued"


def test_a_poll_is_refused_once():
    service = tried("poll_500_once", HELLO)
    run = service.creates()
    assert service.refused("GET", f"{RUNS}/{run['id']}")[0] == 500
    assert service.polls(run, 3) == "queued in_progress completed"


@pytest.mark.parametrize("name", ["previous_response_gone", "sequence_gap", "response_id_changes", "item_id_changes"])
def test_what_only_responses_have_does_not_strike_a_run(name):
    service = tried(name, HELLO)
    assert names(service.creates(stream=True)).endswith("R.completed done")
    assert not has_struck(service)


def test_an_experiment_notes_that_its_run_was_asked_for_again():
    service = tried("fail", "runs: [{reply: a}, {reply: b}]")
    service.finishes(service.creates())
    assert service.stage.struck_run.status == "failed"
    assert service.stage.struck_run.answer_ids == (service.stage.struck_run.id,)
    assert not service.stage.chaos.was_asked_again
    service.finishes(service.creates("/threads/thread_2/runs"))
    assert service.stage.chaos.was_asked_again


@pytest.mark.parametrize("name", STREAMED)
def test_a_fault_of_the_stream_strikes_a_stream_and_nothing_else(name):
    polled = tried(name, HELLO)
    assert polled.finishes(polled.creates())["status"] == "completed"
    assert not has_struck(polled)
    streamed = tried(name, HELLO)
    stream = streamed.opens("POST", RUNS, {"assistant_id": "asst_1", "stream": True})
    with contextlib.suppress(Disconnected):
        stream.text()
    assert has_struck(streamed)


@pytest.mark.parametrize("seed", range(8))
def test_a_seed_moves_the_fault_and_always_to_the_same_place(seed):
    streams = [names(tried("truncate", HELLO, seed=seed).creates(stream=True)) for _ in range(2)]
    assert streams[0] == streams[1]
    assert not streams[0].endswith("done")


def test_seeds_strike_different_runs():
    struck = set()
    for seed in range(12):
        service = tried("fail", "runs: [{reply: a}, {reply: b}]", seed=seed)
        struck.add(" ".join(service.finishes(service.creates(f"/threads/thread_{n}/runs"))["status"] for n in (1, 2)))
    assert struck == {"failed completed", "completed failed"}


def test_a_run_created_again_on_another_thread_is_played_when_nothing_else_is_left():
    service = tried("fail", HELLO)
    assert service.finishes(service.creates())["status"] == "failed"
    assert service.finishes(service.creates("/threads/thread_2/runs"))["status"] == "completed"


def test_another_question_gets_its_own_run():
    service = tried("fail", "runs: [{reply: a}, {reply: b}]")
    service.finishes(service.creates())
    other = service.finishes(service.creates("/threads/thread_2/runs"))
    assert (other["status"], service.left) == ("completed", 0)


@pytest.mark.parametrize("run", ["http: 500", "fail: server_error", "json: {id: run_1, status: completed}"])
def test_a_run_in_which_something_goes_wrong_anyhow_is_left_alone(run):
    service = tried("cancel", f"runs: [{{{run}}}]")
    service.creates()
    assert not has_struck(service)


def test_verbatim_events_may_be_cut():
    service = tried("truncate", "runs: [events: [thread.run.created: {id: run_1, status: queued}, done]]")
    assert names(service.creates(stream=True)) == "R.created"
    assert has_struck(service)


def test_a_fault_that_finds_no_place_is_no_error():
    service = tried("wrong_index", "runs: [events: [thread.run.completed: {id: run_1, status: completed}, done]]")
    assert names(service.creates(stream=True)) == "R.completed done"
    assert not has_struck(service)


def test_an_application_that_does_not_end_is_ended():
    service = tried("stuck", HELLO)
    assert service.stage.chaos.most_requests == ENOUGH_REQUESTS
    service.stage.chaos.most_requests = 50
    run = service.creates()
    service.polls(run, 49)
    with pytest.raises(Hung, match="it has sent 50 requests"):
        service.polls(run, 1)
