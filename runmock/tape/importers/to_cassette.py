"""Converts another tool's recording into a cassette's text, and compares the two before it returns the text."""

from __future__ import annotations

import json
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

import yaml
from runmock.apis.service.roots import gives_file
from runmock.core.errors import CassetteError
from runmock.core.http.exchange import REFUSED
from runmock.core.http.json_values import same_json
from runmock.core.replay.binary_content import BinaryContent
from runmock.core.replay.interaction import none_of
from runmock.core.script.script import DEFAULT_CLOCK, Source
from runmock.tape.importers import sse_log, vcrpy
from runmock.tape.importers.kinds import UNKNOWN, kind_of, parsed
from runmock.tape.reading.cassette import cassette_from
from runmock.tape.reading.event_data_errors import event_data_error
from runmock.tape.reading.from_take import body_of_answer, interaction_of, root_of
from runmock.tape.secrets.in_interactions import kinds_in, redacted_in_place
from runmock.tape.secrets.redaction import hidden
from runmock.tape.writing.aliases import Aliases
from runmock.tape.writing.cassette_text import Header, cassette_text
from runmock.tape.yaml.yaml12 import load

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from runmock.core.replay.interaction import Interaction
    from runmock.core.replay.recorder import CapturedAnswer
    from runmock.tape.importers.parts import Imported


@dataclass(frozen=True, slots=True)
class Import:
    """A cassette's text, and how much went into it."""

    text: str
    interactions: int
    events: int
    lines_before: int
    recorded: tuple[Interaction, ...] = ()
    """The interactions in the text; long binary answers among them need files beside the cassette."""
    warnings: tuple[str, ...] = ()
    """Sentences for people: what was redacted, and what the recording may have lost."""
    odd_frames: int = 0
    """How many events are no JSON; they are kept as they came."""
    odd_lines: tuple[int, ...] = ()
    """The lines at which those events stand, when the file is a log of events."""

    @property
    def lines(self) -> int:
        """How many lines the cassette has."""
        return self.text.count("\n")


def import_recording(path: Path, target: Path | None = None) -> Import:
    """The cassette of a recording by vcrpy, VCR for Ruby, cassetter or the test proxy, of a HAR, or of an SSE log.

    `target`: the cassette to be written; the names of files beside it contain its name. Raises CassetteError, which
    names the file.
    """
    name = str(path)
    try:
        content = path.read_bytes().decode("utf-8-sig")
        return _converted(content, read(content, name), str(target or path))
    except UnicodeDecodeError:
        raise CassetteError("this is not a text file", name) from None
    except OSError as error:
        raise CassetteError(f"cannot be read: {error.strerror}", name) from None
    except RecursionError:
        raise CassetteError("a body in it is nested too deeply", name) from None
    except CassetteError as error:
        raise CassetteError(error.message, name, error.line, error.column) from None


def read(content: str, name: str) -> Imported:
    """The takes in a recording, whichever tool wrote it. Raises CassetteError."""
    if not content.strip():
        raise CassetteError("this file is empty", name)
    if sse_log.is_log(content):
        return sse_log.imported(content)
    document = _document(content, name)
    kind = kind_of(document)
    if kind is not None:
        return kind.imported(load(content, name) if kind.is_yaml_12 else document)
    if isinstance(document, dict) and isinstance(document.get("interactions"), list):
        if "runmock" in document:
            raise CassetteError("this is a cassette of runmock's already", name)
        return vcrpy.imported(document)
    raise CassetteError(UNKNOWN, name)


def _document(content: str, name: str) -> Any:
    """The value of a recording that is JSON or YAML. Raises CassetteError, with the place of an error of YAML."""
    try:
        return parsed(content)
    except (ValueError, RecursionError) as error:
        is_several = isinstance(error, json.JSONDecodeError) and error.msg == "Extra data"
        why = f"{UNKNOWN}; it is several JSON values, one after the other" if is_several else f"not valid JSON: {error}"
        raise CassetteError(why, name) from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = (None, None) if mark is None else (mark.line + 1, mark.column + 1)
        raise CassetteError(f"not valid YAML: {getattr(error, 'problem', error)}", name, *place) from None


