"""Bodies that are no JSON, from recordings of other tools: byte for byte, whichever format they come from."""

import base64
import gzip
import hashlib
import json
import zlib

import pytest
import yaml

from runmock.core.errors import CassetteError
from runmock.core.http.exchange import Request
from runmock.core.script.script import Source
from runmock.deck.deck import Deck
from runmock.tape.files.side_files import save
from runmock.tape.importers.parts import take_of
from runmock.tape.importers.to_cassette import import_recording, verify
from runmock.tape.reading.cassette import cassette_from, load_cassette
from runmock.tape.reading.from_take import interaction_of
from runmock.tape.writing.cassette_text import Header, cassette_text

URL = "https://api.openai.com/v1"
PATH = "/files/file-mine/content"
OCTETS = "application/octet-stream"
FORM = "multipart/form-data; boundary=x"
SENT = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.png"\r\n\r\n\x89PNG\xff\r\n--x--\r\n'
DIGEST = hashlib.sha256(b"\x89PNG\xff").hexdigest()


def vcrpy(body, kind, method="GET", path=PATH, sent=None, sent_as=None, **headers):
    answer_headers = {"content-type": [kind]} if kind else {}
    request_headers = {"content-type": [sent_as]} if sent_as else {}
    request = {"method": method, "uri": URL + path, "body": sent, "headers": request_headers}
    response = {"status": {"code": 200, "message": "OK"}, "headers": answer_headers | headers, "body": {"string": body}}
    return yaml.safe_dump({"interactions": [{"request": request, "response": response}], "version": 1})


def vcrpy_base64(body, kind, **more):
    document = yaml.safe_load(vcrpy(b"", kind, **more))
    document["interactions"][0]["response"]["body"] = {"base64_string": base64.b64encode(body).decode()}
    return json.dumps(document)


def har(body, kind, method="GET", path=PATH, post=None, size=-1, **content):
    content = {
        "text": base64.b64encode(body).decode(),
        "encoding": "base64",
        "size": len(body),
        "mimeType": kind,
    } | content
    request = {"method": method, "url": URL + path, "bodySize": size} | ({} if post is None else {"postData": post})
    headers = [{"name": "content-type", "value": kind}] if kind else []
    entry = {
        "startedDateTime": "2025-10-30T21:58:52.000Z",
        "request": request,
        "response": {"status": 200, "headers": headers, "content": content},
    }
    return json.dumps({"log": {"entries": [entry]}})


def is_text(kind):
    return kind is not None and (kind.startswith("text/") or kind.endswith("json") or "charset=utf-8" in kind)


def proxy(body, kind, method="GET", path=PATH, sent=None, sent_as=None):
    """As the test proxy writes it: text by lines, all else in base64."""
    answer_body = base64.b64encode(body).decode() if body else []
    if body and is_text(kind):
        lines = body.decode().splitlines(keepends=True)
        answer_body = lines if len(lines) > 1 else lines[0]
    entry = {
        "RequestUri": URL + path,
        "RequestMethod": method,
        "RequestHeaders": {"Content-Type": sent_as} if sent_as else {},
        "RequestBody": sent,
        "StatusCode": 200,
        "ResponseHeaders": {"Content-Type": kind} if kind else {},
        "ResponseBody": answer_body,
    }
    return json.dumps({"Entries": [entry]})


def cassetter(body, kind, method="GET", path=PATH):
    answer_headers = {"content-type": [kind]} if kind else {}
    interaction = {
        "request": {"method": method, "uri": URL + path, "headers": {}, "body": {"type": "none"}},
        "response": {"status": 200, "headers": answer_headers, "body": {"type": "binary", "content": body.hex()}},
        "recorded_at": "2026-11-25T06:32:19.176858+00:00",
    }
    return yaml.safe_dump({"version": 1, "interactions": [interaction]})


