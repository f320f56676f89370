"""Files: upload, list, retrieve, download, delete. Shapes: docs/protocol/files.md."""

import pytest
from file_conversation import Files

from runmock.apis.service.files import stored_file
from runmock.apis.service.files.scripted import ScriptedFile
from runmock.core.errors import UnmatchedRequest

DETAIL = "No such File object: file-x"


def test_an_upload_is_processed_at_once():
    file = Files().uploads("你好.txt", b"12345")
    assert list(file) == [
        "object",
        "id",
        "purpose",
        "filename",
        "bytes",
        "created_at",
        "expires_at",
        "status",
        "status_details",
    ]
    assert file["id"].startswith("file-")
    assert {**file, "id": "", "created_at": 0} == {
        "object": "file",
        "id": "",
        "purpose": "assistants",
        "filename": "你好.txt",
        "bytes": 5,
        "created_at": 0,
        "expires_at": None,
        "status": "processed",
        "status_details": None,
    }


def test_what_was_uploaded_is_found_again():
    files = Files()
    file = files.uploads()
    assert files.gets(f"/files/{file['id']}") == file
    assert files.headers["openai-version"] == "2020-10-01"
    assert files.headers["x-request-id"] == f"req_{2:032x}"


def test_a_field_without_the_name_of_a_file_is_a_file_too():
    files = Files()
    file = files.form("/files", ('name="purpose"', b"vision"), ('name="file"', b"abc"))
    assert (file["filename"], file["bytes"]) == ("upload", 3)
    assert files.sends("GET", f"/files/{file['id']}/content").body() == b"abc"


@pytest.mark.parametrize(
    ("purpose", "more", "lifetime"),
    [
        ("assistants", {}, None),
        ("batch", {}, 2_592_000),
        ("batch", {"expires_after[anchor]": "created_at", "expires_after[seconds]": 3600}, 3600),
        ("vision", {"expires_after[anchor]": "created_at", "expires_after[seconds]": 7200}, 7200),
    ],
)
def test_when_a_file_expires(purpose, more, lifetime):
    file = Files().uploads(purpose=purpose, **more)
    assert file["expires_at"] == (None if lifetime is None else file["created_at"] + lifetime)


@pytest.mark.parametrize(
    ("more", "message", "param"),
    [
        (
            {"purpose": "world_domination"},
            (
                "'world_domination' is not one of ['fine-tune', 'assistants', 'batch', 'user_data', 'vision', 'evals'] - "
                "'purpose'"
            ),
            "purpose",
        ),
        (
            {"expires_after[anchor]": "created_at", "expires_after[seconds]": 60},
            "Invalid 'expires_after.seconds': integer below minimum value. Expected a value >= 3600, but got 60 instead.",
            "expires_after.seconds",
        ),
        ({"name": "x"}, "Unknown parameter: 'name'.", "name"),
    ],
)
def test_what_an_upload_may_not_say(more, message, param):
    files = Files()
    error = files.uploads(**more)["error"]
    assert (files.status, error["message"], error["param"]) == (400, message, param)


@pytest.mark.parametrize("body", [{"purpose": "assistants"}, None])
def test_an_upload_without_a_file(body):
    assert Files().refused("POST", "/files", body) == (
        400,
        "Missing required parameter: 'file'.",
        "file",
        "missing_required_parameter",
    )


def test_other_servers_have_purposes_of_their_own():
    assert Files(host="gateway.example").uploads(purpose="indexing")["purpose"] == "indexing"


def test_a_download_has_always_the_same_type():
    files = Files()
    file = files.uploads("a.png", b"\x89PNG\x00\xff", "vision")
    assert files.sends("GET", f"/files/{file['id']}/content").body() == b"\x89PNG\x00\xff"
    assert files.headers["content-type"] == "application/octet-stream"
    assert files.headers["content-disposition"] == 'attachment; filename="a.png"'


def test_a_name_beyond_ascii_is_written_as_http_has_it():
    files = Files()
    file = files.uploads("plät.png", b"", "vision")
    files.sends("GET", f"/files/{file['id']}/content")
    assert files.headers["content-disposition"] == "attachment; filename=\"pl_t.png\"; filename*=UTF-8''pl%C3%A4t.png"


@pytest.mark.parametrize("purpose", ["assistants", "user_data"])
def test_what_assistants_and_users_read_is_not_given_back(purpose):
    files = Files()
    file = files.uploads(purpose=purpose)
    assert files.refused("GET", f"/files/{file['id']}/content") == (
        400,
        f"Not allowed to download files of purpose: {purpose}",
        None,
        None,
    )


def test_a_session_may_give_everything_back():
    files = Files(gives_all=True)
    file = files.uploads()
    assert files.sends("GET", f"/files/{file['id']}/content").body() == b"Summer was warm."


