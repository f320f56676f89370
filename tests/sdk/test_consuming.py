"""One script, every way of consuming it, and what the service remembers afterwards."""

from collections import Counter

import pytest
from sdk_ways import ASSISTANT, POLLING, STREAMING, WAYS, ask, collapsed, handler, question, said, spelled, weather

ROUND = "R.created R.queued R.in_progress S.created S.in_progress S.delta* R.requires_action"
ANSWER = (
    "S.completed R.queued R.in_progress S.created S.in_progress M.created M.in_progress M.delta* M.completed "
    "S.completed R.completed"
)


@pytest.fixture
def script(runmock):
    runmock.calls(get_weather={"city": "Paris"}).reply("It is ", "$outputs.get_weather", " degrees.")
    return runmock


@pytest.fixture(params=WAYS)
def way(request):
    return WAYS[request.param]


def test_every_way_completes_the_run_and_the_service_remembers_the_same(way, client, script, sleeps):
    run = way(client).run
    runs, thread_id = client.beta.threads.runs, run.thread_id
    assert run.status == "completed"
    assert runs.retrieve(run.id, thread_id=thread_id).to_dict() == {**run.to_dict(), "tool_resources": {}}
    assert [item.id for item in runs.list(thread_id).data] == [run.id]
    message, call = runs.steps.list(run.id, thread_id=thread_id).data
    assert (call.type, call.status) == ("tool_calls", "completed")
    assert (message.type, message.status) == ("message_creation", "completed")
    assert call.step_details.tool_calls[0].function.to_dict() == {
        "name": "get_weather",
        "arguments": '{"city":"Paris"}',
        "output": "21",
    }
    assert runs.steps.retrieve(call.id, run_id=run.id, thread_id=thread_id).to_dict() == call.to_dict()
    answer, user_message = client.beta.threads.messages.list(thread_id).data
    assert answer.id == message.step_details.message_creation.message_id
    assert (answer.role, answer.run_id, answer.content[0].text.value) == ("assistant", run.id, "It is 21 degrees.")
    assert (user_message.role, user_message.run_id, user_message.content[0].text.value) == (
        "user",
        None,
        "How warm is it in Paris?",
    )
    assert run.usage.total_tokens == call.usage.total_tokens + message.usage.total_tokens > 0
    assert script.tool_outputs == {"get_weather": "21"}
    assert [(item.id, item.status) for item in script.runs] == [(run.id, "completed")]


@pytest.mark.parametrize("name", STREAMING)
def test_a_stream_has_the_events_of_the_service_in_its_order(name, client, script):
    result = WAYS[name](client)
    begins = ["thread.created"] if "create_and_run" in name else []
    assert collapsed(result.events) == begins + spelled(f"{ROUND} {ANSWER}")
    assert Counter(result.events)["thread.message.delta"] == 3


@pytest.mark.parametrize("name", POLLING)
def test_no_way_of_polling_makes_the_sdk_sleep(name, client, script, sleeps):
    assert WAYS[name](client).run.status == "completed"
    assert set(sleeps) <= {0}


def test_a_poll_interval_that_the_application_sets_is_its_own_affair(client, script, sleeps):
    run = client.beta.threads.create_and_run_poll(assistant_id=ASSISTANT, thread=question(), poll_interval_ms=250)
    assert run.status == "requires_action"
    assert set(sleeps) == {0.25}
    client.beta.threads.runs.submit_tool_outputs(run.id, thread_id=run.thread_id, tool_outputs=weather(run))


def test_done_is_sent_after_requires_action_too(client, script):
    runs, thread = client.beta.threads.runs, client.beta.threads.create(**question())
    lines = []
    with runs.with_streaming_response.create(thread.id, assistant_id=ASSISTANT, stream=True) as response:
        lines += response.iter_lines()
    run = runs.list(thread.id).data[0]
    submitted = runs.with_streaming_response.submit_tool_outputs(
        run.id, thread_id=thread.id, tool_outputs=weather(run), stream=True
    )
    with submitted as response:
        lines += response.iter_lines()
    names = [line.removeprefix("event: ") for line in lines if line.startswith("event: ")]
    assert collapsed(names) == [*spelled(ROUND), "done", *spelled(ANSWER), "done"]
    assert lines[-3:-1] == ["event: done", "data: [DONE]"]


