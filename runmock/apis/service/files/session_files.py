"""The files and vector stores of one session. All APIs of the service share them: `stage.shared(SessionFiles)`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from runmock.apis.service.files import file_refusals
from runmock.apis.service.files.scripted import Processing, scripted_files
from runmock.apis.service.files.stored_file import MOST_KEPT, OCTETS, Content, StoredFile
from runmock.apis.service.files.vector_store import Batch, StoreFile, VectorStore
from runmock.apis.service.refusals import Refused
from runmock.core.engine.new_ids import Ids
from runmock.core.script.patterns import is_between_slashes, satisfies

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from runmock.apis.service.files.scripted import ScriptedFile, ScriptedStore
    from runmock.core.engine.stage import Stage
    from runmock.core.http.exchange import JSON
    from runmock.core.script.script import Script, ScriptedRun

ID_PREFIXES = {
    "file": "file-",
    "vector_store": "vs_",
    "batch": "vsfb_",
    "upload": "upload_",
    "part": "part_",
}
STATIC: JSON = {"type": "static", "static": {"max_chunk_size_tokens": 800, "chunk_overlap_tokens": 400}}
"""How files are cut when the request does not say (docs/protocol/files.md#files-of-a-vector-store)."""
MESSAGES = {
    "server_error": "An internal error occurred.",
    "unsupported_file": "The file type is not supported.",
    "invalid_file": "The file could not be parsed because it is too large.",
}
"""The service's message for a code of `last_error`. Source: docs/protocol/files.md#files-of-a-vector-store."""
MADE = "assistants_output"
"""The purpose of files that runs make."""


UNNAMED = "upload"
"""The name of a file that has none; the SDK gives it to bytes (docs/protocol/files.md#multipart)."""


@dataclass(slots=True)
class SessionFiles:
    """Mutable: files and stores come and go.

    What was deleted never comes back; but with no cassette, an id that a client brought may be created again.
    """

    stage: Stage
    ids: Ids = field(default_factory=lambda: Ids(ID_PREFIXES))
    files: dict[str, StoredFile] = field(default_factory=dict)
    stores: dict[str, VectorStore] = field(default_factory=dict)
    batches: dict[str, Batch] = field(default_factory=dict)
    uploaded: list[StoredFile] = field(default_factory=list)
    """What the application uploaded, in order, deleted files among them."""
    processing: list[Processing] = field(default_factory=list)
    models: set[str] = field(default_factory=set)
    """The models that cassettes name."""
    gives_all: bool = False
    """Whether files of every purpose can be downloaded."""
    _kept: int = 0
    _scripts: list[Script] = field(default_factory=list)
    _deleted: set[str] = field(default_factory=set)
    _auto_created: set[str] = field(default_factory=set)

    def add(self, script: Script) -> None:
        """Take what exists beforehand from a cassette's script; once, whoever asks for it."""
        if any(script is known for known in self._scripts):
            return
        self._scripts.append(script)
        self.models.update((script.model, *models_of(script.runs)))
        self.models.update(assistant.get("model") or script.model for assistant in script.assistants)
        for scripted in scripted_files(script.others):
            self.gives_all |= scripted.gives_all
            self.processing += scripted.processing
            for file in scripted.files:
                self._add_file(file)
            for store in scripted.vector_stores:
                self._add_store(store)

    def _add_file(self, file: ScriptedFile) -> None:
        self.keep(file.filename, file.purpose, file.read(), file_id=file.id)

    def _add_store(self, scripted: ScriptedStore) -> None:
        store = self.create_store(
            {"name": scripted.name, "metadata": scripted.metadata, "expires_after": scripted.expires_after},
            store_id=scripted.id,
        )
        self.attach_all(store, scripted.files)
        store.is_expired, store.results = scripted.is_expired, scripted.search
        for file in store.files.values():
            file.looks = 0
        store.look()

    # Files

    def keep(  # noqa: PLR0913 - what a file consists of
        self,
        filename: str,
        purpose: str,
        data: bytes | Content,
        *,
        content_type: str = OCTETS,
        lifetime_s: int | None = None,
        file_id: str | None = None,
    ) -> StoredFile:
        """A new file."""
        content = self.content(data) if isinstance(data, bytes) else data
        created_at = self.stage.clock.now
        expires_at = None if lifetime_s is None else created_at + lifetime_s
        new_id = file_id or self.ids.mint("file")
        file = StoredFile(new_id, filename, purpose, content, created_at, content_type, expires_at)
        self._kept += content.kept
        self.files[new_id] = file
        return file

    def content(self, data: bytes) -> Content:
        """The content with these bytes, which are kept while the session has room."""
        return Content.of(data, MOST_KEPT - self._kept)

    def delete_file(self, file: StoredFile) -> None:
        """Delete a file; it leaves all vector stores."""
        del self.files[file.id]
        file.is_deleted = True
        self._forget(file.id)
        for store in self.stores.values():
            store.files.pop(file.id, None)

    def check_files(self, file_ids: Iterable[str], param: str) -> None:
        """Raise Refused when ids are strict and one of these is unknown. `param`: where the request has them."""
        if self.stage.is_stock or self.stage.mode != "strict":
            return
        for file_id in file_ids:
            if file_id not in self.files:
                raise Refused(file_refusals.no_such_file(file_id, param))

    def file(self, file_id: str) -> StoredFile:
        """The file with this id. Raises Refused (404); with no cassette at all every file exists."""
        known = self.files.get(file_id)
        if known is not None:
            return known
        if not self.stage.is_stock or file_id in self._deleted:
            raise Refused(file_refusals.no_such_file(file_id))
        self._auto_created.add(file_id)
        return self.keep(UNNAMED, MADE, b"", file_id=file_id)

    def made_by_run(self, file_id: str, filename: str, data: bytes = b"") -> None:
        """Let a file exist that a run names, if there is none."""
        if file_id not in self.files:
            self.keep(filename, MADE, data, file_id=file_id)

    # Vector stores

    def create_store(self, fields: Mapping[str, Any], store_id: str | None = None) -> VectorStore:
        """A new vector store without files; `fields`: those of a create request. Raises Refused for unknown files."""
        self.check_files(fields.get("file_ids") or (), "file_ids")
        created_at = self.stage.clock.now
        store = VectorStore(
            store_id or self.ids.mint("vector_store"),
            created_at,
            created_at,
            name=fields.get("name"),
            description=fields.get("description"),
            metadata=dict(fields.get("metadata") or {}),
            expires_after=fields.get("expires_after"),
        )
        self.stores[store.id] = store
        self.attach_all(store, fields.get("file_ids") or (), fields.get("chunking_strategy"))
        return store

    def store(self, store_id: str) -> VectorStore:
        """The vector store with this id; an unknown one is created unless ids are strict. Raises Refused (404)."""
        known = self.stores.get(store_id)
        if known is not None:
            return known
        self.check_stores((store_id,))
        self._auto_created.add(store_id)
        return self.create_store({}, store_id)

    def check_stores(self, store_ids: Iterable[str]) -> None:
        """Raise Refused (404) for a store that was deleted, and where ids are strict for an unknown one."""
        for store_id in store_ids:
            is_open = self.stage.is_stock or self.stage.mode == "lenient"
            if store_id not in self.stores and (not is_open or store_id in self._deleted):
                raise Refused(file_refusals.no_vector_store(store_id))

    def open_store(self, store_id: str) -> VectorStore:
        """The same, for a request that an expired store refuses; it is active now."""
        store = self.store(store_id)
        if store.is_expired:
            raise Refused(file_refusals.has_expired(store_id))
        store.last_active_at = self.stage.clock.now
        return store

    def delete_store(self, store: VectorStore) -> None:
        """Delete a vector store; its files stay."""
        del self.stores[store.id]
        self._forget(store.id)

    def _forget(self, object_id: str) -> None:
        if not (self.stage.is_stock and object_id in self._auto_created):
            self._deleted.add(object_id)

    def attach_all(self, store: VectorStore, file_ids: Iterable[str], chunking: JSON | None = None) -> list[StoreFile]:
        """Attach files to a store."""
        return [self.attach(store, file_id, chunking) for file_id in file_ids]

    def attach(
        self,
        store: VectorStore,
        file_id: str,
        chunking: JSON | None = None,
        attributes: Mapping[str, Any] | None = None,
    ) -> StoreFile:
        """Attach a file, known or not, to a store; its processing begins, again if it was there already."""
        file = self.files.get(file_id)
        filename = "" if file is None else file.filename
        rule = next((rule for rule in self.processing if _fits(rule, filename)), Processing())
        message = rule.message if rule.message is not None else MESSAGES.get(rule.fail or "", "")
        attached = StoreFile(
            file_id,
            store.id,
            self.stage.clock.now,
            0 if file is None else file.content.size,
            STATIC if chunking is None or chunking.get("type") != "static" else chunking,
            dict(attributes or {}),
            rule.poll,
            None if rule.fail is None else {"code": rule.fail, "message": message},
        )
        store.files.pop(file_id, None)
        store.files[file_id] = attached
        return attached

    def begin_batch(self, store: VectorStore, files: Iterable[StoreFile]) -> Batch:
        """A new batch of files that were just attached."""
        batch_id = self.ids.mint("batch")
        batch = Batch(batch_id, store.id, self.stage.clock.now, {file.file_id: file for file in files})
        self.batches[batch_id] = batch
        return batch


def models_of(runs: Sequence[ScriptedRun]) -> set[str]:
    """The models that scripted runs name: the one that a run has, and the one that its request must have."""
    names = {run.overrides.get("model") for run in runs} | {run.match.model for run in runs if run.match is not None}
    return {name for name in names if name is not None and not is_between_slashes(name)}


def _fits(rule: Processing, filename: str) -> bool:
    return rule.filename is None or satisfies(filename, rule.filename)
