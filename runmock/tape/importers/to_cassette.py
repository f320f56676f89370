"""A recording of another tool becomes a cassette's text, and is held against the original before anybody sees it."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

import yaml
from runmock.core.assistants.operations import gives_file
from runmock.core.assistants.stream_ends import ends_of, none_of
from runmock.core.errors import CassetteError
from runmock.core.replay.binary_content import BinaryContent
from runmock.core.script.script import DEFAULT_CLOCK, Source
from runmock.tape.importers import cassetter, har, sse_log, test_proxy, vcrpy
from runmock.tape.importers.kinds import OF_RUBY, kind_of, parsed
from runmock.tape.reading.cassette import cassette_from
from runmock.tape.reading.event_data_errors import event_fault
from runmock.tape.reading.from_take import body_of_answer, interaction_of, root_of
from runmock.tape.secrets.in_interactions import kinds_in, redacted_in_place
from runmock.tape.secrets.redaction import hidden
from runmock.tape.writing.aliases import Aliases
from runmock.tape.writing.cassette_text import Header, cassette_text
from runmock.tape.writing.shortening import same_json
from runmock.tape.yaml.yaml12 import load

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from runmock.core.replay.interaction import Interaction
    from runmock.core.replay.recorder import CapturedAnswer
    from runmock.tape.importers.parts import Imported

_REFUSED = 400
_RUBY = re.compile(r"(?:---[^\n]*\n)?http_interactions:")
_UNKNOWN = "this is no recording that can be imported: vcrpy, cassetter, HAR, test-proxy JSON or an SSE log"


@dataclass(frozen=True, slots=True)
class Import:
    """A cassette's text, and what went into it."""

    text: str
    interactions: int
    events: int
    lines_before: int
    recorded: tuple[Interaction, ...] = ()
    """What the text says: some of it may want files beside the cassette."""
    warnings: tuple[str, ...] = ()
    """What was redacted in its place, for people."""
    odd_frames: int = 0
    """Events that are no JSON, and are kept as they came."""
    odd_lines: tuple[int, ...] = ()
    """Where they stand in a log of events."""

    @property
    def lines(self) -> int:
        """How many lines the cassette has."""
        return self.text.count("\n")


def import_recording(path: Path, target: Path | None = None) -> Import:
    """Read a recording of vcrpy, cassetter, the test proxy, a HAR or an SSE log. Raises CassetteError by file.

    `target`: the cassette to be; its name is in the names of the files beside it.
    """
    name = str(path)
    try:
        content = path.read_bytes().decode("utf-8-sig")
        return _converted(content, read(content, name), str(target or path))
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
    if _RUBY.match(content):
        raise CassetteError(OF_RUBY, name)
    document = _document(content, name)
    kind = kind_of(document)
    if kind is not None:
        return READERS[kind.name](load(content, name) if kind.name == "cassetter" else document)
    if isinstance(document, dict) and isinstance(document.get("interactions"), list):
        if "runmock" in document:
            raise CassetteError("this is a cassette of runmock's already", name)
        return vcrpy.imported(document)
    raise CassetteError(_UNKNOWN, name)


READERS: Mapping[str, Callable[[Any], Imported]] = {
    "har": har.imported,
    "test_proxy": test_proxy.imported,
    "cassetter": cassetter.imported,
    "vcrpy": vcrpy.imported,
}
"""By the kind of recording."""


def _document(content: str, name: str) -> Any:
    """JSON, or YAML as PyYAML reads it, which wrote most of it; safely."""
    try:
        return parsed(content)
    except (ValueError, RecursionError) as error:
        is_several = isinstance(error, json.JSONDecodeError) and error.msg == "Extra data"
        why = (
            f"{_UNKNOWN}; it is several JSON values, one after the other" if is_several else f"not valid JSON: {error}"
        )
        raise CassetteError(why, name) from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = (None, None) if mark is None else (mark.line + 1, mark.column + 1)
        raise CassetteError(f"not valid YAML: {getattr(error, 'problem', error)}", name, *place) from None


