"""Real recorded traffic, read from both of its formats: the test proxy's JSON and vcrpy's YAML with gzip bodies."""

from __future__ import annotations

import gzip
import json
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import yaml
from traffic_data import TRAFFIC

from runmock.apis.assistants.api import ASSISTANTS
from runmock.core.http.sse import EventDecoder

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

NAMES = tuple(
    str(path.relative_to(TRAFFIC))
    for folder, pattern in (("openai-dotnet", "*.json"), ("openllmetry", "*.yaml"))
    for path in sorted((TRAFFIC / folder).glob(pattern))
)
"""Every recording, as a path below TRAFFIC."""

Events = tuple[tuple[str, Any], ...]
"""A stream's events: name and data, None for `[DONE]`."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One recorded request and its answer; `number` counts the entries of the file from 0.

    `text` is the answer's body as it was sent, None where the format kept only what it means.
    """

    number: int
    method: str
    path: str
    query: Mapping[str, tuple[str, ...]]
    body: Any
    status: int
    headers: Mapping[str, str]
    text: str | None
    json: Any = None
    events: Events | None = None

    @property
    def request(self) -> tuple[str, str, Any, Any]:
        """What makes two requests the same."""
        return self.method, self.path, dict(self.query), self.body


def decoded(body: bytes) -> Events:
    """The events of a whole stream. Raises ValueError when it ends within one."""
    decoder = EventDecoder()
    events = tuple((event.name, event.json()) for event in decoder.feed(body))
    if decoder.rest:
        raise ValueError("the stream ends within an event")
    return events


@cache
def entries(name: str) -> tuple[Entry, ...]:
    """The entries of a recording that are of the Assistants family; polls with the same answer again are left out."""
    found: list[Entry] = []
    for entry in every_entry(name):
        if ASSISTANTS.identify(entry.method, entry.path) is None:
            continue
        if found and entry.request == found[-1].request and entry.json is not None and entry.json == found[-1].json:
            continue
        found.append(entry)
    return tuple(found)


def every_entry(name: str) -> Iterator[Entry]:
    """All entries of a recording, in their order."""
    path = TRAFFIC / name
    return (_of_test_proxy if path.suffix == ".json" else _of_vcrpy)(path)


def _of_test_proxy(path: Path) -> Iterator[Entry]:
    for number, entry in enumerate(json.loads(path.read_text(encoding="utf-8-sig"))["Entries"]):
        body = entry["ResponseBody"]
        headers = {key.lower(): value for key, value in entry["ResponseHeaders"].items()}
        is_stream = isinstance(body, list)
        text = "".join(body) if is_stream else None
        content = {"events": decoded(text.encode())} if text is not None else {"json": body}
        head = (number, entry["RequestMethod"], *_url(entry["RequestUri"]), entry["RequestBody"])
        yield Entry(*head, entry["StatusCode"], headers, text, **content)


def _of_vcrpy(path: Path) -> Iterator[Entry]:
    for number, entry in enumerate(yaml.safe_load(path.read_text(encoding="utf-8"))["interactions"]):
        request, response = entry["request"], entry["response"]
        body = json.loads(request["body"]) if request["body"] else None
        headers = {key.lower(): ", ".join(values) for key, values in response["headers"].items()}
        text = _unpacked(response["body"]["string"])
        is_stream = headers["content-type"].startswith("text/event-stream")
        content = {"events": decoded(text.encode())} if is_stream else {"json": json.loads(text)}
        head = (number, request["method"], *_url(request["uri"]), body)
        yield Entry(*head, response["status"]["code"], headers, text, **content)


def _unpacked(body: str | bytes) -> str:
    if isinstance(body, str):
        return body
    return (gzip.decompress(body) if body.startswith(b"\x1f\x8b") else body).decode()


def _url(uri: str) -> tuple[str, dict[str, tuple[str, ...]]]:
    url = urlsplit(uri)
    return url.path, {name: tuple(values) for name, values in parse_qs(url.query).items()}
