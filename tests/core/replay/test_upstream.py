import pytest

from runmock.apis.assistants.api import ASSISTANTS
from runmock.apis.registry import APIS
from runmock.core.errors import UsageError
from runmock.core.no_api import NO_API
from runmock.core.replay.upstream import Upstream, is_retired, retirement


def test_an_api_root_accepts_paths():
    root = Upstream.read("https://gateway.example:8443/v1/")
    assert root.root == "https://gateway.example:8443/v1"
    assert root.url("/threads") == "https://gateway.example:8443/v1/threads"
    assert root.url("/threads", "a=b") == "https://gateway.example:8443/v1/threads?a=b"


@pytest.mark.parametrize(
    "url", ["", "gateway.example/v1", "ftp://gateway.example", "https://", "http://[::1", "http://a:b", 5]
)
def test_what_is_no_api_root_is_refused(url):
    with pytest.raises(UsageError) as raised:
        Upstream.read(url)
    assert str(raised.value) == f"upstream {url!r} is not a URL; name an API root, as https://gateway.example/v1"


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("api.openai.com", True),
        ("API.OpenAI.com.", True),
        ("mine.openai.azure.com", True),
        ("mine.services.ai.azure.com", False),
        ("gateway.example", False),
    ],
)
@pytest.mark.parametrize("api", APIS, ids=lambda api: api.name)
def test_the_assistants_api_alone_was_switched_off(api, host, expected):
    is_off = expected and api is ASSISTANTS
    assert is_retired(api, host) is is_off
    assert retirement(api, host) == (
        f"nothing can be recorded from {host}: the Assistants API was switched off there on 2026-08-26. "
        "Name a server that still speaks it: an Azure AI Foundry project, a gateway, a server of your own"
        if is_off
        else None
    )


def test_requests_of_no_api_are_recorded_anywhere():
    assert retirement(NO_API, "api.openai.com") is None


def test_the_host_of_a_root_has_no_port():
    assert Upstream.read("https://gateway.example:8443/v1/").host == "gateway.example"
