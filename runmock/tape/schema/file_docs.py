"""The keys of files and vector stores: each in one sentence, with examples."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runmock.tape.format.model import KeyDoc
from runmock.tape.format.model_files import (
    ExpiresAfterModel,
    FileEntryModel,
    FoundModel,
    ProcessingModel,
    VectorStoreModel,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from runmock.tape.format.model import Model

EXPIRY = {"anchor": "last_active_at", "days": 7}

FILE_DOCS: Mapping[type[Model], Mapping[str, KeyDoc]] = {
    FileEntryModel: {
        "id": KeyDoc("The file's id, as requests name it; a new one if it is left out.", ["file-report"]),
        "filename": KeyDoc("The file's name.", ["report.txt", "/mnt/data/out.csv"]),
        "purpose": KeyDoc(
            "What the file is for; assistants if it is left out. Files for assistants and of users cannot be "
            "downloaded, those that runs make can.",
            ["assistants_output", "vision"],
        ),
        "text": KeyDoc("What is in the file, as a text.", ["Summer was warm."]),
        "path": KeyDoc("A file with the content, from the cassette's folder on, inside of it.", ["files/plot.png"]),
        "base64": KeyDoc("What is in the file, as base64. Without text, path and base64 it is empty.", ["eCx5"]),
    },
    VectorStoreModel: {
        "id": KeyDoc("The vector store's id, as requests name it; a new one if it is left out.", ["vs_handbook"]),
        "name": KeyDoc("The vector store's name.", ["Handbook"]),
        "files": KeyDoc("The ids of the files in it.", [["file-report"]]),
        "metadata": KeyDoc("The vector store's metadata; values are texts.", [{"team": "weather"}]),
        "expires_after": KeyDoc("When it expires, as the API has it. No time passes by itself.", [EXPIRY]),
        "status": KeyDoc("expired: it can be looked at, but not used.", ["expired"]),
        "search": KeyDoc(
            "What every search in it finds. If it is left out, a search looks for its words in the files.",
            [[{"filename": "faq.txt", "score": 0.9, "text": "Yes."}]],
        ),
    },
    ExpiresAfterModel: {
        "anchor": KeyDoc("What the days count from; there is only one such time.", ["last_active_at"]),
        "days": KeyDoc("How many days, 1 to 365.", [7]),
    },
    FoundModel: {
        "filename": KeyDoc("The name of the file in which it was found.", ["faq.txt"]),
        "text": KeyDoc("What was found.", ["30 days of leave a year."]),
        "score": KeyDoc("How well it fits the query, from 0 to 1; 1 if it is left out.", [0.9]),
        "file_id": KeyDoc("The file's id.", ["file-1"]),
        "attributes": KeyDoc("The file's attributes.", [{"year": 2026}]),
    },
    ProcessingModel: {
        "filename": KeyDoc(
            "The files that this is for, by their name: literal, or a /regex/. If it is left out, all files.",
            ["/broken/", "report.txt"],
        ),
        "poll": KeyDoc("How many looks find the file in progress before it is done; 0 if it is left out.", [2]),
        "fail": KeyDoc(
            "The file cannot be processed: server_error, unsupported_file or invalid_file.", ["invalid_file"]
        ),
        "message": KeyDoc("The text of that error.", ["The file could not be parsed."]),
    },
}
"""By model, what each of its keys means."""
