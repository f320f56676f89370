"""The order of events (docs/protocol/streams.md#orders), and what each status sets (docs/protocol/runs.md#what-each-status-sets)."""

import pytest
from conversation import RUNS, Service, data_of, last_run, names, place, submission, text_of

from runmock.apis.service.provider import Provider

BEGIN = "R.created R.queued R.in_progress"
AGAIN = "S.completed R.queued R.in_progress"
OPEN = "S.created S.in_progress"
MESSAGE = f"{OPEN} M.created M.in_progress M.delta"
TEXT = f"{MESSAGE} M.completed S.completed"
TOOL = f"{OPEN} S.delta S.completed"
CALLS = f"{OPEN} S.delta R.requires_action done"

FLOWS = {
    "reply: Hello": [f"{BEGIN} {TEXT} R.completed done"],
    "code_interpreter: 1 + 1\n    reply: '2'": [f"{BEGIN} {TOOL} {TEXT} R.completed done"],
    "file_search: {}\n    reply: none": [f"{BEGIN} {TOOL} {TEXT} R.completed done"],
    "steps: [reply: a, code_interpreter: b, reply: c]": [f"{BEGIN} {TEXT} {TOOL} {TEXT} R.completed done"],
    "calls: [f, g]\n    reply: c": [f"{BEGIN} {CALLS}", f"{AGAIN} {TEXT} R.completed done"],
    "steps: [calls: [f], calls: [g], reply: c]": [
        f"{BEGIN} {CALLS}",
        f"{AGAIN} {CALLS}",
        f"{AGAIN} {TEXT} R.completed done",
    ],
    "calls: [f]": [f"{BEGIN} {CALLS}", f"{AGAIN} R.completed done"],
    "fail: server_error": [f"{BEGIN} R.failed done"],
    "reply: a\n    fail: server_error": [f"{BEGIN} {MESSAGE} S.failed M.incomplete R.failed done"],
    "code_interpreter: a\n    fail: server_error": [f"{BEGIN} {TOOL} R.failed done"],
    "calls: [f]\n    fail: server_error": [f"{BEGIN} {CALLS}", f"{AGAIN} R.failed done"],
    "expire: true": [f"{BEGIN} R.expired done"],
    "reply: a\n    expire: true": [f"{BEGIN} {MESSAGE} S.expired M.incomplete R.expired done"],
    "calls: [f]\n    expire: true": [f"{BEGIN} {CALLS}"],
    "cancel: true": [f"{BEGIN} R.cancelling R.cancelled done"],
    "reply: a\n    cancel: true": [f"{BEGIN} {MESSAGE} R.cancelling S.cancelled M.incomplete R.cancelled done"],
    "reply: a\n    incomplete: max_completion_tokens": [
        f"{BEGIN} {MESSAGE} M.incomplete S.completed R.incomplete done",
    ],
    "calls: [f]\n    incomplete: content_filter": [f"{BEGIN} {CALLS}", f"{AGAIN} R.incomplete done"],
    "stuck: queued": ["R.created R.queued"],
    "stuck: in_progress": [BEGIN],
    "reply: a\n    stuck: in_progress": [f"{BEGIN} {TEXT}"],
    "reply: a\n    stuck: queued": ["R.created R.queued"],
}


@pytest.mark.parametrize(("script", "answers"), FLOWS.items())
def test_each_flow_has_its_order_of_events(script, answers):
    service = Service(f"runs:\n  - {script}")
    events = service.creates(stream=True)
    sequences = [names(events)]
    while len(sequences) < len(answers):
        run = last_run(events)
        waiting = {call["id"]: "1" for call in run["required_action"]["submit_tool_outputs"]["tool_calls"]}
        events = service.submits(run, stream=True, **waiting)
        sequences.append(names(events))
    assert sequences == answers
    assert service.left == 0


TIMES = ("started_at", "expires_at", "completed_at", "cancelled_at", "failed_at")
DETAILS = ("required_action", "usage", "last_error", "incomplete_details")


@pytest.mark.parametrize(
    ("script", "polls", "status", "is_set"),
    [
        ("reply: a", 0, "queued", "expires_at"),
        ("reply: a", 2, "in_progress", "started_at expires_at"),
        ("calls: [f]", 3, "requires_action", "started_at expires_at required_action"),
        ("reply: a", 3, "completed", "started_at completed_at usage"),
        ("reply: a\n    fail: server_error", 3, "failed", "started_at failed_at usage last_error"),
        ("reply: a\n    cancel: true", 2, "in_progress", "started_at expires_at"),
        ("reply: a\n    cancel: true", 3, "cancelling", "started_at expires_at"),
        ("reply: a\n    cancel: true", 4, "cancelled", "started_at cancelled_at usage"),
        ("reply: a\n    incomplete: x", 3, "incomplete", "started_at completed_at usage incomplete_details"),
        ("reply: a\n    expire: true", 3, "expired", "started_at usage"),
    ],
)
def test_each_status_has_its_fields_and_the_others_are_null(script, polls, status, is_set):
    service = Service(f"runs:\n  - {script}")
    run = service.creates()
    for _ in range(polls):
        run = service.asks("GET", place(run))
    assert run["status"] == status
    assert " ".join(key for key in (*TIMES, *DETAILS) if run[key] is not None) == is_set


