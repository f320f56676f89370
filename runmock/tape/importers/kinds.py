"""Which tool wrote a recording, recognised by its top-level keys.

The import needs it, and so does the error for a file that somebody uses as a cassette and that is none.
"""

from __future__ import annotations

import json
import re
import shlex
from typing import TYPE_CHECKING, Any, NamedTuple

import yaml
from runmock.tape.importers.sse_log import is_log

if TYPE_CHECKING:
    from collections.abc import Callable

_MAY_BE = re.compile(r"""(?:^|[{,\s"'])(?:http_interactions|interactions|log|Entries)["']?\s*:""", re.MULTILINE)
"""A key that every recording of another tool has somewhere; files without one need not be parsed."""
_CASSETTE = re.compile(r"""^(?:runmock|\s*\{?\s*"runmock")\s*:""", re.MULTILINE)


class RecordingKind(NamedTuple):
    """A tool's recordings: their name, a sentence for messages, and how a document of theirs is recognised."""

    name: str
    sentence: str
    recognises: Callable[[dict[str, Any]], bool]


def _items(document: dict[str, Any]) -> list[dict[str, Any]]:
    items = document.get("interactions")
    return [item for item in items if isinstance(item, dict)] if isinstance(items, list) else []


KINDS = (
    RecordingKind("har", "this is an HTTP archive (HAR)", lambda document: isinstance(document.get("log"), dict)),
    RecordingKind(
        "test_proxy", "this is a recording of the Azure SDKs' test proxy", lambda document: "Entries" in document
    ),
    RecordingKind(
        "cassetter",
        "this is a cassetter cassette",
        lambda document: any("recorded_at" in item for item in _items(document)),
    ),
    RecordingKind(
        "vcrpy",
        "this is a vcrpy cassette",
        lambda document: any(isinstance(item.get("request"), dict) for item in _items(document)),
    ),
)
"""In this order; the first that recognises a document counts."""

LOG = "these are server-sent events"
OF_RUBY = "this is a recording of VCR for Ruby, which cannot be imported"


def kind_of(document: Any) -> RecordingKind | None:
    """The kind of recording that a file's document is; None when it is none of these."""
    is_mapping = isinstance(document, dict) and "runmock" not in document
    return next((kind for kind in KINDS if is_mapping and kind.recognises(document)), None)


def parsed(content: str) -> Any:
    """The value of a text that is JSON or YAML, read with PyYAML's safe loader, because PyYAML wrote most recordings.

    Raises ValueError, RecursionError or yaml.YAMLError.
    """
    if content.lstrip().startswith(("{", "[")):
        return json.loads(content)
    return yaml.load(content, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 - both are safe


def foreign_recording(content: str, name: str) -> str:
    """For another tool's recording: what it is, and the command that imports it. Else the empty string."""
    content = content.removeprefix("\ufeff")
    if is_log(content):
        return _advice(LOG, name)
    if _CASSETTE.search(content) or not _MAY_BE.search(content):
        return ""
    try:
        document = parsed(content)
    except (ValueError, RecursionError, yaml.YAMLError):
        return ""
    if isinstance(document, dict) and "http_interactions" in document:
        return OF_RUBY
    kind = kind_of(document)
    return "" if kind is None else _advice(kind.sentence, name)


def _advice(sentence: str, name: str) -> str:
    return f"{sentence}: runmock import {shlex.quote(name)}"
