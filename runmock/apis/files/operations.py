"""The operations of files, vector stores, uploads and models, one row each. Source: docs/protocol/files.md#requests."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from runmock.apis.files.endpoints import batches, files, models, search, store_files, uploads, vector_stores
from runmock.apis.files.requests import files as file_models
from runmock.apis.files.requests import vector_stores as store_models
from runmock.apis.service.requests.queries import LenientListQuery, ListQuery

if TYPE_CHECKING:
    from collections.abc import Callable

    from runmock.apis.files.uploads import Download, FilesMemory
    from runmock.apis.service.call import Call
    from runmock.apis.service.requests.model import Params
    from runmock.apis.service.requests.queries import Query
    from runmock.core.api import Role
    from runmock.core.http.exchange import JSON

    Handler: TypeAlias = Callable[[FilesMemory, Call], JSON | Download]

COLLECTIONS = ("files", "vector_stores", "uploads", "models")


class Row(NamedTuple):
    """One operation. A model that is None checks nothing."""

    name: str
    method: str
    path: str
    """The template below the API root, with the names of its ids in braces."""
    handler: Handler
    body: type[Params] | None = None
    query: type[Query] | None = None
    lenient_query: type[Query] | None = None
    """The model for a server without a cassette, where it takes more."""
    is_form: bool = False
    """Whether the body is multipart, not JSON."""

    @property
    def roles(self) -> frozenset[Role]:
        """None: there are no runs."""
        return frozenset()


_STORE = "/vector_stores/{vector_store_id}"
_BATCH = f"{_STORE}/file_batches/{{batch_id}}"
_FILE = f"{_STORE}/files/{{file_id}}"
_PAGES = (ListQuery, LenientListQuery)
_FILE_PAGES = (store_models.ListFilesOfStoreQuery, store_models.LenientListFilesOfStoreQuery)

TABLE: tuple[Row, ...] = (
    Row("upload_file", "POST", "/files", files.upload_file, file_models.UploadFile, is_form=True),
    Row(
        "list_files",
        "GET",
        "/files",
        files.list_files,
        None,
        file_models.ListFilesQuery,
        file_models.LenientListFilesQuery,
    ),
    Row("retrieve_file", "GET", "/files/{file_id}", files.retrieve_file),
    Row("delete_file", "DELETE", "/files/{file_id}", files.delete_file),
    Row("download_file", "GET", "/files/{file_id}/content", files.download_file),
    Row("create_upload", "POST", "/uploads", uploads.create_upload, file_models.CreateUpload),
    Row(
        "add_upload_part",
        "POST",
        "/uploads/{upload_id}/parts",
        uploads.add_upload_part,
        file_models.AddPart,
        is_form=True,
    ),
    Row(
        "complete_upload", "POST", "/uploads/{upload_id}/complete", uploads.complete_upload, file_models.CompleteUpload
    ),
    Row("cancel_upload", "POST", "/uploads/{upload_id}/cancel", uploads.cancel_upload),
    Row(
        "create_vector_store",
        "POST",
        "/vector_stores",
        vector_stores.create_vector_store,
        store_models.CreateVectorStore,
    ),
    Row("list_vector_stores", "GET", "/vector_stores", vector_stores.list_vector_stores, None, *_PAGES),
    Row("retrieve_vector_store", "GET", _STORE, vector_stores.retrieve_vector_store),
    Row("modify_vector_store", "POST", _STORE, vector_stores.modify_vector_store, store_models.ModifyVectorStore),
    Row("delete_vector_store", "DELETE", _STORE, vector_stores.delete_vector_store),
    Row("search_vector_store", "POST", f"{_STORE}/search", search.search_vector_store, store_models.Search),
    Row(
        "create_vector_store_file",
        "POST",
        f"{_STORE}/files",
        store_files.create_vector_store_file,
        store_models.AttachFile,
    ),
    Row("list_vector_store_files", "GET", f"{_STORE}/files", store_files.list_vector_store_files, None, *_FILE_PAGES),
    Row("retrieve_vector_store_file", "GET", _FILE, store_files.retrieve_vector_store_file),
    Row("modify_vector_store_file", "POST", _FILE, store_files.modify_vector_store_file, store_models.ModifyFile),
    Row("delete_vector_store_file", "DELETE", _FILE, store_files.delete_vector_store_file),
    Row("read_vector_store_file", "GET", f"{_FILE}/content", store_files.read_vector_store_file),
    Row("create_file_batch", "POST", f"{_STORE}/file_batches", batches.create_file_batch, store_models.CreateBatch),
    Row("retrieve_file_batch", "GET", _BATCH, batches.retrieve_file_batch),
    Row("cancel_file_batch", "POST", f"{_BATCH}/cancel", batches.cancel_file_batch),
    Row("list_file_batch_files", "GET", f"{_BATCH}/files", batches.list_file_batch_files, None, *_FILE_PAGES),
    Row("list_models", "GET", "/models", models.list_models),
    Row("retrieve_model", "GET", "/models/{model}", models.retrieve_model),
    Row("delete_model", "DELETE", "/models/{model}", models.delete_model),
)

BY_NAME = {row.name: row for row in TABLE}
