"""Tool outputs: what the service accepts, what it refuses and in which words; and what is locked while a run waits."""

import json

import openai
import pytest
from sdk_ways import ASSISTANT, STREAMING, WAYS, ask, place, question, said, weather

from runmock import OutputMismatch


def output(call_id, text="21"):
    return {"tool_call_id": call_id, "output": text}


@pytest.fixture
def runs(client):
    return client.beta.threads.runs


@pytest.fixture
def waiting(client, runs, runmock):
    """A run that waits for the outputs of two calls."""
    runmock.calls(("get_weather", {"city": "Paris"}), ("get_weather", {"city": "Oslo"})).reply("Warm.")
    run = ask(client)
    return runs.poll(run.id, thread_id=run.thread_id)


def refusal(call, *args, **options):
    """The service's 400 for a call: its body, the inner error object."""
    with pytest.raises(openai.BadRequestError) as error:
        call(*args, **options)
    assert error.value.status_code == 400
    return error.value.body


def state_error(message):
    return {"message": message, "type": "invalid_request_error", "param": None, "code": None}


@pytest.mark.parametrize(
    "call_ids",
    [["call_1"], ["call_1", "call_2", "call_3"], ["call_1", "call_1"], ["call_1", "call_9"], []],
    ids=["missing", "unknown besides", "twice", "another", "none"],
)
@pytest.mark.parametrize("stream", [False, True], ids=["polled", "streamed"])
def test_the_outputs_are_those_of_the_calls_once_each(client, runs, waiting, call_ids, stream):
    body = refusal(
        runs.submit_tool_outputs,
        **place(waiting),
        tool_outputs=[output(call_id) for call_id in call_ids],
        stream=stream,
    )
    assert body == state_error(f"Expected tool outputs for call_ids ['call_1', 'call_2'], got {call_ids}")
    right = [output("call_2"), output("call_1")]
    assert runs.submit_tool_outputs_and_poll(**place(waiting), tool_outputs=right).status == "completed"


@pytest.mark.parametrize("looks", [0, 1, 2, 9])
def test_a_run_that_does_not_wait_accepts_no_outputs(client, runs, runmock, looks):
    runmock.reply("Warm.")
    run = ask(client)
    for _ in range(looks):
        run = runs.retrieve(**place(run))
    body = refusal(runs.submit_tool_outputs, **place(run), tool_outputs=[output("call_1")])
    assert body == state_error(f'Runs in status "{run.status}" do not accept tool outputs.')


def test_outputs_are_accepted_once(client, runs, waiting):
    outputs = [output("call_1"), output("call_2")]
    runs.submit_tool_outputs(**place(waiting), tool_outputs=outputs)
    body = refusal(runs.submit_tool_outputs, **place(waiting), tool_outputs=outputs)
    assert body == state_error('Runs in status "queued" do not accept tool outputs.')


def test_a_thread_is_locked_until_its_run_has_ended(client, runs, waiting, runmock):
    thread_id = waiting.thread_id
    body = refusal(runs.create, thread_id, assistant_id=ASSISTANT)
    assert body == state_error(f"Thread {thread_id} already has an active run {waiting.id}.")
    body = refusal(client.beta.threads.messages.create, thread_id, role="user", content="Hurry!")
    assert body == state_error(f"Can't add messages to {thread_id} while a run {waiting.id} is active.")
    runs.submit_tool_outputs_and_poll(**place(waiting), tool_outputs=[output("call_1"), output("call_2")])
    client.beta.threads.messages.create(thread_id, role="user", content="And now?")
    runmock.reply("Free.")
    assert runs.create_and_poll(thread_id=thread_id, assistant_id=ASSISTANT).status == "completed"


@pytest.mark.parametrize("stream", [False, True], ids=["polled", "streamed"])
def test_a_second_run_on_a_locked_thread_uses_up_no_script(client, runs, waiting, runmock, stream):
    refusal(runs.create, waiting.thread_id, assistant_id=ASSISTANT, stream=stream)
    runs.cancel(**place(waiting))
    assert runs.poll(**place(waiting)).status == "cancelled"


def test_parallel_calls_are_one_step_and_in_order(client, runs, waiting, runmock):
    calls = waiting.required_action.submit_tool_outputs.tool_calls
    assert [(call.id, call.type, call.function.name, json.loads(call.function.arguments)) for call in calls] == [
        ("call_1", "function", "get_weather", {"city": "Paris"}),
        ("call_2", "function", "get_weather", {"city": "Oslo"}),
    ]
    outputs = [output("call_2", "9"), output("call_1", "21")]
    runs.submit_tool_outputs_and_poll(**place(waiting), tool_outputs=outputs)
    (step,) = [item for item in runs.steps.list(**place(waiting)).data if item.type == "tool_calls"]
    assert [call.function.output for call in step.step_details.tool_calls] == ["21", "9"]
    assert runmock.runs[0].tool_outputs == {"get_weather": ["21", "9"]}


