"""Runs whose end was never recorded are found; an end that shows elsewhere is no finding."""

import pytest

from runmock.documents.check.checking import check_text

CREATED = "POST /threads/thread_x/runs: {id: run_1, object: thread.run, thread_id: thread_x, status: queued}"
GOES_ON = "GET /threads/thread_x/runs/run_1: {same: run_1, status: in_progress}"
CANCELLED = "POST /threads/thread_x/runs/run_1/cancel: {same: run_1, status: cancelling}"
STILL_CANCELLING = "GET /threads/thread_x/runs/run_1: {same: run_1, status: cancelling}"
MESSAGE = (
    "{id: msg_1, object: thread.message, run_id: run_1, role: assistant, content: [{type: text, text: {value: Hi}}]}"
)
LISTED = f"GET /threads/thread_x/messages: {{object: list, data: [{MESSAGE}]}}"
BEGUN = (
    f"GET /threads/thread_x/messages: {{object: list, data: [{MESSAGE.replace('role', 'status: in_progress, role')}]}}"
)
EMPTY = "GET /threads/thread_x/messages: {object: list, data: [{id: msg_1, object: thread.message, run_id: run_1, content: []}]}"
RETRIEVED = f"GET /threads/thread_x/messages/msg_1: {MESSAGE}"
STEPS = "GET /threads/thread_x/runs/run_1/steps: {object: list, data: [{id: step_1, object: thread.run.step, run_id: run_1, type: TYPE, status: completed}]}"
DELETED = "DELETE /threads/thread_x: {id: thread_x, object: thread.deleted, deleted: true}"
RUNS = "GET /threads/thread_x/runs: {object: list, data: [{id: run_1, object: thread.run, thread_id: thread_x, status: in_progress}]}"
GONE = "GET /threads/thread_x/runs/run_7: {id: run_7, object: thread.run, thread_id: thread_x, status: in_progress}"


def recorded(*lines):
    """A recording of answers in JSON, a line each."""
    pairs = (line.split(": ", 1) for line in lines)
    return "runmock: 1\ninteractions:\n" + "".join(
        f"- request: {request_line}\n  json: {json}\n" for request_line, json in pairs
    )


UNFINISHED = {
    "created, and never looked at": ([CREATED], "4:3", "run_1", "queued"),
    "polled, but not to its end": ([CREATED, GOES_ON, GOES_ON], "8:3", "run_1", "in_progress"),
    "polled on after its first message": ([CREATED, LISTED, GOES_ON], "8:3", "run_1", "in_progress"),
    "a list without its reply": ([CREATED, GOES_ON, EMPTY], "6:3", "run_1", "in_progress"),
    "a reply that is not over": ([CREATED, GOES_ON, BEGUN], "6:3", "run_1", "in_progress"),
    "only a step of tools": ([CREATED, GOES_ON, STEPS.replace("TYPE", "tool_calls")], "6:3", "run_1", "in_progress"),
    "waited for after it was cancelled": ([CREATED, CANCELLED, STILL_CANCELLING], "8:3", "run_1", "cancelling"),
    "polled, and created elsewhere": ([GONE], "4:3", "run_7", "in_progress"),
    "listed last": ([CREATED, RUNS], "6:31", "run_1", "in_progress"),
}


@pytest.mark.parametrize(("lines", "place", "run", "status"), UNFINISHED.values(), ids=UNFINISHED)
def test_a_run_whose_end_was_never_recorded_is_found(lines, place, run, status):
    message = f"unfinished: the end of {run} was never recorded: its last status is {status}"
    assert [str(finding) for finding in check_text(recorded(*lines), "c")] == [f"c:{place}: {message}"]


FINISHED = {
    "its reply was listed": [CREATED, GOES_ON, LISTED],
    "its reply was retrieved": [CREATED, GOES_ON, RETRIEVED],
    "the step of its reply was listed": [CREATED, GOES_ON, STEPS.replace("TYPE", "message_creation")],
    "its thread was deleted": [CREATED, GOES_ON, DELETED],
    "the application gave it up": [CREATED, GOES_ON, CANCELLED],
    "it was there before, and is only listed": [RUNS],
}


@pytest.mark.parametrize("lines", FINISHED.values(), ids=FINISHED)
def test_a_run_whose_end_is_known_otherwise_or_not_waited_for_is_no_finding(lines):
    assert list(check_text(recorded(*lines), "c")) == []


def test_an_error_event_shows_how_a_run_ended():
    stream = "{stream: [{thread.run.created: {id: run_1, status: queued}}, {error: {error: {message: Sorry.}}}]}"
    text = f"runmock: 1\ninteractions:\n- {{request: POST /threads/thread_x/runs, body: {{stream: true}}, {stream[1:-1]}}}\n"
    assert list(check_text(text, "c")) == []


@pytest.mark.parametrize("run", ["{stuck: in_progress}", "{json: {id: run_1, status: in_progress}}"])
def test_a_script_may_leave_a_run_where_it_is(run):
    assert list(check_text(f"runmock: 1\nruns: [{run}]\n", "c")) == []