def test_a_run_that_is_queued_again_has_started():
    service = Service("runs: [{calls: [f], reply: a}]")
    waiting = service.finishes(service.creates())
    again = service.submits(waiting, call_1="1")
    assert (again["status"], again["started_at"]) == ("queued", waiting["started_at"])
    assert again["required_action"] is None
    assert service.finishes(again)["started_at"] > waiting["started_at"]


def test_creation_and_expiry_do_not_move():
    service = Service("runs: [{calls: [f], reply: a}]")
    events = service.creates(stream=True)
    events += service.submits(last_run(events), stream=True, call_1="1")
    runs = [data for name, data in events if name.startswith("thread.run.") and data["object"] == "thread.run"]
    assert len({run["created_at"] for run in runs}) == 1
    assert {run["expires_at"] for run in runs} == {runs[0]["created_at"] + 600, None}


def test_a_failed_run_has_the_reason_in_the_run_and_in_its_open_step():
    service = Service("runs: [{reply: a, fail: rate_limit_exceeded, message: Too fast.}]")
    events = service.creates(stream=True)
    (step,) = data_of(events, "thread.run.step.failed")
    assert step["last_error"] == {"code": "rate_limit_exceeded", "message": "Too fast."}
    assert last_run(events)["last_error"] == step["last_error"]
    assert step["failed_at"] is not None


@pytest.mark.parametrize(
    ("ending", "reason"),
    [
        ("fail: server_error", "run_failed"),
        ("cancel: true", "run_cancelled"),
        ("expire: true", "run_expired"),
        ("incomplete: max_completion_tokens", "max_tokens"),
        ("incomplete: max_prompt_tokens", "max_tokens"),
        ("incomplete: content_filter", "content_filter"),
    ],
)
def test_a_message_that_is_cut_short_has_the_reason(ending, reason):
    service = Service(f"runs:\n  - reply: half a\n    {ending}")
    (message,) = data_of(service.creates(stream=True), "thread.message.incomplete")
    assert message["incomplete_details"] == {"reason": reason}
    assert (message["status"], message["completed_at"]) == ("incomplete", None)
    assert message["incomplete_at"] is not None
    assert text_of(message) == "half a"


def test_an_expired_step_has_no_time_of_its_own():
    events = Service("runs: [{reply: a, expire: true}]").creates(stream=True)
    (step,) = data_of(events, "thread.run.step.expired")
    assert (step["completed_at"], step["cancelled_at"], step["failed_at"]) == (None, None, None)


def test_a_step_expires_while_it_is_streamed_and_no_more_when_the_run_has_ended():
    service = Service("runs: [{reply: a}]")
    events = service.creates(stream=True)
    run = last_run(events)
    (expired,) = data_of(events, "thread.run.step.completed")
    assert expired["expires_at"] == run["created_at"] + 600
    assert [step["expires_at"] for step in service.steps(run)] == [None]


def test_a_cancelled_run_has_used_nothing():
    run = last_run(Service("runs: [{reply: a, cancel: true}]").creates(stream=True))
    assert (run["usage"]["prompt_tokens"], run["usage"]["total_tokens"]) == (0, 0)


@pytest.mark.parametrize(
    "script", ["reply: a", "steps: [reply: a b, code_interpreter: b, reply: c]", "calls: [f]\n    reply: c"]
)
@pytest.mark.parametrize("usage", ["", "usage: {prompt_tokens: 100, completion_tokens: 7}"])
def test_the_usage_of_a_run_is_the_sum_of_its_steps(script, usage):
    service = Service(f"runs:\n  - {script}\n    {usage}")
    run = service.finishes(service.creates())
    if run["required_action"]:
        run = service.finishes(service.submits(run, call_1="1"))
    steps = [step["usage"] for step in service.steps(run)]
    for kind in ("prompt_tokens", "completion_tokens", "total_tokens"):
        assert run["usage"][kind] == sum(step[kind] for step in steps) > 0
    assert run["usage"]["prompt_tokens"] == 100 or not usage


def test_usage_of_the_script_keeps_its_own_keys():
    run = last_run(Service("runs: [{reply: a, usage: {prompt_tokens: 5, x: 1}}]").creates(stream=True))
    assert (run["usage"]["total_tokens"], run["usage"]["x"]) == (5, 1)


