"""Every fault, polled, iterated and handled: the application gets what the table says, in this generation of the SDK."""

import anyio
import openai
import pytest
from fault_table import GENERATIONS, TABLE
from fault_table import WAYS as COLUMNS
from sdk_clients import MAJOR, opened
from sdk_outcomes import ENDED, ERRORS, LATE_CANCELS, dated, named, waited
from sdk_ways import ASSISTANT, STREAMING, WAYS, ask, handler, place, question, weather

TEXT = "one two three four"
FOLLOWED = {"poll": "create_and_poll", "iterate": "create(stream=True)", "handler": "stream with a handler"}
MANY_SLEEPS = 40
CASES = [
    pytest.param(run, way, words[way], id=f"{way}-{'-'.join(f'{key} {value}' for key, value in run.items())}")
    for runs, words in TABLE.values()
    for run in runs
    for way in COLUMNS
]


class ForEverError(Exception):
    """The SDK does not end."""


@pytest.fixture
def slept(monkeypatch):
    """How many seconds the SDK wanted to sleep, in turn; it does not, and is ended when it wants to too often."""
    seconds = []

    def note(delay):
        if len(seconds) > MANY_SLEEPS:
            raise ForEverError
        seconds.append(delay)

    async def note_async(delay):
        note(delay)

    monkeypatch.setattr("time.sleep", note)
    monkeypatch.setattr(anyio, "sleep", note_async)
    return seconds


@pytest.fixture(params=["sync", "asyncio"])
def client(request):
    with opened(request.param) as client:
        yield client


def followed(client, runmock, slept, run, way):
    """What an application gets that follows a run in this way, in the words of the table."""
    try:
        result = WAYS[FOLLOWED[way]](client)
    except ForEverError:
        assert set(slept[2:]) == {1}
        return "polls for ever, once a second"
    except ERRORS as error:
        tries = tries_of(runmock)
        return named(error) + (f" after {tries} tries" if tries > 1 else "")
    if "retry_after" in run:
        return f"{waited(slept, run)}, then run `{result.run.status}`"
    if "http" in run:
        return f"run `{result.run.status}` after {tries_of(runmock)} tries"
    if result.run.status in {"queued", "in_progress"}:
        return f"no exception, last event `{result.events[-1]}`, run `{result.run.status}`"
    is_right = result.run.status != "completed" or result.events is None or TEXT in text_of(result)
    return f"no exception, run `{result.run.status}`" if is_right else "no exception, wrong text"


def tries_of(runmock):
    """How often the request for the run was sent."""
    return sum(request.operation.startswith("create_run") for request in runmock.requests)


def cancelled(client, way):
    """What an application gets that cancels the run, as soon as it can, and follows it to its end."""
    runs = client.beta.threads.runs
    if way == "poll":
        run = ask(client)
        answer = cancel(runs, run)
        return f"{answer} `{runs.poll(**place(run)).status}`"
    thread = client.beta.threads.create(**question())
    body = {"thread_id": thread.id, "assistant_id": ASSISTANT}
    if way == "iterate":
        return cancelled_while_streaming(runs, runs.create(**body, stream=True))
    with runs.stream(**body, event_handler=handler(client)) as stream:
        return cancelled_while_streaming(runs, stream)


def cancelled_while_streaming(runs, stream):
    """Cancel at the first delta; what came of it, and the run's last status in the stream."""
    answer = run = None
    for event in stream:
        if event.event.startswith("thread.run") and "step" not in event.event:
            run = event.data
        elif event.event == "thread.message.delta":
            answer = answer or cancel(runs, run)
    return f"{answer} `{run.status}`"


def cancel(runs, run):
    """What becomes of the request."""
    try:
        return f"run `{runs.cancel(**place(run)).status}`, then"
    except openai.OpenAIError as error:
        return f"{named(error)} from `cancel()`, run"


def text_of(result):
    """The text of the deltas."""
    deltas = [
        data.delta for event, data in zip(result.events, result.data, strict=True) if event == "thread.message.delta"
    ]
    return "".join(part.text.value for delta in deltas for part in delta.content)


@pytest.mark.runmock(allow_unplayed=True)  # of what a request is refused with, as often as it is sent
@pytest.mark.parametrize(("run", "way", "words"), CASES)
def test_the_application_gets_what_the_table_says(client, runmock, slept, run, way, words):
    expected = words if isinstance(words, str) else words[GENERATIONS[MAJOR - 1]]
    is_late = run.get("cancel") in LATE_CANCELS
    content = {} if ENDED & run.keys() and not is_late else {"reply": TEXT}
    runmock.load({"runmock": 1, "runs": [{**content, **dated(run)}, *([{"reply": TEXT}] if "http" in run else [])]})
    assert (cancelled(client, way) if is_late else followed(client, runmock, slept, run, way)) == expected


@pytest.mark.parametrize("name", ["create_and_poll", "create(stream=True)", "stream with a handler"])
def test_a_submit_that_is_refused_is_sent_again(client, runmock, slept, name):
    runmock.calls("get_weather").http(500, times=2).reply("Warm.")
    assert WAYS[name](client).run.status == "completed"
    assert [request.operation for request in runmock.requests].count("submit_tool_outputs") == 3


@pytest.mark.parametrize("place_in_steps", [0, 1])
def test_a_poll_that_is_refused_is_sent_again(client, runmock, slept, place_in_steps):
    steps = [{"reply": TEXT}]
    steps.insert(place_in_steps, {"http": 500, "retry_after": 1})
    runmock.load({"runmock": 1, "runs": [{"steps": steps}]})
    assert WAYS["create_and_poll"](client).run.status == "completed"
    assert [seconds for seconds in slept if seconds] == [1]


def test_a_stall_that_the_client_waits_for_takes_its_time(client, runmock, slept):
    runmock.reply(TEXT).stall(2)
    assert WAYS["create(stream=True)"](client).run.status == "completed"
    assert slept == [2]


@pytest.mark.parametrize("name", STREAMING)
def test_a_fault_in_a_step_strikes_the_stream_of_that_step(client, runmock, name):
    runmock.load({"runmock": 1, "runs": [{"steps": [{"calls": ["get_weather"]}, {"reply": TEXT, "truncate": True}]}]})
    result = WAYS[name](client, weather)
    assert (result.run.status, result.events[-1]) == ("in_progress", "thread.message.delta")
    assert runmock.tool_outputs == {"get_weather": "21"}


def test_after_a_connection_that_broke_the_run_can_be_polled_to_its_end(client, runmock):
    runmock.reply(TEXT).disconnect(after=4)
    thread = client.beta.threads.create(**question())
    events = client.beta.threads.runs.create(thread_id=thread.id, assistant_id=ASSISTANT, stream=True)
    with pytest.raises(ERRORS, match=r"Connection error|peer closed"):
        list(events)
    (run,) = runmock.runs
    assert client.beta.threads.runs.poll(run_id=run.id, thread_id=thread.id).status == "completed"
