"""A recording of another tool becomes a cassette's text, and is held against the original before anybody sees it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

import yaml

from runmock.core.errors import CassetteError
from runmock.core.script import DEFAULT_CLOCK, Source
from runmock.tape.aliases import Aliases
from runmock.tape.cassette import cassette_from
from runmock.tape.data_faults import event_fault
from runmock.tape.importers import cassetter, har, sse_log, test_proxy, vcrpy
from runmock.tape.redaction import hidden
from runmock.tape.secrets_of import kinds_in
from runmock.tape.shortening import same_json
from runmock.tape.taking import interaction_of, root_of
from runmock.tape.writing import Header, cassette_text
from runmock.tape.yaml12 import load

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from runmock.core.interaction import Interaction
    from runmock.tape.importers.parts import Imported


@dataclass(frozen=True, slots=True)
class Import:
    """A cassette's text, and what went into it."""

    text: str
    interactions: int
    events: int
    lines_before: int
    odd_frames: int = 0
    """Events that are no JSON, and are kept as they came."""
    odd_lines: tuple[int, ...] = ()
    """Where they stand in a log of events."""

    @property
    def lines(self) -> int:
        """How many lines the cassette has."""
        return self.text.count("\n")


def import_recording(path: Path) -> Import:
    """Read a recording of vcrpy, cassetter, the test proxy, a HAR or an SSE log. Raises CassetteError by file."""
    name = str(path)
    try:
        content = path.read_bytes().decode("utf-8-sig")
        return _converted(content, read(content, name))
    except UnicodeDecodeError:
        raise CassetteError("this is no text file", name) from None
    except OSError as error:
        raise CassetteError(f"cannot be read: {error.strerror}", name) from None
    except CassetteError as error:
        raise CassetteError(error.message, name, error.line, error.column) from None


def read(content: str, name: str) -> Imported:
    """The takes in a recording, whichever tool wrote it. Raises CassetteError."""
    if not content.strip():
        raise CassetteError("this file is empty", name)
    if sse_log.is_log(content):
        return sse_log.imported(content)
    document = _document(content, name)
    if isinstance(document, dict):
        if isinstance(document.get("log"), dict):
            return har.imported(document)
        if "Entries" in document:
            return test_proxy.imported(document)
        if isinstance(document.get("interactions"), list):
            if "runmock" in document:
                raise CassetteError("this is a cassette of runmock's already", name)
            is_cassetter = any("recorded_at" in one for one in document["interactions"] if isinstance(one, dict))
            return cassetter.imported(load(content, name)) if is_cassetter else vcrpy.imported(document)
    raise CassetteError(
        "this is no recording that can be imported: vcrpy, cassetter, HAR, test-proxy JSON or an SSE log", name
    )


def _document(content: str, name: str) -> Any:
    """JSON, or YAML as PyYAML reads it, which wrote most of it; safely."""
    try:
        return json.loads(content) if content.lstrip().startswith(("{", "[")) else _yaml(content)
    except (ValueError, RecursionError) as error:
        raise CassetteError(f"not valid JSON: {error}", name) from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = (None, None) if mark is None else (mark.line + 1, mark.column + 1)
        raise CassetteError(f"not valid YAML: {getattr(error, 'problem', error)}", name, *place) from None


def _yaml(content: str) -> Any:
    return yaml.load(content, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 - both are safe


def _converted(content: str, found: Imported) -> Import:
    if not found.takes:
        raise CassetteError("this recording has no interaction in it", "import")
    interactions = [interaction_of(take, Source("import", number)) for number, take in enumerate(found.takes)]
    for one in interactions:
        _check_whole(one)
    header = Header(_began(found), root_of(found.takes[0]))
    text = cassette_text(header, interactions)
    _verify(text, interactions)
    _check_secrets(interactions)
    events = [event for one in interactions for event in one.stream or ()]
    odd = sum(event_fault(event) is not None for event in events)
    lines = tuple(sse_log.odd_lines(content)) if odd and sse_log.is_log(content) else ()
    return Import(text, len(interactions), len(events), content.count("\n"), odd, lines)


def _began(found: Imported) -> int:
    """When the recording began: as it says, by its first answer's date, by its first object, else a fixed time."""
    if found.at is not None:
        return int(found.at)
    date = found.takes[0].header("date")
    try:
        return int(parsedate_to_datetime(date).timestamp())
    except (ValueError, RecursionError):
        return DEFAULT_CLOCK


def _check_whole(one: Interaction) -> None:
    request = f"{one.method} {one.path}"
    wants_stream = isinstance(one.body, dict) and one.body.get("stream") is True
    is_missing = one.stream is None and not one.text and one.json is None and wants_stream
    if not is_missing and not one.is_truncated:
        return
    if not one.stream:
        raise CassetteError(f"the stream of {request} is empty: its events were never recorded", "import")
    raise CassetteError(
        f"the stream of {request} is cut off: it ends with {one.stream[-1].name}, and neither done nor error", "import"
    )


def _verify(text: str, interactions: Sequence[Interaction]) -> None:
    """Read what was written, and compare every answer. Raises CassetteError, which would be a fault of runmock's."""
    read_back = [one for one in cassette_from(text).interactions for _ in range(one.repeat)]
    for told, sent in zip(read_back, Aliases().aliased(interactions), strict=True):
        alike = [event.encoded() for event in told.stream or ()] == [event.encoded() for event in sent.stream or ()]
        streams = [[event.name, event.data, event.raw] for event in told.stream or ()]
        others = [[event.name, event.data, event.raw] for event in sent.stream or ()]
        heads = (told.method, told.path, dict(told.query), told.status) == (
            sent.method,
            sent.path,
            dict(sent.query),
            sent.status,
        )
        answers = _answer(told), told.body, _answer(sent), sent.body
        if not (heads and (alike or same_json(streams, others)) and same_json(answers[:2], answers[2:])):
            raise CassetteError(f"{sent.method} {sent.path} would not be played as it was recorded", "import")


def _answer(one: Interaction) -> Any:
    """The answer's JSON or text; JSON that became a text is JSON again."""
    if one.text is None:
        return one.json
    try:
        return json.loads(one.text) if ("content-type", "application/json") in one.headers else one.text
    except (ValueError, RecursionError):
        return one.text


def _check_secrets(interactions: Sequence[Interaction]) -> None:
    found = [f"{kind} in {hidden(f'{one.method} {one.path}')}" for one in interactions for kind in kinds_in(one)]
    if found:
        shown = ", ".join(dict.fromkeys(found))
        raise CassetteError(f"the cassette would hold {shown}; redact it in the recording, and import again", "import")
