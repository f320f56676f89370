"""An upload by its parts."""

import hashlib

import pytest

from runmock.core.multipart import upload

BODY = (
    b'--abc\r\nContent-Disposition: form-data; name="purpose"\r\n\r\nassistants\r\n'
    b'--abc\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\nContent-Type: text/plain\r\n\r\n'
    b"line\r\n--ab\r\n\r\n--abc--\r\n"
)


@pytest.mark.parametrize("boundary", [b"abc", b"------WebKitFormBoundary7MA4YWxk"])
def test_a_file_is_kept_by_its_name_its_size_and_its_digest_whatever_the_boundary(boundary):
    content = b"line\r\n--ab\r\n"
    assert upload(BODY.replace(b"--abc", b"--" + boundary)) == {
        "multipart": [
            {"name": "purpose", "value": "assistants"},
            {"name": "file", "filename": "a.txt", "size": 12, "sha256": hashlib.sha256(content).hexdigest()},
        ]
    }


def test_a_value_that_is_no_text_is_kept_by_its_digest():
    body = b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n\xff\r\n--x--\r\n'
    digest = hashlib.sha256(b"\xff").hexdigest()
    assert upload(body) == {"multipart": [{"name": "a", "size": 1, "sha256": digest}]}


@pytest.mark.parametrize("body", [b"", b"{}", b"--", b"--abc", b"-- a list\n-- of things", b"--abc\r\nno header"])
def test_anything_else_is_none(body):
    assert upload(body) is None
