"""Files of vector stores, and batches of them. Shapes: docs/protocol/files.md#vector-stores."""

import pytest
from file_conversation import Files

from runmock.apis.service.files import stored_file
from runmock.apis.service.files.scripted import Processing, ScriptedFile, ScriptedStore
from runmock.core.errors import UnmatchedRequest

STORE = "/vector_stores/vs_1"
NONE = {"in_progress": 0, "completed": 0, "failed": 0, "cancelled": 0, "total": 0}
STATIC = {"type": "static", "static": {"max_chunk_size_tokens": 800, "chunk_overlap_tokens": 400}}


def attached(files, *names, **more):
    """Files that were uploaded and attached, by their ids."""
    ids = [files.uploads(name, name.encode())["id"] for name in names]
    for file_id in ids:
        files.posts(f"{STORE}/files", {"file_id": file_id, **more})
    return ids


def statuses(files, query=""):
    return [file["status"] for file in files.gets(f"{STORE}/files{query}")["data"]]


def test_an_attached_file_is_in_progress_until_the_next_look():
    files = Files()
    upload = files.uploads(data=b"12345")["id"]
    file = files.posts(f"{STORE}/files", {"file_id": upload})
    assert files.headers["openai-poll-after-ms"] == "0"
    assert {**file, "created_at": 0} == {
        "id": upload,
        "object": "vector_store.file",
        "usage_bytes": 0,
        "created_at": 0,
        "vector_store_id": "vs_1",
        "status": "in_progress",
        "last_error": None,
        "chunking_strategy": STATIC,
        "attributes": {},
    }
    assert files.gets(f"{STORE}/files/{upload}") == file | {"status": "completed", "usage_bytes": 5}


@pytest.mark.parametrize(
    ("asked", "answered"),
    [
        ({"type": "auto"}, STATIC),
        ({"type": "static", "static": {"max_chunk_size_tokens": 1200, "chunk_overlap_tokens": 250}}, ...),
    ],
)
def test_how_a_file_is_cut_comes_back(asked, answered):
    file = Files().posts(f"{STORE}/files", {"file_id": "file-1", "chunking_strategy": asked})
    assert file["chunking_strategy"] == (asked if answered is ... else answered)


def test_attributes_are_kept_and_replaced():
    files = Files()
    (file,) = attached(files, "a", attributes={"year": 2024, "draft": True, "share": 0.5, "by": "Ada"})
    assert files.gets(f"{STORE}/files/{file}")["attributes"] == {"year": 2024, "draft": True, "share": 0.5, "by": "Ada"}
    assert files.posts(f"{STORE}/files/{file}", {"attributes": {"year": 2025}})["attributes"] == {"year": 2025}
    assert files.posts(f"{STORE}/files/{file}", {"attributes": None})["attributes"] == {}


@pytest.mark.parametrize(
    ("attributes", "message"),
    [
        (
            {"a": [1]},
            "Invalid type for 'attributes.a': expected one of a string, number, or boolean, but got an array instead.",
        ),
        (
            {str(number): 1 for number in range(17)},
            (
                "Invalid 'attributes': too many properties. Expected an object with at most 16 properties, but got an object "
                "with 17 properties instead."
            ),
        ),
    ],
)
def test_what_attributes_may_not_be(attributes, message):
    body = {"file_id": "file-1", "attributes": attributes}
    assert Files().refused("POST", f"{STORE}/files", body)[:2] == (400, message)


