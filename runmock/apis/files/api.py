"""Files, vector stores, uploads and models as the other rooms use them: whose a request is, and what it means.

A session answers them from its state, not from a script: what is not recorded there is shown as a request of another
API, and routes of the router may answer it first.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from runmock.apis.files.backend import FilesBackend
from runmock.apis.files.operations import COLLECTIONS, TABLE, Row
from runmock.apis.files.replayed import ReplayedUploads
from runmock.apis.service.addresses import Address, Addresses, identifier
from runmock.apis.service.roots import end_of_root, may_be_root
from runmock.core.api import IdKinds, Noise
from runmock.core.no_api import NoApi

if TYPE_CHECKING:
    from runmock.core.api import NoteOfReplays
    from runmock.core.engine.stage import Stage

_ADDRESSES = Addresses(TABLE, COLLECTIONS)


def address(method: str, path: str) -> Address[Row] | None:
    """The place of a method and a path in the table; None when they are not of this API.

    Behind a root that is not known anything may come first, but no collection: `/containers/ID/files` is another API.
    """
    end = end_of_root(path)
    if end is not None:
        return _ADDRESSES.at(method, path, end)
    found = _ADDRESSES.find(method, path)
    return found if found is not None and may_be_root(found.root) else None


class FilesApi(NoApi):
    """Fulfils `Api`. It has no runs, no streams and no conversations, as requests of no API."""

    name = "files"
    noise = Noise({"metadata": {}, "attributes": {}, "file_ids": []}, sets=("file_ids",))
    id_kinds = IdKinds(
        by_object={
            "file": "file",
            "vector_store": "vs",
            "vector_store.file": "file",
            "vector_store.file_batch": "vsfb",
            "upload": "upload",
            "upload.part": "part",
        },
        by_key={"vector_store": "vs", "batch": "vsfb"},
    )

    def __init__(self) -> None:
        # Of no API every request is; of this one some.
        self.identify = identifier(self, address)  # type: ignore[assignment,method-assign]

    def note_of_replays(self, stage: Stage) -> NoteOfReplays:
        """What keeps the files that are uploaded while a recording answers."""
        return ReplayedUploads(stage).note

    def backend(self, stage: Stage) -> FilesBackend:
        """A new backend for a session."""
        return FilesBackend(stage)


FILES = FilesApi()
