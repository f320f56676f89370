import pytest

from runmock.apis import registry
from runmock.apis.assistants.api import ASSISTANTS
from runmock.apis.assistants.operations import TABLE

ROOTS = ("", "/v1", "/openai", "/openai/v1", "/api/projects/weather", "/gateway/team-a/v1", "/assistants-proxy/v1")


@pytest.mark.parametrize("root", ROOTS)
@pytest.mark.parametrize(("name", "method", "template"), [row[:3] for row in TABLE])
def test_an_operation_is_known_by_its_method_and_path_whatever_the_root(name, method, template, root):
    ids = {"assistant_id": "asst_1", "thread_id": "thread_1", "message_id": "msg_1", "run_id": "run_1", "step_id": "s"}
    path = template.format(**ids)
    found = ASSISTANTS.identify(method, root + path)
    assert (found.name, found.root, found.path) == (name, root, path)
    assert registry.identify(method, root + path).path == path
    assert found.ids == {key: value for key, value in ids.items() if f"{{{key}}}" in template}


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
    assert ASSISTANTS.identify(method, path) is None


def test_a_thread_is_never_called_runs():
    assert ASSISTANTS.identify("POST", "/v1/threads/runs").name == "create_thread_and_run"
    assert ASSISTANTS.identify("POST", "/v1/threads/runs/messages") is None


def test_a_path_is_read_from_its_end():
    found = ASSISTANTS.identify("POST", "/api/projects/threads/threads/thread_1/runs")
    assert (found.name, found.root) == ("create_run", "/api/projects/threads")


def test_a_slash_at_the_end_does_not_count():
    assert ASSISTANTS.identify("GET", "/v1/threads/thread_1/").name == "retrieve_thread"


def test_ids_are_unquoted():
    assert ASSISTANTS.identify("GET", "/v1/threads/a%2Fb%20c").ids == {"thread_id": "a/b c"}
