"""Uploads in parts. Shapes: docs/protocol/files.md#uploads."""

import hashlib

import pytest
from file_conversation import Files

NEW = {"bytes": 6, "filename": "a.txt", "mime_type": "text/plain", "purpose": "assistants"}


def begun(files, **more):
    return files.posts("/uploads", NEW | more)


def part(files, upload, data):
    return files.form(f"/uploads/{upload['id']}/parts", ('name="data"; filename="upload"', data))


def test_an_upload_begins_without_its_file():
    upload = begun(Files())
    assert list(upload) == ["id", "object", "bytes", "created_at", "filename", "purpose", "status", "expires_at"]
    assert (upload["object"], upload["status"]) == ("upload", "pending")
    assert upload["expires_at"] == upload["created_at"] + 3600


def test_the_parts_make_the_file_in_the_order_that_is_asked_for():
    files = Files(gives_all=True)
    upload = begun(files)
    first, second = part(files, upload, b"def"), part(files, upload, b"abc")
    assert (first["object"], first["upload_id"]) == ("upload.part", upload["id"])
    md5 = hashlib.md5(b"abcdef", usedforsecurity=False).hexdigest()
    done = files.posts(f"/uploads/{upload['id']}/complete", {"part_ids": [second["id"], first["id"]], "md5": md5})
    assert list(done)[-1] == "file"
    assert done["status"] == "completed"
    file = done["file"]
    assert (file["filename"], file["bytes"], file["purpose"]) == ("a.txt", 6, "assistants")
    assert files.sends("GET", f"/files/{file['id']}/content").body() == b"abcdef"
    (uploaded,) = files.shared.uploaded
    assert uploaded.content_type == "text/plain"


def test_a_part_that_was_too_large_to_be_kept_is_refused():
    files = Files()
    head = f'name="data"; filename="upload"\r\nx-runmock-lost: 70000000 {"0" * 64}'
    error = files.form(f"/uploads/{begun(files)['id']}/parts", (head, b""))["error"]
    assert (files.status, error["message"]) == (
        413,
        "The body of the request is too large; this server takes 67,108,864 bytes.",
    )


def test_a_part_may_be_a_plain_field():
    files = Files()
    upload = begun(files, bytes=3)
    sent = files.form(f"/uploads/{upload['id']}/parts", ('name="data"', b"abc"))
    assert files.posts(f"/uploads/{upload['id']}/complete", {"part_ids": [sent["id"]]})["file"]["bytes"] == 3


def test_a_file_of_an_upload_expires_when_the_upload_said_so():
    files = Files()
    upload = begun(files, bytes=0, expires_after={"anchor": "created_at", "seconds": 3600})
    file = files.posts(f"/uploads/{upload['id']}/complete", {"part_ids": []})["file"]
    assert file["expires_at"] == file["created_at"] + 3600


def test_a_cancelled_upload_takes_nothing_more():
    files = Files()
    upload = begun(files)
    assert files.posts(f"/uploads/{upload['id']}/cancel")["status"] == "cancelled"
    assert part(files, upload, b"abc")["error"]["message"] == "Upload with status 'cancelled' cannot be changed."
    assert files.status == 400


@pytest.mark.parametrize(
    ("body", "message", "param"),
    [
        ({"part_ids": ["part_x"]}, "Upload has no parts with the ids ['part_x'].", "part_ids"),
        ({"part_ids": []}, "Expected 6 bytes, but the parts of the upload have 0.", "bytes"),
        ({}, "Missing required parameter: 'part_ids'.", "part_ids"),
    ],
)
def test_an_upload_is_completed_with_its_parts_only(body, message, param):
    files = Files()
    assert files.refused("POST", f"/uploads/{begun(files)['id']}/complete", body)[:3] == (400, message, param)


def test_a_wrong_digest_is_refused():
    files = Files()
    upload = begun(files, bytes=0)
    assert files.refused("POST", f"/uploads/{upload['id']}/complete", {"part_ids": [], "md5": "x"}) == (
        400,
        "The md5 of the upload's bytes is another one.",
        "md5",
        None,
    )


def test_an_upload_has_a_purpose_that_exists():
    assert Files().refused("POST", "/uploads", NEW | {"purpose": "fun"})[2] == "purpose"


def test_an_unknown_upload_is_not_found():
    assert Files().refused("POST", "/uploads/upload_x/cancel")[:2] == (404, "No upload found with id 'upload_x'.")


def test_without_a_cassette_every_upload_exists_and_is_completed_with_any_parts():
    files = Files(is_stock=True)
    assert files.posts("/uploads/any/complete", {"part_ids": ["x", "y"], "md5": "z"})["status"] == "completed"
    assert files.posts("/uploads/any/cancel")["status"] == "cancelled"