@pytest.mark.parametrize("ending", ["cancel: true", "fail: a", "reply: b"])
def test_usage_of_the_script_holds_however_the_run_ends(ending):
    run = last_run(
        Service(f"runs:\n  - {ending}\n    usage: {{prompt_tokens: 5, total_tokens: 9}}").creates(stream=True)
    )
    assert (run["usage"]["prompt_tokens"], run["usage"]["total_tokens"]) == (5, 9)


def test_a_stuck_run_can_be_waited_for_in_vain():
    service = Service("runs: [{stuck: queued}, {reply: a, stuck: in_progress}]")
    assert service.polls(service.creates(), 5) == "queued queued queued queued queued"
    (other,) = [service.creates("/threads/thread_2/runs")]
    assert service.polls(other, 5) == "queued in_progress in_progress in_progress in_progress"
    assert [text_of(message) for message in service.messages("/threads/thread_2")] == ["a"]


def test_a_new_thread_is_the_first_event_of_its_stream():
    events = Service("runs: [{reply: a}]").creates("/threads/runs", stream=True)
    assert names(events).startswith("thread.created R.created")
    thread, run = events[0][1], events[1][1]
    assert run["thread_id"] == thread["id"]
    assert thread["tool_resources"] == run["tool_resources"] == {"code_interpreter": {"file_ids": []}}


def test_a_run_is_created_and_queued_in_the_same_words():
    events = Service("runs: [{reply: a}]").creates(stream=True)
    for first, other in ((0, 1), (3, 4), (5, 6)):
        assert events[first][1] == events[other][1]


def test_outputs_end_the_step_that_announced_the_calls():
    service = Service("runs: [{calls: [f: {a: 1}], reply: a}]")
    waiting = last_run(service.creates(stream=True))
    (open_step,) = service.steps(waiting)
    assert (open_step["status"], open_step["step_details"]["tool_calls"][0]["function"]["output"]) == (
        "in_progress",
        None,
    )
    events = service.asks("POST", f"{place(waiting)}/submit_tool_outputs", submission(stream=True, call_1="21"))
    name, step = events[0]
    assert (name, step["id"], step["status"]) == ("thread.run.step.completed", open_step["id"], "completed")
    assert step["step_details"]["tool_calls"] == [
        {"id": "call_1", "type": "function", "function": {"name": "f", "arguments": '{"a":1}', "output": "21"}}
    ]


def test_a_second_run_begins_where_the_first_ended():
    service = Service("runs: [{reply: a}, {reply: b}]")
    first = service.finishes(service.creates())
    second = service.finishes(service.creates(RUNS))
    assert second["created_at"] > first["completed_at"]
    assert [text_of(message) for message in service.messages()] == ["a", "b"]


TWO_ROUNDS = "runs: [{steps: [{calls: [f]}, {calls: [g]}, {reply: a}]}]"


@pytest.mark.parametrize("path", [RUNS, "/threads/runs"])
def test_on_azure_the_lifetime_begins_anew_each_time_a_run_waits(path):
    service = Service(TWO_ROUNDS, provider=Provider.AZURE)
    run = service.creates(path)
    ends = [run["expires_at"], service.asks("GET", place(run))["expires_at"]]
    for call in ("call_1", "call_2"):
        waiting = service.finishes(run)
        ends += [waiting["expires_at"], service.submits(waiting, **{call: "1"})["expires_at"]]
    created, queued, first, submitted, second, resubmitted = ends
    assert created == queued == run["created_at"] + 600
    assert created < first == submitted < second == resubmitted
    assert service.finishes(run)["expires_at"] is None


def test_a_stream_shows_the_new_expiry_too():
    events = Service(TWO_ROUNDS, provider=Provider.AZURE).creates(stream=True)
    expiry_times = [
        data["expires_at"] for name, data in events if name.startswith("thread.run.") and ".step." not in name
    ]
    assert expiry_times[:-1] == [expiry_times[0]] * 3
    assert expiry_times[-1] > expiry_times[0]


@pytest.mark.parametrize("provider", [Provider.OPENAI, Provider.OTHER])
def test_elsewhere_a_run_expires_ten_minutes_after_it_was_created(provider):
    service = Service(TWO_ROUNDS, provider=provider)
    run = service.creates()
    assert service.finishes(run)["expires_at"] == run["created_at"] + 600


def test_the_scripts_own_expiry_stays_on_azure():
    service = Service("runs: [{calls: [f], run: {expires_at: 7}}]", provider=Provider.AZURE)
    assert service.finishes(service.creates())["expires_at"] == 7


def test_a_stream_that_fails_is_as_a_public_recording_of_azure_has_it():
    """Of 2025-05: created, queued, in_progress, failed; it expires no more, and no tokens were used."""
    events = Service("runs: [{fail: server_error}]").creates(stream=True)
    assert names(events) == f"{BEGIN} R.failed done"
    failed = last_run(events)
    tokens = {key: failed["usage"][key] for key in ("prompt_tokens", "completion_tokens", "total_tokens")}
    assert (failed["expires_at"], tokens) == (None, {"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0})