def test_a_list_of_a_stores_files_is_a_look_at_all_of_them():
    files = Files(processing=[Processing("b", poll=1)])
    ids = attached(files, "a", "b")
    page = files.gets(f"{STORE}/files?order=asc")
    assert [file["id"] for file in page["data"]] == ids
    assert [file["status"] for file in page["data"]] == ["completed", "in_progress"]
    assert statuses(files, "?filter=in_progress") == []
    assert statuses(files, "?filter=completed&limit=1") == ["completed"]
    assert files.refused("GET", f"{STORE}/files?filter=odd")[:2] == (
        400,
        "Invalid value: 'odd'. Supported values are: 'in_progress', 'completed', 'failed', and 'cancelled'.",
    )


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        ([], ["completed", "completed"]),
        ([Processing(poll=2)], ["in_progress", "in_progress", "completed", "completed"]),
        ([Processing("/^a/", poll=1), Processing(poll=3)], ["in_progress", "completed"]),
        ([Processing("b"), Processing(poll=1)], ["in_progress", "completed"]),
        ([Processing("a.txt", fail="invalid_file")], ["failed", "failed"]),
        ([Processing(fail="server_error", poll=1)], ["in_progress", "failed"]),
    ],
)
def test_the_first_rule_that_fits_says_what_becomes_of_a_file(rules, expected):
    files = Files(processing=rules)
    (file,) = attached(files, "a.txt")
    assert [files.gets(f"{STORE}/files/{file}")["status"] for _ in expected] == expected


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        (Processing(fail="server_error"), "An internal error occurred."),
        (Processing(fail="unsupported_file"), "The file type is not supported."),
        (Processing(fail="invalid_file"), "The file could not be parsed because it is too large."),
        (Processing(fail="invalid_file", message="Broken."), "Broken."),
    ],
)
def test_a_file_that_fails_says_why(rule, message):
    files = Files(processing=[rule])
    upload = files.uploads()["id"]
    assert files.posts(f"{STORE}/files", {"file_id": upload})["last_error"] is None
    file = files.gets(f"{STORE}/files/{upload}")
    assert (file["last_error"], file["usage_bytes"]) == ({"code": rule.fail, "message": message}, 0)
    assert files.gets(STORE)["file_counts"] == NONE | {"failed": 1, "total": 1}
    assert files.gets(STORE)["status"] == "completed"


def test_a_file_that_is_attached_again_is_processed_again():
    files = Files()
    (file,) = attached(files, "a")
    files.gets(STORE)
    assert files.posts(f"{STORE}/files", {"file_id": file})["status"] == "in_progress"
    assert files.gets(STORE)["file_counts"]["total"] == 1


def test_a_detached_file_stays_a_file():
    files = Files()
    (file,) = attached(files, "a")
    assert files.deletes(f"{STORE}/files/{file}") == {
        "id": file,
        "object": "vector_store.file.deleted",
        "deleted": True,
    }
    assert files.refused("GET", f"{STORE}/files/{file}") == (
        404,
        f"No file found with id '{file}' in vector store 'vs_1'.",
        None,
        None,
    )
    assert files.gets(f"/files/{file}")["id"] == file


def test_a_deleted_file_leaves_all_stores():
    files = Files()
    (file,) = attached(files, "a")
    other = files.posts("/vector_stores", {"file_ids": [file]})["id"]
    files.deletes(f"/files/{file}")
    assert files.gets(f"{STORE}/files")["data"] == files.gets(f"/vector_stores/{other}/files")["data"] == []


def test_the_text_of_a_file_can_be_read():
    files = Files()
    text, binary = files.uploads(data=b"Gr\xc3\xbc\xc3\x9fe")["id"], files.uploads(data=b"\xff\x00")["id"]
    for file in (text, binary, "file-unknown"):
        files.posts(f"{STORE}/files", {"file_id": file})
    assert files.gets(f"{STORE}/files/{text}/content") == {
        "object": "vector_store.file_content.page",
        "data": [{"type": "text", "text": "Grüße"}],
        "has_more": False,
        "next_page": None,
    }
    for file in (binary, "file-unknown"):
        assert files.gets(f"{STORE}/files/{file}/content")["data"] == [{"type": "text", "text": ""}]


def test_the_text_of_a_file_that_is_too_large_is_a_miss(monkeypatch):
    monkeypatch.setattr(stored_file, "LARGEST_KEPT", 1)
    files = Files()
    (file,) = attached(files, "abc")
    with pytest.raises(UnmatchedRequest, match="are not in memory: 3 of them were too many"):
        files.gets(f"{STORE}/files/{file}/content")


def test_without_a_cassette_every_file_is_in_every_store():
    files = Files(is_stock=True)
    assert files.gets("/vector_stores/any/files/some")["status"] == "completed"
    assert files.gets("/vector_stores/any/files?limit=0")["data"] == []


