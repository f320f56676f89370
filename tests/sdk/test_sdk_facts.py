"""Facts about the SDK on which runmock relies, each with its source. A new SDK that breaks one fails here first."""

import json
from contextlib import contextmanager

import anyio
import httpx
import openai
import pytest
from sdk_clients import KEY, MAJOR, library
from sdk_ways import ASSISTANT

RUN = {
    "id": "run_1",
    "object": "thread.run",
    "thread_id": "thread_1",
    "assistant_id": ASSISTANT,
    "status": "completed",
    "created_at": 1,
}
THREAD = {"id": "thread_1", "object": "thread", "created_at": 1, "metadata": {}}


class Failure(BaseException):
    """What a mock raises so that it gets through."""


@contextmanager
def talking(*answers, **options):
    """A client whose requests are answered in turn; gives it and the requests. An answer that is an exception is raised."""
    requests, left = [], list(answers)

    def respond(request):
        requests.append(request)
        answer = left.pop(0) if len(left) > 1 else left[0]
        if isinstance(answer, BaseException):
            raise answer
        return answer(request) if callable(answer) else library.Response(200, json=answer)

    http_client = library.Client(transport=library.MockTransport(respond))
    with openai.OpenAI(**KEY, http_client=http_client, **options) as client:
        yield client, requests


def sse(*frames):
    text = "".join(f"event: {name}\ndata: {data}\n\n" for name, data in frames)
    return lambda _request: library.Response(200, headers={"content-type": "text/event-stream"}, text=text)


def create(client, **more):
    return client.beta.threads.runs.create("thread_1", assistant_id=ASSISTANT, **more)


# openai/_base_client.py, SyncAPIClient.request: only `except Exception` stands around `send`.
def test_a_base_exception_gets_through_at_once(sleeps):
    def application(client):
        try:
            create(client)
        except Exception as error:  # noqa: BLE001 - an application that swallows whatever goes wrong
            pytest.fail(f"it was wrapped: {error!r}")

    with talking(Failure()) as (client, requests), pytest.raises(Failure):
        application(client)
    assert (len(requests), sleeps) == (1, [])


# openai/_base_client.py, AsyncAPIClient.request.
@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_a_base_exception_gets_through_an_async_client_at_once(sleeps, backend):
    def respond(_request):
        raise Failure

    async def application():
        http_client = library.AsyncClient(transport=library.MockTransport(respond))
        async with openai.AsyncOpenAI(**KEY, http_client=http_client) as client:
            try:
                await client.beta.threads.create()
            except Exception as error:  # noqa: BLE001 - as above
                pytest.fail(f"it was wrapped: {error!r}")

    with pytest.raises(Failure):
        anyio.run(application, backend=backend)
    assert sleeps == []


# The same place: 1.x and 2.x wrap and retry any Exception, 3.x only those of the HTTP library.
def test_an_exception_of_a_mock_is_wrapped_and_retried_before_sdk_3(sleeps):
    expected = ValueError if MAJOR >= 3 else openai.APIConnectionError
    with talking(ValueError("nothing recorded")) as (client, requests), pytest.raises(expected):
        create(client)
    assert len(requests) == (1 if MAJOR >= 3 else 3)


# openai/resources/beta/threads/runs/runs.py, Runs.create: no Accept of its own, whatever `stream` is.
@pytest.mark.parametrize("stream", [False, True])
def test_a_stream_accepts_json_so_only_the_body_distinguishes_it(stream):
    with talking(sse(("done", "[DONE]")) if stream else RUN) as (client, requests):
        create(client, stream=stream)
    (request,) = requests
    assert request.headers["accept"] == "application/json"
    assert json.loads(request.content)["stream"] is stream


CALLS = {
    "threads.create": lambda client: client.beta.threads.create(),
    "threads.create_and_run": lambda client: client.beta.threads.create_and_run(assistant_id=ASSISTANT),
    "messages.list": lambda client: client.beta.threads.messages.list("thread_1"),
    "runs.create": create,
    "runs.retrieve": lambda client: client.beta.threads.runs.retrieve("run_1", thread_id="thread_1"),
    "steps.list": lambda client: client.beta.threads.runs.steps.list("run_1", thread_id="thread_1"),
    "assistants.list": lambda client: client.beta.assistants.list(),
}


