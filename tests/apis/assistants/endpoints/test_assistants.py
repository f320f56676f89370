import pytest
from conversation import Service

NEW = {"model": "gpt-4o", "name": "Ada", "metadata": {"a": "1", "b": "2"}}
PATH = "/assistants/asst_1"
GONE = (404, "No assistant found with id 'asst_1'.")


def test_an_assistant_is_created_retrieved_listed_and_deleted():
    service = Service()
    made = service.asks("POST", "/assistants", NEW)
    path = f"/assistants/{made['id']}"
    assert (made["name"], made["model"]) == ("Ada", "gpt-4o")
    assert service.asks("GET", path) == made
    assert service.asks("GET", "/assistants")["data"] == [made]
    assert service.asks("DELETE", path) == {"id": made["id"], "object": "assistant.deleted", "deleted": True}
    assert service.asks("GET", "/assistants")["data"] == []
    assert service.refused("GET", path) == (404, f"No assistant found with id '{made['id']}'.")


def test_an_unknown_assistant_comes_into_being_when_it_is_first_used():
    service = Service("defaults: {model: gpt-x}\nruns: []")
    assert service.asks("GET", PATH)["model"] == "gpt-x"
    assert service.asks("GET", "/assistants")["data"][0]["id"] == "asst_1"


@pytest.mark.parametrize(("method", "body"), [("GET", None), ("POST", {}), ("DELETE", None)])
def test_an_unknown_assistant_is_not_found_when_ids_are_strict(method, body):
    assert Service("ids: strict\nruns: []").refused(method, PATH, body) == GONE


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", PATH), ("POST", PATH), ("DELETE", PATH), ("POST", "/threads/thread_1/runs"), ("POST", "/threads/runs")],
)
def test_a_deleted_assistant_stays_deleted(method, path):
    service = Service("runs: [{reply: a}]")
    service.asks("DELETE", PATH)
    assert service.refused(method, path, {"assistant_id": "asst_1"}) == GONE
    assert service.left == 1


def test_an_assistant_of_the_cassette_is_there_beforehand():
    service = Service("ids: strict\nassistants: [{id: asst_1, name: Ada, created_at: 7, tools: [f, code_interpreter]}]")
    ada = service.asks("GET", PATH)
    assert (ada["name"], ada["created_at"], ada["model"]) == ("Ada", 7, "gpt-4o")
    assert [tool["type"] for tool in ada["tools"]] == ["function", "code_interpreter"]


def test_modifying_replaces_what_the_request_contains_and_merges_metadata():
    service = Service()
    made = service.asks("POST", "/assistants", {**NEW, "temperature": 0.5, "instructions": "Be brief."})
    changed = service.asks(
        "POST",
        f"/assistants/{made['id']}",
        {"name": "Bob", "model": None, "temperature": 0, "metadata": {"b": "3"}, "tools": [{"type": "file_search"}]},
    )
    assert (changed["name"], changed["model"], changed["instructions"]) == ("Bob", "gpt-4o", "Be brief.")
    assert (changed["temperature"], changed["top_p"]) == (0, 1)
    assert changed["metadata"] == {"a": "1", "b": "3"}
    assert [tool["type"] for tool in changed["tools"]] == ["file_search"]
    assert changed["created_at"] == made["created_at"]
    assert service.asks("GET", f"/assistants/{made['id']}") == changed


@pytest.mark.parametrize(
    ("written", "stored"),
    [
        ({}, {}),
        ({"tool_resources": None}, {}),
        ({"tools": [{"type": "code_interpreter"}]}, {"code_interpreter": {"file_ids": []}}),
        ({"tools": [{"type": "file_search"}]}, {"file_search": {"vector_store_ids": []}}),
        (
            {"tools": [{"type": "code_interpreter"}], "tool_resources": {"code_interpreter": {"file_ids": ["file-1"]}}},
            {"code_interpreter": {"file_ids": ["file-1"]}},
        ),
        ({"tool_resources": {"code_interpreter": None}}, {"code_interpreter": {}}),
        ({"tool_resources": {"file_search": {"vector_stores": None}}}, {"file_search": {"vector_store_ids": []}}),
    ],
)
def test_tool_resources_as_they_are_stored(written, stored):
    assert Service().asks("POST", "/assistants", {"model": "gpt-4o", **written})["tool_resources"] == stored


def test_vector_stores_become_ids():
    resources = {"file_search": {"vector_store_ids": ["vs_1"], "vector_stores": [{"file_ids": ["file-1"]}, {}]}}
    made = Service().asks("POST", "/assistants", {"model": "gpt-4o", "tool_resources": resources})
    first, second, third = made["tool_resources"]["file_search"]["vector_store_ids"]
    assert first == "vs_1"
    assert second.startswith("vs_")
    assert len({first, second, third}) == 3


def test_modifying_tool_resources_keeps_those_of_other_tools():
    service = Service()
    service.asks("POST", PATH, {"tool_resources": {"code_interpreter": {"file_ids": ["file-1"]}}})
    changed = service.asks("POST", PATH, {"tool_resources": {"file_search": {"vector_store_ids": ["vs_1"]}}})
    assert changed["tool_resources"] == {
        "code_interpreter": {"file_ids": ["file-1"]},
        "file_search": {"vector_store_ids": ["vs_1"]},
    }
