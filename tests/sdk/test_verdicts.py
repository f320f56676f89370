"""What looks like a defect of an application, with the real SDK: each defect alone is reported, and no right behaviour is."""

import openai
import pytest
from sdk_clients import library, opened
from sdk_ways import ASSISTANT, AT_REST, WAYS, ask, handler, place, question, weather

CUTS = ("truncate", {"garbage": "half_frame"}, {"error_event": {"code": "server_error", "flat": True}})
ERRORS = (openai.APIError, library.HTTPError, ValueError)
"""Of the SDK, of its HTTP library, or of JSON, each in its generation."""
TEXT = "Hello my dear friend."


@pytest.fixture(params=["sync", "asyncio"])
def client(request):
    with opened(request.param) as client:
        yield client


class BrokenOffError(Exception):
    """What a careful application raises."""


def stream(client, thread):
    return client.beta.threads.runs.create(thread_id=thread.id, assistant_id=ASSISTANT, stream=True)


def thread_of(client):
    return client.beta.threads.create(**question())


def joins_deltas(client):
    """Uses what came as the answer."""
    deltas = [event.data.delta for event in stream(client, thread_of(client)) if event.event == "thread.message.delta"]
    return "".join(delta.content[0].text.value for delta in deltas)


def wants_the_end(client):
    events = [event.event for event in stream(client, thread_of(client))]
    if events[-1] != "thread.run.completed":
        raise BrokenOffError(events[-1])


def answers_that_it_broke_off(client):
    try:
        wants_the_end(client)
    except BrokenOffError:
        return "Sorry."


def looks_how_the_run_stands(client):
    thread = thread_of(client)
    runs = [event.data for event in stream(client, thread) if event.event == "thread.run.created"]
    return client.beta.threads.runs.poll(**place(runs[0])).status


def begins_again(client):
    for _ in range(2):
        events = [event.event for event in stream(client, thread_of(client))]
        if events[-1] == "thread.run.completed":
            return events
    return None


def handles_until_done(client):
    thread = thread_of(client)
    with client.beta.threads.runs.stream(
        thread_id=thread.id, assistant_id=ASSISTANT, event_handler=handler(client)
    ) as events:
        events.until_done()


def load(runmock, *runs):
    runmock.load({"runmock": 1, "runs": list(runs)})


def cut(how, **more):
    return {"reply": TEXT, **({how: True} if isinstance(how, str) else how), **more}


def kinds(runmock):
    return [verdict.kind for verdict in runmock.verdicts]


def tried(application, client):
    """Let the application do what it does; errors are its own affair."""
    try:
        application(client)
    except (BrokenOffError, openai.OpenAIError):
        return


@pytest.mark.parametrize("how", CUTS, ids=str)
@pytest.mark.parametrize("application", [joins_deltas, handles_until_done])
def test_half_a_stream_used_as_an_answer(client, runmock, application, how):
    load(runmock, cut(how))
    application(client)
    assert kinds(runmock) == ["truncated_accepted"]
    with pytest.raises(AssertionError, match="truncated_accepted: the stream of run_") as raised:
        runmock.assert_resilient()
    assert str(raised.value).startswith(
        "runmock: the application did something that looks like a defect\n  truncated_accepted: "
    )


@pytest.mark.parametrize("how", CUTS, ids=str)
@pytest.mark.parametrize(
    "application", [wants_the_end, answers_that_it_broke_off, looks_how_the_run_stands, begins_again]
)
def test_half_a_stream_that_is_noticed(client, runmock, application, how):
    load(runmock, cut(how), *([{"reply": TEXT}] if application is begins_again else []))
    tried(application, client)
    runmock.assert_resilient()


@pytest.mark.parametrize(
    "fault", ["disconnect", "garbage", {"error_event": "server_error"}, {"stall": "3600s"}], ids=str
)
def test_what_the_sdk_makes_an_exception_of_is_no_defect(client, runmock, fault):
    load(runmock, cut(fault))
    with pytest.raises(ERRORS):
        joins_deltas(client)
    runmock.assert_resilient()


def test_an_event_that_nobody_knows_is_no_defect(client, runmock):
    load(runmock, cut({"garbage": "unknown_event"}))
    assert joins_deltas(client) == TEXT
    runmock.assert_resilient()


