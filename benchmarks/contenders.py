"""Who answers the SDK in a measurement: each opens a client to which some recorded answers are played.

The floor is the same SDK over a `MockTransport` with prebuilt bytes. Those that read a file are given a `folder` where
it is written already, and write it themselves otherwise.
"""

import contextlib
import json
import tempfile
from dataclasses import dataclass
from pathlib import Path

import openai

MAJOR = int(openai.__version__.partition(".")[0])
if MAJOR >= 3:
    import httpx2 as library
else:
    import httpx as library

ROOT = "https://api.openai.com/v1"
STREAM = "text/event-stream; charset=utf-8"


class CannotError(Exception):
    """A contender cannot do a workload; the text says why."""


@dataclass(frozen=True)
class Answer:
    """One request and what it is answered: `body` is a JSON value, or the bytes of a stream."""

    method: str
    path: str
    sent: object
    body: object

    @property
    def is_stream(self):
        return isinstance(self.body, bytes)

    @property
    def kind(self):
        return STREAM if self.is_stream else "application/json"

    @property
    def content(self):
        return self.body if self.is_stream else json.dumps(self.body).encode()


def client(http_client=None, *, is_async=False):
    """An SDK client that never tries again."""
    kind = openai.AsyncOpenAI if is_async else openai.OpenAI
    return kind(api_key="not-a-key", max_retries=0, http_client=http_client)


def plain(transport=None, *, is_async=False):
    """A client of the SDK's own library, with no TLS context of its own to make."""
    kind = library.AsyncClient if is_async else library.Client
    return kind(transport=transport, verify=False, base_url=ROOT, timeout=600)


@contextlib.contextmanager
def cassette(who, answers, folder):
    """The path of a contender's cassette."""
    if folder is not None:
        yield Path(folder, "x.yaml")
        return
    with tempfile.TemporaryDirectory() as made:
        path = Path(made, "x.yaml")
        path.write_text(CASSETTES[who](answers))
        yield path


@contextlib.contextmanager
def floor(answers, *, is_async=False, **_):
    """Prebuilt bytes by method and path."""
    by_place = {(one.method, f"/v1{one.path}"): (one.content, {"content-type": one.kind}) for one in answers}

    def handler(request):
        content, headers = by_place[request.method, request.url.path]
        return library.Response(200, headers=headers, content=content)

    async def handler_async(request):
        return handler(request)

    transport = library.MockTransport(handler_async if is_async else handler)
    yield client(plain(transport, is_async=is_async), is_async=is_async)


@contextlib.contextmanager
def runmock(answers, *, is_async=False, folder=None):
    """A cassette of interactions, matched by their bodies too."""
    from runmock import use_cassette

    with cassette("runmock", answers, folder) as path, use_cassette(path):
        yield client(plain(is_async=is_async), is_async=is_async)


def runmock_text(answers):
    """The answers as a cassette of runmock's; JSON is YAML."""
    return "runmock: 1\ninteractions:\n" + "".join(map(_interaction, answers))


def _interaction(one):
    body = "" if one.sent is None else f"  body: {json.dumps(one.sent)}\n"
    if not one.is_stream:
        return f"- request: {one.method} {one.path}\n{body}  json: {json.dumps(one.body)}\n"
    told = "".join(f"  - {json.dumps(event)}\n" for event in _events(one.body))
    return f"- request: {one.method} {one.path}\n{body}  stream:\n{told}"


def _events(body):
    for frame in body.decode().split("\n\n"):
        if frame:
            name, _, data = frame.removeprefix("event: ").partition("\ndata: ")
            yield "done" if name == "done" else {name: json.loads(data)}


def routed(answers, using, *, is_async):
    """A route of respx's for each answer."""
    import respx as contender

    with contender.mock(assert_all_called=False, using=using) as router:
        for one in answers:
            router.route(method=one.method, url=ROOT + one.path).respond(
                200, content=one.content, headers={"content-type": one.kind}
            )
        yield client(plain(is_async=is_async), is_async=is_async)


@contextlib.contextmanager
def respx(answers, *, is_async=False, **_):
    """Its mocker of httpcore."""
    if MAJOR >= 3:
        raise CannotError("it does not see httpx2, which SDK 3 speaks")
    yield from routed(answers, "httpcore", is_async=is_async)


