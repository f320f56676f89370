"""Files, vector stores, uploads and models through the SDK, with no script of them: a session answers from its state."""

import io

import openai
import pytest
from sdk_clients import KEY, MAJOR, library

import runmock

NOTES = {f"note-{number}.txt": f"Note {number}: summer was warm".encode() for number in range(7)}


@pytest.fixture
def session():
    with runmock.use_cassette(script="runs: []") as opened:
        yield opened


@pytest.fixture
def stores(client, session):
    """Vector stores of the SDK: in 1.x of early 2025 they were in beta."""
    return client.vector_stores


def test_a_file_is_uploaded_looked_at_and_deleted(client, session):
    file = client.files.create(file=("a.txt", b"warm"), purpose="assistants")
    assert (file.filename, file.bytes, file.status, file.purpose) == ("a.txt", 4, "processed", "assistants")
    assert client.files.retrieve(file.id) == file
    assert client.files.wait_for_processing(file.id) == file
    assert client.files.delete(file.id).deleted
    with pytest.raises(openai.NotFoundError, match=f"No such File object: {file.id}"):
        client.files.retrieve(file.id)


@pytest.mark.parametrize(
    ("sent", "filename"),
    [
        (b"abc", "upload"),
        (io.BytesIO(b"abc"), "upload"),
        (("你好.txt", b"abc"), "你好.txt"),
        (('say "hi".md', b"abc", "text/markdown"), 'say "hi".md'),
        (("", b"abc"), "upload"),
    ],
)
def test_names_of_files_come_back(client, session, sent, filename):
    assert client.files.create(file=sent, purpose="vision").filename == filename


def test_bytes_come_back_as_they_were_sent(client, session):
    data = b"\x89PNG\r\n\x1a\n--x\r\n" + bytes(range(256))
    file = client.files.create(file=("a.png", data), purpose="vision")
    assert client.files.content(file.id).read() == data


def test_every_file_is_listed_once(client, session):
    ids = [client.files.create(file=(name, data), purpose="batch").id for name, data in NOTES.items()]
    assert [file.id for file in client.files.list(limit=2)] == ids[::-1]
    assert [file.id for file in client.files.list(order="asc", limit=3)] == ids


def test_loops_of_old_sdks_end(client, session):
    """They ask on with the last id, whatever `has_more` says, until a page is empty."""
    for name in NOTES:
        client.files.create(file=(name, b""), purpose="vision")
    seen, after = 0, None
    while (page := client.files.list(limit=3, **({} if after is None else {"after": after}))).data:
        seen, after = seen + len(page.data), page.data[-1].id
    assert seen == len(NOTES)


def test_a_store_is_ready_at_the_next_look_and_nobody_sleeps(client, session, stores, sleeps):
    store = stores.create(name="Notes")
    file = stores.files.upload_and_poll(vector_store_id=store.id, file=("a.txt", b"warm"))
    assert (file.status, file.usage_bytes) == ("completed", 4)
    again = stores.files.create_and_poll(file.id, vector_store_id=store.id)
    assert again.status == "completed"
    assert sum(sleeps) == 0


def test_a_batch_is_uploaded_in_parallel(client, session, stores, sleeps):
    store = stores.create()
    batch = stores.file_batches.upload_and_poll(store.id, files=list(NOTES.items()))
    assert (batch.status, batch.file_counts.completed, batch.file_counts.total) == ("completed", 7, 7)
    assert {client.files.retrieve(file.id).filename for file in stores.files.list(store.id)} == set(NOTES)
    assert len(list(stores.file_batches.list_files(batch.id, vector_store_id=store.id))) == 7
    assert sum(sleeps) == 0


def test_a_batch_of_known_files_is_polled(client, session, stores, sleeps):
    store = stores.create()
    ids = [client.files.create(file=item, purpose="assistants").id for item in NOTES.items()]
    batch = stores.file_batches.create_and_poll(store.id, file_ids=ids)
    assert batch.file_counts.completed == len(ids)
    assert stores.file_batches.cancel(batch.id, vector_store_id=store.id).status == "completed"
    assert sum(sleeps) == 0


def test_a_store_is_searched_and_read(client, session, stores):
    store = stores.create()
    for name, data in (("a.txt", b"Summer was warm"), ("b.txt", b"Winter was cold")):
        stores.files.upload_and_poll(vector_store_id=store.id, file=(name, data), attributes={"season": name[0]})
    first, second = stores.search(store.id, query="was warm").data
    assert (first.filename, first.score, first.content[0].text) == ("a.txt", 1.0, "Summer was warm")
    assert (second.filename, second.score, second.attributes) == ("b.txt", 0.5, {"season": "b"})
    (page,) = stores.files.content(first.file_id, vector_store_id=store.id).data
    assert page.text == "Summer was warm"
    changed = stores.files.update(first.file_id, vector_store_id=store.id, attributes={"season": "c"})
    assert changed.attributes == {"season": "c"}