# Batches


def test_a_batch_is_in_progress_until_the_next_look():
    files = Files()
    ids = [files.uploads()["id"] for _ in range(3)]
    batch = files.posts(f"{STORE}/file_batches", {"file_ids": ids})
    assert batch["id"].startswith("vsfb_")
    assert {**batch, "id": "", "created_at": 0} == {
        "id": "",
        "object": "vector_store.file_batch",
        "created_at": 0,
        "status": "in_progress",
        "vector_store_id": "vs_1",
        "file_counts": NONE | {"in_progress": 3, "total": 3},
    }
    assert files.headers["openai-poll-after-ms"] == "0"
    assert files.gets(f"{STORE}/file_batches/{batch['id']}") == batch | {
        "status": "completed",
        "file_counts": NONE | {"completed": 3, "total": 3},
    }


def test_a_batch_may_say_of_each_file_what_it_is():
    files = Files()
    own = {"type": "static", "static": {"max_chunk_size_tokens": 200, "chunk_overlap_tokens": 0}}
    body = {
        "files": [
            {"file_id": "file-1"},
            {"file_id": "file-2", "attributes": {"a": 2}, "chunking_strategy": own},
        ],
    }
    batch = files.posts(f"{STORE}/file_batches", body)["id"]
    found = files.gets(f"{STORE}/file_batches/{batch}/files?order=asc")["data"]
    assert [(file["id"], file["attributes"], file["chunking_strategy"]) for file in found] == [
        ("file-1", {}, STATIC),
        ("file-2", {"a": 2}, own),
    ]
    assert [file["status"] for file in found] == ["completed", "completed"]


def test_what_a_batch_says_counts_for_all_its_files():
    files = Files()
    files.posts(f"{STORE}/file_batches", {"file_ids": ["file-1", "file-2"], "attributes": {"a": 1}})
    assert [file["attributes"] for file in files.gets(f"{STORE}/files")["data"]] == [{"a": 1}, {"a": 1}]


def test_a_batch_that_is_cancelled_in_progress_leaves_what_is_done():
    files = Files(processing=[Processing("slow", poll=5)])
    ids = [files.uploads(name)["id"] for name in ("fast", "slow")]
    path = f"{STORE}/file_batches/{files.posts(f'{STORE}/file_batches', {'file_ids': ids})['id']}"
    assert files.gets(path)["status"] == "in_progress"
    batch = files.posts(f"{path}/cancel")
    assert (batch["status"], batch["file_counts"]) == ("cancelled", NONE | {"completed": 1, "cancelled": 1, "total": 2})
    assert files.gets(path) == batch
    assert statuses(files, "?order=asc") == ["completed", "cancelled"]


def test_a_completed_batch_stays_completed_when_it_is_cancelled():
    files = Files()
    path = f"{STORE}/file_batches/{files.posts(f'{STORE}/file_batches', {'file_ids': ['file-1']})['id']}"
    done = files.gets(path)
    assert files.posts(f"{path}/cancel") == done


@pytest.mark.parametrize(("names", "status"), [("bad", "failed"), ("bad good", "completed")])
def test_a_batch_has_failed_when_all_its_files_have(names, status):
    files = Files(processing=[Processing("bad", fail="server_error")])
    ids = [files.uploads(name)["id"] for name in names.split()]
    batch = files.posts(f"{STORE}/file_batches", {"file_ids": ids})["id"]
    assert files.gets(f"{STORE}/file_batches/{batch}")["status"] == status


def test_a_batch_belongs_to_its_store():
    files = Files()
    batch = files.posts(f"{STORE}/file_batches", {"file_ids": ["file-1"]})["id"]
    assert files.refused("GET", f"/vector_stores/vs_2/file_batches/{batch}")[:2] == (
        404,
        f"No file batch found with id '{batch}'.",
    )


def test_the_id_of_something_else_is_no_batch():
    assert Files().refused("GET", f"{STORE}/file_batches/vs_9") == (
        400,
        "Invalid 'batch_id': 'vs_9'. Expected an ID that begins with 'vsfb_'.",
        "batch_id",
        "invalid_value",
    )
    assert Files(host="gateway.example").refused("GET", f"{STORE}/file_batches/9")[0] == 404


