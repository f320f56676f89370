import pytest
from conversation import Service, text_of

PATH = "/threads/thread_1"
GONE = (404, "No thread found with id 'thread_1'.")


def test_a_thread_is_created_with_its_messages_retrieved_and_deleted():
    service = Service()
    made = service.asks("POST", "/threads", {"messages": [{"role": "user", "content": "hi"}], "metadata": {"a": "1"}})
    path = f"/threads/{made['id']}"
    assert made == {
        "id": made["id"],
        "object": "thread",
        "created_at": 1767225601,
        "metadata": {"a": "1"},
        "tool_resources": {},
    }
    assert service.asks("GET", path) == made
    assert [text_of(message) for message in service.messages(path)] == ["hi"]
    assert service.asks("DELETE", path) == {"id": made["id"], "object": "thread.deleted", "deleted": True}
    assert service.refused("GET", path)[0] == 404


def test_a_thread_needs_no_body():
    assert Service().asks("POST", "/threads")["metadata"] == {}


def test_an_unknown_thread_comes_into_being_when_it_is_first_used():
    service = Service()
    assert service.asks("GET", PATH)["id"] == "thread_1"
    assert service.messages() == []


EVERYWHERE = [
    ("GET", PATH),
    ("POST", PATH),
    ("DELETE", PATH),
    ("GET", f"{PATH}/messages"),
    ("POST", f"{PATH}/messages"),
    ("GET", f"{PATH}/messages/msg_1"),
    ("GET", f"{PATH}/runs"),
    ("POST", f"{PATH}/runs"),
]


@pytest.mark.parametrize(("method", "path"), EVERYWHERE)
def test_an_unknown_thread_is_not_found_when_ids_are_strict(method, path):
    service = Service("ids: strict\nassistants: [{id: asst_1}]\nruns: [{reply: a}]")
    assert service.refused(method, path, {"assistant_id": "asst_1"}) == GONE


@pytest.mark.parametrize(("method", "path"), EVERYWHERE)
def test_a_deleted_thread_stays_deleted(method, path):
    service = Service("runs: [{reply: a}]")
    service.asks("DELETE", PATH)
    assert service.refused(method, path, {"assistant_id": "asst_1"}) == GONE


def test_the_runs_of_a_deleted_thread_are_gone():
    service = Service("runs: [{reply: a}]")
    run = service.creates()
    service.asks("DELETE", PATH)
    assert service.refused("GET", f"{PATH}/runs/{run['id']}") == GONE


def test_a_thread_of_the_cassette_is_there_beforehand():
    service = Service("""
        ids: strict
        threads:
          - id: thread_1
            created_at: 7
            metadata: {a: '1'}
            messages: [{role: user, content: hi, id: msg_1}, {role: assistant, content: hello}]
    """)
    assert service.asks("GET", PATH)["created_at"] == 7
    first, second = service.messages()
    assert (first["id"], first["role"], second["role"], text_of(second)) == ("msg_1", "user", "assistant", "hello")


def test_modifying_merges_metadata_and_replaces_resources_tool_by_tool():
    service = Service()
    service.asks(
        "POST", PATH, {"metadata": {"a": "1", "b": "2"}, "tool_resources": {"code_interpreter": {"file_ids": []}}}
    )
    changed = service.asks(
        "POST", PATH, {"metadata": {"b": "3"}, "tool_resources": {"file_search": {"vector_store_ids": ["vs_1"]}}}
    )
    assert changed["metadata"] == {"a": "1", "b": "3"}
    assert set(changed["tool_resources"]) == {"code_interpreter", "file_search"}
    assert service.asks("POST", PATH, {"metadata": None}) == changed == service.asks("GET", PATH)
