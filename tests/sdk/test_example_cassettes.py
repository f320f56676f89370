"""Every cassette in cassettes/ plays through the SDK, sync and async, on each library that the SDK speaks."""

import json
from pathlib import Path

import openai
import pytest
import sdk_clients
import yaml
from sdk_ways import ask, collapsed, place, question, said, spelled

FOLDER = Path(__file__).parents[2] / "cassettes"
STREAMED = "R.created R.queued R.in_progress S.created S.in_progress M.created M.in_progress M.delta* M.completed"


def polled(client, text="Hi", assistant_id="asst_1", **more):
    return client.beta.threads.create_and_run_poll(assistant_id=assistant_id, thread=question(text), **more)


def streamed(client, text="Hi", assistant_id="asst_1", **more):
    thread = client.beta.threads.create(**question(text))
    return client.beta.threads.runs.create(thread.id, assistant_id=assistant_id, stream=True, **more)


def submitted(client, run, *outputs):
    calls = run.required_action.submit_tool_outputs.tool_calls
    tool_outputs = [{"tool_call_id": call.id, "output": text} for call, text in zip(calls, outputs, strict=True)]
    return client.beta.threads.runs.submit_tool_outputs_and_poll(**place(run), tool_outputs=tool_outputs)


def calls_of(run):
    calls = run.required_action.submit_tool_outputs.tool_calls
    return [(call.function.name, json.loads(call.function.arguments)) for call in calls]


def steps_of(client, run, **more):
    return client.beta.threads.runs.steps.list(**place(run), order="asc", **more).data


def text(client):
    assert said(client, polled(client).thread_id) == "Hello Ada! The sky is blue today."


def stream(client):
    events = list(streamed(client))
    deltas = [event.data for event in events if event.event == "thread.message.delta"]
    assert [event.delta.content[0].text.value for event in deltas] == ["Hel", "lo, ", "wor", "ld!"]
    assert collapsed([event.event for event in events]) == spelled(f"{STREAMED} S.completed R.completed")
    assert events[-1].data.usage.total_tokens == 24


def weather_tool_call(client):
    run = polled(client)
    assert calls_of(run) == [("get_weather", {"city": "Paris"})]
    assert said(client, submitted(client, run, "19").thread_id) == "It is 19 degrees in Paris."


def two_tools_two_rounds(client):
    run = polled(client, "Plan my trip.")
    assert calls_of(run) == [("get_weather", {"city": "Paris"}), ("get_weather", {"city": "Oslo"})]
    run = submitted(client, run, "21 degrees", "-3 degrees")
    assert calls_of(run) == [("book_trip", {"city": "Paris", "date": "2026-12-01", "country": "NO"})]
    run = submitted(client, run, "booking 42")
    assert said(client, run.thread_id) == "Paris it is: booking 42."
    assert [step.type for step in steps_of(client, run)] == ["tool_calls", "tool_calls", "message_creation"]


def failed(client):
    run = polled(client)
    assert (run.status, run.last_error.code) == ("failed", "rate_limit_exceeded")
    assert run.last_error.message == "Rate limit is exceeded. Try again in 60 seconds."
    run = polled(client)
    assert (run.status, run.incomplete_details.reason) == ("incomplete", "max_completion_tokens")
    assert said(client, run.thread_id) == "The three laws of robotics are"
    *_, last = streamed(client)
    assert (last.event, last.data.last_error.code) == ("thread.run.failed", "server_error")


def expired_while_waiting(client):
    run = polled(client)
    assert (run.status, calls_of(run)) == ("requires_action", [("look_up_order", {"number": 4711})])
    assert client.beta.threads.runs.poll(**place(run)).status == "expired"
    with pytest.raises(openai.BadRequestError, match='"expired" do not accept'):
        submitted(client, run, "too late")


def refused_then_answers(client):
    assert said(client, polled(client).thread_id) == "Third time lucky."


def structured_output(client):
    schema = {"name": "weather", "schema": {"type": "object"}}
    run = polled(client, response_format={"type": "json_schema", "json_schema": schema})
    assert said(client, run.thread_id) == '{"city":"Paris","degrees":21,"sunny":true,"wind":null}'


