import pytest
from conversation import RUNS, Service, place, submission


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", ""),
        ("POST", ""),
        ("POST", "/cancel"),
        ("POST", "/submit_tool_outputs"),
        ("GET", "/steps"),
        ("GET", "/steps/step_1"),
    ],
)
def test_a_run_is_never_created_by_a_request_for_it(method, path):
    assert Service().refused(method, f"{RUNS}/run_1{path}", {"tool_outputs": []}) == (
        404,
        "No run found with id 'run_1'.",
    )


def test_a_run_belongs_to_its_thread():
    service = Service("runs: [{reply: a}]")
    run = service.creates()
    assert service.refused("GET", f"/threads/thread_2/runs/{run['id']}") == (
        404,
        f"No run found with id '{run['id']}'.",
    )


def test_modifying_merges_metadata():
    service = Service("runs: [{reply: a}]")
    run = service.finishes(service.creates(metadata={"a": "1", "b": "2"}))
    assert service.asks("POST", place(run), {"metadata": {"b": "3"}})["metadata"] == {"a": "1", "b": "3"}
    assert service.asks("POST", place(run), {"metadata": None})["metadata"] == {"a": "1", "b": "3"}
    assert service.finishes(run)["metadata"] == {"a": "1", "b": "3"}


def test_a_run_at_work_cannot_be_modified_and_a_refusal_is_one_look_at_it():
    service = Service("runs: [{calls: [f], reply: a}]")
    run = service.creates()
    refusals = [service.refused("POST", place(run), {"metadata": {"a": "1"}}) for _ in range(2)]
    assert refusals == [(400, f"Cannot update run with status '{status}'.") for status in ("queued", "in_progress")]
    assert service.polls(run) == "requires_action"
    assert service.asks("POST", place(run), {"metadata": {"a": "1"}})["metadata"] == {"a": "1"}


def test_a_run_that_comes_to_rest_at_that_look_is_modified():
    service = Service("runs: [{reply: a, poll: 0}]")
    answer = service.asks("POST", place(service.creates()), {"metadata": {"a": "1"}})
    assert (answer["status"], answer["metadata"]) == ("completed", {"a": "1"})


def test_a_run_that_is_stuck_can_never_be_modified():
    service = Service("runs: [{stuck: in_progress}]")
    run = service.creates()
    refusals = [service.refused("POST", place(run), {})[1] for _ in range(4)]
    assert refusals == [f"Cannot update run with status '{status}'." for status in ("queued", *["in_progress"] * 3)]


def test_with_no_cassette_a_run_at_work_can_be_modified():
    service = Service(is_stock=True)
    assert service.asks("POST", place(service.creates()), {"metadata": {"a": "1"}})["metadata"] == {"a": "1"}


def test_a_canned_run_without_metadata_can_be_modified():
    service = Service("runs: [{json: {id: run_9, status: completed}}]")
    service.creates()
    assert service.asks("POST", f"{RUNS}/run_9", {"metadata": {"a": "1"}})["metadata"] == {"a": "1"}


@pytest.mark.parametrize("ending", ["reply: a", "fail: x", "cancel: true", "expire: true", "incomplete: x"])
def test_a_run_that_has_ended_cannot_be_cancelled(ending):
    service = Service(f"runs: [{{{ending}}}]")
    run = service.finishes(service.creates())
    assert service.refused("POST", f"{place(run)}/cancel") == (400, f"Cannot cancel run with status '{run['status']}'.")


def test_a_run_is_cancelled_once():
    service = Service("runs: [{reply: a}]")
    run = service.creates()
    service.cancels(run)
    assert service.refused("POST", f"{place(run)}/cancel") == (400, "Cannot cancel run with status 'cancelling'.")


def test_runs_are_listed_newest_first():
    service = Service("runs: [{reply: a}, {reply: b}]")
    ids = [service.finishes(service.creates())["id"] for _ in range(2)]
    assert [run["id"] for run in service.asks("GET", RUNS)["data"]] == ids[::-1]


def test_a_streamed_submit_goes_on_where_the_run_stood():
    service = Service("runs: [{calls: [f], reply: a}]")
    run = service.finishes(service.creates())
    events = service.submits(run, stream=True, call_1="1")
    assert events[0][0] == "thread.run.step.completed"
    assert events[-1] == ("done", None)
    assert service.polls(run) == "completed"


def test_instructions_are_no_null_where_the_reference_is_wanted():
    service = Service("defaults: {shapes: reference}\nruns: [{calls: [f], reply: a}]")
    run = service.creates()
    waiting = service.finishes(run)
    runs = [
        run,
        waiting,
        service.asks("POST", place(run), {}),
        service.submits(waiting, call_1="1"),
        service.cancels(run),
    ]
    assert [item["instructions"] for item in runs] == [""] * 5


@pytest.mark.parametrize("events", range(3))
def test_a_submit_stream_that_is_not_read_has_accepted_the_outputs_all_the_same(events):
    service = Service("runs: [{calls: [f], reply: a}]")
    run = service.finishes(service.creates())
    stream = service.opens("POST", f"{place(run)}/submit_tool_outputs", submission(stream=True, call_1="1"))
    stream.reads(events)
    stream.closes()
    assert service.polls(run, 3) == "queued in_progress completed"