def _converted(content: str, found: Imported, target: str) -> Import:
    if not found.takes:
        raise CassetteError("this recording has no interaction in it", "import")
    takes = enumerate(found.takes)
    pairs = [redacted_in_place(interaction_of(take, Source(target, number))) for number, take in takes]
    interactions = [one for one, _ in pairs]
    warnings = dict.fromkeys(warning for _, warnings in pairs for warning in warnings)
    for one in interactions:
        _check_whole(one)
    header = Header(_began(found), root_of(found.takes[0]))
    text = cassette_text(header, interactions)
    verify(text, interactions, found.takes)
    _check_secrets(interactions)
    events = [event for one in interactions for event in one.stream or ()]
    odd = sum(event_fault(event) is not None for event in events)
    return Import(
        text,
        len(interactions),
        len(events),
        content.count("\n"),
        recorded=tuple(interactions),
        warnings=tuple(warnings),
        odd_frames=odd,
        odd_lines=tuple(sse_log.odd_lines(content)) if odd and sse_log.is_log(content) else (),
    )


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
    """Raises CassetteError for a stream without its end. A refusal is no stream, whatever was asked for."""
    request = f"{one.method} {one.path}"
    has_body = one.stream is not None or one.text or one.json is not None or one.content is not None
    is_missing = _wants_stream(one) and one.status < _REFUSED and not has_body
    if is_missing or one.stream == ():
        raise CassetteError(f"the stream of {request} is empty: its events were never recorded", "import")
    if one.is_truncated and one.stream:
        ends = ends_of(one.method, one.path)
        what = f"with {one.stream[-1].name}, and {none_of(ends)}" if ends else "within an event"
        raise CassetteError(f"the stream of {request} is cut off: it ends {what}", "import")


def _wants_stream(one: Interaction) -> bool:
    asked = one.body.get("stream") if isinstance(one.body, dict) else None
    return asked is True or one.query.get("stream", ("",))[-1] == "true"


def verify(text: str, interactions: Sequence[Interaction], takes: Sequence[CapturedAnswer]) -> None:
    """Read what was written, and compare every answer. Raises CassetteError, which would be a fault of runmock's."""
    read_back = [one for one in cassette_from(text).interactions for _ in range(one.repeat)]
    for told, sent, take in zip(read_back, Aliases().aliased(interactions), takes, strict=True):
        alike = [event.encoded() for event in told.stream or ()] == [event.encoded() for event in sent.stream or ()]
        streams = [[event.name, event.data, event.raw] for event in told.stream or ()]
        others = [[event.name, event.data, event.raw] for event in sent.stream or ()]
        heads = (told.method, told.path, dict(told.query), told.status) == (
            sent.method,
            sent.path,
            dict(sent.query),
            sent.status,
        )
        answers = [_json(told, sent), told.body], [sent.json, sent.body]
        is_same = heads and (alike or same_json(streams, others)) and same_json(*answers)
        if not (is_same and _is_whole(told, sent, take)):
            raise CassetteError(f"{sent.method} {sent.path} would not be played as it was recorded", "import")


def _is_whole(told: Interaction, sent: Interaction, take: CapturedAnswer) -> bool:
    """Whether a body that is kept as it is has every byte, but for aliases and what is redacted in a text."""
    if sent.content is not None:
        return told.content == sent.content == BinaryContent.of(body_of_answer(take)) and told.headers == sent.headers
    if sent.text is not None:
        came = interaction_of(take, sent.source).text
        is_right = not gives_file(sent.method, sent.path) or (came or "").encode() == body_of_answer(take)
        return is_right and (told.text, told.headers) == (sent.text, sent.headers)
    return True


def _json(told: Interaction, sent: Interaction) -> Any:
    """The JSON of an answer; what became a text because the format cannot hold it is JSON again."""
    if told.text is None or sent.text is not None:
        return told.json
    try:
        return json.loads(told.text)
    except (ValueError, RecursionError):
        return None


def _check_secrets(interactions: Sequence[Interaction]) -> None:
    found = [f"{kind} in {hidden(f'{one.method} {one.path}')}" for one in interactions for kind in kinds_in(one)]
    if found:
        shown = ", ".join(dict.fromkeys(found))
        raise CassetteError(f"the cassette would hold {shown}; redact it in the recording, and import again", "import")
