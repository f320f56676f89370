"""The tools whose recordings can be imported, as one table: how each is recognised by its top-level keys, and read.

The import needs it, and so does the error for a file that somebody uses as a cassette and that is none.
"""

from __future__ import annotations

import json
import re
import shlex
from typing import TYPE_CHECKING, Any, NamedTuple

import yaml
from runmock.tape.importers import cassetter, har, recorded_yaml, test_proxy, vcr_ruby, vcrpy
from runmock.tape.importers.sse_log import is_log

if TYPE_CHECKING:
    from collections.abc import Callable

    from runmock.tape.importers.parts import Imported

_CASSETTE = re.compile(r"""^(?:runmock|\s*\{?\s*"runmock")\s*:""", re.MULTILINE)


class RecordingKind(NamedTuple):
    """A tool's recordings: their names in messages, how a document of theirs is recognised, and how it is read."""

    name: str
    sentence: str
    key: str
    """A key that each of its files has somewhere."""
    recognises: Callable[[dict[str, Any]], bool]
    imported: Callable[[Any], Imported]
    """The takes in a document. Raises CassetteError."""
    is_yaml_12: bool = False
    """Whether the document has to be read as YAML 1.2."""


def _items(document: dict[str, Any]) -> list[dict[str, Any]]:
    items = document.get("interactions")
    return [item for item in items if isinstance(item, dict)] if isinstance(items, list) else []


KINDS = (
    RecordingKind(
        "test-proxy JSON",
        "this is a recording of the Azure SDKs' test proxy",
        "Entries",
        lambda document: "Entries" in document,
        test_proxy.imported,
    ),
    RecordingKind(
        "HAR",
        "this is an HTTP archive (HAR)",
        "log",
        lambda document: isinstance(document.get("log"), dict),
        har.imported,
    ),
    RecordingKind(
        "cassetter",
        "this is a cassetter cassette",
        "interactions",
        lambda document: any("recorded_at" in item for item in _items(document)),
        cassetter.imported,
        is_yaml_12=True,
    ),
    RecordingKind(
        "VCR for Ruby",
        "this is a recording of VCR for Ruby",
        "http_interactions",
        lambda document: "http_interactions" in document,
        vcr_ruby.imported,
    ),
    RecordingKind(
        "vcrpy",
        "this is a vcrpy cassette",
        "interactions",
        lambda document: any(isinstance(item.get("request"), dict) for item in _items(document)),
        vcrpy.imported,
    ),
)
"""In this order; the first that recognises a document counts. Messages name the usual ones, which come last, first."""

_NAMES = ", ".join(kind.name for kind in reversed(KINDS))
UNKNOWN = f"this is not a recording that can be imported: {_NAMES} or an SSE log"
_KEYS = "|".join(dict.fromkeys(kind.key for kind in KINDS))
_MAY_BE = re.compile(rf"""(?:^|[{{,\s"'])(?:{_KEYS})["']?\s*:""", re.MULTILINE)
"""A key that every recording of another tool has somewhere; files without one need not be parsed."""

LOG = "these are server-sent events"


def kind_of(document: Any) -> RecordingKind | None:
    """The kind of recording that a file's document is; None when it is none of these."""
    is_mapping = isinstance(document, dict) and "runmock" not in document
    return next((kind for kind in KINDS if is_mapping and kind.recognises(document)), None)


def parsed(content: str) -> Any:
    """The value of a text that is JSON or YAML. Raises ValueError, RecursionError or yaml.YAMLError."""
    if content.lstrip().startswith(("{", "[")):
        return json.loads(content)
    return recorded_yaml.read(content)


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
    kind = kind_of(document)
    return "" if kind is None else _advice(kind.sentence, name)


def _advice(sentence: str, name: str) -> str:
    return f"{sentence}: runmock import {shlex.quote(name)}"
