"""Endings and faults of responses over HTTP: the client gets them as it would get those of the service."""

import time

import httpx2
import openai
import pytest
from serving import start

SCRIPT = """
runs:
  - {match: {last_message: disconnect}, reply: one two three, disconnect: {after: 6}}
  - {match: {last_message: truncate}, reply: one two three, truncate: true}
  - {match: {last_message: gap}, reply: one two three, garbage: sequence_gap}
  - {match: {last_message: error}, reply: one two three, error_event: server_error}
  - {match: {last_message: fail}, fail: server_error}
  - {match: {last_message: stuck}, stuck: in_progress}
  - {match: {last_message: stuck}, stuck: in_progress}
  - {match: {last_message: stuck}, stuck: in_progress}
  - {match: {last_message: left}, reply: one two three}
"""
BACKGROUND = {"model": "gpt-4o", "background": True}


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    """One server for the whole file."""
    path = tmp_path_factory.mktemp("responses") / "x.yaml"
    path.write_text("runmock: 1\n" + SCRIPT)
    served = start(path)
    yield served
    printed, code = served.end()
    assert (printed.count("Traceback"), code) == (0, 0)


@pytest.fixture
def client(served, connect):
    """A client of the server that loses patience soon."""
    return connect(served, timeout=1.0, max_retries=0)


def streamed(events):
    """What came of a stream, and the error that ended it."""
    seen = []
    try:
        seen.extend(events)
    except (openai.OpenAIError, httpx2.HTTPError) as error:
        return seen, type(error)
    return seen, None


def numbers(events):
    return [event.sequence_number for event in events]


def test_a_stream_that_broke_is_taken_up_again(client):
    seen, error = streamed(client.responses.create(**BACKGROUND, input="disconnect", stream=True))
    assert (numbers(seen), error) == ([0, 1, 2, 3, 4, 5], openai.APIConnectionError)
    response_id = seen[0].response.id
    assert client.responses.retrieve(response_id).status == "in_progress"
    rest, error = streamed(client.responses.retrieve(response_id, stream=True, starting_after=5))
    assert (numbers(rest)[0], error) == (6, None)
    assert client.responses.retrieve(response_id).output_text == "one two three"


def test_a_stream_of_the_foreground_that_ends_too_early_takes_its_response_with_it(client):
    seen, error = streamed(client.responses.create(model="gpt-4o", input="truncate", stream=True))
    assert (seen[-1].type, error) == ("response.output_text.delta", None)
    with pytest.raises(openai.NotFoundError):
        client.responses.retrieve(seen[0].response.id)


def test_numbers_with_a_gap(client):
    seen, error = streamed(client.responses.create(model="gpt-4o", input="gap", stream=True))
    assert (numbers(seen), error) == ([0, 1, 2, 3, 4, 6, 7, 8, 9, 10, 11], None)


@pytest.mark.parametrize("ending", ["error", "fail"])
def test_an_error_event_is_raised(client, ending):
    _, error = streamed(client.responses.create(model="gpt-4o", input=ending, stream=True))
    assert error is openai.APIError


@pytest.mark.parametrize("options", [{}, {"stream": True}, {"background": True, "stream": True}])
def test_a_client_loses_patience_with_a_response_that_is_stuck(client, options):
    began = time.monotonic()
    with pytest.raises(openai.APITimeoutError):
        list(client.responses.create(model="gpt-4o", input="stuck", **options))
    assert time.monotonic() - began > 0.9


def test_a_response_goes_on_when_its_stream_was_left(client):
    with client.responses.create(**BACKGROUND, input="left", stream=True) as stream:
        response_id = next(iter(stream)).response.id
    deadline = time.monotonic() + 10
    while (found := client.responses.retrieve(response_id)).status != "completed" and time.monotonic() < deadline:
        pass
    assert found.output_text == "one two three"