def ruby(body, kind, method="GET", path=PATH):
    """As VCR for Ruby writes it: bytes under a tag of their own."""
    response = {"status": {"code": 200}, "headers": {"Content-Type": [kind]} if kind else {}, "body": {"string": body}}
    request = {"method": method.lower(), "uri": URL + path, "body": {"string": ""}, "headers": {}}
    document = {"http_interactions": [{"request": request, "response": response}], "recorded_with": "VCR 6.1.0"}
    return yaml.safe_dump(document).replace("!!binary", "!binary")


def ruby_base64(body, kind):
    document = yaml.safe_load(ruby(b"", kind).replace("!binary", "!!binary"))
    text = base64.encodebytes(body).decode()
    document["http_interactions"][0]["response"]["body"] = {"encoding": "ASCII-8BIT", "base64_string": text}
    return json.dumps(document)


FORMATS = [vcrpy, vcrpy_base64, har, proxy, cassetter, ruby, ruby_base64]
BODIES = {
    "a picture": (b"\x89PNG\r\n\x1a\n\x00\xff", OCTETS),
    "a picture that says so": (b"\x89PNG\r\n\x1a\n\x00\xff", "image/png"),
    "a large picture": (b"\x89PNG" + bytes(range(256)) * 70, "image/png"),
    "lines": (b'{"a":  1}\r\n{"b": 2}\r\n', OCTETS),
    "JSON with odd white space": (b'{"b" :1,\n "a":[ 1.0 ] }\n', OCTETS),
    "an archive": (gzip.compress(b"words", mtime=0), OCTETS),
    "an archive that says so": (gzip.compress(b"words", mtime=0), "application/gzip"),
    "a text": ("Grüße, \x00\x01\n".encode(), "text/plain; charset=utf-8"),
    "ids": (b"thread_abcdefghijklmnop", OCTETS),
    "nothing": (b"", OCTETS),
}


@pytest.fixture
def imported(tmp_path):
    """Import a recording; the cassette, with its files."""

    def done(content, name="recording.yaml"):
        path, target = tmp_path / name, tmp_path / "here.runmock.yaml"
        path.write_text(content)
        done = import_recording(path, target)
        save(target, done.text, done.recorded)
        return load_cassette(target)

    return done


def play(cassette, method="GET", path=PATH, body=b"", **headers):
    deck = Deck()
    deck.load(cassette)
    return deck.answer(Request(method, "api.openai.com", f"/v1{path}", headers=headers, body=body))


@pytest.mark.parametrize("form", FORMATS, ids=lambda form: form.__name__)
@pytest.mark.parametrize(("body", "kind"), BODIES.values(), ids=BODIES)
def test_a_body_is_played_byte_for_byte_with_its_type(imported, form, body, kind):
    reply = play(imported(form(body, kind)))
    assert (reply.body(), dict(reply.headers)["content-type"]) == (body, kind)


@pytest.mark.parametrize(
    ("body", "answer_headers"),
    [
        (b"\x89PNG\xff", {"content-encoding": ["gzip"]}),
        (gzip.compress(b"\x89PNG\xff", mtime=0), {"content-encoding": ["gzip"]}),
        (zlib.compress(b"\x89PNG\xff"), {"content-encoding": ["deflate"]}),
    ],
    ids=["unpacked", "packed", "packed otherwise"],
)
def test_a_picture_is_unpacked_where_the_recorder_has_not_done_it(imported, body, answer_headers):
    assert play(imported(vcrpy(body, "image/png", **answer_headers))).body() == b"\x89PNG\xff"


def test_an_archive_in_an_archive_is_unpacked_once(imported):
    inner = gzip.compress(b"words", mtime=0)
    outer = vcrpy(gzip.compress(inner, mtime=0), OCTETS, **{"content-encoding": ["gzip"]})
    assert play(imported(outer)).body() == inner


def test_half_an_archive_is_refused(imported):
    with pytest.raises(CassetteError, match="an answer says that it is packed as 'gzip', and is not"):
        imported(vcrpy(gzip.compress(b"words" * 99)[:-9], OCTETS, **{"content-encoding": ["gzip"]}))


