"""What an application did, entered by hand: requests, answers, and how streams were read."""

import pytest

from runmock.apis import registry
from runmock.apis.assistants.api import ASSISTANTS
from runmock.apis.assistants.operations import BY_NAME
from runmock.apis.responses.api import RESPONSES
from runmock.core.engine.run_status import RunState, RunStatus
from runmock.core.http.exchange import Reply
from runmock.core.http.sse import encode
from runmock.core.report.activity import Activity, StreamEnd
from runmock.core.report.unnoticed import Unnoticed, unnoticed
from runmock.core.report.verdicts import Verdict, verdicts

RUN = {"id": "run_1", "object": "thread.run", "thread_id": "thread_1"}
IDS = {"thread_id": "thread_1", "run_id": "run_1"}


class Callers:
    def __init__(self):
        self.has_raised = False

    def raised(self):
        return self.has_raised


class HandWatch:
    """A caller watch whose clock is set by hand."""

    def __init__(self):
        self.now = 0.0
        self.known_callers = Callers()

    def now_ns(self):
        return self.now * 1_000_000

    def is_time_real(self):
        return True

    def seconds_until(self, date):
        return {"in two seconds": 2.0}.get(date)

    def callers(self):
        return self.known_callers


class Application:
    """Sends requests and gets answers; time passes as the test sets it."""

    def __init__(self):
        self.caller_watch = HandWatch()
        self.activity = Activity(self.caller_watch)
        self.is_in_process = True

    def asks(self, operation, status=None, http=200, after_ms=0, ids=IDS, headers=(), retries="0"):
        """A JSON answer with the run's status."""
        request = self._begins(operation, after_ms, ids, retries)
        run = None if status is None else ASSISTANTS.run_state(RUN | {"status": status})
        self.activity.answered(request, Reply(http, tuple(headers), (), current_run=lambda: run))

    def opens(self, operation="create_run", last="in_progress"):
        """What looks on while a stream is read; `last` is the status in its last event."""
        request = self._begins(operation, 0, {"thread_id": "thread_1"}, "0")
        run = RunState("run_1", None, RunStatus(last))
        return self.activity.answered(request, Reply(200, (), (), is_stream=True, current_run=lambda: run))

    def _begins(self, operation, after_ms, ids, retries):
        self.caller_watch.now += after_ms
        path = BY_NAME[operation].path
        asked = ASSISTANTS.identify(BY_NAME[operation].method, path)._replace(ids=ids)
        headers = {"x-stainless-retry-count": retries}
        return self.activity.begin(asked, headers, is_in_process=self.is_in_process)

    @property
    def kinds(self):
        return [verdict.kind for verdict in verdicts(self.activity)]


@pytest.fixture
def app():
    return Application()


def test_an_application_that_asks_nothing_has_no_verdicts(app):
    assert app.kinds == []


def reads(reading, *frames, over=True):
    for frame in frames:
        reading.last = frame
    if over:
        reading.over()


DELTA = encode("thread.message.delta", {"id": "msg_1"})
DONE = encode("done", None)
NESTED = encode("error", {"error": {"message": "No."}})
FLAT = encode("error", {"message": "No."})


@pytest.mark.parametrize(
    ("last", "end"),
    [
        (DONE, StreamEnd.WHOLE),
        (b"data: [DONE]\n\n", StreamEnd.WHOLE),
        (DONE + DELTA, StreamEnd.WHOLE),
        (NESTED + DONE, StreamEnd.ERROR),
        (DELTA, StreamEnd.CUT),
        (NESTED, StreamEnd.ERROR),
        (FLAT, StreamEnd.CUT),
        (NESTED[:20], StreamEnd.CUT),
        (b"", StreamEnd.CUT),
    ],
    ids=[
        "done",
        "nameless",
        "more after done",
        "more after an error",
        "a delta",
        "a nested error",
        "a flat error",
        "half an error",
        "nothing",
    ],
)
def test_the_last_frame_shows_how_a_stream_ended(app, last, end):
    reads(app.opens(), last)
    assert app.activity.requests[0].end is end


@pytest.mark.parametrize(
    ("path", "status"), [("/v1/completions", 200), ("/v1/chat/completions", 200), ("/v1/threads/thread_1/runs", 500)]
)
def test_no_run_ends_with_a_stream_of_another_api_or_a_refusal(app, path, status):
    request = app.activity.begin(registry.identify("POST", path), {})
    assert app.activity.answered(request, Reply(status, (), (), is_stream=True)) is None
    assert (request.status, request.end, app.kinds) == (status, None, [])


