"""Who moves a run on: retrieves, streams, tool outputs, cancel requests, and all of them together."""

import pytest
from conversation import MESSAGES, RUNS, Service, last_run, names, place, text_of

TEXT = "runs: [{reply: [a, b, c]}]"
WAITING = "runs: [{calls: [f], reply: a}]"


@pytest.mark.parametrize(
    ("poll", "statuses"),
    [
        ("", "queued in_progress completed completed"),
        ("poll: 0", "completed completed completed completed"),
        ("poll: 2", "queued queued in_progress in_progress"),
        ("poll: [queued]", "queued completed completed completed"),
        ("poll: [in_progress]", "in_progress completed completed completed"),
        ("poll: [in_progress, in_progress]", "in_progress in_progress completed completed"),
        ("poll: []", "completed completed completed completed"),
    ],
)
def test_the_script_sets_how_many_retrieves_a_status_lasts(poll, statuses):
    service = Service(f"runs:\n  - reply: a\n    {poll}")
    run = service.creates()
    assert run["status"] == "queued"
    assert service.polls(run, 4) == statuses


def test_after_tool_outputs_the_polls_begin_anew():
    service = Service("runs: [{calls: [f], reply: a, poll: [queued, in_progress, in_progress]}]")
    run = service.creates()
    assert service.polls(run, 5) == "queued in_progress in_progress requires_action requires_action"
    assert service.submits(run, call_1="1")["status"] == "queued"
    assert service.polls(run, 5) == "queued in_progress in_progress completed completed"


def test_a_list_of_runs_moves_them_on_as_a_retrieve_does():
    service = Service(TEXT)
    run = service.creates()
    assert service.asks("GET", RUNS)["data"][0]["status"] == "queued"
    assert service.polls(run) == "in_progress"
    assert service.asks("GET", RUNS)["data"][0]["status"] == "completed"


def test_only_the_runs_on_the_page_are_moved_on():
    service = Service("runs: [{reply: a}, {reply: b}]")
    first = service.creates()
    service.finishes(first)
    second = service.creates()
    for _ in range(2):
        service.asks("GET", f"{RUNS}?limit=1&order=asc")
    assert service.polls(second) == "queued"


def test_a_stream_that_is_closed_early_leaves_the_run_to_whoever_polls_it():
    service = Service(TEXT)
    stream = service.opens("POST", RUNS, {"assistant_id": "asst_1", "stream": True})
    run = stream.reads_to("thread.message.delta")[0][1]
    stream.closes()
    assert service.polls(run, 2) == "in_progress completed"
    assert [text_of(message) for message in service.messages()] == ["abc"]
    assert stream.rest() == []


def test_a_stream_that_nobody_reads_leaves_the_run_queued():
    service = Service(TEXT)
    service.opens("POST", RUNS, {"assistant_id": "asst_1", "stream": True}).closes()
    (run,) = service.asks("GET", RUNS)["data"]
    assert run["status"] == "queued"
    assert service.finishes(run)["status"] == "completed"


def test_what_polls_make_while_a_stream_is_open_waits_for_the_stream():
    service = Service(TEXT)
    stream = service.opens("POST", RUNS, {"assistant_id": "asst_1", "stream": True})
    ((_, run),) = stream.reads(1)
    assert service.finishes(run)["status"] == "completed"
    assert names(stream.rest()) == (
        "R.queued R.in_progress S.created S.in_progress M.created M.in_progress M.delta M.completed S.completed "
        "R.completed done"
    )


def test_outputs_may_be_submitted_while_the_first_stream_is_still_open():
    service = Service(WAITING)
    first = service.opens("POST", RUNS, {"assistant_id": "asst_1", "stream": True})
    run = last_run(first.reads_to("thread.run.requires_action"))
    second = service.submits(run, stream=True, call_1="1")
    assert names(second).endswith("R.completed done")
    assert names(first.rest()) == "done"


def test_a_queued_run_is_cancelled():
    service = Service(TEXT)
    run = service.creates()
    answer = service.cancels(run)
    assert (service.status, answer["status"], answer["cancelled_at"], answer["started_at"]) == (
        200,
        "cancelling",
        None,
        None,
    )
    assert service.polls(run, 3) == "cancelling cancelled cancelled"
    assert (service.steps(run), service.messages()) == ([], [])


def test_a_run_in_progress_is_cancelled():
    service = Service(TEXT)
    run = service.creates()
    assert service.polls(run, 2) == "queued in_progress"
    assert service.cancels(run)["status"] == "cancelling"
    assert service.polls(run, 2) == "cancelling cancelled"


def test_a_waiting_run_is_cancelled_with_its_step():
    service = Service(WAITING)
    run = service.finishes(service.creates())
    assert service.cancels(run)["status"] == "cancelling"
    assert service.refused("POST", f"{place(run)}/submit_tool_outputs", {"tool_outputs": []}) == (
        400,
        'Runs in status "cancelling" do not accept tool outputs.',
    )
    ended = service.finishes(run)
    assert (ended["status"], ended["required_action"]) == ("cancelled", None)
    assert [step["status"] for step in service.steps(run)] == ["cancelled"]


