"""Vector stores. Shapes: docs/protocol/files.md#vector-stores."""

import pytest
from file_conversation import Files

from runmock.apis.service.files.scripted import ScriptedFile, ScriptedStore

NONE = {"in_progress": 0, "completed": 0, "failed": 0, "cancelled": 0, "total": 0}


def test_an_empty_store_is_completed_at_once():
    store = Files().posts("/vector_stores", {})
    assert store["id"].startswith("vs_")
    assert list(store) == [
        "id",
        "object",
        "created_at",
        "name",
        "description",
        "usage_bytes",
        "file_counts",
        "status",
        "expires_after",
        "expires_at",
        "last_active_at",
        "metadata",
    ]
    assert {key: store[key] for key in list(store) if key not in ("id", "created_at", "last_active_at")} == {
        "object": "vector_store",
        "name": None,
        "description": None,
        "usage_bytes": 0,
        "file_counts": NONE,
        "status": "completed",
        "expires_after": None,
        "expires_at": None,
        "metadata": {},
    }


def test_a_store_without_a_body_may_be_created():
    assert Files().posts("/vector_stores")["status"] == "completed"


def test_what_a_store_is_given_it_has():
    given = {"name": "Handbook", "description": "Of the house", "metadata": {"team": "a"}}
    store = Files().posts("/vector_stores", {**given, "expires_after": {"anchor": "last_active_at", "days": 3}})
    assert given.items() <= store.items()
    assert store["expires_at"] == store["last_active_at"] + 3 * 86_400


def test_a_store_with_files_is_in_progress_until_the_next_look():
    files = Files()
    ids = [files.uploads(data=b"x" * size)["id"] for size in (3, 4)]
    store = files.posts("/vector_stores", {"file_ids": ids})
    assert (store["status"], store["usage_bytes"]) == ("in_progress", 0)
    assert store["file_counts"] == NONE | {"in_progress": 2, "total": 2}
    assert files.headers["openai-poll-after-ms"] == "0"
    assert files.gets("/vector_stores")["data"][0]["status"] == "in_progress"  # a list of stores is no look
    files.gets("/files")  # neither is one of files
    store = files.gets(f"/vector_stores/{store['id']}")
    assert (store["status"], store["usage_bytes"]) == ("completed", 7)
    assert store["file_counts"] == NONE | {"completed": 2, "total": 2}
    assert "openai-poll-after-ms" not in files.headers


def test_given_fields_replace_and_metadata_is_merged():
    files = Files()
    path = f"/vector_stores/{files.posts('/vector_stores', {'name': 'a', 'metadata': {'k': '1', 'l': '2'}})['id']}"
    expiry = {"anchor": "last_active_at", "days": 1}
    store = files.posts(path, {"expires_after": expiry, "metadata": {"l": "3"}})
    assert (store["name"], store["expires_after"], store["metadata"]) == ("a", expiry, {"k": "1", "l": "3"})
    assert files.posts(path, {"name": "c"})["expires_after"] == expiry
    store = files.posts(path, {"name": "b", "expires_after": None})
    assert (store["name"], store["expires_after"], store["expires_at"]) == ("b", None, None)


def test_stores_are_listed_newest_first_twenty_at_a_time():
    files = Files()
    ids = [files.posts("/vector_stores", {})["id"] for _ in range(22)]
    page = files.gets("/vector_stores")
    assert list(page) == ["object", "data", "first_id", "last_id", "has_more"]
    assert [store["id"] for store in page["data"]] == ids[:1:-1]
    assert page["has_more"]
    assert [store["id"] for store in files.gets(f"/vector_stores?after={ids[2]}")["data"]] == ids[1::-1]
    assert files.gets(f"/vector_stores?after={ids[0]}")["first_id"] is None


def test_a_deleted_store_is_gone_and_its_files_stay():
    files = Files()
    file = files.uploads()["id"]
    store = files.posts("/vector_stores", {"file_ids": [file]})["id"]
    path = f"/vector_stores/{store}"
    assert files.deletes(path) == {"id": store, "object": "vector_store.deleted", "deleted": True}
    for method in ("GET", "DELETE", "POST"):
        assert files.refused(method, path) == (404, f"No vector store found with id '{store}'.", None, None)
    assert files.gets(f"/files/{file}")["id"] == file


def test_an_unknown_store_comes_into_being_where_ids_are_lenient():
    files = Files()
    assert files.gets("/vector_stores/vs_mine")["file_counts"] == NONE
    assert files.gets("/vector_stores")["first_id"] == "vs_mine"
    files.deletes("/vector_stores/vs_mine")
    assert files.refused("GET", "/vector_stores/vs_mine")[0] == 404