@pytest.mark.parametrize("kind", ["application/json", None])
def test_json_without_another_type_is_json_but_not_where_a_file_is_expected(imported, kind):
    body = b'{"id" :"thread_abcdefghijklmnop"}'
    assert imported(vcrpy(body, kind, path="/threads/x")).interactions[0].json == {"id": "thread_1"}
    assert imported(vcrpy(body, kind)).interactions[0].text == body.decode()


def test_a_vector_stores_content_is_json(imported):
    body = b'{"object" :"vector_store.file_content.page"}'
    done = imported(vcrpy(body, "application/json", path="/vector_stores/vs_1/files/file_1/content"))
    assert done.interactions[0].json == {"object": "vector_store.file_content.page"}


def test_an_error_in_place_of_a_file_is_json(imported):
    document = yaml.safe_load(vcrpy(b'{"error": {"message": "No such File object: x"}}', "application/json"))
    document["interactions"][0]["response"]["status"]["code"] = 404
    (interaction,) = imported(yaml.safe_dump(document)).interactions
    assert (interaction.status, interaction.json) == (404, {"error": {"message": "No such File object: x"}})


@pytest.mark.parametrize("body", [b'{"a": NaN}', b'{"a": 1e400}', b"[-Infinity]", b'{"a": '])
def test_json_that_no_answer_can_repeat_is_kept_as_it_is(imported, body):
    (interaction,) = imported(vcrpy(body, "application/json", path="/a")).interactions
    assert (interaction.text, dict(interaction.headers)) == (body.decode(), {"content-type": "application/json"})


def test_other_types_of_json_and_the_name_of_a_download_are_kept(imported):
    kind = "application/problem+json; charset=utf-8"
    disposition = {"content-disposition": ["attachment; filename=a.json"], "x-request-id": ["req_1"]}
    cassette = imported(vcrpy(b'{"a": 1}', kind, path="/a", **disposition))
    assert dict(cassette.interactions[0].headers) == {
        "content-type": kind,
        "content-disposition": "attachment; filename=a.json",
    }
    assert dict(play(cassette, path="/a").headers)["content-type"] == kind
    plain = imported(vcrpy(b'{"a": 1}', "application/json; charset=utf-8", path="/a"))
    assert plain.interactions[0].headers == ()


UPLOADS = {
    "vcrpy, bytes": vcrpy("{}", "application/json", "POST", "/files", SENT, FORM),
    "test proxy, lines": proxy(
        b"{}",
        "application/json",
        "POST",
        "/files",
        [
            "--x\r\n",
            'Content-Disposition: form-data; name="file"; filename="a.png"\r\n',
            "\r\n",
            "b64:iVBOR/8=",
            "\r\n",
            "--x--\r\n",
        ],
        FORM,
    ),
    "test proxy, base64": proxy(b"{}", "application/json", "POST", "/files", base64.b64encode(SENT).decode(), FORM),
    "har, base64": har(
        b"{}",
        "application/json",
        "POST",
        "/files",
        {"mimeType": FORM, "encoding": "base64", "text": base64.b64encode(SENT).decode()},
    ),
}


@pytest.mark.parametrize("recording", UPLOADS.values(), ids=UPLOADS)
def test_an_upload_is_kept_by_name_size_and_digest(imported, recording):
    cassette = imported(recording)
    assert cassette.interactions[0].body == {
        "multipart": [{"name": "file", "filename": "a.png", "size": 5, "sha256": DIGEST}]
    }
    assert (
        play(cassette, "POST", "/files", SENT.replace(b"--x", b"--y"), **{"content-type": FORM[:-1] + "y"}).status
        == 200
    )


