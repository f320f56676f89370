"""Files and vector stores over HTTP: the same as in process, for each server, with their own lines in the log."""

import asyncio
import hashlib

import httpx
import openai
import pytest
from starlette.requests import Request

import runmock
from runmock.apis.service.files import stored_file
from runmock.serve import convert

CASSETTE = """
files: [{id: file-report, filename: report.txt, text: Summer was warm.}]
vector_stores: [{id: vs_handbook, name: Handbook, files: [file-report]}]
"""


@pytest.fixture
def served(serve_here, cassette):
    return serve_here(cassette(CASSETTE))


def test_an_application_uploads_searches_downloads_and_cleans_up(served, connect):
    client = connect(served)
    file = client.files.create(file=("a.png", b"\x89PNG"), purpose="vision")
    assert client.files.content(file.id).read() == b"\x89PNG"
    (found,) = client.vector_stores.search("vs_handbook", query="warm").data
    assert found.file_id == "file-report"
    note = client.vector_stores.files.upload_and_poll(vector_store_id="vs_handbook", file=("b.txt", b"cold"))
    assert [item.id for item in client.vector_stores.files.list("vs_handbook")] == [note.id, "file-report"]
    for gone in (file.id, note.id):
        client.files.delete(gone)
    assert [item.id for item in client.files.list()] == ["file-report"]


def test_async_clients_upload_batches_at_once(served):
    async def uploaded():
        async with openai.AsyncOpenAI(base_url=served.base_url, api_key="any") as client:
            files = [(f"{number}.txt", b"x") for number in range(9)]
            batch = await client.vector_stores.file_batches.upload_and_poll("vs_handbook", files=files)
            return batch.file_counts.completed

    assert asyncio.run(uploaded()) == 9


def test_a_rewind_forgets_uploads_and_brings_files_back(served, connect):
    client = connect(served)
    client.files.create(file=b"x", purpose="vision")
    client.files.delete("file-report")
    client.vector_stores.delete("vs_handbook")
    httpx.post(f"{served.url}/_runmock/rewind")
    assert [file.id for file in client.files.list()] == ["file-report"]
    assert client.vector_stores.retrieve("vs_handbook").file_counts.completed == 1


@pytest.mark.parametrize("root", ["/openai", "/openai/v1", "/api/projects/weather", "/v1"])
def test_every_root_works(served, root):
    answer = httpx.get(f"{served.url}{root}/files/file-report", params={"api-version": "2025-04-01"})
    assert answer.json()["filename"] == "report.txt"


def test_a_stock_server_has_every_file(serve_here, connect):
    client = connect(serve_here())
    assert client.files.retrieve("anything").status == "processed"
    assert client.vector_stores.files.retrieve("some", vector_store_id="any").status == "completed"


def test_the_log_names_the_file_its_size_and_the_id_that_it_got(serve, cassette, connect):
    served = serve(cassette(CASSETTE), "--log")
    assert served.line_with("x.yaml").endswith("x.yaml: 1 file, 1 vector store")
    client = connect(served)
    file = client.files.create(file=("notes.txt", b"12345678901234567890123456"), purpose="assistants")
    assert f"upload_file notes.txt 26 B -> {file.id}" in served.line_with("POST /v1/files")
    client.files.retrieve(file.id)
    assert "  retrieve_file  " in served.line_with(f"GET /v1/files/{file.id}")
    with pytest.raises(openai.BadRequestError):
        client.files.create(file=("notes.txt", b"1"), purpose="fun")
    line = served.line_with("POST /v1/files")
    assert "upload_file notes.txt 1 B" in line
    assert "->" not in line


@pytest.fixture
def small(monkeypatch):
    """Files with more than a thousand bytes are large."""
    for module in (stored_file, convert):
        monkeypatch.setattr(module, "LARGEST_KEPT", 1000)


