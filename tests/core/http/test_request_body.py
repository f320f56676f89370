"""A request's body as it is kept and compared."""

import hashlib

import pytest

from runmock.apis.registry import identified
from runmock.core.http.exchange import Request
from runmock.core.http.request_body import kept_body

UPLOAD = b'--x\r\nContent-Disposition: form-data; name="purpose"\r\n\r\nvision\r\n--x--\r\n'
PARTS = {"multipart": [{"name": "purpose", "value": "vision"}]}
FORM = "multipart/form-data; boundary=x"


def read(body, content_type=None):
    headers = {} if content_type is None else {"content-type": content_type}
    return kept_body(identified(Request("POST", "api.openai.com", "/v1/files", headers=headers, body=body)))


@pytest.mark.parametrize(
    ("body", "content_type", "found"),
    [
        (b"", None, None),
        (b" \r\n", "application/json", None),
        (b"", FORM, {"multipart": "any"}),
        (b'{"a": 1}', "application/json", {"a": 1}),
        (b'{"a": 1}', None, {"a": 1}),
        (b'{"a": NaN}', "application/json", '{"a": NaN}'),
        (b"[" * 100_000, "application/json", "[" * 100_000),
        (UPLOAD, FORM, PARTS),
        (UPLOAD, None, PARTS),
        (UPLOAD, "text/plain", UPLOAD.decode()),
        (b"no parts", FORM, "no parts"),
        ("a=b&c=é".encode(), "application/x-www-form-urlencoded", "a=b&c=é"),
        (b"\x89PNG", "image/png", {"binary": {"size": 4, "sha256": hashlib.sha256(b"\x89PNG").hexdigest()}}),
    ],
    ids=str,
)
def test_a_body_is_json_or_parts_or_a_text_or_a_digest(body, content_type, found):
    assert read(body, content_type) == found
