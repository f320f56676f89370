"""Search in a vector store, by words: the share of the query's words that a file has is its score."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from runmock.apis.files import objects
from runmock.apis.files.filters import passes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runmock.apis.files.uploads import FilesMemory
    from runmock.apis.service.call import Call
    from runmock.apis.service.files.session_files import SessionFiles
    from runmock.apis.service.files.vector_store import VectorStore
    from runmock.core.http.exchange import JSON

USUAL_RESULTS = 10
_WORD = re.compile(r"\w+")


def search_vector_store(memory: FilesMemory, call: Call) -> JSON:
    """POST /vector_stores/{vector_store_id}/search."""
    store = memory.shared.open_store(call.ids["vector_store_id"])
    body = call.body
    queries = [body["query"]] if isinstance(body["query"], str) else body["query"]
    found = _scripted(store) if store.results is not None else _by_words(memory.shared, store, " ".join(queries))
    threshold = (body.get("ranking_options") or {}).get("score_threshold") or 0
    kept = [
        result
        for result in found
        if result["score"] >= threshold and passes(result["attributes"], body.get("filters") or {})
    ]
    kept.sort(key=lambda result: -result["score"])
    results = kept[: body.get("max_num_results") or USUAL_RESULTS]
    page = objects.result_page("search_results", results)
    return {"object": page.pop("object"), "search_query": queries, **page}


def _scripted(store: VectorStore) -> Iterator[JSON]:
    yield from store.results or ()


def _by_words(shared: SessionFiles, store: VectorStore, query: str) -> Iterator[JSON]:
    words = _words(query)
    for attached in store.files.values():
        file = shared.files.get(attached.file_id)
        if file is None or not attached.is_searched or not (common := words & _words(file.text)):
            continue
        yield {
            "file_id": file.id,
            "filename": file.filename,
            "score": len(common) / len(words),
            "attributes": attached.attributes,
            "content": [{"type": "text", "text": file.text}],
        }


def _words(text: str) -> set[str]:
    return {word.casefold() for word in _WORD.findall(text)}
