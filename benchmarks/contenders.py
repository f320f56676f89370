"""Who answers the SDK in a measurement: each opens a client to which some recorded answers are played.

The floor is the same SDK over a `MockTransport` with prebuilt bytes.
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
def floor(answers, *, is_async=False):
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
def runmock(answers, *, is_async=False):
    """A cassette of interactions, matched by their bodies too."""
    from runmock import use_cassette

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "x.yaml")
        path.write_text("runmock: 1\ninteractions:\n" + "".join(map(written, answers)))
        with use_cassette(path):
            yield client(plain(is_async=is_async), is_async=is_async)


def written(one):
    """An interaction as a cassette has it; JSON is YAML."""
    body = "" if one.sent is None else f"  body: {json.dumps(one.sent)}\n"
    if not one.is_stream:
        return f"- request: {one.method} {one.path}\n{body}  json: {json.dumps(one.body)}\n"
    told = "".join(f"  - {json.dumps(event)}\n" for event in events(one.body))
    return f"- request: {one.method} {one.path}\n{body}  stream:\n{told}"


def events(body):
    """The events of a stream as a cassette has them."""
    told = []
    for frame in body.decode().split("\n\n"):
        if frame:
            name, _, data = frame.removeprefix("event: ").partition("\ndata: ")
            told.append("done" if name == "done" else {name: json.loads(data)})
    return told


@contextlib.contextmanager
def respx(answers, *, is_async=False):
    """A route for each answer."""
    if MAJOR >= 3:
        raise CannotError("it does not see httpx2, which SDK 3 speaks")
    import respx as contender

    with contender.mock(assert_all_called=False) as router:
        for one in answers:
            router.route(method=one.method, url=ROOT + one.path).respond(
                200, content=one.content, headers={"content-type": one.kind}
            )
        yield client(plain(is_async=is_async), is_async=is_async)


@contextlib.contextmanager
def pytest_httpx(answers, *, is_async=False):
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
    handle = mock._handle_request  # noqa: SLF001 - as its fixture does

    def handled(transport, request):
        return handle(transport, request)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(library.HTTPTransport, "handle_request", handled)
        yield client(plain(is_async=is_async), is_async=is_async)


@contextlib.contextmanager
def vcrpy(answers, *, is_async=False):
    """A cassette of its own format, matched as it does by default: without the body."""
    import vcr
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
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "x.yaml")
        path.write_text(yaml.dump({"interactions": interactions, "version": 1}, Dumper=yaml.CSafeDumper))
        with vcr.VCR(record_mode="none").use_cassette(str(path), allow_playback_repeats=True):
            yield client(plain(is_async=is_async), is_async=is_async)


CONTENDERS = {
    "floor": floor,
    "runmock": runmock,
    "respx": respx,
    "pytest-httpx": pytest_httpx,
    "vcrpy": vcrpy,
}
"""By name; the floor is measured twice, which shows the noise of the machine."""
