"""What applications asked the real service about files and stores, asked of a session: its answers are the same.

Ids, times and sizes are others; when a file is done differs, because here no time passes.
"""

import json
from urllib.parse import urlsplit

import pytest
from file_conversation import Files
from traffic_data import TRAFFIC

from runmock.apis.files.api import FILES

DOTNET = TRAFFIC / "files" / "openai__openai-dotnet"
PATHS = sorted(DOTNET.glob("*/*.json"))
OTHERS = {
    "created_at",
    "expires_at",
    "last_active_at",
    "bytes",
    "usage_bytes",
    "first_id",
    "last_id",
    "created",
    "owned_by",
}
"""Keys whose values are others here."""
DIFFERENCES = {
    "ListFiles.json": "the account of the recording had 1,120 files",
    "ListModels.json": "a session has a few models of its own",
    "CanEnumerateVectorStores.json": "the account had other stores; new ones may be missing for a moment",
}


def entries(path):
    for entry in json.loads(path.read_text("utf-8-sig"))["Entries"]:
        address = urlsplit(entry["RequestUri"])
        query = f"?{address.query}" if address.query else ""
        yield entry["RequestMethod"], address.path.removeprefix("/v1") + query, entry["RequestBody"], entry


class Application:
    """Sends the recorded requests, with our ids in place of the recorded ones."""

    def __init__(self):
        self.files, self.ids = Files(), {}

    def with_our_ids(self, text):
        for recorded, ours in self.ids.items():
            text = text.replace(recorded, ours)
        return text

    def asks(self, method, path, body, answer):
        if FILES.identify(method, path.partition("?")[0]).name == "upload_file":
            purpose = answer.get("purpose") or "world_domination"
            return self.files.uploads(answer.get("filename", "a.txt"), b"x" * (answer.get("bytes") or 1), purpose)
        if path.endswith("/parts"):
            return self.files.form(self.with_our_ids(path), ('name="data"; filename="upload"', b"x"))
        if path == "/uploads" and body is None:  # the recording has no body of it
            body = {key: answer[key] for key in ("bytes", "filename", "purpose")} | {"mime_type": "text/jsonl"}
        text = self.with_our_ids(json.dumps(body))
        sent = None if method in {"GET", "DELETE"} else json.loads(text)
        return self.files.asks(method, self.with_our_ids(path), sent or None)

    def learn(self, recorded, ours):
        if isinstance(recorded, dict) and isinstance(recorded.get("id"), str) and isinstance(ours.get("id"), str):
            self.ids.setdefault(recorded["id"], ours["id"])


def shown(value, key=""):
    """A value as it is compared."""
    if isinstance(value, dict):
        return [(name, shown(part, name)) for name, part in value.items()]
    if isinstance(value, list):
        return [shown(part) for part in value]
    if key in OTHERS:
        return "a number, a text or null"
    return value


def settled(value):
    """A value in which nothing is in progress any more: a list shows files while others still are."""
    text = json.dumps(value)
    return json.loads(
        text.replace('"in_progress": 1', '"in_progress": 0').replace('"status": "in_progress"', '"status": "completed"')
    )


@pytest.mark.skipif(not PATHS, reason=f"there are no recordings in {TRAFFIC}")
def test_there_are_recordings():
    assert len(PATHS) > 10


@pytest.mark.parametrize("path", [path for path in PATHS if path.name not in DIFFERENCES], ids=lambda path: path.stem)
def test_a_session_answers_as_the_service_did(path):
    application = Application()
    for method, place, body, entry in entries(path):
        recorded = entry["ResponseBody"]
        ours = application.asks(method, place, body, recorded)
        application.learn(recorded, ours)
        expected = json.loads(application.with_our_ids(json.dumps(recorded)))
        assert application.files.status == entry["StatusCode"], (method, place)
        if "data" in expected:
            expected, ours = settled(expected), settled(ours)
        assert shown(ours) == shown(expected), (method, place)
