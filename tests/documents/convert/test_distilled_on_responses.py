"""Recordings of Assistants as scripts, played on Responses with the SDK: the same calls, the same texts."""

import openai
import pytest

from runmock import use_cassette
from runmock.core.report.message_texts import texts_of
from runmock.documents.convert.distilling import distilled
from runmock.documents.convert.expanding import expanded, expanded_text
from runmock.documents.story.story_of import story_of
from runmock.tape.reading.cassette import cassette_from, load_cassette
from runmock.tape.yaml.yaml12 import load

SCRIPTS = ["text", "stream", "structured_output", "weather_tool_call", "two_tools_two_rounds", "file_search"]
BUILT_IN = [{"type": "file_search", "vector_store_ids": ["vs_1"]}]


def told(recording):
    """What a recording of Assistants has: each call of a function with its output, and the texts of the assistant."""
    runs = story_of(recording.interactions).runs
    calls = [(call.name, call.input, call.output) for run in runs for call in run.calls if call.kind == "function"]
    texts = [step.message.text for run in runs for step in run.steps if step.message is not None]
    return calls, texts


def played(script, questions, outputs):
    """The same of an application on Responses, which answers each call with the next output."""
    client = openai.OpenAI(api_key="sk-...", max_retries=0)
    waiting, calls = iter(outputs), []
    with use_cassette(script=script, allow_unplayed=False) as session:
        for question in questions:
            tools = [*BUILT_IN, *({"type": "function", "name": name, "parameters": {}} for name in FUNCTIONS)]
            answer = client.responses.create(model="gpt-4o", input=question, tools=tools)
            while found := [item for item in answer.output if item.type == "function_call"]:
                given = [(call, next(waiting)) for call in found]
                calls += [(call.name, call.arguments, output) for call, output in given]
                items = [
                    {"type": "function_call_output", "call_id": call.call_id, "output": output}
                    for call, output in given
                ]
                answer = client.responses.create(
                    model="gpt-4o", input=items, previous_response_id=answer.id, tools=tools
                )
        texts = [texts_of(message["content"]) for run in session.runs for message in run.messages]
    return calls, texts


FUNCTIONS = ("get_weather", "book_trip", "get_time")


@pytest.fixture(params=["recorded_weather", *SCRIPTS])
def recording(request, examples):
    """A recording of Assistants: one that was made, or one of a script."""
    cassette = load_cassette(examples / f"{request.param}.yaml")
    if cassette.script is None:
        return cassette
    return cassette_from(expanded_text(cassette, expanded(cassette)))


def test_a_distilled_recording_plays_the_same_on_responses(recording):
    script = load(distilled(recording).text, "distilled")
    assert "interactions" not in script
    calls, texts = told(recording)
    questions = [
        message.text
        for thread in story_of(recording.interactions).threads.values()
        for message in thread.items
        if getattr(message, "role", "") == "user"
    ]
    assert played(script, questions, [output for *_, output in calls]) == (calls, texts)