def test_a_stream_that_the_sdk_closes_after_its_done_is_whole(app):
    reading = app.opens(last="completed")
    reads(reading, DONE, over=False)
    reading.closed()
    reading.closed()
    assert (app.activity.requests[0].end, app.kinds) == (StreamEnd.WHOLE, [])


def test_a_stream_that_is_closed_before_its_end_is_left_and_one_that_breaks_is_broken(app):
    app.opens().closed()
    app.opens().broken()
    assert [request.end for request in app.activity.requests] == [StreamEnd.LEFT, StreamEnd.BROKEN]
    assert app.kinds == []


def test_half_a_stream_that_nobody_checks_is_accepted(app):
    reads(app.opens(), DELTA)
    assert verdicts(app.activity) == [
        Verdict(
            "truncated_accepted",
            "the stream of run_1 ended before its run, and nothing asked for the run's status",
            "run_1",
            "create_run",
        )
    ]
    assert str(verdicts(app.activity)[0]).startswith("truncated_accepted: the stream of run_1")


@pytest.mark.parametrize(
    "next_act",
    [
        {"operation": "retrieve_run"},
        {"operation": "cancel_run"},
        {"operation": "list_runs", "ids": {"thread_id": "thread_1"}},
        {"operation": "create_run", "ids": {"thread_id": "thread_2"}},
        {"operation": "create_thread_and_run", "ids": {}},
    ],
    ids=lambda act: act["operation"],
)
def test_half_a_stream_after_which_the_application_looks_or_begins_again_is_not_accepted(app, next_act):
    reads(app.opens(), DELTA)
    app.asks(**next_act)
    assert app.kinds == []


def test_listing_the_messages_is_no_look_at_the_run(app):
    reads(app.opens(), DELTA)
    app.asks("list_messages", ids={"thread_id": "thread_1"})
    assert app.kinds == ["truncated_accepted"]


def test_half_a_stream_of_which_the_application_makes_an_exception_is_not_accepted(app):
    reads(app.opens(), DELTA)
    app.caller_watch.known_callers.has_raised = True
    assert app.kinds == []


WAITS = [
    ([("retry-after", "2")], 1_700, True),
    ([("retry-after", "2")], 1_900, False),
    ([("retry-after-ms", "50")], 10, True),
    ([("retry-after-ms", "50")], 50, False),
    ([("retry-after", "in two seconds")], 100, True),
    ([("retry-after", "sometime")], 0, False),
    ([("x-should-retry", "true")], 0, False),
]


@pytest.mark.parametrize(("headers", "after_ms", "is_early"), WAITS)
def test_sending_again_before_retry_after_is_too_early(app, headers, after_ms, is_early):
    app.asks("create_run", http=429, headers=headers)
    app.asks("retrieve_thread", after_ms=after_ms)
    app.asks("create_run")
    assert app.kinds == ["retried_too_early"] * is_early


def test_the_sdk_waits_by_itself(app):
    app.asks("create_run", http=429, headers=[("retry-after", "2")])
    app.asks("create_run", retries="1")
    app.asks("create_thread", http=429, headers=[("retry-after", "2")])
    assert app.kinds == []


def test_where_time_is_not_real_nothing_is_too_early(app):
    app.caller_watch.is_time_real = lambda: False
    app.asks("create_run", http=429, headers=[("retry-after", "2")])
    app.asks("create_run")
    for _ in range(9):
        app.asks("retrieve_run", "queued", headers=[("openai-poll-after-ms", "100")])
    assert app.kinds == []


@pytest.mark.parametrize(("looks", "is_one"), [(1, False), (3, False), (4, True), (9, True)])
def test_one_look_too_many_at_a_run_that_has_ended(app, looks, is_one):
    app.asks("retrieve_run", "queued")
    for _ in range(looks):
        app.asks("retrieve_run", "completed")
    assert app.kinds == ["polled_after_end"] * is_one


def test_looks_with_something_between_are_no_polling(app):
    for _ in range(9):
        app.asks("retrieve_run", "completed")
        app.asks("list_messages", ids={"thread_id": "thread_1"})
    assert app.kinds == []


def test_polling_after_a_stream_has_shown_the_end_counts_from_the_first_look(app):
    reads(app.opens(last="completed"), DONE)
    for _ in range(3):
        app.asks("retrieve_run", "completed")
    assert app.kinds == ["polled_after_end"]


