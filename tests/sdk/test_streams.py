"""A stream that is not read alone: polled beside it, left early, cancelled, and followed by another one inside it."""

import openai
import pytest
from sdk_clients import is_async
from sdk_ways import ASSISTANT, collapsed, place, question, said, spelled, weather


def begin(client):
    """The stream of a run on a new thread, not read yet."""
    thread = client.beta.threads.create(**question())
    return client.beta.threads.runs.create(thread_id=thread.id, assistant_id=ASSISTANT, stream=True)


def read_until(events, name):
    """Read up to and including the first event of this name; gives its data."""
    return next(event.data for event in events if event.event == name)


def names(events):
    return collapsed([event.event for event in events])


def test_a_stream_moves_the_run_on_event_by_event(runmock, client):
    runmock.reply("Hello", " Ada")
    events = iter(begin(client))
    run = read_until(events, "thread.run.created")
    runs = client.beta.threads.runs
    assert (run.status, run.started_at) == ("queued", None)
    message = read_until(events, "thread.message.created")
    stored = client.beta.threads.messages.retrieve(message.id, thread_id=run.thread_id)
    assert (message.status, message.content, stored.content) == ("in_progress", [], [])
    assert runs.steps.list(**place(run)).data[0].status == "in_progress"
    read_until(events, "thread.message.completed")
    assert said(client, run.thread_id) == "Hello Ada"
    assert names(events) == spelled("S.completed R.completed")


def test_polling_beside_an_open_stream_removes_no_event_from_it(runmock, client):
    runmock.reply("Hello", " Ada")
    events = iter(begin(client))
    run = read_until(events, "thread.run.created")
    assert client.beta.threads.runs.poll(**place(run)).status == "completed"
    assert names(events) == spelled(
        "R.queued R.in_progress S.created S.in_progress M.created M.in_progress M.delta* M.completed S.completed "
        "R.completed"
    )


@pytest.mark.parametrize("last", ["thread.run.created", "thread.message.delta", "thread.run.step.completed"])
def test_a_run_whose_stream_was_left_is_polled_to_its_end(runmock, client, last):
    runmock.reply("Hello", " Ada")
    stream, run_id = begin(client), None
    for event in stream:
        run_id = run_id or event.data.id
        if event.event == last:
            break
    stream.close()
    thread_id = runmock.runs[0].thread_id
    run = client.beta.threads.runs.poll(run_id, thread_id=thread_id)
    assert (run.status, said(client, thread_id)) == ("completed", "Hello Ada")


def test_a_tool_call_whose_stream_was_left_waits_for_its_outputs(runmock, client):
    runmock.calls(get_weather={"city": "Paris"}).reply("Warm.")
    stream = begin(client)
    run = read_until(stream, "thread.run.created")
    stream.close()
    runs = client.beta.threads.runs
    run = runs.poll(**place(run))
    assert run.status == "requires_action"
    assert runs.submit_tool_outputs_and_poll(**place(run), tool_outputs=weather(run)).status == "completed"


def test_cancelling_while_streaming_ends_the_stream_with_the_run(runmock, client):
    runmock.reply("Once", " upon", " a", " time")
    events = iter(begin(client))
    run = read_until(events, "thread.run.created")
    read_until(events, "thread.message.delta")
    runs = client.beta.threads.runs
    assert runs.cancel(**place(run)).status == "cancelling"
    rest = [event.event for event in events]
    assert rest == spelled("R.cancelling S.cancelled M.incomplete R.cancelled")
    assert runs.retrieve(**place(run)).status == "cancelled"
    (message,) = [item for item in client.beta.threads.messages.list(run.thread_id).data if item.role == "assistant"]
    assert (message.run_id, message.content[0].text.value) == (run.id, "Once")


def test_cancelling_before_the_run_began_leaves_no_message(runmock, client):
    runmock.reply("Once")
    events = iter(begin(client))
    run = read_until(events, "thread.run.created")
    client.beta.threads.runs.cancel(**place(run))
    assert [event.event for event in events] == spelled("R.cancelling R.cancelled")
    assert client.beta.threads.runs.steps.list(**place(run)).data == []


class Nested(openai.AssistantEventHandler):
    """The pattern of the documentation: the outputs are submitted while the first stream is still open."""

    def __init__(self, client, received):
        super().__init__()
        self.client, self.heard = client, received

    def on_event(self, event):
        self.heard.append(event.event)
        if event.event == "thread.run.requires_action":
            submitted = self.client.beta.threads.runs.submit_tool_outputs_stream(
                **place(event.data), tool_outputs=weather(event.data), event_handler=Nested(self.client, self.heard)
            )
            with submitted as stream:
                stream.until_done()


class AsyncNested(openai.AsyncAssistantEventHandler):
    """The same in an async application."""

    def __init__(self, client, received):
        super().__init__()
        self.client, self.heard = client, received

    async def on_event(self, event):
        self.heard.append(event.event)
        if event.event == "thread.run.requires_action":
            submitted = self.client.beta.threads.runs.submit_tool_outputs_stream(
                **place(event.data),
                tool_outputs=weather(event.data),
                event_handler=AsyncNested(self.client, self.heard),
            )
            async with submitted as stream:
                await stream.until_done()


def test_outputs_are_submitted_inside_the_handler_of_the_open_stream(runmock, client):
    runmock.calls(get_weather={"city": "Paris"}).calls(get_weather={"city": "Oslo"}).reply("Both are warm.")
    received = []
    nested = AsyncNested(client._inner, received) if is_async(client) else Nested(client, received)
    thread = client.beta.threads.create(**question())
    with client.beta.threads.runs.stream(thread_id=thread.id, assistant_id=ASSISTANT, event_handler=nested) as stream:
        stream.until_done()
    assert collapsed(received) == spelled(
        "R.created R.queued R.in_progress S.created S.in_progress S.delta* R.requires_action "
        "S.completed R.queued R.in_progress S.created S.in_progress S.delta* R.requires_action "
        "S.completed R.queued R.in_progress S.created S.in_progress M.created M.in_progress M.delta* M.completed "
        "S.completed R.completed"
    )
    assert said(client, thread.id) == "Both are warm."


@pytest.mark.runmock("stream", pace="recorded")
def test_a_stream_keeps_its_pace_when_that_is_set(client, sleeps):
    assert len(list(begin(client))) == len(sleeps) - 1 == 14
    assert set(sleeps) == {0.02}


@pytest.mark.runmock("stream")
def test_a_stream_does_not_wait_unless_that_is_set(client, sleeps):
    assert list(begin(client))
    assert sleeps == []