def test_a_large_upload_is_read_in_pieces_and_only_size_and_digest_are_kept(served, connect, small):
    client, large = connect(served), b"0123456789" * 50_000
    file = client.files.create(file=("large.bin", large), purpose="vision")
    assert file.bytes == len(large)
    (stored,) = served.app.playing.deck.files
    assert (stored.size, stored.sha256) == (len(large), hashlib.sha256(large).hexdigest())
    assert served.app.log.entries[-1].file == f"large.bin 500,000 B -> {file.id}"
    with pytest.raises(openai.APIStatusError, match="500,000 of them were too many") as miss:
        client.files.content(file.id)
    assert miss.value.status_code == 501


def test_a_part_of_an_upload_has_an_end(served, connect, small, monkeypatch):
    monkeypatch.setattr("runmock.apis.files.endpoints.uploads.LARGEST_KEPT", 1000)
    client = connect(served)
    upload = client.uploads.create(bytes=3000, filename="a", mime_type="text/plain", purpose="vision")
    with pytest.raises(openai.APIStatusError, match="this server takes 1,000 bytes") as refused:
        client.uploads.parts.create(upload.id, data=b"x" * 3000)
    assert refused.value.status_code == 413


def test_an_upload_that_is_larger_than_any_file_is_refused(served, connect, small, monkeypatch):
    monkeypatch.setattr(convert, "LARGEST_UPLOAD", 5000)
    with pytest.raises(openai.APIStatusError, match="this server takes 5,000 bytes"):
        connect(served).files.create(file=b"x" * 100_000, purpose="vision")


@pytest.mark.parametrize("is_sent_on", [True, False])
def test_a_large_upload_that_is_sent_on_to_upstream_stays_whole(small, is_sent_on):
    head = b'--B\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n'
    sent = head + b"x" * 5000 + b"\r\n--B--\r\n"
    pieces = iter([sent[:3000], sent[3000:]])

    async def receive():
        piece = next(pieces)
        return {"type": "http.request", "body": piece, "more_body": not piece.endswith(b"--B--\r\n")}

    headers = [(b"content-type", b"multipart/form-data; boundary=B")]
    request = Request({"type": "http", "method": "POST", "headers": headers}, receive)
    body = asyncio.run(convert.body_of(request, is_sent_on=is_sent_on))
    assert (body == sent) is is_sent_on
    assert len(body) > 5000 if is_sent_on else b"x-runmock-lost: 5000 " in body


@pytest.mark.parametrize(
    "answer", ["text: Hello", "json: [1]", "json: {text: Hello}", "stream: [{transcript.text.delta: {delta: a}}]"]
)
def test_an_upload_that_is_answered_without_an_id_is_shown_by_its_name(serve_here, cassette, answer):
    interaction = f"{{request: POST /audio/transcriptions, body: {{multipart: any}}, {answer}}}"
    served = serve_here(cassette(f"interactions: [{interaction}]"))
    sent = httpx.post(f"{served.base_url}/audio/transcriptions", files={"file": ("a.wav", b"abc")})
    assert (sent.status_code, len(sent.content) > 0) == (200, True)
    assert served.app.log.entries[-1].file == "a.wav 3 B"


def test_parallel_uploads_are_recorded_and_played_in_any_order(serve_here, tmp_path):
    upstream = serve_here()
    path = tmp_path / "files.runmock.yaml"

    def flow(**keywords):
        with (
            runmock.use_cassette(path, hosts=["127.0.0.1"], **keywords) as session,
            openai.OpenAI(api_key="any", base_url=upstream.base_url) as client,
        ):
            store = client.vector_stores.create(name="Notes")
            files = [(f"{number}.txt", b"x%d" % number) for number in range(6)]
            batch = client.vector_stores.file_batches.upload_and_poll(store.id, files=files)
            return batch.file_counts.completed, sorted(file.filename for file in session.files)

    assert flow(record_mode="once") == (6, [])
    names = [f"{number}.txt" for number in range(6)]
    assert [flow() for _ in range(3)] == [(6, names)] * 3
