"""Whose rules a request is held to."""

import pytest

from runmock.apis.service.provider import Provider, provider_at
from runmock.core.http.exchange import Request

OPENAI, AZURE, OTHER = Provider

HOSTS = [
    ("api.openai.com", OPENAI),
    ("API.OpenAI.com", OPENAI),
    ("eu.api.openai.com", OPENAI),
    ("mine.openai.azure.com", AZURE),
    ("mine.services.ai.azure.com", AZURE),
    ("mine.cognitiveservices.azure.com", AZURE),
    ("mine.openai.azure.us", AZURE),
    ("gateway.example", OTHER),
    ("localhost", OTHER),
    ("127.0.0.1", OTHER),
    ("openai.com", OTHER),
    ("api.openai.com.gateway.example", OTHER),
    ("mine.azure.com", OTHER),
]


@pytest.mark.parametrize(("host", "provider"), HOSTS)
@pytest.mark.parametrize("root", ["/v1", "/openai", "/openai/v1", "/api/projects/p", ""])
def test_in_process_the_host_decides_the_provider_whatever_the_root(host, provider, root):
    assert provider_at(host, root, False) is provider


@pytest.mark.parametrize(
    ("root", "provider"),
    [("/v1", OPENAI), ("", OPENAI), ("/openai", AZURE), ("/openai/v1", AZURE), ("/api/projects/p", AZURE)]
    + [(f"{project}/agents/a/endpoint/protocols/openai", AZURE) for project in ("", "/api/projects/p")],
)
def test_over_http_the_root_decides_the_provider(root, provider):
    for host in ("127.0.0.1:8765", "localhost", "mock.internal"):
        request = Request("POST", host, f"{root}/threads", is_served=True)
        assert provider_at(request.host, root, request.is_served) is provider
        assert provider_at(request.host, root, request.is_served) is provider