def _converted(content: str, imported: Imported, target: str) -> Import:
    if not imported.takes:
        raise CassetteError("this recording has no interaction in it", "import")
    takes = enumerate(imported.takes)
    pairs = [redacted_in_place(interaction_of(take, Source(target, number))) for number, take in takes]
    interactions = [interaction for interaction, _ in pairs]
    warnings = dict.fromkeys(warning for _, warnings in pairs for warning in warnings)
    for interaction in interactions:
        _check_whole(interaction)
    header = Header(_began(imported), root_of(imported.takes[0]))
    text = cassette_text(header, interactions)
    verify(text, interactions, imported.takes)
    _check_secrets(interactions)
    events = [event for interaction in interactions for event in interaction.stream or ()]
    odd = sum(event_data_error(event) is not None for event in events)
    return Import(
        text,
        len(interactions),
        len(events),
        content.count("\n"),
        recorded=tuple(interactions),
        warnings=(*imported.warnings, *warnings),
        odd_frames=odd,
        odd_lines=tuple(sse_log.odd_lines(content)) if odd and sse_log.is_log(content) else (),
    )


def _began(imported: Imported) -> int:
    """When the recording began, in seconds: as the file says, else its first answer's `date`, else a fixed time."""
    if imported.at is not None:
        return int(imported.at)
    date = imported.takes[0].header("date")
    try:
        return int(parsedate_to_datetime(date).timestamp())
    except (ValueError, RecursionError):
        return DEFAULT_CLOCK


def _check_whole(interaction: Interaction) -> None:
    """Raise CassetteError for a stream without its end. An answer with an error status need not be a stream."""
    request = f"{interaction.method} {interaction.path}"
    has_body = (
        interaction.stream is not None
        or interaction.text
        or interaction.json is not None
        or interaction.content is not None
    )
    is_missing = interaction.wants_stream and interaction.status < REFUSED and not has_body
    if is_missing or interaction.stream == ():
        raise CassetteError(f"the stream of {request} is empty: its events were never recorded", "import")
    if interaction.is_truncated and interaction.stream:
        ends = interaction.operation.ends
        what = f"with {interaction.stream[-1].name}, and {none_of(ends)}" if ends else "within an event"
        raise CassetteError(f"the stream of {request} is cut off: it ends {what}", "import")


def verify(text: str, interactions: Sequence[Interaction], takes: Sequence[CapturedAnswer]) -> None:
    """Read the text back and hold what it plays against the interactions; bodies of files also against the takes.

    Raises CassetteError for the first difference, which is a bug in runmock.
    """
    read_back = [interaction for interaction in cassette_from(text).interactions for _ in range(interaction.repeat)]
    for played, recorded, take in zip(read_back, Aliases().aliased(interactions), takes, strict=True):
        alike = [event.encoded() for event in played.stream or ()] == [
            event.encoded() for event in recorded.stream or ()
        ]
        streams = [[event.name, event.data, event.raw] for event in played.stream or ()]
        others = [[event.name, event.data, event.raw] for event in recorded.stream or ()]
        heads = (played.method, played.path, dict(played.query), played.status) == (
            recorded.method,
            recorded.path,
            dict(recorded.query),
            recorded.status,
        )
        answers = [_json(played, recorded), played.body], [recorded.json, recorded.body]
        is_same = heads and (alike or same_json(streams, others)) and same_json(*answers)
        if not (is_same and _is_whole(played, recorded, take)):
            raise CassetteError(f"{recorded.method} {recorded.path} would not be played as it was recorded", "import")


def _is_whole(played: Interaction, recorded: Interaction, take: CapturedAnswer) -> bool:
    """Whether a body that is not JSON and no stream has every byte, but for aliases and redactions in a text."""
    if recorded.content is not None:
        return (
            played.content == recorded.content == BinaryContent.of(body_of_answer(take))
            and played.headers == recorded.headers
        )
    if recorded.text is not None:
        text = interaction_of(take, recorded.source).text
        is_right = not gives_file(recorded.method, recorded.path) or (text or "").encode() == body_of_answer(take)
        return is_right and (played.text, played.headers) == (recorded.text, recorded.headers)
    return True


def _json(played: Interaction, recorded: Interaction) -> Any:
    """The JSON of an answer that was read back, also when it was written as a text that the format can express."""
    if played.text is None or recorded.text is not None:
        return played.json
    try:
        return json.loads(played.text)
    except (ValueError, RecursionError):
        return None


def _check_secrets(interactions: Sequence[Interaction]) -> None:
    secrets = [
        f"{kind} in {hidden(f'{interaction.method} {interaction.path}')}"
        for interaction in interactions
        for kind in kinds_in(interaction)
    ]
    if secrets:
        shown = ", ".join(dict.fromkeys(secrets))
        raise CassetteError(f"the cassette would hold {shown}; redact it in the recording, and import again", "import")
