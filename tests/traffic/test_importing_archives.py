"""A recording of Responses as an HTTP archive: the same cassette as by the direct import."""

import base64
import json
import re
from datetime import UTC, datetime, timedelta

import pytest
from exchanges import bytes_of, exchanges
from traffic_data import TRAFFIC

from runmock.tape.importers.to_cassette import import_recording

FOLDER = TRAFFIC / "responses"
FILES = [
    path
    for path in sorted(FOLDER.rglob("*"))
    if path.suffix in {".yaml", ".yml"} or (path.suffix == ".json" and '"Entries"' in path.read_text("utf-8-sig")[:200])
]


def name_of(path):
    return path.relative_to(FOLDER).as_posix()


def archive_of(path, began):
    """The text of an archive; its first request was sent at `began`."""
    entries = [
        {
            "startedDateTime": (began + timedelta(milliseconds=number)).isoformat(timespec="milliseconds"),
            "request": {
                "method": exchange.method,
                "url": exchange.uri,
                "headers": [],
                "postData": {"mimeType": exchange.sent_as, **content_of(exchange.sent)},
            },
            "response": {
                "status": exchange.status,
                "headers": [{"name": name, "value": value} for name, value in exchange.headers.items()],
                "content": {"mimeType": exchange.headers.get("content-type", ""), **content_of(exchange.body)},
            },
        }
        for number, exchange in enumerate(exchanges(path))
    ]
    return json.dumps({"log": {"version": "1.2", "entries": entries}})


def content_of(body):
    """A body as an archive has it: a text, or base64 where it is none."""
    try:
        return {"text": bytes_of(body).decode()}
    except UnicodeDecodeError:
        return {"text": base64.b64encode(bytes_of(body)).decode(), "encoding": "base64"}


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_an_archive_makes_the_same_cassette(path, tmp_path):
    direct = import_recording(path)
    (began,) = re.findall(r"^recorded: \{at: ([^,}]+)", direct.text, re.MULTILINE)
    archive = tmp_path / "same.har"
    archive.write_text(archive_of(path, datetime.fromisoformat(began).astimezone(UTC)), encoding="utf-8")
    assert import_recording(archive).text == direct.text
