import pytest

from runmock.apis.assistants.backend import HANDLERS
from runmock.core.assistants.operations import TABLE, api_path, below_root, gives_file, identify, is_azure

ROOTS = ("", "/v1", "/openai", "/openai/v1", "/api/projects/weather", "/gateway/team-a/v1", "/assistants-proxy/v1")


@pytest.mark.parametrize("root", ROOTS)
@pytest.mark.parametrize(("name", "method", "template"), TABLE)
def test_an_operation_is_known_by_its_method_and_path_whatever_the_root(name, method, template, root):
    ids = {"assistant_id": "asst_1", "thread_id": "thread_1", "message_id": "msg_1", "run_id": "run_1", "step_id": "s"}
    path = template.format(**ids)
    found = identify(method, root + path)
    assert (found.name, found.root, found.path) == (name, root, path)
    assert api_path(method, root + path) == path
    assert found.ids == {key: value for key, value in ids.items() if f"{{{key}}}" in template}


def test_every_operation_has_a_handler():
    assert {name for name, _, _ in TABLE} == set(HANDLERS)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/v1/chat/completions"),
        ("GET", "/v1/threads"),
        ("PATCH", "/v1/threads/thread_1"),
        ("GET", "/v1/threads/runs"),
        ("DELETE", "/v1/threads/runs"),
        ("GET", "/v1/threads//messages"),
        ("GET", "/v1/threads/thread_1/other"),
        ("GET", "/v1/threads/thread_1/runs/run_1/steps/step_1/more"),
        ("GET", "/v1/threadsafe/thread_1"),
        ("DELETE", "/v1/threads/thread_1/runs/run_1"),
    ],
)
def test_what_is_not_in_the_table_is_not_of_the_family(method, path):
    assert identify(method, path) is None


def test_a_thread_is_never_called_runs():
    assert identify("POST", "/v1/threads/runs").name == "create_thread_and_run"
    assert identify("POST", "/v1/threads/runs/messages") is None


def test_a_path_is_read_from_its_end():
    found = identify("POST", "/api/projects/threads/threads/thread_1/runs")
    assert (found.name, found.root) == ("create_run", "/api/projects/threads")


def test_a_slash_at_the_end_does_not_count():
    assert identify("GET", "/v1/threads/thread_1/").name == "retrieve_thread"


def test_ids_are_unquoted():
    assert identify("GET", "/v1/threads/a%2Fb%20c").ids == {"thread_id": "a/b c"}


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
    assert api_path("POST", path) == below
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
