"""How runs end, and how requests are refused: what the SDK makes of it, polled and streamed."""

import openai
import pytest
from sdk_clients import MAJOR
from sdk_ways import ASSISTANT, POLLING, STREAMING, WAYS, ask, place, question, spelled, weather

HEAD = "R.created R.queued R.in_progress"
OPEN = f"{HEAD} S.created S.in_progress M.created M.in_progress M.delta"

ENDINGS = {
    "fail": ({"fail": "server_error"}, "failed", f"{HEAD} R.failed"),
    "fail in the answer": ({"reply": "I", "fail": "x"}, "failed", f"{OPEN} S.failed M.incomplete R.failed"),
    "expire": ({"expire": True}, "expired", f"{HEAD} R.expired"),
    "expire in the answer": ({"reply": "I", "expire": True}, "expired", f"{OPEN} S.expired M.incomplete R.expired"),
    "cancel": ({"cancel": True}, "cancelled", f"{HEAD} R.cancelling R.cancelled"),
    "incomplete": (
        {"reply": "I", "incomplete": "max_completion_tokens"},
        "incomplete",
        f"{OPEN} M.incomplete S.completed R.incomplete",
    ),
}
"""A script, the status in which it ends, and the events of its stream."""


@pytest.fixture
def runs(client):
    return client.beta.threads.runs


def load(runmock, *scripts):
    runmock.load({"runmock": 1, "runs": list(scripts)})


def streamed(client):
    thread = client.beta.threads.create(**question())
    return client.beta.threads.runs.create(thread_id=thread.id, assistant_id=ASSISTANT, stream=True)


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_run_that_ends_badly_is_no_exception_when_polled(client, runmock, ending):
    script, status, _ = ENDINGS[ending]
    load(runmock, script)
    assert WAYS["create, retrieve in a loop"](client).run.status == status


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize("name", ["create(stream=True)", "stream with a handler"])
def test_a_run_that_ends_badly_is_no_exception_when_streamed(client, runmock, ending, name):
    script, status, order = ENDINGS[ending]
    load(runmock, script)
    result = WAYS[name](client)
    assert (result.run.status, result.events) == (status, spelled(order))


@pytest.mark.parametrize("name", ["create_and_poll", "stream"])
def test_a_failed_run_has_the_reason(client, runmock, sleeps, name):
    load(runmock, {"fail": "rate_limit_exceeded", "message": "Too fast."})
    error = WAYS[name](client).run.last_error
    assert (error.code, error.message) == ("rate_limit_exceeded", "Too fast.")


@pytest.mark.parametrize("name", ["create_and_poll", "stream"])
def test_an_incomplete_run_has_the_reason_and_so_has_its_message(client, runmock, sleeps, name):
    load(runmock, {"reply": "The three laws are", "incomplete": "max_completion_tokens"})
    result = WAYS[name](client)
    assert result.run.incomplete_details.reason == "max_completion_tokens"
    (message,) = client.beta.threads.messages.list(result.run.thread_id, run_id=result.run.id).data
    assert message.content[0].text.value == "The three laws are"
    if result.events:
        cut = result.data[result.events.index("thread.message.incomplete")]
        assert (cut.status, cut.incomplete_details.reason) == ("incomplete", "max_tokens")


@pytest.mark.parametrize("ending", ["fail", "incomplete"])
@pytest.mark.parametrize("name", WAYS)
def test_a_run_may_end_badly_after_its_tools(client, runmock, sleeps, ending, name):
    script, status, _ = ENDINGS[ending]
    load(runmock, {"calls": ["get_weather"], **script})
    run = WAYS[name](client).run
    assert run.status == status
    assert runmock.tool_outputs == {"get_weather": "21"}


@pytest.mark.parametrize("status", ["expired", "cancelled"])
def test_a_run_may_end_while_it_waits_for_outputs(client, runs, runmock, status):
    load(runmock, {"calls": ["get_weather"], {"expired": "expire", "cancelled": "cancel"}[status]: True})
    waiting = runs.poll(**place(ask(client)))
    assert waiting.status == "requires_action"
    with pytest.raises(openai.BadRequestError, match=f'Runs in status "{status}" do not accept tool outputs.'):
        runs.submit_tool_outputs(**place(waiting), tool_outputs=weather(waiting))
    ended = runs.retrieve(**place(waiting))
    assert (ended.status, ended.required_action, ended.expires_at) == (status, None, None)
    (step,) = runs.steps.list(**place(waiting)).data
    assert step.status == status