def test_an_unknown_store_is_not_found_where_ids_are_strict():
    assert Files(ids="strict").refused("GET", "/vector_stores/vs_x")[:2] == (
        404,
        "No vector store found with id 'vs_x'.",
    )


def test_without_a_cassette_a_deleted_store_comes_into_being_again():
    files = Files(is_stock=True)
    files.deletes("/vector_stores/any")
    assert files.gets("/vector_stores/any")["name"] == ""  # the SDK's strict type wants a text


def test_unknown_files_are_taken_where_ids_are_lenient():
    files = Files()
    store = files.posts("/vector_stores", {"file_ids": ["file-x"]})["id"]
    assert files.gets(f"/vector_stores/{store}")["file_counts"]["completed"] == 1
    assert files.gets(f"/vector_stores/{store}/files/file-x")["usage_bytes"] == 0


@pytest.mark.parametrize(
    ("path", "body", "param"),
    [
        ("/vector_stores", {"file_ids": ["file-x"]}, "file_ids"),
        ("/vector_stores/vs_1/files", {"file_id": "file-x"}, "file_id"),
        ("/vector_stores/vs_1/file_batches", {"file_ids": ["file-x"]}, "file_ids"),
        ("/vector_stores/vs_1/file_batches", {"files": [{"file_id": "file-x"}]}, "file_ids"),
    ],
)
def test_unknown_files_are_refused_where_ids_are_strict(path, body, param):
    files = Files(ids="strict", vector_stores=[ScriptedStore("vs_1")])
    assert files.refused("POST", path, body) == (404, "No such File object: file-x", param, None)
    assert len(files.shared.stores) == 1


def test_known_files_are_taken_where_ids_are_strict():
    files = Files(ids="strict")
    assert files.posts("/vector_stores", {"file_ids": [files.uploads()["id"]]})["status"] == "in_progress"


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"file_ids": ["x"]}, "Invalid 'file_ids[0]': 'x'. Expected an ID that begins with 'file'."),
        (
            {"file_ids": ["file-x"] * 501},
            (
                "Invalid 'file_ids': array too long. Expected an array with maximum length 500, but got an array with length "
                "501 instead."
            ),
        ),
        (
            {"expires_after": {"anchor": "last_active_at", "days": 366}},
            "Invalid 'expires_after.days': integer above maximum value. Expected a value <= 365, but got 366 instead.",
        ),
        ({"colour": "red"}, "Unknown parameter: 'colour'."),
    ],
)
def test_what_a_store_may_not_be(body, message):
    assert Files().refused("POST", "/vector_stores", body)[:2] == (400, message)


def test_what_is_no_json_is_refused():
    files = Files()
    reply = files.sends("POST", "/vector_stores", b"{", "application/json")
    assert (reply.status, b"We could not parse the JSON body" in reply.body()) == (400, True)
    reply = files.sends("POST", "/vector_stores", b"name=a", "text/plain")
    assert (reply.status, b"We could not parse the JSON body" in reply.body()) == (400, True)
    reply = files.sends("POST", "/vector_stores", b"{}", "text/plain")
    assert (reply.status, b"Unsupported content type: 'text/plain'" in reply.body()) == (400, True)


def test_a_store_of_a_cassette_is_complete_beforehand():
    files = Files(
        files=[ScriptedFile("a.txt", "file-a", read=lambda: b"abc")],
        vector_stores=[ScriptedStore("vs_1", "Handbook", ("file-a",), {"k": "v"}, {"anchor": "x", "days": 7})],
    )
    store = files.gets("/vector_stores")["data"][0]
    assert (store["id"], store["name"], store["status"], store["usage_bytes"]) == ("vs_1", "Handbook", "completed", 3)
    assert (store["metadata"], store["expires_at"] - store["last_active_at"]) == ({"k": "v"}, 604_800)


def test_an_expired_store_can_be_looked_at_and_not_used():
    files = Files(vector_stores=[ScriptedStore("vs_gone", is_expired=True)])
    assert files.gets("/vector_stores/vs_gone")["status"] == "expired"
    for path, body in (
        ("files", {"file_id": "file-x"}),
        ("file_batches", {"file_ids": ["file-x"]}),
        ("search", {"query": "x"}),
    ):
        assert files.refused("POST", f"/vector_stores/vs_gone/{path}", body) == (
            400,
            "Vector store 'vs_gone' has expired.",
            None,
            None,
        )


def test_what_uses_a_store_keeps_it_alive():
    files = Files()
    store = files.posts("/vector_stores", {"expires_after": {"anchor": "last_active_at", "days": 1}})
    files.uploads()
    files.posts(f"/vector_stores/{store['id']}/search", {"query": "x"})
    assert files.gets(f"/vector_stores/{store['id']}")["expires_at"] == store["expires_at"] + 1