@pytest.mark.parametrize("purpose", ["vision", "batch", "fine-tune", "evals", "assistants_output"])
def test_what_others_read_is_given_back(purpose):
    files = Files(files=[ScriptedFile("a.txt", "file-a", purpose, lambda: b"abc")])
    assert files.sends("GET", "/files/file-a/content").body() == b"abc"


def test_bytes_that_were_too_many_are_a_miss_that_says_so(monkeypatch):
    monkeypatch.setattr(stored_file, "LARGEST_KEPT", 4)
    files = Files()
    kept, lost = files.uploads(data=b"1234", purpose="vision"), files.uploads("big.bin", b"12345", "vision")
    assert lost["bytes"] == 5
    assert files.sends("GET", f"/files/{kept['id']}/content").body() == b"1234"
    with pytest.raises(UnmatchedRequest) as miss:
        files.sends("GET", f"/files/{lost['id']}/content")
    assert str(miss.value) == (
        f"the bytes of {lost['id']} are not in memory: 5 of them were too many\n"
        f"  sent      GET /files/{lost['id']}/content  (download_file)\n"
        "  file      big.bin, sha256 5994471abb01112afcc18159f6cc74b4f511b99806da59b3caf5a9c173cacfc5\n"
        "  mend it   upload a smaller file in this test, or answer with a route of runmock.router"
    )


def test_a_session_keeps_so_many_bytes_and_no_more(monkeypatch):
    monkeypatch.setattr("runmock.apis.service.files.session_files.MOST_KEPT", 10)
    files = Files()
    sizes = [6, 6, 4, 1]
    for size in sizes:
        files.uploads(data=b"x" * size)
    assert [file.content.data is not None for file in files.shared.uploaded] == [True, False, True, False]
    assert [file.content.size for file in files.shared.uploaded] == sizes


@pytest.mark.parametrize(("method", "path"), [("GET", ""), ("DELETE", ""), ("GET", "/content")])
def test_an_unknown_file_is_not_found_even_where_ids_are_lenient(method, path):
    files = Files()
    assert files.asks(method, f"/files/file-x{path}") == {
        "error": {"message": DETAIL, "type": "invalid_request_error", "param": "id", "code": None},
        "detail": {"message": DETAIL, "code": None},
    }
    assert files.status == 404


def test_azure_does_not_repeat_a_refusal():
    files = Files(host="weather.openai.azure.com", root="/openai")
    assert set(files.gets("/files/file-x?api-version=2025-04-01")) == {"error"}


def test_a_deleted_file_is_gone():
    files = Files()
    file = files.uploads()
    assert files.deletes(f"/files/{file['id']}") == {"object": "file", "deleted": True, "id": file["id"]}
    assert files.refused("GET", f"/files/{file['id']}")[:2] == (404, f"No such File object: {file['id']}")
    assert files.gets("/files")["data"] == []
    assert [file.is_deleted for file in files.shared.uploaded] == [True]


def test_without_a_cassette_every_file_exists_until_it_is_deleted():
    files = Files(is_stock=True)
    assert files.gets("/files/anything")["id"] == "anything"
    assert files.sends("GET", "/files/anything/content").body() == b""
    assert files.deletes("/files/anything")["deleted"]
    assert files.gets("/files/anything")["status"] == "processed"
    own = files.uploads()["id"]
    files.deletes(f"/files/{own}")
    files.gets(f"/files/{own}")
    assert files.status == 404


def listed(files, query=""):
    page = files.gets(f"/files{query}")
    return [file["filename"] for file in page["data"]], page["has_more"]


def test_files_are_listed_newest_first():
    files = Files()
    for number in range(3):
        files.uploads(f"{number}.txt", purpose="vision" if number else "batch")
    assert list(files.gets("/files")) == ["object", "data", "has_more", "first_id", "last_id"]
    assert listed(files) == (["2.txt", "1.txt", "0.txt"], False)
    assert listed(files, "?order=asc&limit=2") == (["0.txt", "1.txt"], True)
    assert listed(files, "?purpose=vision") == (["2.txt", "1.txt"], False)


def test_after_the_last_file_comes_an_empty_page():
    files = Files()
    last = files.uploads()["id"]
    assert files.gets(f"/files?after={last}") == {
        "object": "list",
        "data": [],
        "has_more": False,
        "first_id": None,
        "last_id": None,
    }


def test_ten_thousand_files_are_on_one_page():
    files = Files(files=[ScriptedFile(f"{number}") for number in range(150)])
    assert len(files.gets("/files")["data"]) == 150
    assert files.refused("GET", "/files?limit=10001") == (
        400,
        "Invalid 'limit': integer above maximum value. Expected a value <= 10000, but got 10001 instead.",
        "limit",
        "integer_above_max_value",
    )


def test_without_a_cassette_a_list_may_be_asked_for_nothing():
    assert Files(is_stock=True).gets("/files?limit=0")["data"] == []
