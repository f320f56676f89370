import pytest
from conversation import MESSAGES, RUNS, Service, place

from runmock.apis.assistants.backend import AssistantsBackend
from runmock.core.engine.pace import Pace
from runmock.core.engine.stage import Stage


def test_without_any_script_the_service_remembers_all_the_same():
    service = Service()
    thread = service.asks("POST", "/threads", {})
    assert service.asks("GET", f"/threads/{thread['id']}") == thread
    assert thread["created_at"] == 1767225601


def test_answers_are_numbered():
    service = Service()
    ids = [(service.asks("POST", "/threads"), service.headers["x-request-id"])[1] for _ in range(2)]
    assert ids == [f"req_{number:032x}" for number in (1, 2)]
    assert service.headers["openai-version"] == "2020-10-01"


def test_a_refusal_is_numbered_too():
    service = Service("ids: strict\nruns: []")
    assert service.refused("GET", "/threads/thread_x") == (404, "No thread found with id 'thread_x'.")
    assert service.headers["x-request-id"] == f"req_{1:032x}"


def test_every_run_sets_how_long_the_sdk_sleeps_between_polls():
    service = Service("runs: [{reply: a, pace: 20ms}]")
    run = service.creates()
    assert service.headers["openai-poll-after-ms"] == "0"
    service.stage.pace = Pace.read("recorded")
    service.asks("GET", place(run))
    assert service.headers["openai-poll-after-ms"] == "20"
    service.asks("GET", RUNS)
    assert "openai-poll-after-ms" not in service.headers


def test_a_run_that_never_settles_lets_the_sdk_sleep_as_long_as_it_does_by_itself():
    service = Service(
        "runs: [{stuck: queued}, {json: {id: run_9, status: in_progress}}, {json: {id: run_8, status: failed}}]"
    )
    for has_pause in (False, False, True):
        service.creates("/threads/runs")
        assert ("openai-poll-after-ms" in service.headers) is has_pause


def test_the_first_cassette_sets_the_scene():
    first = "defaults: {model: gpt-a, clock: 1000, shapes: reference}\nids: strict\nassistants: [{id: asst_1}]\nthreads: [{id: thread_1}]\nruns: [{reply: a}]"
    second = "defaults: {model: gpt-b, clock: 5000}\nassistants: [{id: asst_2}]\nthreads: [{id: thread_2}]\nruns: [{reply: b}]"
    service = Service(first, second)
    run = service.creates()
    assert (run["model"], run["instructions"]) == ("gpt-a", "")
    assert 1000 < run["created_at"] < 1010
    other = service.creates("/threads/thread_2/runs", assistant_id="asst_2")
    assert (other["model"], service.left) == ("gpt-a", 0)
    assert service.refused("GET", "/threads/thread_3")[0] == 404


def test_runs_are_remembered_in_the_order_of_their_creation():
    service = Service("runs: [{reply: a}, {reply: b}]")
    ids = [service.creates(f"/threads/{name}/runs")["id"] for name in "ba"]
    assert [run.id for run in service.stage.created] == ids


def test_two_backends_answer_the_same():
    def story():
        service = Service("runs: [{calls: [f], reply: a}]")
        events = service.creates(stream=True)
        return events + service.submits(events[0][1], stream=True, call_1="1")

    assert story() == story()
    assert list(AssistantsBackend(Stage()).views()) == []


@pytest.mark.parametrize(
    ("ending", "status"),
    [("fail: server_error", "failed"), ("expire: true", "expired"), ("reply: a", None), ("calls: [f]", None)],
)
def test_reading_messages_reports_a_run_that_it_has_moved_to_a_bad_end(ending, status):
    service = Service(f"runs: [{{{ending}}}]")
    service.creates()
    states = [service.replies("GET", MESSAGES).current_run() for _ in range(2)]
    assert [state and state.status for state in states] == [status, None]
