"""What a session hears from upstream, and the cassette that it becomes when all went well."""

from __future__ import annotations

import logging
import time
import warnings
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from runmock.core.errors import CassetteError, CassetteNotFoundError
from runmock.core.http.request_body import body_of
from runmock.core.replay.matching import MATCHERS, request_key
from runmock.core.replay.record_modes import RecordMode
from runmock.core.replay.recorder import UpstreamCall
from runmock.core.script.script import Source
from runmock.recording import partial
from runmock.recording.drafts import Drafts, keys_in_use
from runmock.recording.merging import How, merged
from runmock.tape.files import side_files, store
from runmock.tape.files.binary_text import without_blocks
from runmock.tape.files.file_names import refuse_impossible
from runmock.tape.reading import gc_paused
from runmock.tape.reading.cassette import cassette_and_text
from runmock.tape.reading.from_take import interaction_of, root_of, sdk_of
from runmock.tape.secrets.in_interactions import keys_of, redacted_in_place
from runmock.tape.secrets.redaction import secrets_in
from runmock.tape.writing.cassette_text import Header, cassette_text

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from runmock.core.http.exchange import Request
    from runmock.core.replay.interaction import Interaction
    from runmock.core.replay.matching import Key
    from runmock.core.replay.upstream import Upstream
    from runmock.recording.before_record import BeforeRecord
    from runmock.tape.reading.cassette import Cassette


