"""The JSON of runs, steps and messages, key by key, as docs/protocol/runs.md and docs/protocol/objects.md have it."""

import pytest
from sdk_ways import ASSISTANT, ask, question, weather

RUN_KEYS = (
    "id object created_at assistant_id thread_id status started_at expires_at cancelled_at failed_at completed_at "
    "required_action last_error model instructions tools tool_resources metadata temperature top_p reasoning_effort "
    "max_completion_tokens max_prompt_tokens truncation_strategy incomplete_details usage response_format tool_choice "
    "parallel_tool_calls"
)
STEP_KEYS = (
    "id object created_at run_id assistant_id thread_id type status cancelled_at completed_at expires_at failed_at "
    "last_error step_details usage"
)
MESSAGE_KEYS = "id object created_at assistant_id thread_id run_id role content attachments metadata"
KEYS_IN_STREAMS = {"status", "incomplete_details", "incomplete_at", "completed_at"}
"""Of a message: no JSON endpoint tells them."""

VARYING = (
    "started_at expires_at completed_at cancelled_at failed_at required_action usage incomplete_details last_error"
)
"""The keys of a run that are null or set by its status."""


def raw(call):
    """The JSON of an answer."""
    return call.http_response.json()


def retrieved(client, run):
    return raw(client.beta.threads.runs.with_raw_response.retrieve(run.id, thread_id=run.thread_id))


def set_keys(run):
    return {key for key in VARYING.split() if run[key] is not None}


@pytest.fixture
def runs(client):
    return client.beta.threads.runs


BY_STATUS = {
    "queued": ({"stuck": "queued"}, "expires_at"),
    "in_progress": ({"stuck": "in_progress"}, "started_at expires_at"),
    "requires_action": ({"calls": ["get_weather"], "reply": "x"}, "started_at expires_at required_action"),
    "completed": ({"reply": "x"}, "started_at completed_at usage"),
    "incomplete": (
        {"reply": "x", "incomplete": "max_completion_tokens"},
        "started_at completed_at usage incomplete_details",
    ),
    "failed": ({"fail": "server_error"}, "started_at failed_at usage last_error"),
    "cancelled": ({"cancel": True}, "started_at cancelled_at usage"),
}
"""A script that ends in a status, and what is set then. Expired: its modern shape is unknown."""


@pytest.mark.parametrize("status", BY_STATUS)
def test_what_is_null_and_what_is_set_by_status(runmock, client, status):
    script, expected = BY_STATUS[status]
    runmock.load({"runmock": 1, "runs": [script]})
    run = ask(client)
    for _ in range(4):
        body = retrieved(client, run)
    assert (body["status"], set_keys(body)) == (status, set(expected.split()))


def test_a_created_run_is_queued_and_lives_for_ten_minutes(runmock, client):
    runmock.reply("Hi")
    run = ask(client)
    assert (run.status, run.started_at, run.expires_at) == ("queued", None, run.created_at + 600)


def test_a_run_has_the_keys_of_the_service_in_their_order(runmock, client, runs):
    runmock.calls("get_weather").reply("Hi")
    run, bodies = ask(client), []
    while not bodies or bodies[-1]["status"] != "completed":
        bodies.append(retrieved(client, run))
        if bodies[-1]["status"] == "requires_action":
            waiting = runs.retrieve(run.id, thread_id=run.thread_id)
            runs.submit_tool_outputs(run.id, thread_id=run.thread_id, tool_outputs=weather(waiting))
    assert {" ".join(body) for body in bodies} == {RUN_KEYS}
    statuses = ["queued", "in_progress", "requires_action", "queued", "in_progress", "completed"]
    assert [body["status"] for body in bodies] == statuses


def test_a_run_that_has_cancelling_is_not_cancelled_yet(runmock, client, runs):
    runmock.stuck("in_progress")
    run = ask(client)
    for _ in range(2):
        runs.retrieve(run.id, thread_id=run.thread_id)
    cancelling = raw(runs.with_raw_response.cancel(run.id, thread_id=run.thread_id))
    assert (cancelling["status"], set_keys(cancelling)) == ("cancelling", {"started_at", "expires_at"})
    cancelled = runs.poll(run.id, thread_id=run.thread_id, poll_interval_ms=10)
    assert cancelled.status == "cancelled"
    assert (cancelled.usage.total_tokens, cancelled.expires_at) == (0, None)


