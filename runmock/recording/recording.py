"""A session's requests to upstream with their answers, and how they are written into the cassette."""

from __future__ import annotations

import logging
import os
import time
import warnings
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from runmock.core.errors import CassetteError
from runmock.core.http.request_body import kept_body
from runmock.core.replay.matching import MATCHERS, request_key
from runmock.core.replay.record_modes import RecordMode, in_shared_cassette
from runmock.core.replay.recorder import UpstreamCall
from runmock.core.script.script import Source
from runmock.recording import partial
from runmock.recording.drafts import Drafts, keys_in_use, refuse_secrets
from runmock.recording.merging import How, merged
from runmock.tape.files import side_files, store
from runmock.tape.files.file_names import refuse_impossible
from runmock.tape.reading import gc_paused
from runmock.tape.reading.cassette import cassette_and_text
from runmock.tape.reading.from_take import interaction_of, root_of, sdk_of
from runmock.tape.secrets.in_interactions import keys_of, redacted_in_place
from runmock.tape.writing.cassette_text import Header, text_to_write

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from runmock.core.api import Incoming
    from runmock.core.replay.interaction import Interaction
    from runmock.core.replay.matching import Key
    from runmock.core.replay.upstream import Upstream
    from runmock.recording.before_record import BeforeRecord
    from runmock.tape.reading.cassette import Cassette


