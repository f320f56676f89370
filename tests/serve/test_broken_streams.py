"""Faults of streams over HTTP: the client sees them as it would see those of the service, and the server goes on."""

import time

import httpx2
import openai
import pytest
from serving import start

THREAD = {"messages": [{"role": "user", "content": "Hi"}]}
SCRIPT = """
runs:
  - {match: {last_message: disconnect}, reply: one two three, disconnect: true}
  - {match: {last_message: at once}, reply: one two three, disconnect: {after: 0}}
  - {match: {last_message: truncate}, reply: one two three, truncate: true}
  - {match: {last_message: half}, reply: one two three, garbage: half_frame}
  - {match: {last_message: not json}, reply: one two three, garbage: true}
  - {match: {last_message: error}, reply: one two three, error_event: server_error}
  - {match: {last_message: stall}, reply: one two three, stall: 300ms}
  - {match: {last_message: hang}, reply: one two three, stall: 30s}
  - {match: {last_message: never}, reply: one two three, disconnect: {after: 99}}
  - {match: {last_message: busy}, http: 429, retry_after: 40ms}
  - reply: Well.
"""


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    """One server for the whole file."""
    path = tmp_path_factory.mktemp("broken") / "x.yaml"
    path.write_text("runmock: 1\n" + SCRIPT)
    served = start(path)
    yield served
    printed, code = served.end()
    assert ("Traceback" in printed, "ASGI" in printed, code) == (False, False, 0)


@pytest.fixture
def streamed(served, connect):
    """The events of a run that is asked so, and the error that ended them."""

    def ask(question, **more):
        client = connect(served, **more)
        thread = {"messages": [{"role": "user", "content": question}]}
        events, error = [], None
        try:
            stream = client.beta.threads.create_and_run(assistant_id="asst_1", thread=thread, stream=True)
            events.extend(event.event for event in stream)
        except (openai.OpenAIError, httpx2.HTTPError, ValueError) as raised:
            error = raised
        return events, error

    return ask


@pytest.mark.parametrize(("question", "events"), [("disconnect", 9), ("at once", 0)])
def test_a_connection_breaks(streamed, question, events):
    heard, error = streamed(question)
    assert len(heard) == events
    assert isinstance(error, openai.APIConnectionError)
    assert "incomplete chunked read" in str(error.__cause__)


@pytest.mark.parametrize("question", ["truncate", "half"])
def test_a_body_ends_early_and_nobody_says_so(streamed, question):
    heard, error = streamed(question)
    assert (heard[-1], error) == ("thread.message.delta", None)


def test_nonsense_goes_over_the_wire(streamed):
    assert isinstance(streamed("not json")[1], ValueError)
    assert streamed("error")[1].type == "server_error"


def test_a_stall_takes_its_time(streamed):
    began = time.monotonic()
    heard, error = streamed("stall")
    assert (heard[-1], error) == ("thread.run.completed", None)
    assert time.monotonic() - began > 0.3


def test_a_stall_is_a_timeout_for_who_does_not_wait_so_long(streamed):
    heard, error = streamed("hang", timeout=0.2)
    assert heard[-1] == "thread.message.delta"
    assert isinstance(error, openai.APITimeoutError)


def test_a_fault_that_cannot_strike_is_an_error_event(streamed):
    heard, error = streamed("never")
    assert heard[-1] == "thread.run.completed"
    assert "a fault of the script never struck: disconnect after 99 events" in str(error)


def test_milliseconds_to_wait_are_told(streamed):
    heard, error = streamed("busy")
    assert (heard, error.status_code, error.response.headers["retry-after-ms"]) == ([], 429, "40")


def test_the_server_goes_on(served, connect):
    run = connect(served).beta.threads.create_and_run_poll(assistant_id="asst_1", thread=THREAD)
    assert run.status == "completed"