def test_started_at_changes_when_the_run_goes_on_and_nothing_else_does(runmock, client, runs):
    runmock.calls("get_weather").reply("Hi")
    waiting = runs.poll(ask(client).id, thread_id=runmock.runs[0].thread_id)
    again = runs.submit_tool_outputs(waiting.id, thread_id=waiting.thread_id, tool_outputs=weather(waiting))
    assert (again.status, again.required_action) == ("queued", None)
    assert again.started_at == waiting.started_at
    ended = runs.poll(waiting.id, thread_id=waiting.thread_id)
    assert ended.started_at > waiting.started_at
    assert ended.created_at == waiting.created_at
    assert again.expires_at == waiting.expires_at
    assert ended.completed_at >= ended.started_at


def test_the_step_of_a_tool_call_is_in_progress_until_its_outputs_are_there(runmock, client, runs):
    runmock.calls("get_weather").reply("Hi")
    waiting = runs.poll(ask(client).id, thread_id=runmock.runs[0].thread_id)
    place = {"run_id": waiting.id, "thread_id": waiting.thread_id}

    def step():
        return raw(runs.steps.with_raw_response.list(**place, order="asc"))["data"][0]

    before = step()
    assert " ".join(before) == STEP_KEYS
    assert (before["status"], before["completed_at"], before["usage"]) == ("in_progress", None, None)
    assert before["expires_at"] == waiting.expires_at
    call = {"name": "get_weather", "arguments": "{}"}
    assert before["step_details"] == {
        "type": "tool_calls",
        "tool_calls": [{"id": "call_1", "type": "function", "function": {**call, "output": None}}],
    }
    runs.submit_tool_outputs_and_poll(**place, tool_outputs=weather(waiting))
    after = step()
    assert " ".join(after) == STEP_KEYS
    assert (after["status"], after["expires_at"]) == ("completed", None)
    assert after["completed_at"] is not None
    assert after["usage"]["total_tokens"] > 0
    assert after["step_details"]["tool_calls"][0]["function"] == {**call, "output": "21"}


def test_messages_have_no_status_in_json_and_have_one_in_streams(runmock, client, runs):
    runmock.reply("Hi")
    thread = client.beta.threads.create(**question())
    streamed = [
        event.data.to_dict()
        for event in runs.create(thread.id, assistant_id=ASSISTANT, stream=True)
        if event.event in ("thread.message.created", "thread.message.completed")
    ]
    assert [set(message) - set(MESSAGE_KEYS.split()) for message in streamed] == [KEYS_IN_STREAMS] * 2
    assert [message["status"] for message in streamed] == ["in_progress", "completed"]
    messages = client.beta.threads.messages
    listed = raw(messages.with_raw_response.list(thread.id))["data"]
    in_json = raw(messages.with_raw_response.retrieve(streamed[0]["id"], thread_id=thread.id))
    created = raw(messages.with_raw_response.create(thread.id, role="user", content="More?"))
    assert [" ".join(message) for message in (*listed, in_json, created)] == [MESSAGE_KEYS] * 4


def test_reference_shapes_have_what_strict_types_want(runmock, client):
    runmock.load({"runmock": 1, "defaults": {"shapes": "reference"}, "runs": [{"reply": "Hi"}]})
    run = client.beta.threads.create_and_run_poll(assistant_id=ASSISTANT, thread=question())
    assert run.instructions == ""
    assert [item.status for item in client.beta.threads.messages.list(run.thread_id).data] == ["completed"] * 2


@pytest.mark.filterwarnings("ignore:deprecated$:DeprecationWarning")
def test_a_run_has_the_values_of_its_assistant_unless_it_sets_others(runmock, client):
    runmock.calls("get_weather").reply("Hi")
    runmock.reply("Hi")
    tool = {"type": "function", "function": {"name": "get_weather"}}
    assistant = client.beta.assistants.create(
        model="gpt-4o-mini", instructions="Be brief.", tools=[tool], temperature=0.5
    )
    run = client.beta.threads.create_and_run(assistant_id=assistant.id, thread=question())
    assert (run.model, run.instructions, run.temperature) == ("gpt-4o-mini", "Be brief.", 0.5)
    echoed = {"name": "get_weather", "parameters": {"type": "object", "properties": {}}, "strict": False}
    assert [item.to_dict() for item in run.tools] == [{"type": "function", "function": echoed}]
    run = client.beta.threads.create_and_run(
        assistant_id=assistant.id, thread=question(), model="gpt-4o", instructions="Rhyme.", metadata={"user": "7"}
    )
    assert (run.model, run.instructions, run.metadata) == ("gpt-4o", "Rhyme.", {"user": "7"})
