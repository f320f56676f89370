"""An upload by its parts."""

import hashlib

import pytest

from runmock.core.http.multipart import in_any_order, names_same_file, parts_of, upload

BODY = (
    b'--abc\r\nContent-Disposition: form-data; name="purpose"\r\n\r\nassistants\r\n'
    b'--abc\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\nContent-Type: text/plain\r\n\r\n'
    b"line\r\n--ab\r\n\r\n--abc--\r\n"
)
PARTS = [
    {"name": "purpose", "value": "assistants"},
    {"name": "file", "filename": "a.txt", "size": 12, "sha256": hashlib.sha256(b"line\r\n--ab\r\n").hexdigest()},
]


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
    assert upload(body, "multipart/form-data") is None


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (BODY, 'multipart/form-data; boundary="abc"'),
        (BODY, "multipart/form-data; boundary=REDACTED"),
        (BODY, "multipart/form-data"),
        (b"\r\n" + BODY, "multipart/form-data; boundary=abc"),
        (b"A preamble that nobody reads.\r\n" + BODY, "Multipart/Form-Data; Boundary=abc"),
        (BODY + b"and an epilogue", "multipart/form-data; boundary=abc"),
        (BODY.removesuffix(b"\r\n--abc--\r\n"), "multipart/form-data; boundary=abc"),
        (BODY.replace(b"--abc\r\n", b"--abc \t\r\n"), "multipart/form-data; boundary=abc"),
    ],
)
def test_the_boundary_is_that_of_the_content_type_or_else_what_the_body_begins_with(body, content_type):
    assert upload(body, content_type) == {"multipart": PARTS}


def test_a_content_that_has_the_boundary_in_a_line_is_not_cut_there():
    body = b"--b\r\nContent-Disposition: form-data; name=file; filename=a\r\n\r\nuse --b\r\nand --b--\r\n--b--\r\n"
    (part,) = upload(body, "multipart/form-data; boundary=b")["multipart"]
    assert part["size"] == len(b"use --b\r\nand --b--")


def test_a_body_without_a_content_type_of_parts_has_none():
    assert upload(BODY, "text/plain") is None


def test_line_ends_that_a_recorder_has_changed_are_line_ends():
    found = upload(BODY.replace(b"\r\n", b"\n"), "multipart/form-data; boundary=abc")
    assert [(part["name"], part.get("filename"), part.get("value")) for part in found["multipart"]] == [
        ("purpose", None, "assistants"),
        ("file", "a.txt", None),
    ]
    assert upload(BODY.replace(b"\r\n", b"\n")) == found


HEADS = {
    "python": (b'Content-Disposition: form-data; name="file"; filename="upload"\r\nContent-Type: x/y', "upload"),
    "dotnet": (b"Content-Disposition: form-data; name=file; filename=a.csv; filename*=utf-8''a.csv", "a.csv"),
    "dotnet, no ascii": (
        b"Content-Disposition: form-data; name=file; filename=\"=?utf-8?B?5L2g?=\"; filename*=utf-8''%E4%BD%A0.txt",
        "你.txt",
    ),
    "dotnet, type first": (b"Content-Type: text/csv\r\nContent-Disposition: form-data; name=file; filename=a b", "a b"),
    "ruby": (
        b'Content-Disposition: form-data; name="file"; filename="a.csv"\r\nContent-Length: 3\r\nContent-Type: \r\n%s'
        % b"Content-Transfer-Encoding: binary",
        "a.csv",
    ),
    "js": (b'content-disposition: form-data; name="file"; filename="a.csv"\r\ncontent-type: text/csv', "a.csv"),
    "raw utf-8": ('Content-Disposition: form-data; name="file"; filename="你好.txt"'.encode(), "你好.txt"),
    "raw latin-1": ('Content-Disposition: form-data; name="file"; filename="é.txt"'.encode("latin-1"), "é.txt"),
    "escaped": (rb'Content-Disposition: form-data; name="file"; filename="a\"b\\c.csv"', 'a"b\\c.csv'),
    "escaped by browsers": (b'Content-Disposition: form-data; name="file"; filename="a%22b%0d%0A.csv"', 'a"b\r\n.csv'),
    "a semicolon": (b'Content-Disposition: form-data; name="file"; filename="a;name=b.csv"', "a;name=b.csv"),
    "a percent sign": (b"Content-Disposition: form-data; name=file; filename*=utf-8'en'100%2522.csv", "100%22.csv"),
    "another charset": (b"Content-Disposition: form-data; name=file; filename*=iso-8859-1''%E9.txt", "é.txt"),
    "no charset": (b"Content-Disposition: form-data; name=file; filename*=''a.txt", "a.txt"),
    "a charset of nobody": (b"Content-Disposition: form-data; name=file; filename=a; filename*=x-odd''b", "a"),
    "no extension at all": (b"Content-Disposition: form-data; name=file; filename=a; filename*=b", "a"),
    "bytes that are none": (b"Content-Disposition: form-data; name=file; filename=a; filename*=utf-8''%FF", "a"),
    "an empty name": (b'Content-Disposition: form-data; name="file"; filename=""', ""),
}


@pytest.mark.parametrize(("head", "filename"), HEADS.values(), ids=HEADS)
def test_a_file_has_its_name_however_a_client_writes_it(head, filename):
    body = b"--=b\r\n" + head + b"\r\n\r\n\x00\xff\r\n\r\n--=b--\r\n"
    digest = hashlib.sha256(b"\x00\xff\r\n").hexdigest()
    assert upload(body, 'multipart/form-data; boundary="=b"') == {
        "multipart": [{"name": "file", "filename": filename, "size": 4, "sha256": digest}]
    }


def test_parts_without_a_head_or_without_a_content_are_parts():
    body = b"--b\r\n\r\nalone\r\n--b\r\nContent-Disposition: form-data; name=empty\r\n\r\n\r\n--b\r\nX: y\r\n--b--"
    assert upload(body, "multipart/form-data; boundary=b") == {
        "multipart": [{"value": "alone"}, {"name": "empty", "value": ""}, {"value": ""}]
    }


def test_the_order_of_parts_does_not_count():
    assert in_any_order(PARTS) == in_any_order(PARTS[::-1])


@pytest.mark.parametrize("body", [None, "text", [], {}, {"multipart": "any"}])
def test_no_other_body_has_parts(body):
    assert parts_of(body) == []


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ({"filename": "a.txt", "bytes": 12}, (True, True)),
        ({"filename": "b.txt", "bytes": 12}, (False, True)),
        ({"filename": "a.txt", "bytes": None}, (True, False)),
        ({"id": "part_1"}, (False, False)),
        (None, (False, False)),
    ],
)
def test_an_answer_may_speak_of_the_file_by_name_and_size(answer, expected):
    assert names_same_file({"multipart": PARTS}, answer) == expected


def test_an_upload_without_a_file_is_spoken_of_by_nobody():
    assert names_same_file({"multipart": PARTS[:1]}, {"filename": None, "bytes": None}) == (False, False)