@pytest.mark.parametrize("name", WAYS)
def test_several_rounds_every_way(client, runmock, sleeps, name):
    runmock.calls(get_weather={"city": "Paris"}).calls(("book", {"no": 1}), ("book", {"no": 2})).reply(
        "$outputs.call_3"
    )
    rounds = []

    def tools(run):
        calls = run.required_action.submit_tool_outputs.tool_calls
        rounds.append([call.id for call in calls])
        return [output(call.id, f"of {call.id}") for call in calls]

    run = WAYS[name](client, tools).run
    assert rounds == [["call_1"], ["call_2", "call_3"]]
    assert said(client, run.thread_id) == "of call_3"


@pytest.mark.parametrize("name", ["create_and_poll", "stream with a handler"])
def test_arguments_that_are_not_json_arrive_as_they_are(client, runmock, name):
    broken = '{"city": "Par'
    runmock.calls(get_weather=broken).reply("Sorry?")
    received = []
    WAYS[name](client, lambda run: received.append(run) or weather(run))
    assert received[0].required_action.submit_tool_outputs.tool_calls[0].function.arguments == broken


@pytest.mark.parametrize("name", STREAMING)
def test_the_deltas_of_a_call_add_up_to_its_arguments(client, runmock, name):
    arguments = {"city": "Zürich", "note": 'a "quoted" \n line'}
    runmock.calls(get_weather=arguments).reply("Warm.")
    result = WAYS[name](client)
    pieces = [
        data.delta.step_details.tool_calls[0].function.arguments
        for event, data in zip(result.events, result.data, strict=True)
        if event == "thread.run.step.delta"
    ]
    assert pieces[0] == ""
    assert json.loads("".join(pieces)) == arguments


def test_a_call_may_have_an_id_of_the_scripts_own(client, runs, runmock):
    runmock.calls({"name": "get_weather", "arguments": {}, "id": "call_abc"}).reply("Warm.")
    run = ask(client)
    run = runs.poll(**place(run))
    assert [tool_output["tool_call_id"] for tool_output in weather(run)] == ["call_abc"]
    runs.submit_tool_outputs_and_poll(**place(run), tool_outputs=weather(run))


UNKNOWN = {
    "assistant": lambda threads, made: threads.runs.create(made.thread_id, assistant_id="x_1"),
    "assistant ": lambda threads, _made: threads.create_and_run(assistant_id="x_1"),
    "thread": lambda threads, _made: threads.retrieve("x_1"),
    "thread ": lambda threads, made: threads.runs.create("x_1", assistant_id=made.assistant_id),
    "thread  ": lambda threads, _made: threads.messages.list("x_1"),
    "run": lambda threads, made: threads.runs.retrieve("x_1", thread_id=made.thread_id),
    "run ": lambda threads, made: threads.runs.cancel("x_1", thread_id=made.thread_id),
    "run step": lambda threads, made: threads.runs.steps.retrieve("x_1", **place(made)),
    "message": lambda threads, made: threads.messages.retrieve("x_1", thread_id=made.thread_id),
}


@pytest.mark.parametrize("kind", UNKNOWN)
def test_unknown_ids_are_not_found_when_ids_are_strict(client, runs, runmock, kind):
    runmock.load({"runmock": 1, "ids": "strict", "assistants": [{"id": ASSISTANT}], "runs": [{"reply": "Hi"}]})
    made = client.beta.threads.create_and_run_poll(assistant_id=ASSISTANT, thread=question())
    with pytest.raises(openai.NotFoundError) as error:
        UNKNOWN[kind](client.beta.threads, made)
    assert error.value.body == state_error(f"No {kind.strip()} found with id 'x_1'.")


def test_outputs_that_the_script_does_not_expect_fail_the_test_in_the_applications_call(runmock):
    run = {"calls": [{"get_weather": {"city": "Paris"}}], "outputs": ["/2[0-9]/"], "reply": "Warm."}
    runmock.load({"runmock": 1, "runs": [run]})
    with openai.OpenAI(api_key="sk-test") as client, pytest.raises(OutputMismatch) as error:
        WAYS["create_and_poll"](client, lambda run: [output(weather(run)[0]["tool_call_id"], "cold")])
    assert "- expected   /2[0-9]/" in str(error.value)
    assert "+ submitted  'cold'" in str(error.value)
    runmock.deck._history.failures.clear()