# The same file: `extra_headers = {"OpenAI-Beta": "assistants=v2", ...}` in every method. (Those of assistants warn with
# the bare word `deprecated` in 2.x and 3.x; all others name the Assistants API.)
@pytest.mark.filterwarnings("ignore:deprecated$:DeprecationWarning")
@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_every_call_carries_the_beta_header(call):
    with talking(RUN | {"data": []}) as (client, requests):
        call(client)
    assert [request.headers["openai-beta"] for request in requests] == ["assistants=v2"]


# The same file, Runs.poll: `from_header = response.headers.get("openai-poll-after-ms")`, else 1000, read once.
@pytest.mark.parametrize(("headers", "seconds"), [({"openai-poll-after-ms": "0"}, 0), ({}, 1)])
def test_polling_sleeps_as_long_as_the_first_answer_sets_else_a_second(sleeps, headers, seconds):
    def busy(_request):
        return library.Response(200, json=RUN | {"status": "in_progress"}, headers=headers)

    with talking(RUN, busy, busy, RUN) as (client, requests):
        client.beta.threads.runs.create_and_poll(thread_id="thread_1", assistant_id=ASSISTANT)
    assert [request.method for request in requests] == ["POST", "GET", "GET", "GET"]
    assert sleeps == [seconds, seconds]


# openai/_streaming.py, Stream.__stream__: `if sse.data.startswith("[DONE]"): break`.
def test_a_stream_stops_at_done_and_closes_the_response():
    run = json.dumps(RUN)
    answer = sse(("thread.run.completed", run), ("done", "[DONE]"), ("thread.run.completed", run))
    with talking(answer) as (client, _):
        stream = create(client, stream=True)
        assert [event.event for event in stream] == ["thread.run.completed"]
        assert stream.response.is_closed


# openai/_streaming.py: an error under `error` in an event that is no thread's is raised; a flat one is yielded.
def test_an_error_event_is_raised_when_it_is_nested():
    answer = sse(("error", '{"error":{"message":"Sorry","type":"server_error"}}'))
    with talking(answer) as (client, _), pytest.raises(openai.APIError, match="Sorry"):
        list(create(client, stream=True))


# openai/_streaming.py, SSEDecoder: an event counts when its blank line has come.
def test_an_event_without_its_blank_line_is_lost():
    run = json.dumps(RUN)

    def answer(_request):
        return library.Response(
            200, text=f"event: thread.run.queued\ndata: {run}\n\nevent: thread.run.completed\ndata: {run}\n"
        )

    with talking(answer) as (client, _):
        assert [event.event for event in create(client, stream=True)] == ["thread.run.queued"]


# openai/_base_client.py, _calculate_retry_timeout: `if retry_after is not None and 0 < retry_after <= ...`.
@pytest.mark.parametrize(
    ("retry_after", "at_least", "at_most"), [("7", 7, 7), ("0.001", 0.001, 0.001), ("0", 0.375, 0.5)]
)
def test_a_retry_waits_as_the_header_sets_unless_that_is_zero(sleeps, retry_after, at_least, at_most):
    def refused(_request):
        return library.Response(429, headers={"retry-after": retry_after}, json={})

    with talking(refused, RUN) as (client, requests):
        create(client)
    assert at_least <= sleeps[0] <= at_most
    assert [request.headers["x-stainless-retry-count"] for request in requests] == ["0", "1"]
    assert requests[0].content == requests[1].content


# openai/_base_client.py, _should_retry: `should_retry_header == "false"`.
def test_x_should_retry_false_is_obeyed(sleeps):
    def refused(_request):
        return library.Response(501, headers={"x-should-retry": "false"}, json={})

    with talking(refused) as (client, requests), pytest.raises(openai.InternalServerError):
        create(client)
    assert (len(requests), sleeps) == (1, [])


# openai/_httpx2.py in 3.x; before, httpx is the only library.
def test_a_client_of_httpx_is_accepted_by_every_version():
    answered = httpx.MockTransport(lambda _request: httpx.Response(200, json=THREAD))
    with openai.OpenAI(**KEY, http_client=httpx.Client(transport=answered)) as client:
        assert client.beta.threads.create().id == "thread_1"
