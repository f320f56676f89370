import pytest
from file_conversation import BOUNDARY

from runmock.apis.files.api import FILES
from runmock.apis.registry import read
from runmock.apis.service.files.session_files import SessionFiles
from runmock.core.api import Incoming
from runmock.core.engine.stage import Stage
from runmock.core.http.exchange import Request

FILE = {"id": "file-1", "filename": "a.txt", "purpose": "vision"}


@pytest.fixture
def stage():
    return Stage()


@pytest.fixture
def notes(stage):
    keep = FILES.note_of_replays(stage)

    def note(method, path, answer, body=b"", content_type="application/json"):
        request = Request(method, "api.openai.com", f"/v1{path}", {}, {"content-type": content_type})
        incoming = read(Incoming(request, FILES.identify(method, f"/v1{path}")), body)
        keep(incoming, answer)
        return stage.shared(SessionFiles).uploaded

    return note


def form(head, data):
    body = f"--{BOUNDARY}\r\nContent-Disposition: form-data; {head}\r\n\r\n".encode() + data + b"\r\n"
    return body + f"--{BOUNDARY}--\r\n".encode(), f"multipart/form-data; boundary={BOUNDARY}"


def test_an_upload_has_the_recorded_id_and_the_bytes_that_were_sent(notes):
    body, kind = form('name="file"; filename="mine.csv"\r\nContent-Type: text/csv', b"x,y")
    (file,) = notes("POST", "/files", FILE, body, kind)
    assert (file.id, file.filename, file.purpose, file.content.data) == ("file-1", "a.txt", "vision", b"x,y")
    assert (file.content_type, file.is_deleted) == ("text/csv", False)


@pytest.mark.parametrize(("head", "name"), [('; filename="mine.csv"', "mine.csv"), ("", "upload")])
def test_a_name_that_was_not_answered_is_the_one_that_was_sent(notes, head, name):
    (file,) = notes("POST", "/files", {"id": "file-1"}, *form(f'name="file"{head}', b"x,y"))
    assert (file.filename, file.purpose, file.content_type) == (name, "", "application/octet-stream")


def test_an_upload_whose_bytes_were_too_many_has_size_and_digest(notes):
    body, kind = form(f'name="file"; filename="a"\r\nx-runmock-lost: 7 {"0" * 64}', b"")
    (file,) = notes("POST", "/files", FILE, body, kind)
    assert file.content == (7, "0" * 64, None)


def test_a_deleted_file_is_marked(notes):
    notes("POST", "/files", FILE, *form('name="file"', b"x"))
    notes("DELETE", "/files/file-2", {"id": "file-2", "deleted": True})
    (file,) = notes("DELETE", "/files/file-1", {"id": "file-1", "deleted": False})
    assert not file.is_deleted
    (file,) = notes("DELETE", "/files/file-1", {"id": "file-1", "deleted": True})
    assert file.is_deleted


@pytest.mark.parametrize("begins", [True, False])
def test_parts_make_a_file_when_the_upload_is_completed(notes, begins):
    if begins:
        notes("POST", "/uploads", {"id": "upload_1"}, b'{"mime_type": "text/csv"}')
    notes("POST", "/uploads/upload_1/parts", {"id": "part_1"}, *form('name="data"', b"abc"))
    assert notes("POST", "/uploads/upload_1/parts", {"id": "part_2"}) == []
    ids = b'{"part_ids": ["part_1", "part_2", "part_3"]}'
    (file,) = notes("POST", "/uploads/upload_1/complete", {"id": "upload_1", "file": FILE}, ids)
    assert file.content.data == b"abc"
    assert file.content_type == ("text/csv" if begins else "application/octet-stream")


@pytest.mark.parametrize(
    ("method", "path", "answer"),
    [
        ("POST", "/files", None),
        ("POST", "/files", {"error": {}}),
        ("POST", "/files", FILE),
        ("POST", "/uploads", {"id": "upload_1"}),
        ("POST", "/uploads/upload_1/complete", {"id": "upload_1"}),
        ("POST", "/uploads/upload_1/complete", {"id": "upload_1", "file": {}}),
        ("GET", "/files/file-1", FILE),
    ],
)
def test_other_answers_say_nothing(notes, method, path, answer):
    assert notes(method, path, answer) == []
