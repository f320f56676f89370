"""The API reference's own examples come out of the SDK as typed objects, with every value as it is written there."""

from pathlib import Path

import pytest
import yaml
from openai.types.beta.threads import Message, MessageDeltaEvent, Run
from openai.types.beta.threads.runs import RunStep
from sdk_ways import question

CASSETTES = Path(__file__).parents[2] / "cassettes"

TYPES = {
    "thread.run": Run,
    "thread.run.step": RunStep,
    "thread.message": Message,
    "thread.message.delta": MessageDeltaEvent,
}


def written(name):
    """A cassette's first run, read by PyYAML, not by runmock."""
    return yaml.safe_load((CASSETTES / name).read_text(encoding="utf-8"))["runs"][0]


@pytest.fixture
def thread(client):
    return client.beta.threads.create(**question("Hello!"))


@pytest.mark.runmock("canned_run")
def test_the_canned_run_is_a_typed_run(client, thread):
    run = client.beta.threads.runs.create(thread.id, assistant_id="asst_abc123")
    assert type(run) is Run
    assert run.model_dump(exclude_unset=True) == written("canned_run.yaml")["json"]


@pytest.mark.runmock("canned_run")
def test_the_canned_run_stays_as_it_is(client, thread):
    runs = client.beta.threads.runs
    run = runs.create(thread.id, assistant_id="asst_abc123")
    assert runs.retrieve(run.id, thread_id=run.thread_id) == run
    assert runs.retrieve(run.id, thread_id=thread.id) == run


@pytest.mark.runmock("canned_run")
def test_the_canned_run_as_a_stream(client, thread):
    events = list(client.beta.threads.runs.create(thread.id, assistant_id="asst_abc123", stream=True))
    assert [event.event for event in events] == ["thread.run.created", "thread.run.queued"]
    assert [event.data.model_dump(exclude_unset=True) for event in events] == [written("canned_run.yaml")["json"]] * 2


@pytest.mark.runmock("reference_events")
def test_the_events_of_the_reference_are_typed_and_as_they_are_written(client, thread):
    expected = [next(iter(item.items())) for item in written("reference_events.yaml")["events"] if item != "done"]
    events = list(client.beta.threads.runs.create(thread.id, assistant_id="asst_123", stream=True))
    assert [(event.event, event.data.model_dump(exclude_unset=True)) for event in events] == expected
    assert [type(event.data) for event in events] == [TYPES[data["object"]] for _, data in expected]


@pytest.mark.runmock("reference_events")
def test_the_words_of_the_reference(client, thread):
    with client.beta.threads.runs.stream(thread_id=thread.id, assistant_id="asst_123") as stream:
        words = list(stream.text_deltas)
        assert "".join(words) == "Hello! How can I assist you today?"
        assert (words[0], words[-2:]) == ("Hello", [" today", "?"])
        assert stream.get_final_run().usage.total_tokens == 31


@pytest.mark.runmock("reference_events")
def test_what_the_reference_streamed_is_remembered(client, thread):
    threads = client.beta.threads
    list(threads.runs.create(thread.id, assistant_id="asst_123", stream=True))
    run = threads.runs.retrieve("run_123", thread_id="thread_123")
    assert (run.status, run.completed_at) == ("completed", 1710330642)
    assert [step.id for step in threads.runs.steps.list("run_123", thread_id="thread_123").data] == ["step_001"]
    answer, user_message = threads.messages.list(thread.id).data
    assert (answer.id, answer.content[0].text.value) == ("msg_001", "Hello! How can I assist you today?")
    assert user_message.content[0].text.value == "Hello!"


@pytest.mark.runmock("reference_events")
def test_the_thread_of_the_reference_is_known_by_its_own_id_too(client):
    threads = client.beta.threads
    *_, last = threads.create_and_run(assistant_id="asst_123", thread=question("Hello!"), stream=True)
    assert [item.id for item in threads.runs.list(last.data.thread_id).data] == ["run_123"]
    answer, user_message = threads.messages.list(last.data.thread_id).data
    assert (answer.id, user_message.content[0].text.value) == ("msg_001", "Hello!")
