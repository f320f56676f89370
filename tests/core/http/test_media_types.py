"""What a content type means for a body."""

import pytest

from runmock.core.http.media_types import is_json, is_text, parameters


@pytest.mark.parametrize(
    ("content_type", "json", "text"),
    [
        ("application/json", True, True),
        ("Application/JSON; charset=utf-8", True, True),
        ("application/problem+json", True, True),
        ("text/json", True, True),
        ("application/jsonl", False, True),
        ("application/x-ndjson", False, True),
        ("text/plain", False, True),
        ("image/svg+xml", False, True),
        ("application/x-www-form-urlencoded", False, True),
        ("text/event-stream; charset=utf-8", False, True),
        ("application/octet-stream", False, False),
        ("application/gzip", False, False),
        ("image/png", False, False),
        ("multipart/form-data; boundary=json", False, False),
        ("", False, False),
    ],
)
def test_which_types_are_json_and_which_any_text(content_type, json, text):
    assert (is_json(content_type), is_text(content_type)) == (json, text)


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("multipart/form-data; boundary=abc", {"boundary": "abc"}),
        ('multipart/form-data; Boundary="a=b;c"; charset=utf-8', {"boundary": "a=b;c", "charset": "utf-8"}),
        ("form-data; name=file; filename=a.csv", {"name": "file", "filename": "a.csv"}),
        (r'form-data;name="a \"b\" \\ c" ;filename=x ', {"name": 'a "b" \\ c', "filename": "x"}),
        ("form-data; name=a; name=b", {"name": "a"}),
        ("form-data", {}),
    ],
)
def test_the_parameters_of_a_header(value, found):
    assert parameters(value) == found
