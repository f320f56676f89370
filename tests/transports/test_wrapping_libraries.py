"""Transports that people use around their clients: they run over runmock's answers as over the service's."""

import asyncio
import importlib

import httpx
import httpx2
import openai
import pytest

from runmock import use_cassette

MAJOR = int(openai.__version__.partition(".")[0])
LIBRARIES = pytest.mark.parametrize("library", [httpx, httpx2], ids=["httpx", "httpx2"])
BETA = {"OpenAI-Beta": "assistants=v2"}
RUNS = "https://api.openai.com/v1/threads/runs"


def library_of(name, library):
    """A library's module for httpx or for httpx2; skips where there is none."""
    pytest.importorskip(name)
    try:
        return importlib.import_module(f"{name}.{library.__name__}")
    except ImportError:
        return pytest.skip(f"this version of {name} has nothing for {library.__name__}")


@pytest.fixture
def retries():
    module = pytest.importorskip("httpx_retries")
    retry = module.Retry(total=3, backoff_factor=0, respect_retry_after_header=False, allowed_methods=["POST", "GET"])

    def around(transport=None):
        return module.RetryTransport(transport, retry=retry)

    return around


def test_httpx_retries_gets_the_scripted_refusals_and_sends_again(runmock, retries):
    """The SDK itself retries nothing here; it runs on the client of httpx, which httpx-retries is made for."""
    runmock.http(429, times=2).reply("Third time lucky.")
    with httpx.Client(transport=retries()) as http_client:
        client = openai.OpenAI(api_key="k", max_retries=0, http_client=http_client)
        run = client.beta.threads.create_and_run_poll(assistant_id="asst_1")
    assert run.status == "completed"
    created = [request for request in runmock.requests if request.operation == "create_thread_and_run"]
    assert len(created) == 3


def test_httpx_retries_gives_up_after_its_own_number_of_tries(runmock, retries):
    runmock.http(503, times=4)
    with httpx.Client(transport=retries()) as http_client:
        client = openai.OpenAI(api_key="k", max_retries=0, http_client=http_client)
        with pytest.raises(openai.InternalServerError):
            client.beta.threads.create_and_run(assistant_id="asst_1")
    assert len(runmock.requests) == 4


@pytest.mark.parametrize("how", ["made before", "mounted", "around one that is given"])
def test_httpx_retries_runs_however_it_is_put_in(retries, how):
    async def main(transport):
        options = {"mounts": {"all://": transport}} if how == "mounted" else {"transport": transport}
        async with httpx.AsyncClient(**options) as http_client:
            client = openai.AsyncOpenAI(api_key="k", max_retries=0, http_client=http_client)
            return (await client.beta.threads.create_and_run_poll(assistant_id="asst_1")).status

    inner = httpx.AsyncHTTPTransport() if how == "around one that is given" else None
    transport = retries(inner) if how == "made before" else None
    with use_cassette() as session:
        session.http(503).reply("Hello!")
        assert asyncio.run(main(transport or retries(inner))) == "completed"
        assert [request.operation for request in session.requests].count("create_thread_and_run") == 2


def test_httpx_retries_sends_again_to_a_route_that_refuses_or_cannot_be_reached(runmock, retries):
    answers = [httpx.ConnectError, httpx.Response(503), httpx.Response(200, text="at last")]
    runmock.router.get("http://litellm/health").mock(side_effect=answers)
    with httpx.Client(transport=retries()) as client:
        assert client.get("http://litellm/health").text == "at last"


@LIBRARIES
def test_hishel_caches_what_runmock_answers(library, tmp_path):
    """No request for a cached answer reaches runmock: it would not reach the service either."""
    module, hishel = library_of("hishel", library), importlib.import_module("hishel")
    storage = hishel.SqliteStorage(database_path=tmp_path / "cache.db")
    transport = module.CacheTransport(library.HTTPTransport(), storage=storage)
    with use_cassette() as session, library.Client(transport=transport, headers=BETA) as client:
        session.reply("Hello!")
        run = client.post(RUNS, json={"assistant_id": "asst_1"}).json()
        url = f"https://api.openai.com/v1/threads/{run['thread_id']}/runs/{run['id']}"
        statuses = [client.get(url).json()["status"] for _ in range(3)]
        assert statuses[0] == statuses[1] == statuses[2]
        assert [request.operation for request in session.requests] == ["create_thread_and_run", "retrieve_run"]
    storage.close()


@LIBRARIES
def test_hishel_caches_for_async_clients_too(library, tmp_path):
    module, hishel = library_of("hishel", library), importlib.import_module("hishel")

    async def main():
        storage = hishel.AsyncSqliteStorage(database_path=tmp_path / "cache.db")
        transport = module.AsyncCacheTransport(library.AsyncHTTPTransport(), storage=storage)
        async with library.AsyncClient(transport=transport, headers=BETA) as client:
            made = [(await client.get("https://api.openai.com/v1/assistants")).status_code for _ in range(2)]
        await storage.close()
        return made

    with use_cassette() as session:
        assert asyncio.run(main()) == [200, 200]
        assert len(session.requests) == 1


@LIBRARIES
@pytest.mark.parametrize("rfc", [False, True])
def test_a_stream_goes_through_hishel(library, tmp_path, rfc):
    module, hishel = library_of("hishel", library), importlib.import_module("hishel")
    storage = hishel.SqliteStorage(database_path=tmp_path / "cache.db")
    transport = module.CacheTransport(library.HTTPTransport(), storage=storage, rfc=rfc)
    with use_cassette() as session, library.Client(transport=transport, headers=BETA) as client:
        session.reply("Hello", " Ada", "!")
        with client.stream("POST", RUNS, json={"assistant_id": "asst_1", "stream": True}) as answer:
            assert "event: done" in list(answer.iter_lines())
    storage.close()


def test_retries_around_a_cache_around_the_network(runmock, retries, tmp_path):
    hishel = pytest.importorskip("hishel")
    module = library_of("hishel", httpx)
    storage = hishel.SqliteStorage(database_path=tmp_path / "cache.db")
    runmock.http(429).reply("Hello!")
    with httpx.Client(transport=retries(module.CacheTransport(httpx.HTTPTransport(), storage=storage))) as http_client:
        client = openai.OpenAI(api_key="k", max_retries=0, http_client=http_client)
        assert client.beta.threads.create_and_run(assistant_id="asst_1").object == "thread.run"
    storage.close()
    assert len(runmock.requests) == 2
