"""An application under test that runs in this process is not runmock's, whatever its paths; what it calls is."""

import asyncio
from concurrent.futures import CancelledError

import httpx
import httpx2
import pytest

from runmock import Session

BETA = {"OpenAI-Beta": "assistants=v2"}
LIBRARIES = pytest.mark.parametrize("library", [httpx, httpx2], ids=["httpx", "httpx2"])
URLS = pytest.mark.parametrize("url", ["http://testserver/threads/runs", "https://api.openai.com/v1/threads/runs"])


@pytest.fixture
def session():
    session = Session().start()
    yield session
    session.stop()


async def asgi(scope, receive, send):
    """An application that has paths like the service's."""
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/plain")]})
    await send({"type": "http.response.body", "body": f"the application's {scope['path']}".encode()})


def wsgi(environment, start_response):
    start_response("200 OK", [("content-type", "text/plain")])
    return [f"the application's {environment['PATH_INFO']}".encode()]


@LIBRARIES
@URLS
def test_a_request_through_asgi_reaches_the_application(session, library, url):
    async def main():
        async with library.AsyncClient(transport=library.ASGITransport(app=asgi)) as client:
            return await client.post(url, headers=BETA, json={"assistant_id": "a"})

    assert asyncio.run(main()).text == f"the application's {httpx.URL(url).path}"
    assert session.requests == []


@LIBRARIES
@URLS
def test_a_request_through_wsgi_reaches_the_application(session, library, url):
    with library.Client(transport=library.WSGITransport(app=wsgi)) as client:
        assert client.post(url, headers=BETA, json={}).text == f"the application's {httpx.URL(url).path}"
    assert session.requests == []


@LIBRARIES
def test_a_transport_that_builds_on_one_of_them_counts_as_such(session, library):
    class Logging(library.ASGITransport):
        pass

    async def main():
        mounts = {"http://testserver": Logging(app=asgi)}
        async with library.AsyncClient(mounts=mounts) as client:
            return await client.get("http://testserver/threads/thread_1", headers=BETA)

    assert asyncio.run(main()).text == "the application's /threads/thread_1"


def test_starlettes_test_client_reaches_the_application_and_its_calls_reach_runmock(session):
    applications = pytest.importorskip("starlette.applications")
    from starlette.responses import JSONResponse
    from starlette.routing import Route
    from starlette.testclient import TestClient

    async def create(request):
        async with httpx2.AsyncClient(base_url="https://api.openai.com/v1", headers=BETA) as upstream:
            run = (await upstream.post("/threads/runs", json={"assistant_id": "asst_1"})).json()
        return JSONResponse({"the application's": run["object"]})

    app = applications.Starlette(routes=[Route("/threads/runs", create, methods=["POST"])])
    session.reply("Hello!")
    with TestClient(app) as client:
        assert client.post("/threads/runs", headers=BETA).json() == {"the application's": "thread.run"}
    assert [entry.operation for entry in session.requests] == ["create_thread_and_run"]


def test_a_miss_inside_the_application_fails_the_call_and_is_kept(session):
    """Starlette's TestClient may report a BaseException of the application as a cancelled call, or as a loop that is gone."""
    applications = pytest.importorskip("starlette.applications")
    from starlette.routing import Route
    from starlette.testclient import TestClient

    from runmock import UnmatchedRequest

    async def create(request):
        async with httpx2.AsyncClient() as upstream:
            await upstream.post("https://api.openai.com/v1/responses")

    app = applications.Starlette(routes=[Route("/ask", create, methods=["POST"])])
    with pytest.raises((UnmatchedRequest, CancelledError, RuntimeError)):
        TestClient(app).post("/ask")
    assert [type(failure) for failure in session.failures] == [UnmatchedRequest]