@pytest.mark.parametrize("answer", [None, "submit_tool_outputs", "cancel_run"])
def test_a_run_that_waits_is_to_be_answered_or_cancelled(app, answer):
    app.asks("retrieve_run", "requires_action")
    if answer is not None:
        app.asks(answer, http=500)
    assert app.kinds == ["outputs_never_submitted"] * (answer is None)


def test_outputs_after_the_expiry(app):
    app.asks("submit_tool_outputs", "expired", http=400)
    assert app.kinds == ["submitted_after_expiry"]


@pytest.mark.parametrize(("gap_ms", "is_one"), [(10, True), (60, False), (100, False)])
def test_polling_without_the_pause_that_the_answers_request(app, gap_ms, is_one):
    for status in ("queued", "queued", "in_progress", "in_progress", "in_progress", "completed"):
        app.asks("retrieve_run", status, after_ms=gap_ms, headers=[("openai-poll-after-ms", "100")])
    assert app.kinds == ["polled_without_pause"] * is_one


@pytest.mark.parametrize("status", ["failed", "incomplete", "expired", "cancelled"])
@pytest.mark.parametrize("way", ["polled", "streamed"])
def test_reading_the_messages_of_a_run_that_ended_badly_ignores_its_end(app, status, way):
    if way == "polled":
        app.asks("retrieve_run", status)
        app.asks("retrieve_run", status)
    else:
        reads(app.opens(last=status), DONE)
    assert app.kinds == []
    app.asks("list_messages", ids={"thread_id": "thread_1"})
    assert app.kinds == ["ignored_ending"]


def test_a_bad_end_is_not_ignored_by_code_that_raises_or_begins_again_or_cancelled(app):
    app.asks("cancel_run", "cancelling")
    app.asks("retrieve_run", "cancelled")
    app.asks("list_messages", ids={"thread_id": "thread_1"})
    assert app.kinds == []
    app.asks("retrieve_run", "failed", ids={"thread_id": "thread_2", "run_id": "run_2"})
    app.asks("create_run", "queued", ids={"thread_id": "thread_2"})
    app.asks("list_runs", ids={"thread_id": "thread_2"})
    app.asks("list_messages", ids={"thread_id": "thread_2"})
    assert app.kinds == []
    app.asks("retrieve_run", "failed", ids={"thread_id": "thread_3", "run_id": "run_3"})
    app.asks("list_messages", ids={"thread_id": "thread_3"})
    assert app.kinds == ["ignored_ending"]
    app.caller_watch.known_callers.has_raised = True
    assert app.kinds == []


def test_a_stream_that_is_neither_read_nor_closed_is_left_open(app):
    app.opens()
    for last in (DELTA, b"event: odd\ndata: 5\n\n"):
        reads(app.opens(), last, over=False)
    assert app.kinds == ["stream_left_open"] * 3


@pytest.mark.parametrize("last", [NESTED, b'event: thread.message.delta\ndata: {"id\n\n'], ids=["an error", "no JSON"])
def test_a_stream_that_the_sdk_cannot_read_is_not_left_open_by_the_application(app, last):
    reads(app.opens(), last, over=False)
    assert app.kinds == []


def test_a_status_that_the_api_does_not_have_is_no_status(app):
    app.asks("retrieve_run", "hibernating")
    assert (app.activity.requests[0].run_status, app.kinds) == (None, [])


ON_THREAD = {"thread_id": "thread_1"}


@pytest.mark.parametrize("read", ["list_messages", "retrieve_message", "list_run_steps", "retrieve_run_step"])
def test_reading_a_run_that_nothing_had_looked_at_is_reported_once(app, read):
    app.asks("create_run", "queued", ids=ON_THREAD)
    for _ in range(2):
        app.asks(read, ids=IDS if "step" in read else ON_THREAD)
    what = "steps" if "step" in read else "messages"
    (verdict,) = verdicts(app.activity)
    assert verdict == Verdict(
        "read_while_active",
        f"the {what} of run_1 were read, and nothing had asked for its status",
        "run_1",
        read,
    )


@pytest.mark.parametrize(
    "look",
    [
        ("retrieve_run", "completed", 200, IDS),
        ("list_runs", None, 200, ON_THREAD),
        ("cancel_run", "cancelling", 200, IDS),
        ("submit_tool_outputs", "queued", 200, IDS),
        ("create_message", None, 400, ON_THREAD),
        ("create_run", None, 400, ON_THREAD),
        ("modify_thread", None, 400, ON_THREAD),
        ("modify_run", None, 400, IDS),
    ],
    ids=lambda look: look[0],
)
def test_who_has_looked_at_a_run_may_read_it(app, look):
    operation, status, http, ids = look
    app.asks("create_run", "queued", ids=ON_THREAD)
    app.asks(operation, status, http=http, ids=ids)
    app.asks("list_messages", ids=ON_THREAD)
    assert app.kinds == []


