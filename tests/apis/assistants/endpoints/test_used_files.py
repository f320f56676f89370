"""Files and vector stores in assistants, threads, messages and runs."""

import uuid
import zlib

import pytest
from conversation import ASSISTANT, MESSAGES, RUNS, THREAD, Service

from runmock.apis.assistants.endpoints.used_files import PIXEL

TEXT = {"type": "text", "text": "ho"}
SEARCH, CODE = [{"type": "file_search"}], [{"type": "code_interpreter"}]
NO_FILE = (404, "No such File object: file-x")
NO_STORE = (404, "No vector store found with id 'vs_x'.")


def attachment(file_id="file-1", tools=SEARCH):
    return {"file_id": file_id, "tools": tools}


def message(*attachments, content="hi"):
    return {"role": "user", "content": content, "attachments": list(attachments)}


def stores(service):
    """The files of each vector store of the session, by its id."""
    return {store.id: list(store.files) for store in service.backend.memory.files.stores.values()}


@pytest.fixture
def service():
    return Service("runs: []")


@pytest.fixture
def strict():
    return Service("{runs: [], ids: strict, assistants: [{id: asst_1}], threads: [{id: thread_1}]}")


def test_the_first_attachment_for_search_makes_the_threads_store(service):
    thread = service.asks("POST", "/threads", {"messages": [message(attachment())]})
    (store,) = thread["tool_resources"]["file_search"]["vector_store_ids"]
    assert stores(service) == {store: ["file-1"]}
    made = service.backend.memory.files.stores[store]
    assert made.expires_after == {"anchor": "last_active_at", "days": 7}


def test_later_ones_go_into_it(service):
    service.asks("POST", MESSAGES, message(attachment()))
    service.asks("POST", MESSAGES, message(attachment("file-2")))
    (store,) = service.asks("GET", THREAD)["tool_resources"]["file_search"]["vector_store_ids"]
    assert stores(service) == {store: ["file-1", "file-2"]}


def test_they_go_into_the_store_that_the_thread_has(service):
    resources = {"file_search": {"vector_store_ids": ["vs_mine"]}}
    thread = service.asks("POST", "/threads", {"tool_resources": resources, "messages": [message(attachment())]})
    assert thread["tool_resources"] == resources
    assert stores(service) == {"vs_mine": ["file-1"]}


def test_files_of_the_code_interpreter_are_listed_once(service):
    for file_id in ("file-1", "file-2", "file-1"):
        service.asks("POST", MESSAGES, message(attachment(file_id, CODE)))
    resources = service.asks("GET", THREAD)["tool_resources"]
    assert resources == {"code_interpreter": {"file_ids": ["file-1", "file-2"]}}
    assert stores(service) == {}


def test_a_file_may_be_for_both_tools(service):
    service.asks("POST", MESSAGES, message(attachment(tools=[*SEARCH, *CODE])))
    assert list(service.asks("GET", THREAD)["tool_resources"]) == ["code_interpreter", "file_search"]


def test_an_attachment_is_echoed_and_one_without_a_file_has_no_effect(service):
    sent = [attachment(), {"tools": CODE}]
    assert service.asks("POST", MESSAGES, message(*sent))["attachments"] == sent
    assert "code_interpreter" not in service.asks("GET", THREAD)["tool_resources"]


def test_attachments_of_additional_messages_count():
    service = Service("runs: [{reply: a}]")
    service.creates(additional_messages=[message(attachment())])
    assert list(stores(service).values()) == [["file-1"]]


def test_attachments_of_a_thread_that_is_run_at_once_count():
    service = Service("runs: [{reply: a}]")
    events = service.creates("/threads/runs", thread={"messages": [message(attachment())]}, stream=True)
    name, thread = events[0]
    assert name == "thread.created"
    assert list(stores(service)) == thread["tool_resources"]["file_search"]["vector_store_ids"]


@pytest.mark.parametrize("path", ["/threads", "/assistants"])
def test_a_store_that_is_made_beside_its_owner_is_a_real_one(service, path):
    new = {"file_ids": ["file-1"], "metadata": {"k": "v"}}
    body = {"tool_resources": {"file_search": {"vector_stores": [new]}}, "model": "gpt-4o"}
    owner = service.asks("POST", path, body)
    (store,) = owner["tool_resources"]["file_search"]["vector_store_ids"]
    assert stores(service) == {store: ["file-1"]}
    assert service.backend.memory.files.stores[store].metadata == {"k": "v"}


OF_TOOLS = {
    "code interpreter": {"tool_resources": {"code_interpreter": {"file_ids": ["file-x"]}}},
    "new store": {"tool_resources": {"file_search": {"vector_stores": [{"file_ids": ["file-x"]}]}}},
}
OF_MESSAGES = {
    "attachment": message(attachment("file-x")),
    "image": message(
        content=[{"type": "text", "text": "hi"}, {"type": "image_file", "image_file": {"file_id": "file-x"}}, TEXT]
    ),
}
UNKNOWN = {
    **{f"{name} of {path}": (path, body) for name, body in OF_TOOLS.items() for path in ("/assistants", "/threads")},
    **{f"{name} of a changed {kind}": (path, body) for name, body in OF_TOOLS.items() if name == "code interpreter" for kind, path in (("assistant", "/assistants/asst_1"), ("thread", THREAD), ("thread that is run", "/threads/runs"))},
    **{f"{name} of a message": (MESSAGES, body) for name, body in OF_MESSAGES.items()},
    **{f"{name} of a thread": ("/threads", {"messages": [body]}) for name, body in OF_MESSAGES.items()},
    **{f"{name} of a run": (RUNS, {"additional_messages": [body]}) for name, body in OF_MESSAGES.items()},
    **{f"{name} of a new thread": ("/threads/runs", {"thread": {"messages": [body]}}) for name, body in OF_MESSAGES.items()},
}  # fmt: skip