def code_interpreter(client):
    run = polled(client, tools=[{"type": "code_interpreter"}])
    call, _ = steps_of(client, run)
    code = call.step_details.tool_calls[0].code_interpreter
    assert code.input.splitlines() == ["import statistics", "print(statistics.mean([18, 21, 24]))"]
    logs, image = code.outputs
    assert (logs.logs, image.image.file_id) == ("21\n", "file-6mKqV4h1bX2cT9wPzR3sNd")
    assert said(client, run.thread_id) == "The mean is 21 degrees."


def file_search(client):
    run = polled(client, tools=[{"type": "file_search"}])
    include = ["step_details.tool_calls[*].file_search.results[*].content"]
    contents = []
    for more in ({}, {"include": include}):
        call, _ = steps_of(client, run, **more)
        (found,) = call.step_details.tool_calls[0].file_search.results
        assert (found.file_name, found.score) == ("handbook.pdf", 0.87)
        contents.append(found.content and found.content[0].text)
    assert contents == [None, "Employees have 30 days of leave a year."]
    answer = client.beta.threads.messages.list(run.thread_id).data[0].content[0].text
    (cited,) = answer.annotations
    assert answer.value[cited.start_index : cited.end_index] == cited.text == "【4:0†handbook.pdf】"
    assert cited.file_citation.file_id == found.file_id


def canned_run(client):
    run = ask(client)
    assert (run.id, run.status, run.completed_at) == ("run_abc123", "queued", 1699063291)


def reference_events(client):
    *_, last = streamed(client)
    assert (last.data.id, last.data.status) == ("run_123", "completed")


def recorded_weather(client):
    runs = client.beta.threads.runs
    events = list(streamed(client, "How warm is it in Paris?", "asst_weather"))
    assert collapsed([event.event for event in events]) == spelled(
        "R.created R.queued R.in_progress S.created S.in_progress S.delta* R.requires_action"
    )
    waiting = events[-1].data
    assert calls_of(waiting) == [("get_weather", {"city": "Paris"})]
    assert (waiting.started_at, waiting.expires_at) == (waiting.created_at + 1, waiting.created_at + 600)
    assert {runs.retrieve(**place(waiting)).status for _ in range(5)} == {"requires_action"}
    outputs = [{"tool_call_id": "call_1", "output": "21"}]
    events = list(runs.submit_tool_outputs(**place(waiting), tool_outputs=outputs, stream=True))
    assert collapsed([event.event for event in events]) == spelled(
        "S.completed R.queued R.in_progress S.created S.in_progress M.created M.in_progress M.delta* M.completed "
        "S.completed R.completed"
    )
    assert runs.poll(**place(waiting)).to_dict() == events[-1].data.to_dict()
    (newest,) = client.beta.threads.messages.list(waiting.thread_id, order="desc", limit=1).data
    assert newest.content[0].text.value == "It is 21 degrees in Paris."


FLOWS = {
    flow.__name__: flow
    for flow in (
        text,
        stream,
        weather_tool_call,
        two_tools_two_rounds,
        failed,
        expired_while_waiting,
        refused_then_answers,
        structured_output,
        code_interpreter,
        file_search,
        canned_run,
        reference_events,
        recorded_weather,
    )
}


@pytest.mark.parametrize("kind", [pytest.param(kind, marks=sdk_clients.marks(kind)) for kind in sdk_clients.EVERY])
@pytest.mark.parametrize("name", [pytest.param(name, marks=pytest.mark.runmock(name)) for name in FLOWS])
def test_a_cassette_plays_to_its_end(name, kind, runmock):
    with sdk_clients.opened(kind) as client:
        FLOWS[name](client)


@pytest.mark.parametrize("name", FLOWS)
def test_a_cassette_is_yaml_without_the_c_parser_too(name):
    assert list(yaml.parse((FOLDER / f"{name}.yaml").read_text(encoding="utf-8"), Loader=yaml.SafeLoader))


def test_every_cassette_of_the_project_has_a_flow_here():
    assert {path.name for path in FOLDER.iterdir()} == {f"{name}.yaml" for name in FLOWS}