def test_code_that_has_streamed_a_run_or_got_its_end_at_once_may_read_it(app):
    reads(app.opens(last="completed"), DONE)
    app.asks("list_messages", ids=ON_THREAD)
    app.asks("create_run", "completed", ids=ON_THREAD)
    app.asks("list_messages", ids=ON_THREAD)
    assert app.kinds == []


def test_to_add_a_message_or_to_read_another_thread_is_no_read_of_the_run(app):
    app.asks("create_run", "queued", ids=ON_THREAD)
    app.asks("create_message", http=200, ids=ON_THREAD)
    app.asks("list_messages", ids={"thread_id": "thread_2"})
    app.asks("list_run_steps", ids={"thread_id": "thread_1", "run_id": "run_0"})
    assert app.kinds == []


def test_a_read_that_moves_a_run_to_a_bad_end_ignores_it_unless_somebody_raises(app):
    app.asks("create_run", "queued", ids=ON_THREAD)
    app.asks("list_messages", "failed", ids=ON_THREAD)
    assert app.kinds == ["ignored_ending", "read_while_active"]
    app.caller_watch.known_callers.has_raised = True
    assert app.kinds == ["read_while_active"]


@pytest.mark.parametrize(("is_in_process", "expected"), [(True, ["truncated_accepted", "ignored_ending"]), (False, [])])
def test_what_the_functions_of_another_process_do_is_not_held_against_them(app, is_in_process, expected):
    app.is_in_process = is_in_process
    app.opens().over()
    app.asks("list_messages")
    app.asks("retrieve_run", "failed", ids={"thread_id": "thread_1", "run_id": "run_2"})
    app.asks("list_messages")
    assert app.kinds == expected


class Answering:
    """An application of Responses, and its activity; what it has, it has from Response objects."""

    def __init__(self):
        self.caller_watch = HandWatch()
        self.activity = Activity(self.caller_watch)

    def asks(self, method="POST", path="/v1/responses", *, http=200, poll_ms=0.0, shown=None, **body):
        """A JSON answer with a Response object; none where `shown` is None."""
        asked = registry.identify(method, path)
        request = self.activity.begin(asked, {}, body={"input": "Q"} | body)
        made = None if shown is None else {"object": "response", "id": "resp_1", "status": "completed"} | shown
        state = RESPONSES.run_state(made)
        reply = Reply.of_json(made, http)
        self.activity.answered(
            request, reply.with_run(lambda: None if state is None else state._replace(poll_ms=poll_ms))
        )

    def opens(self, *frames, shown, over=True, **body):
        """A stream that is read to its end, or left open."""
        request = self.activity.begin(registry.identify("POST", "/v1/responses"), {}, body={"input": "Q"} | body)
        state = RESPONSES.run_state({"object": "response"} | shown)
        reading = self.activity.answered(request, Reply(200, (), (), is_stream=True, current_run=lambda: state))
        for frame in frames:
            reading.last = frame
            reading.kept.append(frame)
        if over:
            reading.over()

    @property
    def found(self):
        return [(verdict.kind, verdict.run_id) for verdict in verdicts(self.activity)]

    def unnoticed(self, *ids):
        return unnoticed(self.activity, ids or ("resp_1",))


CREATED = encode("response.created", {"response": {"object": "response", "id": "resp_1", "status": "in_progress"}})
CALL = {"id": "fc_1", "type": "function_call", "call_id": "call_1"}
OUTPUT = {"type": "function_call_output", "call_id": "call_1", "output": ""}
HALF = {"status": "incomplete"}


@pytest.fixture
def asking():
    return Answering()


def test_a_cut_stream_is_accepted_by_a_request_that_goes_on_from_it(asking):
    asking.opens(CREATED, shown={"id": "resp_1", "status": "in_progress"})
    assert asking.found == [("truncated_accepted", "resp_1")]
    asking.asks(shown={"id": "resp_2"}, previous_response_id="resp_1")
    assert asking.found == [("truncated_accepted", "resp_1")]
    asking.asks(shown={"id": "resp_3"})
    assert asking.found == []


