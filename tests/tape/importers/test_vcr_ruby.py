"""VCR for Ruby: its forms of a body, what is refused, and what is never carried over."""

import base64
import hashlib
import json

import pytest

from runmock.core.errors import CassetteError
from runmock.core.http.exchange import Request
from runmock.deck.deck import Deck
from runmock.tape.importers.to_cassette import import_recording
from runmock.tape.reading.cassette import cassette_from

URL = "https://api.openai.com/v1"


def recording(body, kind="text/plain", sent="{encoding: US-ASCII, string: ''}", method="get", path="/files/f/content"):
    return f"""\
---
http_interactions:
- request:
    method: {method}
    uri: {URL}{path}
    body: {sent}
    headers:
      Authorization:
      - Bearer sk-{"x" * 30}
      Content-Type:
      - {"application/json" if method == "get" else "multipart/form-data; boundary=b"}
  response:
    status:
      code: 200
      message: OK
    headers:
      Content-Type:
      - {kind}
      Set-Cookie:
      - __cf_bm=secret; path=/
      - _cfuvid=secret; path=/
    body: {body}
    http_version:
  recorded_at: Tue, 14 Nov 2023 21:48:50 GMT
recorded_with: VCR 6.1.0
"""


@pytest.fixture
def imported(tmp_path):
    def done(text, name="a.yml"):
        (tmp_path / name).write_text(text, encoding="utf-8")
        return import_recording(tmp_path / name)

    return done


def play(text, method="GET", path="/files/f/content", body=b"", **headers):
    deck = Deck()
    deck.load(cassette_from(text))
    return deck.answer(Request(method, "api.openai.com", f"/v1{path}", headers=headers, body=body))


BODIES = {
    "a text": ("{encoding: UTF-8, string: 'é'}", "é".encode()),
    "a text as bytes": ("{encoding: ASCII-8BIT, string: 'é'}", "é".encode()),
    "a text in the encoding of its name": ("{encoding: ISO-8859-1, string: 'é'}", b"\xe9"),
    "a text that its encoding lacks": ("{encoding: ISO-8859-1, string: '€'}", "€".encode()),
    "a text that is no ASCII": ("{encoding: US-ASCII, string: 'é'}", "é".encode()),
    "no encoding": ("{encoding: , string: 'é'}", "é".encode()),
    "bytes": ("{encoding: ASCII-8BIT, string: !binary '/wA='}", b"\xff\x00"),
    "bytes in a block": ("\n      encoding: ASCII-8BIT\n      string: !binary |-\n        /w\n        A=", b"\xff\x00"),
    "bytes as YAML has them": ("{encoding: ASCII-8BIT, string: !!binary '/wA='}", b"\xff\x00"),
    "exact bytes": ('{encoding: ISO-8859-1, base64_string: "/w\\nA=\\n"}', b"\xff\x00"),
    "nothing": ("{encoding: UTF-8, string: }", b""),
    "a text alone": ("'a: b'", b"a: b"),
    "line ends": ('{encoding: UTF-8, string: "a\\r\\nb\\n"}', b"a\r\nb\n"),
    "as VCR for R has it": ("{encoding: '', file: no, string: x}", b"x"),
}


@pytest.mark.parametrize(("body", "expected"), BODIES.values(), ids=BODIES)
def test_a_body_is_played_byte_for_byte(imported, body, expected):
    assert play(imported(recording(body)).text).body() == expected


def test_a_recording_in_json(imported):
    interaction = {
        "request": {"method": "post", "uri": f"{URL}/threads", "body": {"encoding": "UTF-8", "string": "{}"}},
        "response": {"status": {"code": 200}, "headers": {}, "body": {"encoding": "UTF-8", "string": '{"id": "x"}'}},
        "recorded_at": "Tue, 14 Nov 2023 21:48:50 GMT",
    }
    done = imported(json.dumps({"http_interactions": [interaction], "recorded_with": "VCR 6.2.0"}), "a.json")
    assert "json: {id: id_1}" in done.text
    assert "recorded: {at: 2023-11-14T21:48:50Z" in done.text


@pytest.mark.parametrize("time", ["2024-05-01 10:00:00 GMT", "", "2024-05-01"])
def test_a_time_in_another_form_is_none(imported, time):
    text = recording("{string: x}").replace("Tue, 14 Nov 2023 21:48:50 GMT", time)
    assert "recorded: {at: 2026-01-01T00:00:00Z" in imported(text).text


FORM = (
    '"--b\\r\\nContent-Disposition: form-data; name=\\"file\\"; filename=\\"a.csv\\"\\r\\nContent-Length: 3\\r\\n'
    'Content-Type: \\r\\nContent-Transfer-Encoding: binary\\r\\n\\r\\na,b\\r\\n--b--\\r\\n"'
)