HOOKS = {
    "on_text_created": lambda text: text.value,
    "on_text_delta": lambda delta, _snapshot: delta.value,
    "on_text_done": lambda text: text.value,
    "on_message_created": lambda message: message.status,
    "on_message_done": lambda message: message.status,
    "on_tool_call_created": lambda call: call.function.name,
    "on_tool_call_done": lambda call: call.function.arguments,
    "on_run_step_created": lambda step: step.type,
    "on_run_step_done": lambda step: step.type,
    "on_end": lambda: None,
}


def test_a_handler_gets_the_tool_call_and_then_the_text(client, script):
    received = []

    def hooks():
        return {
            name: lambda *args, name=name, summary=summary: received.append((name, summary(*args)))
            for name, summary in HOOKS.items()
        }

    runs, thread = client.beta.threads.runs, client.beta.threads.create(**question())
    with runs.stream(thread_id=thread.id, assistant_id=ASSISTANT, event_handler=handler(client, **hooks())) as stream:
        stream.until_done()
    assert received == [
        ("on_run_step_created", "tool_calls"),
        ("on_tool_call_created", "get_weather"),
        ("on_tool_call_done", '{"city":"Paris"}'),
        ("on_end", None),
    ]
    received.clear()
    run = runs.list(thread.id).data[0]
    with runs.submit_tool_outputs_stream(
        run_id=run.id, thread_id=thread.id, tool_outputs=weather(run), event_handler=handler(client, **hooks())
    ) as stream:
        stream.until_done()
        assert [message.status for message in stream.get_final_messages()] == ["completed"]
        assert stream.get_final_run().status == "completed"
    assert received == [
        ("on_run_step_done", "tool_calls"),
        ("on_run_step_created", "message_creation"),
        ("on_message_created", "in_progress"),
        ("on_text_created", "It is "),
        ("on_text_delta", "It is "),
        ("on_text_delta", "21"),
        ("on_text_delta", " degrees."),
        ("on_text_done", "It is 21 degrees."),
        ("on_message_done", "completed"),
        ("on_run_step_done", "message_creation"),
        ("on_end", None),
    ]


def test_text_deltas_are_the_chunks_of_the_script(client, runmock):
    runmock.reply("Hel", "lo, ", "world!")
    thread = client.beta.threads.create(**question())
    with client.beta.threads.runs.stream(thread_id=thread.id, assistant_id=ASSISTANT) as stream:
        assert list(stream.text_deltas) == ["Hel", "lo, ", "world!"]


def test_a_run_without_a_question_needs_no_message(client, runmock):
    runmock.reply("Hello!")
    run = client.beta.threads.create_and_run_poll(assistant_id=ASSISTANT)
    assert said(client, run.thread_id) == "Hello!"


def test_additional_messages_come_before_the_answer(client, runmock):
    runmock.reply("You said: $last_message")
    thread = client.beta.threads.create(**question("One"))
    client.beta.threads.runs.create_and_poll(
        thread_id=thread.id, assistant_id=ASSISTANT, additional_messages=[{"role": "user", "content": "Two"}]
    )
    texts = [item.content[0].text.value for item in client.beta.threads.messages.list(thread.id, order="asc").data]
    assert texts == ["One", "Two", "You said: Two"]


def test_pages_are_walked_to_their_end(client, runmock):
    runmock.reply("fin")
    thread = client.beta.threads.create(messages=[{"role": "user", "content": str(number)} for number in range(5)])
    client.beta.threads.runs.create_and_poll(thread_id=thread.id, assistant_id=ASSISTANT)
    walked = [
        message.content[0].text.value for message in client.beta.threads.messages.list(thread.id, limit=2, order="asc")
    ]
    assert walked == ["0", "1", "2", "3", "4", "fin"]


def test_two_runs_on_one_thread_follow_each_other(client, runmock):
    runmock.reply("First.")
    runmock.reply("Second.")
    first = ask(client)
    client.beta.threads.runs.poll(first.id, thread_id=first.thread_id)
    client.beta.threads.messages.create(first.thread_id, role="user", content="And then?")
    client.beta.threads.runs.create_and_poll(thread_id=first.thread_id, assistant_id=ASSISTANT)
    texts = [item.content[0].text.value for item in client.beta.threads.messages.list(first.thread_id).data]
    assert texts == ["Second.", "And then?", "First.", "How warm is it in Paris?"]