@dataclass(slots=True)
class Recording:
    """Passages in the order of their requests; mutable, one for each session that records, and for each proxy."""

    path: Path
    mode: RecordMode
    existed: bool
    """Whether the file was there when everything began: the session, or pytest."""
    upstream: Upstream | None = None
    before_record: BeforeRecord | None = None
    is_own: bool = False
    """Whether no other test uses the cassette."""
    way_out: str = "before_record in runmock_config"
    """What takes a secret out of a recording."""
    passages: list[UpstreamCall] = field(default_factory=list)
    too_large: list[str] = field(default_factory=list)
    """Requests whose answers were written without their bytes, each with how many there were."""
    _notes: list[str] = field(default_factory=list)
    _drafts: Drafts = field(init=False)
    _saved: int = 0
    """So many passages are in the partial recording."""
    _began: int = field(default_factory=lambda: int(time.time()))

    def __post_init__(self) -> None:
        self._drafts = Drafts(self.path, self.before_record, self.way_out)

    @property
    def halves(self) -> int:
        """Streams that were written without their end: the application stopped reading them."""
        return self._drafts.halves

    @property
    def unended(self) -> list[str]:
        """A sentence for each stream that was written without its end, for upstream never sent it."""
        return self._drafts.unended

    @property
    def warnings(self) -> list[str]:
        """What is to be known about the file that was written, a sentence each."""
        return [*self.unended, *self._drafts.notes, *self._notes]

    def warn(self) -> None:
        """Warn of it; where warnings are errors it goes to the log instead.

        The cassette is written by now, and nobody's block is to fail for it.
        """
        for text in self.warnings:
            try:
                warnings.warn(f"{self.path}: {text}", stacklevel=4)
            except UserWarning as warning:
                logging.getLogger("runmock").warning(str(warning))

    def begin(self, request: Request) -> UpstreamCall:
        """One more request goes on to upstream; its place in the order is kept."""
        passage = UpstreamCall(request, self.upstream)
        self.passages.append(passage)
        return passage

    def forget(self, passage: UpstreamCall) -> None:
        """Nothing is to be kept of a request, as if it had never come."""
        self.passages.remove(passage)

    def write(self) -> bool:
        """Put what was heard into the cassette, in one step; whether the file has changed.

        Raises CassetteError when it must not be written: it would be worse, or hold a secret, or cannot be whole;
        OSError when it cannot be, and what `before_record` raises. The file is as it was then, and what was recorded is
        in a partial recording, which a note of the exception names.
        """
        if not self.passages:
            return False
        with gc_paused.gc_paused():
            try:
                return self._write()
            except Exception as error:
                self._keep_refused(error)
                raise

    def _write(self) -> bool:
        new = self.interactions()
        if not new:
            return False
        self._note(new)
        with store.locked(self.path):
            refuse_impossible(self.path)
            old, newline = self._there()
            text, lookalikes = merged(How(self.mode, self.is_own, self.existed), old, new, self._header())
            if lookalikes:
                self._notes.append(_of_lookalikes(lookalikes))
            there, old_text = ((), "") if old is None else (old[0].interactions, old[1])
            if text is None:
                has_changed = side_files.put_files(self.path, old_text, [*new, *there])
            else:
                whole = self._checked(text).replace("\n", newline)
                has_changed = side_files.save(self.path, whole, new, there)
        if self.is_own or self._saved:
            partial.beside(self.path).unlink(missing_ok=True)
        return has_changed

    def _note(self, new: Sequence[Interaction]) -> None:
        """Take down what is to be known of what will be written."""
        self._notes = self._drafts.still_there(new)
        lost = [(one, one.content.size) for one in new if one.content is not None and one.content.read is None]
        self.too_large = [f"{one.method} {one.path} ({size:,} are too many)" for one, size in lost]

    def save_partial(self) -> None:
        """Put what has ended by now beside the cassette, when there is more than the last time: a kill costs little."""
        ended = [passage for passage in self._answered() if passage.is_over]
        if len(ended) > self._saved:
            kept = list(self._drafts.without_secrets(ended, keys_in_use(self.passages)))
            side_files.save(partial.beside(self.path), cassette_text(self._header(), kept), kept)
            self._saved = len(ended)

    def _keep_refused(self, error: Exception) -> None:
        """Let the exception tell where the recording is that it keeps from being written."""
        kept = list(self._drafts.without_secrets(self._answered(), keys_in_use(self.passages)))
        failures = self._drafts.failures
        if kept:
            missing = f"; {failures} of {len(self._answered())} answers are not in it" if failures else ""
            try:
                place = partial.keep(self.path, kept, self._header())
            except OSError as other:
                error.add_note(f"what was recorded could not be kept either: {other}")
            else:
                error.add_note(f"what was recorded is in {place}, without anything secret{missing}")
        elif failures:
            error.add_note("nothing of what was recorded is kept, for nobody knows what should be taken out of it")

    def _answered(self) -> list[UpstreamCall]:
        return [passage for passage in self.passages if passage.take is not None]

    def _header(self) -> Header:
        takes = [passage.take for passage in self.passages if passage.take is not None]
        root = root_of(takes[0]) if self.upstream is None else self.upstream.root
        sdk = next((sdk for take in takes if (sdk := sdk_of(take.request)) is not None), None)
        return Header(self._began, root, sdk)

    def interactions(self) -> list[Interaction]:
        """What was heard so far. Raises CassetteError for what no cassette can hold, and for what never came."""
        asked, keys = [_key(passage.request) for passage in self.passages], keys_in_use(self.passages)
        found: list[Interaction] = []
        for number, passage in enumerate(self.passages):
            if passage.take is not None:
                found += self._drafts.checked(passage, keys)
            elif not any(
                later.take is not None and key == asked[number]
                for later, key in zip(self.passages[number:], asked[number:], strict=True)
            ):
                what = f"{passage.request.method} {passage.request.path}"
                raise CassetteError(
                    f"the recording is not whole, and nothing was written: {what} was never answered"
                    f" ({passage.error or 'it was given up'})",
                    str(self.path),
                )
        return found

    def _there(self) -> tuple[tuple[Cassette, str] | None, str]:
        """The cassette that is there now, for others may have written it meanwhile, and how its lines end."""
        try:
            cassette, text = cassette_and_text(self.path)
        except CassetteNotFoundError:
            return None, "\n"
        return (cassette, text.replace("\r\n", "\n")), "\r\n" if "\r\n" in text else "\n"

    def _checked(self, text: str) -> str:
        """The finished text. Raises CassetteError for a secret that only the whole of it shows."""
        if found := secrets_in(without_blocks(text), keys_in_use(self.passages)):
            where = f"{found[0].kind} would stand on its line {found[0].line}"
            raise CassetteError(f"nothing was written: {where}", str(self.path))
        return text


def _of_lookalikes(number: int) -> str:
    conversations = "a conversation begins" if number == 1 else f"{number} conversations begin"
    verb = "goes" if number == 1 else "go"
    return (
        f"{conversations} like a new one and {verb} on otherwise: kept, for another test may use it; record mode "
        f"{RecordMode.REWRITE} drops what this test does not use"
    )


def heard(passage: UpstreamCall) -> Interaction | None:
    """What upstream has said by now; None when that is nothing, or nothing that can be understood."""
    if passage.take is None:
        return None
    try:
        return redacted_in_place(interaction_of(passage.take, Source("", 0)), keys_of(passage.request))[0]
    except CassetteError:
        return None


def _key(request: Request) -> Key:
    return request_key(request.method, request.path, request.query, body_of(request)).key(MATCHERS)