def test_an_upload_is_kept_by_name_size_and_digest(imported):
    text = recording(
        "{string: '{}'}", "application/json", f"{{encoding: UTF-8, string: {FORM}}}", method="post", path="/files"
    )
    (interaction,) = cassette_from(imported(text).text).interactions
    assert [(part["filename"], part["size"]) for part in interaction.body["multipart"]] == [("a.csv", 3)]
    (other,) = cassette_from(imported(text.replace(FORM, "''"), "b.yml").text).interactions
    assert other.body == {"multipart": "any"}


def test_an_upload_of_bytes_is_kept_by_name_size_and_digest(imported):
    form = (
        b'--b\r\nContent-Disposition: form-data; name="file"; filename="image.png"\r\nContent-Type: \r\n\r\n\x89PNG\r\n\xff'
        b'\r\n--b\r\nContent-Disposition: form-data; name="purpose"\r\n\r\nvision\r\n--b--\r\n'
    )
    sent = f"{{encoding: ASCII-8BIT, string: !binary '{base64.b64encode(form).decode()}'}}"
    text = imported(recording("{string: '{}'}", "application/json", sent, "post", "/files")).text
    (interaction,) = cassette_from(text).interactions
    digest = hashlib.sha256(b"\x89PNG\r\n\xff").hexdigest()
    assert interaction.body["multipart"] == [
        {"name": "file", "filename": "image.png", "size": 7, "sha256": digest},
        {"name": "purpose", "value": "vision"},
    ]
    other = form.replace(b"--b", b"--other")
    assert play(text, "POST", "/files", other, **{"content-type": "multipart/form-data; boundary=other"}).status == 200


def test_an_upload_that_was_not_recorded_stands_for_any(imported):
    text = recording("{string: '{}'}", "application/json", "", method="post", path="/files")
    assert "body: {multipart: any}" in imported(text).text


def test_keys_and_cookies_are_not_carried_over(imported):
    text = imported(recording("{string: x}")).text
    assert "xxxx" not in text
    assert "secret" not in text


REFUSED = {
    "a number": ("{string: 12}", "interaction 0: the body of its answer is not text"),
    "an unknown encoding": (
        "{encoding: Big5-Odd, string: x}",
        "interaction 0: the body of its answer is in the encoding 'Big5-Odd', which is unknown here",
    ),
    "an encoding of no text": (
        "{encoding: hex, string: x}",
        "interaction 0: the body of its answer is in the encoding 'hex', which is unknown here",
    ),
    "a file": (
        "{file: yes, string: a.png}",
        "interaction 0: the body of its answer stands in a file of its own, which cannot be imported",
    ),
    "an unknown form": (
        "{encoding: '', raw_gzip: x}",
        "interaction 0: the body of its answer has no 'string' and no 'base64_string'; its keys: encoding, raw_gzip",
    ),
    "an empty form": (
        "{}",
        "interaction 0: the body of its answer has no 'string' and no 'base64_string'; its keys: none",
    ),
    "no body": ("", "interaction 0 has no body in its answer"),
    "no base64": (
        "{base64_string: '%'}",
        "interaction 0: the body of its answer is marked as base64, but it is not",
    ),
    "no base64, but a number": (
        "{base64_string: 1}",
        "interaction 0: the body of its answer is marked as base64, but it is not",
    ),
    "no base64 in bytes": (
        "{string: !binary 'abc'}",
        "not valid YAML: a binary value is not base64: Incorrect padding",
    ),
    "odd letters in bytes": (
        "{string: !binary 'ab*='}",
        "not valid YAML: a binary value is not base64: Only base64 data is allowed",
    ),
}


@pytest.mark.parametrize(("body", "why"), REFUSED.values(), ids=REFUSED)
def test_an_answer_that_cannot_be_read_is_refused_with_its_place(imported, body, why):
    with pytest.raises(CassetteError) as raised:
        imported(recording(body))
    assert str(raised.value).endswith(f": {why}")


@pytest.mark.parametrize("root", ["<BASE>", "https://[x"])
def test_a_uri_without_a_host_is_refused(imported, root):
    with pytest.raises(CassetteError) as raised:
        imported(recording("{string: x}").replace(URL, f'"{root}').replace("/files/f/content", '/files/f/content"'))
    assert str(raised.value).endswith(f": '{root}/files/f/content' is not a URL")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("http_interactions: []", "this recording has no interaction in it"),
        ("http_interactions: 1", "the file has no 'http_interactions' as this format has it"),
        ("http_interactions: [{}]", "interaction 0 has no 'request' as this format has it"),
        ("http_interactions: [{request: {}}]", "interaction 0 has no 'response' as this format has it"),
    ],
)
def test_a_file_without_its_parts_is_refused(imported, text, why):
    with pytest.raises(CassetteError) as raised:
        imported(text)
    assert str(raised.value).endswith(f": {why}")
