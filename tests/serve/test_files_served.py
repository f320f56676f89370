"""Binary answers over HTTP: what `runmock serve` plays is what was recorded, byte for byte."""

import asyncio
import hashlib

import openai
import pytest

from runmock.tape.reading.cassette import load_cassette

SMALL = b"\x89PNG\r\n\x1a\n\x00\xff"
LARGE = b"\x89PNG" + bytes(range(256)) * 80
CASSETTE = f"""
interactions:
  - request: GET /files/file-small/content
    headers: {{content-type: image/png, content-disposition: attachment; filename="a.png"}}
    base64: |
      iVBORw0KGgoA
      /w==
  - request: GET /files/file-large/content
    path: a.files/plot.png
    size: {len(LARGE)}
    sha256: "{hashlib.sha256(LARGE).hexdigest()}"
  - request: GET /files/file-lost/content
    size: 70000000
    sha256: "{hashlib.sha256(LARGE).hexdigest()}"
  - request: POST /files
    body: {{multipart: any}}
    json: {{id: file-1, object: file, bytes: 3, created_at: 1, filename: a.txt, purpose: vision, status: processed}}
"""


@pytest.fixture
def served(serve_here, cassette, tmp_path):
    (tmp_path / "a.files").mkdir()
    (tmp_path / "a.files/plot.png").write_bytes(LARGE)
    return serve_here(cassette(CASSETTE))


def test_a_download_is_served_byte_for_byte(served, connect):
    files = connect(served).files
    small = files.content("file-small")
    assert small.read() == SMALL
    headers = small.response.headers
    assert (headers["content-type"], headers["content-disposition"]) == ("image/png", 'attachment; filename="a.png"')
    assert headers["content-length"] == str(len(SMALL))
    assert files.content("file-large").read() == LARGE


def test_a_download_is_served_to_async_clients(served):
    async def contents():
        async with openai.AsyncOpenAI(base_url=served.base_url, api_key="any") as client:
            return [(await client.files.content(name)).read() for name in ("file-small", "file-large")]

    assert asyncio.run(contents()) == [SMALL, LARGE]


def test_bytes_that_were_not_kept_are_a_miss_with_the_reason(served, connect):
    with pytest.raises(
        openai.APIStatusError, match="is not in the cassette: its 70,000,000 bytes were too many to keep"
    ) as raised:
        connect(served).files.content("file-lost")
    assert (raised.value.status_code, raised.value.code) == (501, "unmatched_request")


def test_a_file_that_is_gone_is_an_error_with_its_name(served, connect, tmp_path):
    (tmp_path / "a.files/plot.png").unlink()
    with pytest.raises(openai.APIStatusError, match=r"a\.files/plot\.png cannot be read: No such file") as raised:
        connect(served).files.content("file-large")
    assert (raised.value.status_code, raised.value.code) == (501, "script_error")


def test_an_upload_is_accepted(served, connect):
    assert connect(served).files.create(file=("a.txt", b"one"), purpose="vision").id == "file-1"


def test_what_is_recorded_through_the_proxy_has_every_byte_too(served, serve, connect, tmp_path):
    path = tmp_path / "taken" / "tape.yaml"
    path.parent.mkdir()
    proxy = serve("--upstream", served.base_url, "-o", path, command="record")
    files = connect(proxy).files
    assert [files.content(name).read() for name in ("file-small", "file-large")] == [SMALL, LARGE]
    assert files.create(file=("a.txt", b"one"), purpose="vision").id == "file-1"
    proxy.end()
    small, large, upload = load_cassette(path).interactions
    assert (small.content.read(), large.content.read()) == (SMALL, LARGE)
    assert (small.content.path, large.content.path.partition("/")[0]) == (None, "tape.files")
    assert dict(small.headers) == {"content-type": "image/png", "content-disposition": 'attachment; filename="a.png"'}
    assert [part.get("filename") for part in upload.body["multipart"]] == [None, "a.txt"]
