"""Faults of streams over HTTP: the client gets them as it would get those of the service, and the server goes on."""

import time

import httpx2
import openai
import pytest
from serving import start

THREAD = {"messages": [{"role": "user", "content": "Hi"}]}
SCRIPT = """
runs:
  - {match: {last_message: disconnect}, reply: one two three, disconnect: true}
  - {match: {last_message: again}, reply: one two three, disconnect: {after: 3}}
  - {match: {last_message: at once}, reply: one two three, disconnect: {after: 0}}
  - {match: {last_message: truncate}, reply: one two three, truncate: true}
  - {match: {last_message: half}, reply: one two three, garbage: half_frame}
  - {match: {last_message: not json}, reply: one two three, garbage: true}
  - {match: {last_message: error}, reply: one two three, error_event: server_error}
  - {match: {last_message: flat}, reply: one two three, error_event: {code: server_error, flat: true}}
  - {match: {last_message: unknown}, reply: one two three, garbage: unknown_event}
  - {match: {last_message: twice}, reply: one two three, garbage: duplicate}
  - {match: {last_message: order}, reply: one two three, garbage: out_of_order}
  - {match: {last_message: index}, reply: one two three, garbage: wrong_index}
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
    usual = f"{served.url}/ shows what comes in; Ctrl-C ends it\n  {path}: {SCRIPT.count('  - ')} runs\nended\n"
    assert (printed, code) == (usual, 0)  # no traceback, and nothing of uvicorn's


@pytest.fixture
def streamed(served, connect):
    """The events of a run with this question, and the error that ended them."""

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
    names, error = streamed(question)
    assert len(names) == events
    assert isinstance(error, openai.APIConnectionError)
    assert "incomplete chunked read" in str(error.__cause__)


@pytest.mark.parametrize("question", ["truncate", "half"])
def test_a_body_ends_early_without_an_error(streamed, question):
    events, error = streamed(question)
    assert (events[-1], error) == ("thread.message.delta", None)


def test_nonsense_goes_over_the_wire(streamed):
    assert isinstance(streamed("not json")[1], ValueError)
    assert streamed("error")[1].type == "server_error"
    events, error = streamed("flat")
    assert (events[-1], error) == ("error", None)
    events, error = streamed("unknown")
    assert (events[9], events[-1], error) == ("thread.run.hiccup", "thread.run.completed", None)


@pytest.mark.parametrize(
    ("question", "deltas"),
    [
        ("twice", [(0, "one"), (0, " two"), (0, " two"), (0, " three")]),
        ("order", [(0, "one"), (0, " three"), (0, " two")]),
        ("index", [(7, "one"), (0, " two"), (0, " three")]),
    ],
)
def test_deltas_that_are_not_in_order_go_over_the_wire(served, connect, question, deltas):
    runs = connect(served).beta.threads
    thread = {"messages": [{"role": "user", "content": question}]}
    events = [event.data for event in runs.create_and_run(assistant_id="asst_1", thread=thread, stream=True)]
    parts = [data.delta.content[0] for data in events if data.object == "thread.message.delta"]
    assert [(part.index, part.text.value) for part in parts] == deltas


def test_a_run_whose_connection_broke_is_polled_to_its_end(served, connect):
    threads = connect(served).beta.threads
    thread = threads.create(messages=[{"role": "user", "content": "again"}])
    with pytest.raises((openai.APIConnectionError, httpx2.RemoteProtocolError)):
        list(threads.runs.create(thread_id=thread.id, assistant_id="asst_1", stream=True))
    (run,) = threads.runs.list(thread.id).data
    assert threads.runs.poll(run.id, thread_id=thread.id).status == "completed"
    assert threads.messages.list(thread.id).data[0].content[0].text.value == "one two three"


def test_a_stall_takes_its_time(streamed):
    began = time.monotonic()
    events, error = streamed("stall")
    assert (events[-1], error) == ("thread.run.completed", None)
    assert time.monotonic() - began > 0.3


def test_a_stall_is_a_timeout_for_who_does_not_wait_so_long(streamed):
    events, error = streamed("hang", timeout=0.2)
    assert events[-1] == "thread.message.delta"
    assert isinstance(error, openai.APITimeoutError)


def test_a_fault_that_cannot_strike_is_an_error_event(streamed):
    events, error = streamed("never")
    assert events[-1] == "thread.run.completed"
    assert "a fault of the script did not happen: disconnect after 99 events" in str(error)


def test_milliseconds_to_wait_are_sent(streamed):
    events, error = streamed("busy")
    assert (events, error.status_code, error.response.headers["retry-after-ms"]) == ([], 429, "40")


def test_the_server_goes_on(served, connect):
    run = connect(served).beta.threads.create_and_run_poll(assistant_id="asst_1", thread=THREAD)
    assert run.status == "completed"