def test_a_bad_end_is_ignored_by_a_request_that_goes_on_from_it(asking):
    asking.asks(shown=HALF)
    asking.asks(shown={"id": "resp_2"})
    assert asking.found == []
    asking.asks(shown={"id": "resp_3"}, previous_response_id="resp_1")
    assert asking.found == [("ignored_ending", "resp_1")]


def test_who_has_cancelled_a_response_may_go_on_from_it(asking):
    asking.asks(path="/v1/responses/resp_1/cancel", shown={"status": "cancelled"})
    asking.asks(shown={"id": "resp_2"}, previous_response_id="resp_1")
    assert asking.found == []


def test_calls_await_outputs_in_a_request_whatever_becomes_of_it(asking):
    asking.asks(shown={"output": [CALL]})
    assert asking.found == [("outputs_never_submitted", "resp_1")]
    asking.asks(http=429, input=[OUTPUT])
    assert asking.found == []


def test_what_a_request_leaves_out_is_a_verdict_on_its_run(asking):
    thought = {"id": "rs_1", "type": "reasoning", "summary": []}
    asking.asks(shown={"output": [thought, CALL]}, instructions="Be brief.")
    asking.asks(shown={"id": "resp_2"}, input=[{"role": "user", "content": "Q"}, CALL, OUTPUT])
    asking.asks(shown={"id": "resp_3"}, previous_response_id="resp_1", input=[OUTPUT])
    assert asking.found == [("lost_instructions", "resp_1"), ("reasoning_dropped", "resp_1")]


def test_where_no_header_says_how_long_to_wait_the_state_may(asking):
    for _ in range(5):
        asking.asks("GET", "/v1/responses/resp_1", shown={"status": "queued"}, poll_ms=100)
        asking.caller_watch.now += 10
    assert asking.found == [("polled_without_pause", "resp_1")]
    asking.caller_watch.is_time_real = lambda: False
    asking.activity.requests.clear()
    for _ in range(5):
        asking.asks("GET", "/v1/responses/resp_1", shown={"status": "queued"}, poll_ms=100)
    assert asking.found == []


def test_a_bad_end_of_which_nothing_shows_that_it_was_noticed(asking):
    asking.asks(shown={"status": "queued"}, background=True)
    assert asking.unnoticed() is None
    asking.asks("GET", "/v1/responses/resp_1", shown=HALF)
    assert asking.unnoticed() == Unnoticed("resp_1", "incomplete", was_read=False)
    assert asking.unnoticed("resp_2") is None
    asking.asks("GET", "/v1/responses/resp_1", shown=HALF)
    assert asking.unnoticed() == Unnoticed("resp_1", "incomplete", was_read=True)
    asking.caller_watch.known_callers.has_raised = True
    assert asking.unnoticed() is None


@pytest.mark.parametrize(("path", "was_read"), [("conv_1/items", True), ("conv_2/items", False), ("conv_1", False)])
def test_the_items_of_its_conversation_show_what_a_response_has_written(asking, path, was_read):
    asking.asks(shown=HALF | {"conversation": {"id": "conv_1"}}, conversation="conv_1")
    asking.asks("GET", f"/v1/conversations/{path}")
    assert asking.unnoticed().was_read is was_read


def test_an_application_that_cancels_a_run_knows_how_it_ends(asking):
    asking.asks("GET", "/v1/responses/resp_1", shown={"status": "cancelled"})
    asking.asks(path="/v1/responses/resp_1/cancel", shown={"status": "cancelled"})
    assert asking.unnoticed() is None


def test_an_end_that_the_sdk_makes_an_exception_of_is_noticed(app):
    app.asks("submit_tool_outputs", "expired", http=400)
    assert unnoticed(app.activity, ["run_1"]) is None


@pytest.mark.parametrize("read", ["list_messages", "list_run_steps"])
def test_a_bad_end_is_read_in_the_messages_and_the_steps(app, read):
    app.asks("retrieve_run", "failed")
    assert unnoticed(app.activity, ["run_1"]) == Unnoticed("run_1", "failed", was_read=False)
    app.asks(read, ids=IDS if "step" in read else ON_THREAD)
    assert unnoticed(app.activity, ["run_1"]).was_read


def test_a_read_that_moves_a_run_to_a_bad_end_has_read_it(app):
    app.asks("create_run", "queued", ids=ON_THREAD)
    app.asks("list_messages", "failed")
    assert unnoticed(app.activity, ["run_1"]).was_read
