"""Every ending and every fault of a response, created, streamed and polled: the application gets what the table says."""

import json

import openai
import pytest
from fault_table import GENERATIONS, RESPONSE_TABLE, RESPONSE_WAYS, SCRIPT_ERROR
from pydantic import BaseModel, ValidationError
from sdk_clients import MAJOR, opened
from sdk_outcomes import ENDED, ERRORS, LATE_CANCELS, dated, named, waited
from sdk_responses import AT_WORK, REQUEST, WAYS, ForEverError, looked_at

import runmock as library

TEXT = "one two three four"
CREATED = {"id": "resp_1", "object": "response", "status": "in_progress", "output": []}
FAILED = CREATED | {"status": "failed", "error": {"code": "server_error", "message": "Sorry."}}
ROWS = [
    (run, way, words[way], f"{way}-{'-'.join(f'{key} {value}' for key, value in run.items())}")
    for runs, words in RESPONSE_TABLE.values()
    for run in runs
    for way in RESPONSE_WAYS
]
CASES = [pytest.param(*row[:3], id=row[3]) for row in ROWS if row[2] != SCRIPT_ERROR]
UNPLAYABLE = [pytest.param(*row[:2], id=row[3]) for row in ROWS if row[2] == SCRIPT_ERROR]


class Weather(BaseModel):
    """What an application wants to be answered with."""

    degrees: int


@pytest.fixture(params=["sync", "asyncio"])
def client(request):
    with opened(request.param) as client:
        yield client


def tries_of(runmock):
    """How often the request for the response was sent."""
    return sum(request.operation == "create_response" for request in runmock.requests)


def followed(client, runmock, sleeps, run, way):
    """What an application gets that follows a response in this way, in the words of the table."""
    try:
        result = WAYS[way](client)
    except ForEverError:
        return "never at rest"
    except ERRORS as error:
        tries = tries_of(runmock)
        return named(error) + (f" after {tries} tries" if tries > 1 else "")
    if "retry_after" in run:
        return f"{waited(sleeps, run)}, then response `{result.response.status}`"
    if "http" in run:
        return f"response `{result.response.status}` after {tries_of(runmock)} tries"
    return f"no exception, {seen(result)}"


def seen(result):
    """What an application sees that got no exception."""
    status = result.response.status
    if status in AT_WORK:
        return f"last event `{result.events[-1].type}`, response `{status}`"
    if status == "completed" and result.text != TEXT:
        assert result.response.output_text == TEXT
        return "wrong text in the deltas"
    return f"response `{status}`"


def cancelled(client, way):
    """What an application gets that cancels the response, as soon as it can, and follows it to its end."""
    responses = client.responses
    if way == "poll":
        made = responses.create(**REQUEST, background=True)
        return f"{cancel(responses, made)} `{looked_at(client, made).response.status}`"
    if way == "create":
        made = responses.create(**REQUEST)
        return f"{cancel(responses, made)} `{made.status}`"
    if way == "iterate":
        return cancelled_while_streaming(responses, responses.create(**REQUEST, stream=True))
    with responses.stream(**REQUEST) as stream:
        return cancelled_while_streaming(responses, stream)


def cancelled_while_streaming(responses, stream):
    """Cancel at the first delta; what came of it, and the response's last status in the stream."""
    answer = response = None
    for event in stream:
        response = getattr(event, "response", None) or response
        if event.type == "response.output_text.delta":
            answer = answer or cancel(responses, response)
    return f"{answer} `{response.status}`"


def cancel(responses, response):
    """What becomes of the request."""
    try:
        return f"response `{responses.cancel(response.id).status}`, then"
    except openai.OpenAIError as error:
        return f"{named(error)} from `cancel()`, response"


@pytest.mark.runmock(allow_unplayed=True)  # of what a request is refused with, as often as it is sent
@pytest.mark.parametrize(("run", "way", "words"), CASES)
def test_the_application_gets_what_the_table_says(client, runmock, sleeps, run, way, words):
    expected = words if isinstance(words, str) else words[GENERATIONS[MAJOR - 1]]
    is_cancelled = run == {} or run.get("cancel") in LATE_CANCELS
    content = {"reply": TEXT} if is_cancelled or not ENDED & run.keys() else {}
    times = 3 if "stuck" in run else 1
    refused = [{"reply": TEXT}] if {"http", "sunset"} & run.keys() else []
    runmock.load({"runmock": 1, "runs": [*[{**content, **dated(run)}] * times, *refused]})
    got = cancelled(client, way) if is_cancelled else followed(client, runmock, sleeps, run, way)
    assert got == expected


@pytest.mark.parametrize(("run", "way"), UNPLAYABLE)
def test_what_the_api_has_no_answer_for_is_an_error_of_the_script(tmp_path, run, way):
    cassette = tmp_path / "unplayable.yaml"
    cassette.write_text(json.dumps({"runmock": 1, "runs": [run]}))
    with (
        opened("sync") as client,
        pytest.raises(library.ScriptError, match=r"the Responses API has no"),
        library.use_cassette(cassette),
    ):
        WAYS[way](client)


def test_a_failed_response_has_nothing_that_can_be_parsed(client, runmock):
    runmock.fail("server_error")
    assert client.responses.parse(**REQUEST, text_format=Weather).output_parsed is None


def test_an_incomplete_text_cannot_be_parsed(client, runmock):
    runmock.reply('{"degr').incomplete("max_completion_tokens")
    with pytest.raises(ValidationError):
        client.responses.parse(**REQUEST, text_format=Weather)


def test_a_failure_without_its_error_event_goes_unnoticed_in_a_stream(client, runmock):
    runmock.events([("response.created", {"response": CREATED}), ("response.failed", {"response": FAILED})])
    assert WAYS["iterate"](client).response.status == "failed"
    runmock.events([("response.created", {"response": CREATED}), ("response.failed", {"response": FAILED})])
    with pytest.raises(RuntimeError, match=r"response\.completed"):
        WAYS["helper"](client)