@pytest.mark.parametrize("status", ["queued", "in_progress"])
def test_a_stuck_run_stays_where_it_is_and_can_be_cancelled(client, runs, runmock, status):
    load(runmock, {"stuck": status})
    run = ask(client)
    assert [runs.retrieve(**place(run)).status for _ in range(9)][2:] == [status] * 7
    assert runs.cancel(**place(run)).status == "cancelling"
    assert runs.poll(**place(run), poll_interval_ms=10).status == "cancelled"


@pytest.mark.parametrize("status", ["queued", "in_progress"])
def test_the_stream_of_a_stuck_run_sends_nothing_more(client, runmock, status):
    load(runmock, {"stuck": status})
    assert [event.event for event in streamed(client)][-1] == f"thread.run.{status}"


@pytest.mark.parametrize("looks", [0, 1, 2])
def test_a_cancelled_run_shows_as_cancelling_and_then_as_cancelled(client, runs, runmock, looks):
    runmock.reply("Hi")
    run = ask(client)
    for _ in range(looks):
        runs.retrieve(**place(run))
    assert runs.cancel(**place(run)).status == "cancelling"
    assert [runs.retrieve(**place(run)).status for _ in range(3)] == ["cancelling", "cancelled", "cancelled"]


def test_cancelling_a_run_that_waits_for_outputs_frees_the_thread(client, runs, runmock):
    runmock.calls("get_weather").reply("Never said.")
    runmock.reply("Next.")
    waiting = runs.poll(**place(ask(client)))
    assert runs.cancel(**place(waiting)).status == "cancelling"
    assert runs.poll(**place(waiting)).status == "cancelled"
    again = runs.create_and_poll(thread_id=waiting.thread_id, assistant_id=ASSISTANT)
    assert again.status == "completed"


@pytest.mark.parametrize("ending", ["completed", *ENDINGS])
def test_a_run_that_has_ended_cannot_be_cancelled(client, runs, runmock, ending):
    script, status, _ = ENDINGS.get(ending, ({"reply": "Hi"}, "completed", None))
    load(runmock, script)
    run = ask(client)
    runs.poll(**place(run))
    with pytest.raises(openai.BadRequestError) as error:
        runs.cancel(**place(run))
    assert error.value.body == {
        "message": f"Cannot cancel run with status '{status}'.",
        "type": "invalid_request_error",
        "param": None,
        "code": None,
    }


@pytest.mark.parametrize("name", ["create_and_run_poll", "create_and_run(stream=True)"])
def test_a_refused_request_is_an_exception_with_the_text_of_the_script(client, runmock, name):
    load(runmock, {"http": 422, "message": "No."})
    with pytest.raises(openai.UnprocessableEntityError) as error:
        WAYS[name](client)
    assert error.value.body["message"] == "No."
    assert error.value.request_id.startswith("req_")
    assert runmock.runs == []


@pytest.mark.parametrize("name", WAYS)
def test_the_sdk_tries_again_until_it_is_answered(client, runmock, sleeps, name):
    runmock.http(429, retry_after=7)
    runmock.http(500)
    runmock.calls("get_weather").reply("Hi")
    assert WAYS[name](client).run.status == "completed"
    waits = [seconds for seconds in sleeps if seconds]
    assert waits[0] == 7
    assert 0.3 < waits[1] <= 1 if MAJOR > 1 else waits[1] > 0
    assert [request.operation.startswith("create") for request in runmock.requests].count(True) >= 3


def test_the_sdk_tries_as_often_as_it_is_configured(runmock, sleeps):
    runmock.http(503, times=5)
    with openai.OpenAI(api_key="sk-test", max_retries=4) as client, pytest.raises(openai.InternalServerError):
        ask(client)
    requests = [request for request in runmock.requests if request.operation == "create_run"]
    assert [request.headers["x-stainless-retry-count"] for request in requests] == list("01234")


def test_without_retries_the_application_gets_the_first_refusal(runmock, sleeps):
    runmock.http(429, error="rate_limit_exceeded", retry_after=20)
    with openai.OpenAI(api_key="sk-test", max_retries=0) as client, pytest.raises(openai.RateLimitError) as error:
        ask(client)
    assert (error.value.code, error.value.response.headers["retry-after"], sleeps) == ("rate_limit_exceeded", "20", [])


@pytest.mark.parametrize("name", ["create_and_poll", "stream"])
def test_the_retired_service_answers_404(client, runmock, name):
    load(runmock, {"sunset": True})
    with pytest.raises(openai.NotFoundError):
        WAYS[name](client)


def test_every_way_of_consuming_is_polled_or_streamed():
    assert {*POLLING, *STREAMING} == set(WAYS)