@pytest.mark.parametrize("name", UNKNOWN)
def test_unknown_files_are_refused_where_ids_are_strict(strict, name):
    path, body = UNKNOWN[name]
    assert strict.refused("POST", path, {**ASSISTANT, **body}) == NO_FILE
    assert stores(strict) == {}


@pytest.mark.parametrize("name", UNKNOWN)
def test_they_are_taken_where_ids_are_lenient(name):
    service = Service("{runs: [{reply: a}], assistants: [{id: asst_1, tools: [f]}], threads: [{id: thread_1}]}")
    path, body = UNKNOWN[name]
    service.asks("POST", path, {**ASSISTANT, **body, "model": "gpt-4o"})
    assert service.status == 200


@pytest.mark.parametrize("name", OF_MESSAGES)
def test_known_files_are_taken_where_ids_are_strict(strict, name):
    strict.backend.memory.files.keep("x.png", "vision", b"", file_id="file-x")
    strict.asks("POST", MESSAGES, OF_MESSAGES[name])
    assert strict.status == 200


@pytest.mark.parametrize("path", ["/assistants", "/threads", "/assistants/asst_1", THREAD, "/threads/runs"])
def test_unknown_stores_are_refused_where_ids_are_strict(strict, path):
    body = {**ASSISTANT, "tool_resources": {"file_search": {"vector_store_ids": ["vs_x"]}}}
    assert strict.refused("POST", path, body) == NO_STORE


def test_a_deleted_store_is_refused_where_ids_are_lenient(service):
    files = service.backend.memory.files
    files.delete_store(files.store("vs_x"))
    body = {"tool_resources": {"file_search": {"vector_store_ids": ["vs_x"]}}}
    assert service.refused("POST", "/threads", body) == NO_STORE
    assert service.refused("POST", "/threads", body) == NO_STORE


def test_a_refused_run_uses_up_no_script():
    service = Service("{runs: [{reply: a}], ids: strict, assistants: [{id: asst_1}], threads: [{id: thread_1}]}")
    service.refused("POST", RUNS, {**ASSISTANT, "additional_messages": [message(attachment("file-x"))]})
    assert service.left == 1


def made(*runs):
    """The files that exist when runs with these steps are created, by their ids."""
    service = Service(f"runs: [{', '.join(runs)}]")
    for _ in runs:
        service.creates("/threads/runs", tools=CODE)
    return service.backend.memory.files.files


def test_an_image_of_a_run_comes_into_being_when_the_run_is_created():
    files = made("{code_interpreter: {input: plot(), images: [file-plot]}, reply: Here}")
    file = files["file-plot"]
    assert (file.purpose, file.content.data) == ("assistants_output", PIXEL)
    assert str(uuid.UUID(file.filename)) == file.filename


def test_a_picture_in_a_message_comes_into_being_too():
    files = made("{reply: [{image_file: file-plot}, Here, {image_url: 'https://x.example/a.png'}]}")
    assert list(files) == ["file-plot"]


def test_a_file_that_a_text_links_to_comes_into_being():
    annotation = "{type: file_path, text: 'sandbox:/mnt/data/out.csv', file_path: {file_id: file-out}}"
    citation = "{type: file_citation, text: '[1]', file_citation: {file_id: file-report}}"
    other = "{type: other, text: x}"
    files = made(
        f"{{reply: {{text: 'See sandbox:/mnt/data/out.csv [1] x', annotations: [{annotation}, {citation}, {other}]}}}}"
    )
    assert {file.id: (file.filename, file.content.data) for file in files.values()} == {
        "file-out": ("/mnt/data/out.csv", b""),
        "file-report": ("file-report", b""),
    }


def test_a_file_that_is_there_stays_as_it_is():
    image = "{code_interpreter: {input: plot(), images: [file-plot]}, reply: Here}"
    first = made(image)["file-plot"]
    again = made(image, image)["file-plot"]
    assert first.created_at == again.created_at


def test_runs_that_call_functions_make_no_files():
    service = Service("runs: [{calls: [f], reply: a}]")
    service.creates()
    assert service.backend.memory.files.files == {}


def test_the_image_is_a_png_of_one_pixel():
    assert PIXEL.startswith(b"\x89PNG\r\n\x1a\n")
    assert PIXEL[16:24] == bytes([0, 0, 0, 1, 0, 0, 0, 1])
    at = PIXEL.index(b"IDAT")
    assert len(zlib.decompress(PIXEL[at + 4 :])) == 1 + 4
