"""Uploads, stores, batches, deletes and lists, in any order, held against a reference that knows nothing of the code."""

from file_conversation import Files
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, initialize, invariant, multiple, rule

from runmock.apis.service.files.scripted import Processing

NAMES = ("a.txt", "b.txt", "slow.txt", "bad.txt")
RULES = (Processing("/slow/", poll=2), Processing("/bad/", fail="invalid_file", message="Broken."))
LOOKS = {"slow.txt": 2}


class Attached:
    """A file in a store, as the reference has it."""

    def __init__(self, name):
        self.looks, self.end, self.status = (
            LOOKS.get(name, 0),
            "failed" if name == "bad.txt" else "completed",
            "in_progress",
        )

    def look(self):
        if self.status == "in_progress":
            if self.looks:
                self.looks -= 1
            else:
                self.status = self.end


class FilesOfASession(RuleBasedStateMachine):
    """`files` are names by ids, `stores` what is attached by ids, `batches` the store and what was attached."""

    ids = Bundle("ids")
    store_ids = Bundle("store_ids")
    batch_ids = Bundle("batch_ids")

    @initialize()
    def begin(self):
        self.service = Files(processing=RULES)
        self.files, self.stores, self.batches = {}, {}, {}

    def statuses(self, attached):
        """The counts that a store or a batch shows."""
        found = [file.status for file in attached]
        kinds = ("in_progress", "completed", "failed", "cancelled")
        return {**{kind: found.count(kind) for kind in kinds}, "total": len(found)}

    def paged(self, path, limit):
        """All ids of a list, page by page, as old SDKs ask for them."""
        found, after = [], ""
        while True:
            page = self.service.gets(f"{path}?limit={limit}{after}")
            if not page["data"]:
                assert (page["first_id"], page["last_id"], page["has_more"]) == (None, None, False)
                return found
            found += [item["id"] for item in page["data"]]
            after = f"&after={page['last_id']}"

    @rule(target=ids, name=st.sampled_from(NAMES), size=st.integers(0, 9))
    def upload(self, name, size):
        file = self.service.uploads(name, b"x" * size)
        assert file["bytes"] == size
        self.files[file["id"]] = name
        return file["id"]

    @rule(file=ids)
    def retrieve_file(self, file):
        found = self.service.gets(f"/files/{file}")
        if file in self.files:
            assert found["filename"] == self.files[file]
        else:
            assert self.service.status == 404

    @rule(file=consumes(ids))
    def delete_file(self, file):
        self.service.deletes(f"/files/{file}")
        assert self.service.status == (200 if file in self.files else 404)
        self.files.pop(file, None)
        for attached in self.stores.values():
            attached.pop(file, None)

    @rule(target=store_ids, files=st.lists(ids, max_size=3, unique=True))
    def create_store(self, files):
        files = [file for file in files if file in self.files]
        store = self.service.posts("/vector_stores", {"file_ids": files})
        self.stores[store["id"]] = {file: Attached(self.files[file]) for file in files}
        assert store["status"] == ("in_progress" if files else "completed")
        return store["id"]

    @rule(store=store_ids)
    def retrieve_store(self, store):
        found = self.service.gets(f"/vector_stores/{store}")
        if store not in self.stores:
            assert self.service.status == 404
            return
        for attached in self.stores[store].values():
            attached.look()
        counts = self.statuses(self.stores[store].values())
        assert found["file_counts"] == counts
        assert found["status"] == ("in_progress" if counts["in_progress"] else "completed")

    @rule(store=store_ids)
    def delete_store(self, store):
        self.service.deletes(f"/vector_stores/{store}")
        assert self.service.status == (200 if store in self.stores else 404)
        self.stores.pop(store, None)

    @rule(store=store_ids, file=ids)
    def attach(self, store, file):
        if file in self.files:
            self.service.posts(f"/vector_stores/{store}/files", {"file_id": file})
            assert self.service.status == (200 if store in self.stores else 404)
            if store in self.stores:
                self.stores[store].pop(file, None)
                self.stores[store][file] = Attached(self.files[file])

    @rule(store=store_ids, file=ids)
    def look_at_or_detach(self, store, file):
        path = f"/vector_stores/{store}/files/{file}"
        if (attached := self.stores.get(store, {}).get(file)) is None:
            self.service.gets(path)
            assert self.service.status == 404
            return
        attached.look()
        assert self.service.gets(path)["status"] == attached.status
        if attached.status == "failed":
            self.service.deletes(path)
            del self.stores[store][file]

    @rule(target=batch_ids, store=store_ids, files=st.lists(ids, min_size=1, max_size=3, unique=True))
    def create_batch(self, store, files):
        files = [file for file in files if file in self.files]
        if store not in self.stores or not files:
            return multiple()
        batch = self.service.posts(f"/vector_stores/{store}/file_batches", {"file_ids": files})
        made = {file: Attached(self.files[file]) for file in files}
        for file, attached in made.items():
            self.stores[store].pop(file, None)
            self.stores[store][file] = attached
        self.batches[batch["id"]] = store, made
        return batch["id"]

    @rule(batch=batch_ids, cancels=st.booleans())
    def look_at_batch(self, batch, cancels):
        store, made = self.batches[batch]
        path = f"/vector_stores/{store}/file_batches/{batch}"
        if store not in self.stores:
            self.service.gets(path)
            assert self.service.status == 404
            return
        for attached in made.values():
            if not cancels:
                attached.look()
            elif attached.status == "in_progress":
                attached.status = "cancelled"
        found = self.service.posts(f"{path}/cancel") if cancels else self.service.gets(path)
        assert found["file_counts"] == self.statuses(made.values())

    @rule(limit=st.integers(1, 3))
    def list_everything(self, limit):
        assert self.paged("/files", limit) == list(self.files)[::-1]
        assert self.paged("/vector_stores", limit) == list(self.stores)[::-1]

    @rule(store=store_ids, limit=st.integers(1, 3))
    def list_files_of_store(self, store, limit):
        if store in self.stores:
            attached = self.stores[store]
            assert self.paged(f"/vector_stores/{store}/files", limit) == list(attached)[::-1]
            for _ in range(len(attached) // -limit * -1 + 1):
                for file in attached.values():
                    file.look()

    @invariant()
    def deleted_files_are_in_no_store(self):
        for store in self.service.shared.stores.values():
            assert set(store.files) <= set(self.files)


FilesOfASession.TestCase.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
TestFilesOfASession = FilesOfASession.TestCase
