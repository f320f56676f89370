import pytest

from runmock.apis.registry import identify
from runmock.apis.service.roots import below_root, gives_file, is_azure


@pytest.mark.parametrize(
    ("path", "below"),
    [
        ("/v1/models", "/models"),
        ("/openai/deployments/x", "/deployments/x"),
        ("/openai/v1/models", "/models"),
        ("/api/projects/weather/files", "/files"),
        ("/api/projects/weather/openai/responses", "/responses"),
        ("/api/projects/weather/openai/v1/responses", "/responses"),
        ("/api/projects/weather/openaix/responses", "/openaix/responses"),
        ("/api/projects/weather/agents/files/endpoint/protocols/openai/responses", "/responses"),
        ("/agents/responses/endpoint/protocols/openai/conversations", "/conversations"),
        ("/gateway/v1/files", "/files"),
        ("/files", "/files"),
        ("/v1", "/v1"),
        ("/v10/files", "/v10/files"),
        ("/v1/account/gateway/openai/chat/completions", "/chat/completions"),
        ("/v1/account/gateway/openai/anything", "/anything"),
        ("/litellm/openai/deployments/x/chat/completions", "/deployments/x/chat/completions"),
        ("/v1/models/openai/gpt-4o", "/models/openai/gpt-4o"),
        ("/v1/anything", "/anything"),
        ("/weather/today", "/weather/today"),
    ],
)
def test_outside_the_family_the_root_is_what_roots_look_like(path, below):
    assert below_root(path) == below
    assert identify("PUT", path).path == below
    assert below_root(below) == below, "what a cassette has is read as what was sent"


@pytest.mark.parametrize(
    ("root", "expected"),
    [("/v1", False), ("", False), ("/openaiproxy/v1", False)]
    + [(root, True) for root in ("/openai", "/openai/v1", "/api/projects/weather", "/gateway/openai")],
)
def test_azure_is_known_by_its_root(root, expected):
    assert is_azure(root) is expected


@pytest.mark.parametrize(
    ("method", "path", "is_file"),
    [
        ("GET", "/files/file_1/content", True),
        ("GET", "/files/file_1/content/", True),
        ("GET", "/containers/cntr_1/files/cfile_1/content", True),
        ("GET", "/vector_stores/vs_1/files/file_1/content", False),
        ("GET", "/files/file_1", False),
        ("POST", "/files/file_1/content", False),
        ("GET", "/files//content", False),
    ],
)
def test_a_file_is_answered_with_its_bytes_and_a_vector_stores_content_of_it_is_not(method, path, is_file):
    assert gives_file(method, path) is is_file