@contextlib.contextmanager
def pytest_httpx2(answers, *, is_async=False, **_):
    """respx with its mocker of httpcore2, as its fixture opens it."""
    if MAJOR < 3:
        raise CannotError("it does not see httpx, which SDK 2 speaks")
    import pytest_httpx2 as contender  # noqa: F401 - it registers its mocker

    yield from routed(answers, "httpcore2", is_async=is_async)


@contextlib.contextmanager
def pytest_httpx(answers, *, is_async=False, **_):
    """A response for each answer, as its fixture opens them."""
    if MAJOR >= 3:
        raise CannotError("it does not see httpx2, which SDK 3 speaks")
    import pytest
    from pytest_httpx import HTTPXMock
    from pytest_httpx._options import _HTTPXMockOptions

    mock = HTTPXMock(_HTTPXMockOptions(can_send_already_matched_responses=True))
    for one in answers:
        headers = {"content-type": one.kind}
        mock.add_response(method=one.method, url=ROOT + one.path, content=one.content, headers=headers)
    handle, handle_async = mock._handle_request, mock._handle_async_request  # noqa: SLF001 - as its fixture does

    def handled(transport, request):
        return handle(transport, request)

    async def handled_async(transport, request):
        return await handle_async(transport, request)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(library.HTTPTransport, "handle_request", handled)
        patched.setattr(library.AsyncHTTPTransport, "handle_async_request", handled_async)
        yield client(plain(is_async=is_async), is_async=is_async)


@contextlib.contextmanager
def vcrpy(answers, *, is_async=False, folder=None):
    """A cassette of its own format, matched as it does by default: without the body."""
    import vcr

    machine = vcr.VCR(record_mode="none")
    with (
        cassette("vcrpy", answers, folder) as path,
        machine.use_cassette(str(path), allow_playback_repeats=True),
    ):
        yield client(plain(is_async=is_async), is_async=is_async)


def vcrpy_text(answers):
    """The answers as a cassette of vcrpy's."""
    import yaml

    interactions = [
        {
            "request": {
                "method": one.method,
                "uri": ROOT + one.path,
                "body": json.dumps(one.sent) if one.sent else "",
                "headers": {},
            },
            "response": {
                "status": {"code": 200, "message": "OK"},
                "headers": {"content-type": [one.kind]},
                "body": {"string": one.content.decode()},
            },
        }
        for one in answers
    ]
    return yaml.dump({"interactions": interactions, "version": 1}, Dumper=yaml.CSafeDumper)


@contextlib.contextmanager
def openai_responses(answers, *, is_async=False, **_):
    """Its routes for runs: what is created is given as a response, what is retrieved as its state."""
    if MAJOR >= 3:
        raise CannotError("it needs SDK 2")
    from openai.types.beta import Thread
    from openai.types.beta.threads import Run
    from openai_responses import OpenAIMock

    mock = OpenAIMock()
    posts = [one for one in answers if one.method == "POST"]
    if len({one.path for one in posts}) > 1 or len({one.content for one in posts}) > 1:
        raise CannotError("one response for all runs that are created")
    for one in posts:
        headers = {"content-type": one.kind}
        mock.beta.threads.runs.create.response = library.Response(200, content=one.content, headers=headers)
    for one in answers:
        if one.method == "GET":
            mock.state.beta.threads.put(Thread(id=one.body["thread_id"], created_at=0, object="thread"))
            mock.state.beta.threads.runs.put(Run(**one.body))
    with mock.router:
        yield client(plain(is_async=is_async), is_async=is_async)


CONTENDERS = {
    "floor": floor,
    "runmock": runmock,
    "respx": respx,
    "pytest-httpx": pytest_httpx,
    "pytest-httpx2": pytest_httpx2,
    "vcrpy": vcrpy,
    "openai-responses": openai_responses,
}
"""By name; the floor is measured twice, which shows the noise of the machine."""
CASSETTES = {"runmock": runmock_text, "vcrpy": vcrpy_text}
"""The text of a contender's file."""
