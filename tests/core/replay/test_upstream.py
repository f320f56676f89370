import pytest

from runmock.core.errors import UsageError
from runmock.core.replay.upstream import Upstream, is_retired


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


def test_where_the_service_was_switched_off_there_is_nothing_to_record():
    with pytest.raises(UsageError) as raised:
        Upstream.read("https://api.openai.com/v1")
    assert str(raised.value) == (
        "nothing can be recorded from api.openai.com: the Assistants API was switched off there on 2026-08-26. "
        "Name a server that still speaks it: an Azure AI Foundry project, a gateway, a server of your own"
    )


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
def test_which_hosts_are_retired(host, expected):
    assert is_retired(host) is expected