def test_without_a_cassette_every_batch_exists():
    batch = Files(is_stock=True).gets(f"{STORE}/file_batches/any")
    assert (batch["status"], batch["object"]) == ("completed", "vector_store.files_batch")


@pytest.mark.parametrize("body", [{"file_ids": []}, {"files": []}])
def test_a_batch_has_files(body):
    assert Files().refused("POST", f"{STORE}/file_batches", body)[3] == "empty_array"


# Search


def search(files, query, **more):
    page = files.posts(f"{STORE}/search", {"query": query, **more})
    return [(found["filename"], round(found["score"], 2)) for found in page["data"]]


@pytest.fixture
def library():
    files = Files()
    for name, text, attributes in (
        ("summer.txt", "Summer was warm.", {"year": 2024}),
        ("winter.txt", "Winter was COLD, and long.", {"year": 2025}),
        ("plan.txt", "Nothing", {}),
        ("plot.png", b"\xff\xfe warm", {}),
    ):
        data = text if isinstance(text, bytes) else text.encode()
        file = files.uploads(name, data)["id"]
        files.posts(f"{STORE}/files", {"file_id": file, "attributes": attributes})
    return files


def test_a_search_finds_the_share_of_its_words(library):
    assert search(library, "was it warm") == [("summer.txt", 0.67), ("winter.txt", 0.33)]
    assert search(library, "cold") == [("winter.txt", 1.0)]
    assert search(library, ["warm", "summer"]) == [("summer.txt", 1.0)]
    assert search(library, "nobody") == search(library, "?") == []


def test_a_search_answers_one_page(library):
    page = library.posts(f"{STORE}/search", {"query": "warm"})
    assert list(page) == ["object", "search_query", "data", "has_more", "next_page"]
    assert (page["object"], page["search_query"]) == ("vector_store.search_results.page", ["warm"])
    (found,) = page["data"]
    assert found == {
        "file_id": found["file_id"],
        "filename": "summer.txt",
        "score": 1.0,
        "attributes": {"year": 2024},
        "content": [{"type": "text", "text": "Summer was warm."}],
    }


def test_a_search_may_be_narrowed(library):
    assert search(library, "was warm", max_num_results=1) == [("summer.txt", 1.0)]
    assert search(library, "was warm", ranking_options={"score_threshold": 0.6}) == [("summer.txt", 1.0)]
    assert search(library, "was", filters={"type": "eq", "key": "year", "value": 2025}) == [("winter.txt", 1.0)]
    assert len(search(library, "was", filters=None)) == 2


def test_files_that_are_not_processed_are_not_found():
    files = Files(processing=[Processing("slow", poll=1), Processing("bad", fail="invalid_file")])
    attached(files, "slow", "bad", "fast")
    assert search(files, "slow bad fast") == [("fast", 0.33)]
    files.gets(STORE)
    assert search(files, "slow bad fast") == [("slow", 0.33), ("fast", 0.33)]
    files.gets(STORE)
    assert len(search(files, "slow bad fast")) == 2


def test_a_cassette_may_say_what_a_search_finds():
    results = ({"file_id": "f", "filename": "faq.md", "score": 0.9, "attributes": {}, "content": []},)
    files = Files(vector_stores=[ScriptedStore("vs_1", search=results)])
    assert search(files, "anything") == [("faq.md", 0.9)]
    assert search(files, "anything", ranking_options={"score_threshold": 0.95}) == []


def test_a_file_of_a_cassette_is_found():
    files = Files(
        files=[ScriptedFile("a.txt", "file-a", read=lambda: b"warm")],
        vector_stores=[ScriptedStore("vs_1", files=("file-a",))],
        processing=[Processing(poll=5)],
    )
    assert search(files, "warm") == [("a.txt", 1.0)]


def test_a_query_is_a_text_or_texts():
    assert Files().refused("POST", f"{STORE}/search", {"query": 1})[:2] == (
        400,
        "Invalid type for 'query': expected one of a string or array of strings, but got an integer instead.",
    )
