"""Recorded uploads: which of them answers one that the application sends."""

import pytest
from recording import Recording

DIGEST = "0123456789abcdef" * 4


def parts(filename="a.csv", size=3, sha256=DIGEST, purpose="assistants"):
    return [
        {"name": "purpose", "value": purpose},
        {"name": "file", "filename": filename, "size": size, "sha256": sha256},
    ]


def upload(*found):
    return {"multipart": list(found)}


def uploaded(number, body="any", **answer):
    request = {"request": "POST /files", "body": {"multipart": body}}
    return {**request, "json": {"id": f"file_{number}", "object": "file", **answer}}


def recorded(*interactions):
    return Recording({"interactions": list(interactions)})


def sends(recording, *found):
    answer = recording.sends("POST", "/files", upload(*found))
    return None if answer is None else answer["id"]


def test_the_order_of_parts_does_not_count():
    recording = recorded(uploaded(1, parts()))
    assert sends(recording, *reversed(parts())) == "file_1"


@pytest.mark.parametrize("other", [{"filename": "b.csv"}, {"size": 4}, {"sha256": "f" * 64}, {"purpose": "vision"}])
def test_name_size_digest_and_fields_count(other):
    recording = recorded(uploaded(1, parts()))
    assert sends(recording, *parts(**other)) is None
    assert sends(recording, *parts()) == "file_1"


def test_equal_uploads_are_answered_in_order():
    recording = recorded(uploaded(1, parts()), uploaded(2, parts()))
    assert [sends(recording, *parts()) for _ in range(3)] == ["file_1", "file_2", None]


def test_uploads_at_the_same_time_are_distinguished_by_their_digests():
    names = ("a.csv", "b.csv", "c.csv")
    recording = recorded(*(uploaded(number, parts(filename=name)) for number, name in enumerate(names)))
    assert [sends(recording, *parts(filename=name)) for name in reversed(names)] == ["file_2", "file_1", "file_0"]


def test_an_upload_that_was_not_recorded_stands_for_any_and_is_used_once():
    recording = recorded(uploaded(1))
    assert sends(recording, *parts(filename="whatever")) == "file_1"
    assert sends(recording, *parts(filename="whatever")) is None


def test_so_does_one_without_any_body_as_older_imports_have_it():
    recording = recorded({"request": "POST /files", "json": {"id": "file_1"}})
    assert sends(recording, *parts()) == "file_1"


def test_an_upload_that_was_recorded_comes_before_any():
    recording = recorded(uploaded(1), uploaded(2, parts()))
    assert [sends(recording, *parts()) for _ in range(3)] == ["file_2", "file_1", None]


def test_of_several_answers_the_one_that_names_the_file_is_chosen():
    recording = recorded(
        uploaded(1, filename="a.csv", bytes=1),
        uploaded(2, filename="b.csv", bytes=2),
        uploaded(3, filename="c.csv", bytes=3),
        uploaded(4, filename="c.csv", bytes=4),
    )
    assert sends(recording, *parts("c.csv", 4)) == "file_4"
    assert sends(recording, *parts("x.csv", 2)) == "file_2"
    assert sends(recording, *parts("x.csv", 9)) == "file_1"
    assert sends(recording, *parts("a.csv", 1)) == "file_3"


def test_a_part_of_an_upload_belongs_to_its_upload_and_comes_in_order():
    interactions = [
        {
            "request": f"POST /uploads/upload_{number}/parts",
            "body": {"multipart": "any"},
            "json": {"id": f"part_{name}"},
        }
        for number, name in ((1, "a"), (2, "b"), (1, "c"))
    ]
    recording = recorded(*interactions)

    def adds(number):
        data = {"name": "data", "filename": "upload", "size": 3, "sha256": DIGEST}
        return recording.sends("POST", f"/uploads/upload_{number}/parts", upload(data))["id"]

    assert [adds(2), adds(1), adds(1)] == ["part_b", "part_a", "part_c"]


def test_any_upload_stands_for_no_request_without_parts():
    recording = recorded(uploaded(1))
    assert recording.sends("POST", "/files", {"purpose": "vision"}) is None
    assert recording.sends("POST", "/files") is None


@pytest.mark.parametrize("body", ["a text", {"binary": {"size": 3, "sha256": DIGEST}}])
def test_a_body_that_is_no_json_is_compared_and_an_unrecorded_body_matches_it(body):
    interactions = [
        {"request": "PUT /blob", "body": body, "json": {"n": 1}},
        {"request": "PUT /blob", "json": {"n": 2}},
    ]
    recording = recorded(*interactions)
    assert [recording.sends("PUT", "/blob", body) for _ in range(3)] == [{"n": 1}, {"n": 2}, None]
    assert recorded(interactions[0]).sends("PUT", "/blob", "another text") is None
