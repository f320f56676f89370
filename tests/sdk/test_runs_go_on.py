"""Applications that never look at their run: they sleep, try again, or leave its stream, and the run goes on."""

import anyio
import openai
import pytest
from sdk_clients import KEY, KINDS
from sdk_ways import ASSISTANT, place, question

import runmock as package
from runmock.core.report.activity import UNWELCOME


def started(client, **options):
    thread = client.beta.threads.create(**question())
    return thread, client.beta.threads.runs.create(thread_id=thread.id, assistant_id=ASSISTANT, **options)


def newest(client, thread):
    return client.beta.threads.messages.list(thread.id).data[0].content[0].text.value


def kinds(runmock):
    return [verdict.kind for verdict in runmock.verdicts]


def test_listing_messages_after_a_sleep_returns_the_reply_and_is_reported(client, runmock):
    runmock.reply("It is sunny.")
    thread, run = started(client)
    assert newest(client, thread) == "It is sunny."
    assert [str(verdict) for verdict in runmock.verdicts] == [
        f"read_while_active: the messages of {run.id} were read, and nothing had asked for its status"
    ]
    runmock.assert_resilient()


def test_listing_steps_returns_them(client, runmock):
    runmock.reply("It is sunny.")
    thread, run = started(client)
    (step,) = client.beta.threads.runs.steps.list(run.id, thread_id=thread.id).data
    message_id = step.step_details.message_creation.message_id
    message = client.beta.threads.messages.retrieve(message_id, thread_id=thread.id)
    assert (step.status, message.content[0].text.value) == ("completed", "It is sunny.")
    assert kinds(runmock) == ["read_while_active"]


@pytest.mark.parametrize("ending", ["fail", "expire", "cancel", "incomplete"])
def test_who_reads_messages_of_a_run_that_ends_badly_ignores_its_end(client, runmock, ending):
    getattr(runmock, ending)()
    thread, _ = started(client)
    client.beta.threads.messages.list(thread.id)
    assert runmock.runs[0].status in UNWELCOME
    assert kinds(runmock) == ["ignored_ending", "read_while_active"]
    with pytest.raises(AssertionError, match="ignored_ending"):
        runmock.assert_resilient()


def tries_until_it_works(request, refusals):
    while True:
        try:
            return request()
        except openai.BadRequestError as error:
            refusals.append(error.body["message"])


def test_who_adds_a_message_until_the_thread_is_free_comes_to_an_end(client, runmock):
    runmock.reply("It is sunny.")
    thread, run = started(client)
    refusals = []
    tries_until_it_works(
        lambda: client.beta.threads.messages.create(thread.id, role="user", content="And tomorrow?"), refusals
    )
    assert refusals == [f"Can't add messages to {thread.id} while a run {run.id} is active."] * 2
    assert kinds(runmock) == []


def test_who_creates_a_run_until_the_thread_is_free_comes_to_an_end(client, runmock):
    runmock.reply("It is sunny.")
    runmock.reply("It is raining.")
    thread, run = started(client)
    refusals = []
    tries_until_it_works(lambda: client.beta.threads.runs.create(thread_id=thread.id, assistant_id=ASSISTANT), refusals)
    assert refusals == [f"Thread {thread.id} already has an active run {run.id}."] * 2


def test_who_changes_a_thread_until_it_is_free_comes_to_an_end(client, runmock):
    runmock.reply("It is sunny.")
    thread, run = started(client)
    refusals = []
    changed = tries_until_it_works(lambda: client.beta.threads.update(thread.id, metadata={"a": "b"}), refusals)
    assert refusals == [f"Can't update thread {thread.id} while a run {run.id} is active."] * 2
    assert changed.metadata == {"a": "b"}


def test_a_stream_that_was_left_early_goes_on_without_its_reader(client, runmock):
    runmock.reply("It is sunny.")
    thread = client.beta.threads.create(**question())
    with client.beta.threads.runs.stream(thread_id=thread.id, assistant_id=ASSISTANT) as stream:
        for event in stream:
            if event.event == "thread.message.delta":
                break
    assert newest(client, thread) == "It is sunny."
    assert "read_while_active" not in kinds(runmock)


def test_a_stream_that_was_left_without_closing_it_goes_on_as_well(client, runmock):
    runmock.reply("It is sunny.")
    thread = client.beta.threads.create(**question())
    for event in client.beta.threads.runs.create(thread_id=thread.id, assistant_id=ASSISTANT, stream=True):
        if event.event == "thread.message.delta":
            break
    assert newest(client, thread) == "It is sunny."


async def left_on(way):
    """The texts of the messages once the stream of a run was left this way."""
    async with openai.AsyncOpenAI(**KEY, **KINDS["asyncio"][1]()) as client:
        threads = client.beta.threads
        thread = await threads.create(**question())
        with anyio.move_on_after(0.05 if way == "out of time" else None) as scope:
            async for event in await threads.runs.create(thread_id=thread.id, assistant_id=ASSISTANT, stream=True):
                if event.event == "thread.message.delta":
                    if way == "left":
                        break
                    if way == "cancelled":
                        scope.cancel()
                    await anyio.sleep_forever()
        message, _ = (await threads.messages.list(thread.id)).data
        return message.content[0].text.value


@pytest.mark.filterwarnings("ignore:Async generator '(openai|httpx):ResourceWarning")
@pytest.mark.parametrize("way", ["left", "cancelled", "out of time"])
@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_an_async_application_that_leaves_a_stream_gets_the_reply(runmock, backend, way):
    runmock.reply("It is sunny.")
    assert anyio.run(left_on, way, backend=backend) == "It is sunny."


def test_a_cancel_that_never_ends(client, runmock):
    runmock.stuck("cancelling")
    thread, run = started(client)
    runs = client.beta.threads.runs
    assert [runs.retrieve(**place(run)).status for _ in range(3)] == ["queued", "in_progress", "in_progress"]
    assert runs.cancel(**place(run)).status == "cancelling"
    assert {runs.retrieve(**place(run)).status for _ in range(5)} == {"cancelling"}
    with pytest.raises(openai.BadRequestError, match="while a run"):
        client.beta.threads.messages.create(thread.id, role="user", content="Hello?")


def test_polls_alone_move_a_run_where_the_cassette_says_so(client, runmock):
    runmock.load({"runmock": 1, "defaults": {"advance": "polls"}, "runs": [{"reply": "It is sunny."}]})
    thread, run = started(client)
    assert newest(client, thread) == question()["messages"][0]["content"]
    client.beta.threads.runs.poll(**place(run))
    assert newest(client, thread) == "It is sunny."


def test_with_poll_0_the_reply_is_there_at_the_next_request(client, tmp_path):
    path = tmp_path / "instant.yaml"
    path.write_text("runmock: 1\nruns:\n  - {poll: 0, reply: It is sunny.}\n")
    with package.use_cassette(path) as session:
        thread, _ = started(client)
        client.beta.threads.retrieve(thread.id)
        assert session.runs[0].status == "completed"