def test_stores_are_changed_listed_and_deleted(client, session, stores):
    store = stores.create(name="a", metadata={"k": "v"}, expires_after={"anchor": "last_active_at", "days": 2})
    changed = stores.update(store.id, name="b")
    assert (changed.name, changed.metadata) == ("b", {"k": "v"})
    assert changed.expires_at == changed.last_active_at + 2 * 86_400
    assert [found.id for found in stores.list()] == [store.id]
    assert stores.delete(store.id).object == "vector_store.deleted"
    with pytest.raises(openai.NotFoundError, match=f"No vector store found with id '{store.id}'."):
        stores.retrieve(store.id)


def test_a_file_is_uploaded_in_chunks(client, session):
    data = b"0123456789" * 10
    upload = client.uploads.upload_file_chunked(
        file=data, filename="a.txt", bytes=len(data), mime_type="text/plain", purpose="assistants", part_size=32
    )
    assert (upload.status, upload.file.filename, upload.file.bytes) == ("completed", "a.txt", 100)
    parts = [request for request in session.requests if request.operation == "add_upload_part"]
    assert [request.json["multipart"][0]["size"] for request in parts] == [32, 32, 32, 4]


def test_an_upload_is_cancelled(client, session):
    upload = client.uploads.create(bytes=3, filename="a.txt", mime_type="text/plain", purpose="assistants")
    assert client.uploads.cancel(upload.id).status == "cancelled"


def test_models_are_known_or_not(client, session):
    assert "gpt-4o" in [model.id for model in client.models.list()]
    assert client.models.retrieve("gpt-4o").owned_by == "system"
    with pytest.raises(openai.NotFoundError, match="The model 'fake_id' does not exist"):
        client.models.retrieve("fake_id")


def test_requests_tell_uploads_by_their_parts(client, session):
    client.files.create(file=("a.txt", b"warm"), purpose="assistants")
    (request,) = session.requests
    assert (request.method, request.path, request.operation) == ("POST", "/files", "upload_file")
    purpose, file = sorted(request.json["multipart"], key=lambda part: part["name"], reverse=True)
    assert purpose == {"name": "purpose", "value": "assistants"}
    assert (file["filename"], file["size"]) == ("a.txt", 4)


def test_a_route_wins_over_the_state(client, session):
    session.router.get("https://api.openai.com/v1/models").respond(json={"object": "list", "data": []})
    assert list(client.models.list()) == []


def test_a_session_that_only_has_a_recording_answers_nothing_of_it():
    script = "interactions: [{request: GET /models, json: {object: list, data: []}}]"
    with runmock.use_cassette(script=script), openai.OpenAI(**KEY) as client:
        assert list(client.models.list()) == []
        with pytest.raises(runmock.UnmatchedRequest, match="v1/files"):
            client.files.list()


@pytest.mark.parametrize("script", ["runs: []", "threads: []", "assistants: []", None])
def test_a_session_with_a_script_or_without_a_cassette_answers(client, script):
    with runmock.use_cassette(**({} if script is None else {"script": script})):
        assert client.files.list().data == []


@pytest.mark.skipif(MAJOR < 2, reason="not in the SDK yet")
def test_a_batch_says_of_each_file_what_it_is(client, session, stores):
    store = stores.create()
    file = client.files.create(file=("a.txt", b"warm"), purpose="assistants")
    entry = {"file_id": file.id, "attributes": {"year": 2024}}
    stores.file_batches.create_and_poll(store.id, files=[entry])
    assert next(iter(stores.files.list(store.id))).attributes == {"year": 2024}


def test_clients_of_other_hosts_are_answered_too_whatever_hosts_are_allowed():
    allowed = runmock.use_cassette(script="runs: []", allow_hosts=["gateway.example"])
    with allowed, openai.OpenAI(**KEY, base_url="https://gateway.example/llm") as client:
        assert client.files.create(file=b"x", purpose="assistants").bytes == 1


def test_a_transport_in_memory_answers_first_on_another_host():
    def answer(request):
        return library.Response(200, json={"object": "list", "data": [], "has_more": False})

    http = library.Client(transport=library.MockTransport(answer))
    with (
        runmock.use_cassette(script="runs: []"),
        openai.OpenAI(**KEY, base_url="https://gateway.example/v1", http_client=http) as client,
    ):
        client.files.create(file=b"x", purpose="assistants")
        assert client.files.list().data == []


def test_azure_is_answered():
    with (
        runmock.use_cassette(script="runs: []"),
        openai.AzureOpenAI(**KEY, azure_endpoint="https://w.openai.azure.com", api_version="2025-04-01") as client,
    ):
        file = client.files.create(file=("a.txt", b"warm"), purpose="assistants")
        assert client.vector_stores.create(file_ids=[file.id]).file_counts.total == 1
