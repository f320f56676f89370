"""SDKs that the generator of openai's made too: what they send goes on untouched while a session is active."""

import asyncio
import importlib.metadata
import re

import pytest

from runmock import use_cassette
from runmock.apis.registry import incoming
from runmock.apis.service.claims import Claim, claim
from runmock.core.http.exchange import Request

MESSAGES = [{"role": "user", "content": "Hello!"}]


def groq(server, kind):
    module = pytest.importorskip("groq")
    client = getattr(module, kind)(api_key="k", base_url=server.url, max_retries=0)
    return client, [
        lambda: client.chat.completions.with_raw_response.create(model="m", messages=MESSAGES),
        lambda: client.files.with_raw_response.create(file=("a.txt", b"text"), purpose="batch"),
        client.models.with_raw_response.list,
        lambda: client.embeddings.with_raw_response.create(model="m", input="Hello!"),
    ]


def anthropic(server, kind):
    module = pytest.importorskip("anthropic")
    client = getattr(module, kind)(api_key="k", base_url=server.url, max_retries=0)
    return client, [
        lambda: client.messages.with_raw_response.create(model="m", max_tokens=1, messages=MESSAGES),
        client.models.with_raw_response.list,
        client.beta.files.with_raw_response.list,
    ]


@pytest.mark.parametrize(("sdk", "kind"), [(groq, "Groq"), (anthropic, "Anthropic")])
def test_its_requests_reach_the_server(server, sdk, kind):
    with use_cassette() as session:
        client, calls = sdk(server, kind)
        with client:
            for call in calls:
                assert call().http_response.status_code == 200
        assert session.requests == []
    assert len(server.heard) == len(calls)


@pytest.mark.parametrize(("sdk", "kind"), [(groq, "AsyncGroq"), (anthropic, "AsyncAnthropic")])
def test_its_async_requests_reach_the_server(server, sdk, kind):
    async def main():
        client, calls = sdk(server, kind)
        async with client:
            answers = [await call() for call in calls]
        return [answer.http_response.status_code for answer in answers]

    with use_cassette() as session:
        assert set(asyncio.run(main())) == {200}
        assert session.requests == []


@pytest.mark.parametrize("path", ["/openai/v1/responses", "/v2/projects/p/models/uploads", "/v1/threads/runs"])
def test_it_is_no_openai_client_on_their_paths_either(server, path):
    client, _ = groq(server, "Groq")
    with use_cassette() as session, client:
        assert client.post(path, cast_to=object, body={})
        assert session.requests == []
    assert server.heard == [("POST", path)]


@pytest.mark.parametrize("sdk", ["groq", "anthropic"])
def test_none_of_its_paths_is_one_of_the_apis(sdk):
    """Every path in its sources, with the headers that it sends."""
    pytest.importorskip(sdk)
    files = [file for file in importlib.metadata.files(sdk) or () if "resources" in file.parts and file.suffix == ".py"]
    found = {
        path for file in files for path in re.findall(r'"(/(?:openai/)?v1/[^"?]+)', file.read_text(encoding="utf-8"))
    }
    assert len(found) > 10
    headers = {"user-agent": f"{sdk.title()}/Python 1.0", "x-stainless-lang": "python"}
    claimed = {
        path for path in found if claim(incoming(Request("POST", "gateway", path, headers=headers))) is not Claim.NONE
    }
    assert claimed == set()


def test_the_headers_of_these_sdks_are_those_that_the_claim_looks_at(server):
    client, calls = groq(server, "Groq")
    received = []
    with client:
        client._client.event_hooks["request"].append(lambda request: received.append(request.headers))
        calls[0]()
    assert received[0]["user-agent"].startswith("Groq/Python ")
    assert any(name.startswith("x-stainless-") for name in received[0])
