"""What a session hears from upstream, and the cassette that it becomes when all went well."""

from __future__ import annotations

import copy
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from runmock.core.errors import CassetteError, CassetteNotFoundError
from runmock.core.matching import MATCHERS, expectation
from runmock.core.modes import RecordMode
from runmock.core.recorder import Ending, Passage
from runmock.core.request_body import body_of
from runmock.core.script import Source
from runmock.recording import partial
from runmock.recording.before_record import as_written
from runmock.recording.merging import How, merged
from runmock.recording.taken_out import TakenOut, still_there, taken_out
from runmock.tape import garbage, side_files, store
from runmock.tape.binary_text import without_blocks
from runmock.tape.cassette import cassette_and_text
from runmock.tape.file_names import refuse_impossible
from runmock.tape.redaction import hidden, keys_of_environment, secrets_in
from runmock.tape.secrets_of import keys_of, kinds_in, redacted_in_place, without_secrets
from runmock.tape.taking import interaction_of, root_of, sdk_of, why_half
from runmock.tape.writing import Header, cassette_text

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from runmock.core.exchange import Request
    from runmock.core.interaction import Interaction
    from runmock.core.matching import Key
    from runmock.core.recorder import Take
    from runmock.core.upstream import Upstream
    from runmock.recording.before_record import BeforeRecord
    from runmock.tape.cassette import Cassette


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
    passages: list[Passage] = field(default_factory=list)
    halves: int = 0
    """Streams that were written without their end: the application stopped reading them."""
    unended: int = 0
    """Streams that were written without their end: upstream never sent it."""
    too_large: list[str] = field(default_factory=list)
    """Requests whose answers were written without their bytes, each with how many there were."""
    warnings: list[str] = field(default_factory=list)
    """What is to be known about the file that was written, a sentence each."""
    _drafts: dict[int, list[Interaction] | Exception] = field(default_factory=dict)
    """By a passage's number: what would be written of it, nothing when it was dropped, or why it cannot be."""
    _taken: list[TakenOut] = field(default_factory=list)
    """What `before_record` took out of requests."""
    _saved: int = 0
    """So many passages are in the partial recording."""
    _began: int = field(default_factory=lambda: int(time.time()))

    def begin(self, request: Request) -> Passage:
        """One more request goes on to upstream; its place in the order is kept."""
        passage = Passage(request, self.upstream)
        self.passages.append(passage)
        return passage

    def forget(self, passage: Passage) -> None:
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
        with garbage.not_looked_for():
            try:
                has_changed = self._write()
            except Exception as error:
                self._keep_refused(error)
                raise
        if self.is_own or self._saved:
            partial.beside(self.path).unlink(missing_ok=True)
        return has_changed

    def _write(self) -> bool:
        new = self.interactions()
        if not new:
            return False
        self.warnings += still_there(self._taken, new)
        lost = [(one, one.content.size) for one in new if one.content is not None and one.content.read is None]
        self.too_large = [f"{one.method} {one.path} ({size:,} are too many)" for one, size in lost]
        with store.locked(self.path):
            refuse_impossible(self.path)
            old, newline = self._there()
            text, lookalikes = merged(How(self.mode, self.is_own, self.existed), old, new, self._header())
            if lookalikes:
                self.warnings.append(_of_lookalikes(lookalikes))
            there, old_text = ((), "") if old is None else (old[0].interactions, old[1])
            if text is None:
                return side_files.put_files(self.path, old_text, [*new, *there])
            return side_files.save(self.path, self._checked(text).replace("\n", newline), new, there)

    def save_partial(self) -> None:
        """Put what has ended by now beside the cassette, when there is more than the last time: a kill costs little."""
        ended = [number for number, passage in enumerate(self.passages) if passage.take and passage.take.ending]
        if len(ended) > self._saved:
            kept = list(self._without_secrets(ended))
            side_files.save(partial.beside(self.path), cassette_text(self._header(), kept), kept)
            self._saved = len(ended)

    def _keep_refused(self, error: Exception) -> None:
        """Let the exception tell where the recording is that it keeps from being written."""
        answered = [number for number, passage in enumerate(self.passages) if passage.take is not None]
        kept = list(self._without_secrets(answered))
        if not kept:
            return
        try:
            place = partial.keep(self.path, kept, self._header())
        except OSError as other:
            error.add_note(f"what was recorded could not be kept either: {other}")
        else:
            error.add_note(f"what was recorded is in {place}, without anything secret")

    def _without_secrets(self, numbers: list[int]) -> Iterator[Interaction]:
        """What would be written of these passages, as far as it can be, with everything secret redacted."""
        keys = self._keys()
        for number in numbers:
            try:
                drafted = self._drafted(number)
            except Exception:  # noqa: BLE001, S112 - what cannot be written is told when the cassette is
                continue
            yield from (without_secrets(one, keys) for one in drafted)

    def _header(self) -> Header:
        takes = [passage.take for passage in self.passages if passage.take is not None]
        root = root_of(takes[0]) if self.upstream is None else self.upstream.root
        sdk = next((sdk for take in takes if (sdk := sdk_of(take.request)) is not None), None)
        return Header(self._began, root, sdk)

    def interactions(self) -> list[Interaction]:
        """What was heard so far. Raises CassetteError for what no cassette can hold, and for what never came."""
        asked = [_key(passage.request) for passage in self.passages]
        found: list[Interaction] = []
        for number, passage in enumerate(self.passages):
            if passage.take is not None:
                drafted = self._drafted(number)
                for one in drafted:
                    self._check_secrets(one, passage)
                found += drafted
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

    def _drafted(self, number: int) -> list[Interaction]:
        """The interaction as `before_record` leaves it, which runs once over each; none when it drops it."""
        if number not in self._drafts:
            try:
                self._drafts[number] = self._draft(self.passages[number])
            except Exception as error:  # noqa: BLE001 - it is raised below, each time
                self._drafts[number] = error
        draft = self._drafts[number]
        if isinstance(draft, Exception):
            raise draft
        return draft

    def _draft(self, passage: Passage) -> list[Interaction]:
        take = passage.take
        assert take is not None
        take.seal(Ending.LEFT)
        one = interaction_of(take, Source(str(self.path), 0))
        sent = one if self.before_record is None else one._replace(body=copy.deepcopy(one.body))
        written = as_written(self.before_record, one)
        if written is None:
            return []
        if self.before_record is not None:
            self._taken += taken_out(sent, written)
        if written.is_truncated and written.stream is not None:
            self._note_half(take)
        redacted, warnings = redacted_in_place(written, keys_of(passage.request))
        self.warnings += [warning for warning in warnings if warning not in self.warnings]
        return [redacted]

    def _check_secrets(self, one: Interaction, passage: Passage) -> None:
        """Raises CassetteError for a secret in an interaction, also one that only deltas add up to."""
        keys = keys_of(passage.request)
        if kinds := kinds_in(one, keys):
            raise self._holds(one, keys, kinds)

    def _note_half(self, take: Take) -> None:
        """The end of a stream is missing; whose fault that is, is another thing to know."""
        if take.ending is Ending.LEFT:
            self.halves += 1
        elif (why := why_half(take)) is not None:
            self.unended += 1
            self.warnings.append(why)

    def _holds(self, one: Interaction, keys: tuple[str, ...], kinds: list[str]) -> CassetteError:
        request = hidden(f"{one.method} {one.path}", keys)
        return CassetteError(
            f"nothing was written: {request} holds {', '.join(kinds)}; take it out with {self.way_out}", str(self.path)
        )

    def _there(self) -> tuple[tuple[Cassette, str] | None, str]:
        """The cassette that is there now, for others may have written it meanwhile, and how its lines end."""
        try:
            cassette, text = cassette_and_text(self.path)
        except CassetteNotFoundError:
            return None, "\n"
        return (cassette, text.replace("\r\n", "\n")), "\r\n" if "\r\n" in text else "\n"

    def _keys(self) -> tuple[str, ...]:
        """Every key that is in use: the environment's, and those that requests came with."""
        keys = (*keys_of_environment(), *(key for one in self.passages for key in keys_of(one.request)))
        return tuple(dict.fromkeys(keys))

    def _checked(self, text: str) -> str:
        """The finished text. Raises CassetteError for a secret in it, with the interaction that holds it."""
        if found := secrets_in(without_blocks(text), self._keys()):
            for number, passage in enumerate(self.passages):
                known = keys_of(passage.request)
                for one in self._drafted(number) if passage.take is not None else ():
                    if kinds := kinds_in(one, known):
                        raise self._holds(one, known, kinds)
            raise CassetteError(
                f"nothing was written: {found[0].kind} would stand on its line {found[0].line}", str(self.path)
            )
        return text


def _of_lookalikes(number: int) -> str:
    conversations = "a conversation begins" if number == 1 else f"{number} conversations begin"
    verb = "goes" if number == 1 else "go"
    return (
        f"{conversations} like a new one and {verb} on otherwise: kept, for another test may use it; record mode "
        f"{RecordMode.REWRITE} drops what this test does not use"
    )


def heard(passage: Passage) -> Interaction | None:
    """What upstream has said by now; None when that is nothing, or nothing that can be understood."""
    if passage.take is None:
        return None
    try:
        return redacted_in_place(interaction_of(passage.take, Source("", 0)), keys_of(passage.request))[0]
    except CassetteError:
        return None


def _key(request: Request) -> Key:
    return expectation(request.method, request.path, request.query, body_of(request)).key(MATCHERS)