UNKNOWN = {
    "vcrpy": vcrpy("{}", "application/json", "POST", "/files", None, FORM),
    "test proxy": proxy(b"{}", "application/json", "POST", "/files", None, 'multipart/form-data; boundary="=x"'),
    "har": har(b"{}", "application/json", "POST", "/files", {"mimeType": FORM}),
    "har without the files": har(
        b"{}", "application/json", "POST", "/files", {"mimeType": FORM, "text": SENT[:60].decode()}, len(SENT)
    ),
}


@pytest.mark.parametrize("recording", UNKNOWN.values(), ids=UNKNOWN)
def test_an_upload_without_its_body_stands_for_any(imported, recording):
    cassette = imported(recording)
    assert cassette.interactions[0].body == {"multipart": "any"}
    assert play(cassette, "POST", "/files", SENT, **{"content-type": FORM}).status == 200


def test_an_empty_part_of_the_test_proxy_is_a_part(imported):
    lines = ["--x\r\n", "Content-Disposition: form-data; name=file; filename=a\r\n", "\r\n", [], "\r\n", "--x--\r\n"]
    (interaction,) = imported(proxy(b"{}", "application/json", "POST", "/files", lines, FORM)).interactions
    assert interaction.body["multipart"][0]["size"] == 0


@pytest.mark.parametrize("text", ["Sanitized", "b64:Sanitized"])
def test_what_a_sanitizer_wrote_in_place_of_base64_is_used_as_it_is(imported, text):
    document = json.loads(proxy(b"x", OCTETS))
    document["Entries"][0]["ResponseBody"] = text
    assert imported(json.dumps(document)).interactions[0].text == text


def test_a_body_of_another_type_that_is_not_in_base64_is_used_as_it_is(imported):
    document = json.loads(proxy(b"x", None, path="/a"))
    document["Entries"][0]["ResponseBody"] = {"a": 1}
    assert imported(json.dumps(document)).interactions[0].json == {"a": 1}


def old_vcrpy(content, **headers):
    request = {"method": "GET", "uri": URL + PATH, "body": "", "headers": {}}
    response = {"status_code": 200, "http_version": "HTTP/1.1", "headers": headers, "content": content}
    return yaml.safe_dump({"interactions": [{"request": request, "response": response}], "version": 1})


def test_vcrpys_older_form_of_answers(imported):
    answer_headers = {"content-type": [OCTETS], "content-length": ["9"]}
    assert play(imported(old_vcrpy('{"a" :1}\n', **answer_headers))).body() == b'{"a" :1}\n'


def test_an_answer_that_has_lost_bytes_is_refused(imported):
    with pytest.raises(CassetteError, match="interaction 0 has lost 3 bytes of its answer, which were no text"):
        imported(old_vcrpy("PNG", **{"content-type": ["image/png"], "content-length": ["6"]}))


def test_an_archive_of_a_browser_without_contents_is_refused(imported):
    with pytest.raises(CassetteError, match="entry 0 has no body in its answer: export the archive with content"):
        imported(har(b"bytes", "image/png", text=None, encoding=None))
    assert play(imported(har(b"", "image/png", text=None, encoding=None))).body() == b""


@pytest.mark.parametrize(
    ("body", "wrong"),
    [(b"\xff\x00", ("base64: |\n      /wA=", "base64: /wE=")), (b"text", ("text: text", "text: test"))],
)
def test_a_byte_that_would_be_played_otherwise_is_found_by_the_comparison(body, wrong):
    take = take_of("GET", URL + PATH, b"", 200, (("content-type", OCTETS),), body)
    interaction = interaction_of(take, Source("x.yaml", 0))
    text = cassette_text(Header(0), [interaction])
    verify(text, [interaction], [take])
    assert wrong[0] in text
    with pytest.raises(CassetteError, match=f"GET {PATH} would not be played as it was recorded"):
        verify(text.replace(*wrong), [interaction], [take])


def test_the_bytes_of_a_cassette_are_read_back():
    (interaction,) = cassette_from("interactions: [{request: GET /a, base64: '/w=='}]").interactions
    assert interaction.content.read() == b"\xff"