def test_sending_again_before_retry_after(client, runmock):
    runmock.http(429, retry_after=2, headers={"x-should-retry": "false"}).reply(TEXT)
    thread = thread_of(client)
    create = client.beta.threads.runs.create
    with pytest.raises(openai.RateLimitError):
        create(thread_id=thread.id, assistant_id=ASSISTANT)
    create(thread_id=thread.id, assistant_id=ASSISTANT)
    assert kinds(runmock) == ["retried_too_early"]


def test_the_sdk_retries_in_time(client, runmock):
    runmock.http(429, retry_after="50ms", times=2).reply(TEXT)
    assert client.beta.threads.create_and_run_poll(assistant_id=ASSISTANT).status == "completed"
    runmock.assert_resilient()


def test_polling_a_run_that_has_ended(client, runmock):
    runmock.fail()
    run = ask(client)
    for _ in range(9):  # until it is completed, which it never is
        run = client.beta.threads.runs.retrieve(**place(run))
    assert kinds(runmock) == ["polled_after_end"]


def test_outputs_that_never_come(client, runmock):
    runmock.calls("get_weather").reply(TEXT)
    run = client.beta.threads.runs.poll(**place(ask(client)))
    assert kinds(runmock) == ["outputs_never_submitted"]
    client.beta.threads.runs.cancel(**place(run))
    runmock.assert_resilient()


def test_outputs_that_come_when_the_run_has_expired(client, runmock):
    runmock.calls("get_weather").expire()
    run = client.beta.threads.runs.poll(**place(ask(client)))
    with pytest.raises(openai.BadRequestError):
        client.beta.threads.runs.submit_tool_outputs(**place(run), tool_outputs=weather(run))
    assert kinds(runmock) == ["submitted_after_expiry"]


@pytest.mark.runmock(pace="40ms")
def test_polling_without_a_pause(client, runmock):
    runmock.reply(TEXT, poll=6)
    run = ask(client)
    while run.status not in AT_REST:
        run = client.beta.threads.runs.retrieve(**place(run))
    assert kinds(runmock) == ["polled_without_pause"]


@pytest.mark.runmock(pace="20ms")
def test_the_poll_helper_pauses(client, runmock):
    runmock.reply(TEXT, poll=4)
    client.beta.threads.create_and_run_poll(assistant_id=ASSISTANT)
    runmock.assert_resilient()


ENDINGS = [{"fail": "server_error"}, {"incomplete": "content_filter"}, {"expire": True}, {"cancel": True}]


@pytest.mark.parametrize("ending", ENDINGS, ids=str)
@pytest.mark.parametrize("is_streamed", [False, True], ids=["polled", "streamed"])
def test_the_messages_of_a_run_that_ended_badly(client, runmock, ending, is_streamed):
    load(runmock, {"reply": TEXT, **ending})
    thread = thread_of(client)
    if is_streamed:
        list(stream(client, thread))
    else:
        client.beta.threads.runs.create_and_poll(thread_id=thread.id, assistant_id=ASSISTANT)
    runmock.assert_resilient()
    client.beta.threads.messages.list(thread.id)
    assert kinds(runmock) == ["ignored_ending"]


def raises_its_bad_status(client):
    run = client.beta.threads.create_and_run_poll(assistant_id=ASSISTANT, thread=question())
    if run.status != "completed":
        raise BrokenOffError(run.status)


@pytest.mark.parametrize("ending", ENDINGS, ids=str)
def test_the_messages_are_read_by_who_has_noticed(client, runmock, ending):
    load(runmock, {"reply": TEXT, **ending})
    with pytest.raises(BrokenOffError):
        raises_its_bad_status(client)
    client.beta.threads.messages.list(runmock.runs[0].thread_id)
    runmock.assert_resilient()


def test_a_stream_that_is_left_open(client, runmock):
    runmock.reply(TEXT)
    events = stream(client, thread_of(client))
    first = next(iter(events))
    assert first.event == "thread.run.created"
    assert kinds(runmock) == ["stream_left_open"]
    events.close()
    runmock.assert_resilient()


SCRIPTS = {
    "reply": {"reply": TEXT},
    "tools": {"calls": ["get_weather"], "reply": "$outputs.get_weather"},
    "failure": {"fail": "server_error"},
}


@pytest.mark.parametrize("script", SCRIPTS)
@pytest.mark.parametrize("name", WAYS)
def test_the_ways_of_the_sdk_are_no_defects(client, runmock, sleeps, name, script):
    load(runmock, SCRIPTS[script])
    WAYS[name](client)
    runmock.assert_resilient()