@dataclass(slots=True)
class Recording:
    """Calls to upstream in the order of their requests; mutable. Each session that records has one, and each proxy."""

    path: Path
    mode: RecordMode
    existed: bool
    """Whether the file existed when the session, or pytest, began."""
    upstream: Upstream | None = None
    before_record: BeforeRecord | None = None
    is_own: bool = False
    """Whether no other test uses the cassette."""
    way_out: str = "before_record in runmock_config"
    """For messages: how a user can take a secret out of a recording."""
    calls: list[UpstreamCall] = field(default_factory=list)
    too_large: list[str] = field(default_factory=list)
    """A text for each request whose answer was written without its bytes: the request, and how many bytes they were."""
    _notes: list[str] = field(default_factory=list)
    _drafts: Drafts = field(init=False)
    _saved: int = 0
    """How many calls the partial recording has."""
    _began: int = field(default_factory=lambda: int(time.time()))

    def __post_init__(self) -> None:
        self._drafts = Drafts(self.path, self.before_record, self.way_out)

    @property
    def halves(self) -> int:
        """How many streams were written without their end because the application stopped reading them."""
        return self._drafts.halves

    @property
    def unended(self) -> list[str]:
        """A sentence for each stream that was written without its end because upstream never sent it."""
        return self._drafts.unended

    @property
    def warnings(self) -> list[str]:
        """Sentences about what a user should know of the written file."""
        return [*self.unended, *self._drafts.notes, *self._notes]

    def warn(self) -> None:
        """Issue the warnings; where warnings are errors they are logged instead.

        The cassette has been written by now, so they must not fail the user's block.
        """
        for text in self.warnings:
            try:
                warnings.warn(f"{self.path}: {text}", stacklevel=4)
            except UserWarning as warning:
                logging.getLogger("runmock").warning(str(warning))

    @property
    def drops_unused(self) -> bool:
        """Whether the mode drops the interactions of the cassette that this session did not use."""
        return in_shared_cassette(self.mode) is not self.mode

    def keep_unused(self) -> None:
        """Keep what this session did not use: other tests may use it."""
        self.mode, self.is_own = in_shared_cassette(self.mode), False

    def begin(self, incoming: Incoming) -> UpstreamCall:
        """Add a request that goes on to upstream; the order of requests is the order in the cassette."""
        call = UpstreamCall(incoming, self.upstream)
        self.calls.append(call)
        return call

    def forget(self, call: UpstreamCall) -> None:
        """Drop a call, as if its request had never been sent."""
        self.calls.remove(call)

    def write(self) -> bool:
        """Write the recording into the cassette, in one step; returns whether the file has changed.

        Raises CassetteError when it must not be written: it is worse, contains a secret, or is incomplete; OSError when
        the file cannot be written; and the exceptions of `before_record`. Then the file is unchanged, and the recording
        is in a partial recording, which a note of the exception names.
        """
        if not self.calls:
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
            old, newline = self._existing()
            text, lookalikes = merged(How(self.mode, self.is_own, self.existed), old, new, self._header())
            if lookalikes:
                self._notes.append(_of_lookalikes(lookalikes))
            there, old_text = ((), "") if old is None else (old[0].interactions, old[1])
            if text is None:
                has_changed = side_files.put_files(self.path, old_text, [*new, *there])
            else:
                refuse_secrets(self.path, text, keys_in_use(self.calls))
                whole = text.replace("\n", newline) if isinstance(text, str) else text  # a long one is a new file's
                has_changed = side_files.save(self.path, whole, new, there)
        if self.is_own or self._saved:
            partial.beside(self.path).unlink(missing_ok=True)
        return has_changed

    def _note(self, new: Sequence[Interaction]) -> None:
        """Collect the warnings about interactions that will be written."""
        self._notes = self._drafts.still_there(new)
        self.too_large = [
            f"{interaction.method} {interaction.path} ({interaction.content.size:,} are too many)"
            for interaction in new
            if interaction.content is not None and interaction.content.read is None
        ]

    def save_partial(self) -> None:
        """Write the answers that have ended so far to the partial recording, so that a killed process loses little."""
        ended = [call for call in self._answered() if call.is_over]
        if len(ended) > self._saved:
            kept = list(self._drafts.without_secrets(ended, keys_in_use(self.calls)))
            side_files.save(partial.beside(self.path), text_to_write(self._header(), kept), kept)
            self._saved = len(ended)

    def _keep_refused(self, error: Exception) -> None:
        """Keep the refused recording as a partial one, and add a note to the exception that names the file."""
        kept = list(self._drafts.without_secrets(self._answered(), keys_in_use(self.calls)))
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
            error.add_note("nothing of what was recorded is kept: it could not be prepared, and may contain secrets")

    def _answered(self) -> list[UpstreamCall]:
        return [call for call in self.calls if call.take is not None]

    def _header(self) -> Header:
        takes = [call.take for call in self.calls if call.take is not None]
        root = root_of(takes[0]) if self.upstream is None else self.upstream.root
        sdk = next((sdk for take in takes if (sdk := sdk_of(take.request)) is not None), None)
        return Header(self._began, root, sdk)

    def interactions(self) -> list[Interaction]:
        """The interactions so far.

        Raises CassetteError for an answer that no cassette can contain, and for a request that was never answered.
        """
        is_whole, keys = all(call.take is not None for call in self.calls), keys_in_use(self.calls)
        request_keys = [] if is_whole else [_key(call.incoming) for call in self.calls]
        found: list[Interaction] = []
        for number, call in enumerate(self.calls):
            if call.take is not None:
                found += self._drafts.checked(call, keys)
            elif not any(
                later.take is not None and key == request_keys[number]
                for later, key in zip(self.calls[number:], request_keys[number:], strict=True)
            ):
                what = f"{call.request.method} {call.request.path}"
                raise CassetteError(
                    f"the recording is not whole, and nothing was written: {what} was never answered"
                    f" ({call.error or 'it was given up'})",
                    str(self.path),
                )
        return found

    def _existing(self) -> tuple[tuple[Cassette, str] | None, str]:
        """What the file contains now (another session may have written it meanwhile), and the file's line end.

        The first part is the cassette and its text, with LF at the end of each line; None when there is no file.
        """
        if not os.path.exists(self.path):  # noqa: PTH110 - no name makes it raise
            return None, "\n"  # an error would look for a name like it, among all cassettes in the folder
        cassette, text = cassette_and_text(self.path)
        return (cassette, text.replace("\r\n", "\n")), "\r\n" if "\r\n" in text else "\n"


def _of_lookalikes(number: int) -> str:
    conversations = "a conversation begins" if number == 1 else f"{number} conversations begin"
    goes, is_kept = ("goes", "it is kept") if number == 1 else ("go", "they are kept")
    return (
        f"{conversations} like a new one but {goes} on differently: {is_kept}, since another test may use "
        f"{'it' if number == 1 else 'them'}; record mode {RecordMode.REWRITE} drops what this test does not use"
    )


def answer_so_far(call: UpstreamCall) -> Interaction | None:
    """The interaction with upstream's answer so far; None when there is none, or it cannot be read."""
    if call.take is None:
        return None
    try:
        return redacted_in_place(interaction_of(call.take, Source("", 0)), keys_of(call.request))[0]
    except CassetteError:
        return None


def _key(incoming: Incoming) -> Key:
    return request_key(incoming.operation, incoming.request.query, kept_body(incoming)).key(MATCHERS)
