"""Every fault, polled, iterated and handled: the application gets what the table says, in this generation of the SDK."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import anyio
import openai
import pytest
from fault_table import GENERATIONS, MARKED, TABLE, markdown
from fault_table import WAYS as COLUMNS
from sdk_clients import MAJOR, library, opened
from sdk_ways import ASSISTANT, STREAMING, WAYS, ask, place, question, weather

TEXT = "one two three four"
FOLLOWED = {"poll": "create_and_poll", "iterate": "create(stream=True)", "handler": "stream with a handler"}
MANY_SLEEPS = 40
ERRORS = (openai.OpenAIError, library.HTTPError, ValueError, IndexError)
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


def given(client, runmock, slept, way):
    """What an application gets that follows a run in this way, in the words of the table."""
    try:
        seen = WAYS[FOLLOWED[way]](client)
    except ForEverError:
        assert set(slept[2:]) == {1}
        return "polls for ever, once a second"
    except ERRORS as error:
        kind, module = type(error), type(error).__module__.partition(".")[0]
        name = kind.__name__ if module in {"openai", "builtins"} else f"{module}.{kind.__name__}"
        tries = sum(one.operation.startswith("create_run") for one in runmock.requests)
        return f"`{name}`" + (f" after {tries} tries" if tries > 1 else "")
    waited = next((seconds for seconds in slept if seconds), None)
    if waited:
        return f"waits {waited:g} s, then run `{seen.run.status}`"
    if seen.run.status == "in_progress":
        return f"no exception, last status `{seen.run.status}`"
    is_right = seen.run.status != "completed" or seen.events is None or TEXT in said(seen)
    return f"no exception, run `{seen.run.status}`" if is_right else "no exception, wrong text"


def said(seen):
    """The text as the deltas tell it."""
    deltas = [data.delta for event, data in zip(seen.events, seen.data, strict=True) if event == "thread.message.delta"]
    return "".join(part.text.value for delta in deltas for part in delta.content)


@pytest.mark.runmock(allow_unplayed=True)  # of what a request is refused with, as often as it is sent
@pytest.mark.parametrize(("run", "way", "words"), CASES)
def test_the_application_gets_what_the_table_says(client, runmock, slept, run, way, words):
    content = {} if {"http", "sunset", "fail", "expire", "cancel", "stuck"} & run.keys() else {"reply": TEXT}
    is_once = "http" in run and "waits" in str(words)
    runmock.load({"runmock": 1, "runs": [{**content, **run}, *([{"reply": TEXT}] if is_once else [])]})
    expected = words if isinstance(words, str) else words[GENERATIONS[MAJOR - 1]]
    assert given(client, runmock, slept, way) == expected


def test_a_date_to_retry_after_is_waited_for(client, runmock, slept):
    runmock.http(503, retry_after=datetime.now(UTC) + timedelta(seconds=30)).reply(TEXT)
    assert WAYS["create_and_poll"](client).run.status == "completed"
    assert 27 < next(filter(None, slept)) <= 30


def test_a_cancel_request_that_comes_too_late_is_refused(client, runmock):
    runmock.reply(TEXT).cancel("refused")
    run = ask(client)
    with pytest.raises(openai.BadRequestError, match=r"Cannot cancel run with status 'completed'\."):
        client.beta.threads.runs.cancel(**place(run))
    assert client.beta.threads.runs.retrieve(**place(run)).status == "completed"


def test_a_cancel_request_may_be_accepted_in_vain(client, runmock, slept):
    runmock.reply(TEXT).cancel("overtaken")
    run = ask(client)
    assert client.beta.threads.runs.cancel(**place(run)).status == "cancelling"
    assert client.beta.threads.runs.poll(**place(run)).status == "completed"


@pytest.mark.parametrize("name", ["create_and_poll", "create(stream=True)", "stream with a handler"])
def test_a_submit_that_is_refused_is_sent_again(client, runmock, slept, name):
    runmock.calls("get_weather").http(500, times=2).reply("Warm.")
    assert WAYS[name](client).run.status == "completed"
    assert [one.operation for one in runmock.requests].count("submit_tool_outputs") == 3


def test_a_poll_that_is_refused_is_sent_again(client, runmock, slept):
    runmock.load({"runmock": 1, "runs": [{"steps": [{"http": 500, "retry_after": 1}, {"reply": TEXT}]}]})
    assert WAYS["create_and_poll"](client).run.status == "completed"
    assert slept[0] == 1


@pytest.mark.parametrize("name", STREAMING)
def test_a_fault_in_a_step_meets_the_stream_of_that_step(client, runmock, name):
    runmock.load({"runmock": 1, "runs": [{"steps": [{"calls": ["get_weather"]}, {"reply": TEXT, "truncate": True}]}]})
    seen = WAYS[name](client, weather)
    assert (seen.run.status, seen.events[-1]) == ("in_progress", "thread.message.delta")
    assert runmock.tool_outputs == {"get_weather": "21"}


def test_after_a_connection_that_broke_the_run_can_be_polled_to_its_end(client, runmock):
    runmock.reply(TEXT).disconnect(after=4)
    thread = client.beta.threads.create(**question())
    events = client.beta.threads.runs.create(thread_id=thread.id, assistant_id=ASSISTANT, stream=True)
    with pytest.raises(ERRORS, match=r"Connection error|peer closed"):
        list(events)
    (run,) = runmock.runs
    assert client.beta.threads.runs.poll(run_id=run.id, thread_id=thread.id).status == "completed"


def test_the_readme_shows_the_table():
    readme = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    assert MARKED.search(readme)[0] == markdown(), "python tests/sdk/fault_table.py README.md writes it"
