import hashlib

import openai
import pytest

import runmock
from runmock.apis.service.files import stored_file
from runmock.core.errors import UsageError

CASSETTE = """
files: [{id: file-report, filename: report.txt, text: Summer was warm.}]
vector_stores: [{id: vs_handbook, name: Handbook, files: [file-report]}]
"""


@pytest.fixture
def session():
    with runmock.use_cassette(script=CASSETTE) as opened:
        yield opened


@pytest.fixture
def client(session):
    with openai.OpenAI(api_key="k") as client:
        yield client


def test_what_the_application_uploaded_is_seen_in_order(session, client):
    first = client.files.create(file=("a.md", b"one"), purpose="assistants")
    upload = client.uploads.upload_file_chunked(
        file=b"two", filename="b.csv", bytes=3, mime_type="text/csv", purpose="vision"
    )
    client.files.delete(first.id)
    one, two = session.files
    assert (one.id, one.filename, one.purpose, one.size, one.content) == (first.id, "a.md", "assistants", 3, b"one")
    assert (one.content_type, one.sha256, one.deleted) == ("text/markdown", hashlib.sha256(b"one").hexdigest(), True)
    assert (two.id, two.filename, two.content, two.content_type) == (upload.file.id, "b.csv", b"two", "text/csv")
    assert not two.deleted
    assert "content_type='text/csv'" in repr(two)
    assert "b'two'" not in repr(two)


def test_bytes_that_were_too_many_are_said_to_be_so(session, client, monkeypatch):
    monkeypatch.setattr(stored_file, "LARGEST_KEPT", 2)
    client.files.create(file=("a.md", b"one"), purpose="assistants")
    (file,) = session.files
    assert file.size == 3
    with pytest.raises(UsageError) as caught:
        _ = file.content
    assert str(caught.value) == (
        f"the bytes of {file.id} (a.md) are not in memory: 3 of them were too many; compare 'size' and 'sha256'"
    )


def test_the_vector_stores_that_exist_are_seen(session, client):
    file = client.files.create(file=("a.md", b"one"), purpose="assistants")
    store = client.vector_stores.create(name="mine")
    gone = client.vector_stores.create()
    client.vector_stores.files.create(store.id, file_id=file.id, attributes={"year": 2024})
    client.vector_stores.delete(gone.id)
    handbook, mine = session.vector_stores
    assert (handbook.id, handbook.name, handbook.files) == ("vs_handbook", "Handbook", ["file-report"])
    assert (mine.id, mine.files, mine.attributes) == (store.id, [file.id], {file.id: {"year": 2024}})
    assert repr(handbook) == "VectorStoreView(id='vs_handbook', name='Handbook', files=['file-report'])"


def test_files_of_the_cassette_are_not_among_the_uploads(session):
    assert session.files == []


def test_what_is_not_recorded_is_recorded_where_the_script_says_nothing_of_files(tmp_path):
    path = tmp_path / "a.yaml"
    path.write_text("runmock: 1\nruns: []\nfiles: [{id: file-a, filename: a.txt, text: abc}]\n")
    with (
        runmock.use_cassette(path, record_mode="new_episodes", upstream="http://127.0.0.1:9/v1"),
        openai.OpenAI(api_key="k", max_retries=0) as client,
    ):
        assert client.files.retrieve("file-a").bytes == 3
    path.write_text("runmock: 1\nruns: []\n")
    with (
        pytest.raises(openai.APIConnectionError),
        runmock.use_cassette(path, record_mode="new_episodes", upstream="http://127.0.0.1:9/v1"),
        openai.OpenAI(api_key="k", max_retries=0) as client,
    ):
        client.files.retrieve("file-a")