def test_a_run_is_cancelled_while_its_message_is_streamed():
    service = Service(TEXT)
    stream = service.opens("POST", RUNS, {"assistant_id": "asst_1", "stream": True})
    begin = stream.reads_to("thread.message.delta")
    run = begin[0][1]
    assert service.cancels(run)["status"] == "cancelling"
    rest = stream.rest()
    assert names(rest) == "R.cancelling S.cancelled M.incomplete R.cancelled done"
    (message,) = service.messages()
    assert (text_of(message), text_of(rest[2][1])) == ("a", "a")
    assert service.polls(run) == "cancelled"


@pytest.mark.parametrize("status", ["queued", "in_progress"])
@pytest.mark.parametrize("polls", [0, 1, 4])
def test_a_stuck_run_can_still_be_cancelled(status, polls):
    service = Service(f"runs: [{{stuck: {status}}}]")
    run = service.creates()
    service.polls(run, polls)
    assert service.cancels(run)["status"] == "cancelling"
    assert service.polls(run, 2) == "cancelling cancelled"


def test_a_stuck_run_can_be_cancelled_after_its_stream_ran_dry():
    service = Service("runs: [{stuck: in_progress}]")
    run = last_run(service.creates(stream=True))
    assert service.cancels(run)["status"] == "cancelling"
    assert service.polls(run, 2) == "cancelling cancelled"


def test_a_run_that_would_expire_while_it_waits_can_be_cancelled_before():
    service = Service("runs: [{calls: [f], expire: true}]")
    run = service.finishes(service.creates())
    assert service.cancels(run)["status"] == "cancelling"
    assert service.polls(run, 3) == "cancelling cancelled cancelled"


def test_a_waiting_run_expires_at_the_second_look():
    service = Service("runs: [{calls: [f], expire: true}]")
    run = service.creates()
    assert service.polls(run, 5) == "queued in_progress requires_action expired expired"
    assert [step["status"] for step in service.steps(run)] == ["expired"]


def test_outputs_for_a_run_that_expires_while_it_waits_come_too_late():
    service = Service("runs: [{calls: [f], expire: true}]")
    run = last_run(service.creates(stream=True))
    body = {"tool_outputs": [{"tool_call_id": "call_1", "output": "1"}]}
    assert service.refused("POST", f"{place(run)}/submit_tool_outputs", body) == (
        400,
        'Runs in status "expired" do not accept tool outputs.',
    )
    assert service.polls(run) == "expired"


def test_a_waiting_run_can_be_cancelled_by_others():
    service = Service("runs: [{calls: [f], cancel: true}]")
    run = last_run(service.creates(stream=True))
    assert service.polls(run, 3) == "requires_action cancelled cancelled"


def test_only_the_last_round_of_calls_expires():
    service = Service("runs: [{steps: [calls: [f], calls: [g]], expire: true}]")
    run = service.finishes(service.creates())
    assert service.polls(run, 2) == "requires_action requires_action"
    service.submits(run, call_1="1")
    assert service.polls(run, 4) == "queued in_progress requires_action expired"


def test_a_thread_is_locked_until_its_run_has_ended():
    service = Service("runs: [{calls: [f], reply: b}, {reply: c}]")
    run = service.creates()
    message = {"role": "user", "content": "hi"}
    for polls in (0, 1, 1, 1):
        service.polls(run, polls)
        assert service.refused("POST", MESSAGES, message) == (
            400,
            f"Can't add messages to thread_1 while a run {run['id']} is active.",
        )
        assert service.refused("POST", RUNS, {"assistant_id": "asst_1"}) == (
            400,
            f"Thread thread_1 already has an active run {run['id']}.",
        )
    service.finishes(service.submits(run, call_1="1"))
    assert service.asks("POST", MESSAGES, message)["role"] == "user"
    assert service.creates()["status"] == "queued"
    assert service.left == 0


def test_a_cancelling_run_locks_its_thread_still():
    service = Service(TEXT)
    run = service.creates()
    service.cancels(run)
    assert service.refused("POST", MESSAGES, {"role": "user", "content": "hi"})[0] == 400
    service.finishes(run)
    assert service.asks("POST", MESSAGES, {"role": "user", "content": "hi"})["id"]


def test_other_threads_are_not_locked():
    service = Service("runs: [{reply: a}, {reply: b}]")
    service.creates()
    assert service.creates("/threads/thread_2/runs")["status"] == "queued"


def test_reading_on_after_the_end_of_a_stream_gives_nothing():
    service = Service(TEXT)
    stream = service.opens("POST", RUNS, {"assistant_id": "asst_1", "stream": True})
    assert names(stream.rest()).endswith("done")
    assert stream.rest() == []
