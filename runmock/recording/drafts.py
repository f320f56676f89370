"""What will be written of each of upstream's answers: changed by the user's hook, then redacted in place."""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from runmock.core.errors import CassetteError
from runmock.core.replay.recorder import AnswerEnd
from runmock.core.script.script import Source
from runmock.recording.before_record import as_written, place_of
from runmock.recording.taken_out import TakenOut, still_there, taken_out
from runmock.tape.files.binary_text import without_blocks
from runmock.tape.files.long_texts import pieces_of
from runmock.tape.reading.from_take import interaction_of, why_half
from runmock.tape.secrets.in_interactions import keys_of, kinds_in, redacted_in_place, without_secrets
from runmock.tape.secrets.redaction import has_secrets, hidden, keys_of_environment, secrets_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from runmock.core.replay.interaction import Interaction
    from runmock.core.replay.recorder import CapturedAnswer, UpstreamCall
    from runmock.recording.before_record import BeforeRecord
    from runmock.tape.files.long_texts import Text


@dataclass(slots=True)
class Drafts:
    """The drafts of one recording; mutable: each is made once, when it is first needed."""

    path: Path
    before_record: BeforeRecord | None = None
    way_out: str = "before_record in runmock_config"
    """For messages: how a user can take a secret out of a recording."""
    halves: int = 0
    """How many streams have no end because the application stopped reading them."""
    unended: list[str] = field(default_factory=list)
    """A sentence for each stream whose end upstream never sent."""
    notes: list[str] = field(default_factory=list)
    """A sentence for each redacted value that is worth knowing, and for each answer that was cut off."""
    failures: int = 0
    """How many answers have no draft, because they cannot be read or `before_record` raised."""
    _made: dict[int, list[Interaction] | Exception] = field(default_factory=dict)
    """By the call's identity: its draft, an empty list when it was dropped, or the exception why there can be none."""
    _taken: list[TakenOut] = field(default_factory=list)
    """The values that `before_record` has taken out of requests."""

    def of(self, call: UpstreamCall) -> list[Interaction]:
        """The interaction of an answered call, in a list; empty when `before_record` drops it. The hook runs once.

        Raises CassetteError for an answer that cannot be read, and the exception of `before_record`; each time.
        """
        if id(call) not in self._made:
            try:
                self._made[id(call)] = self._draft(call)
            except Exception as error:  # noqa: BLE001 - it is raised below
                self._made[id(call)] = error
                self.failures += 1
                if self.before_record is not None and not isinstance(error, CassetteError):
                    error.add_note(place_of(self.before_record, error))
        draft = self._made[id(call)]
        if isinstance(draft, Exception):
            raise draft
        return draft

    def _draft(self, call: UpstreamCall) -> list[Interaction]:
        take = call.take
        assert take is not None
        take.seal(AnswerEnd.LEFT)
        # A hook may change what the interaction is made of: then the bytes stay.
        interaction = interaction_of(take, Source(str(self.path), 0), lets_go=self.before_record is None)
        # The hook may change the body, which the session's history has, too.
        own = interaction if self.before_record is None else interaction._replace(body=copy.deepcopy(interaction.body))
        written = as_written(self.before_record, own)
        if written is None:
            return []
        if self.before_record is not None:
            self._taken += taken_out(interaction, written)
        if written.is_truncated:
            self._note_half(take, written)
        redacted, warnings = redacted_in_place(written, keys_of(call.request))
        self.notes += [warning for warning in warnings if warning not in self.notes]
        return [redacted]

    def _note_half(self, take: CapturedAnswer, written: Interaction) -> None:
        """Note that the end of an answer is missing, and whether the application or upstream caused it."""
        if written.stream is None:
            self.notes.append(f"the answer to {written.method} {written.path} was cut off; the part that came is kept")
        elif take.ending is AnswerEnd.LEFT:
            self.halves += 1
        elif (why := why_half(take)) is not None:
            self.unended.append(why)

    def checked(self, call: UpstreamCall, keys: Sequence[str]) -> list[Interaction]:
        """The same as `of`; also raises CassetteError for a secret in it: one of `keys`, or what looks like one."""
        found = self.of(call)
        for interaction in found:
            if kinds := kinds_in(interaction, keys):
                request = hidden(f"{interaction.method} {interaction.path}", keys)
                what = f"{request} or its answer holds {', '.join(kinds)}"
                raise CassetteError(f"nothing was written: {what}; take it out with {self.way_out}", str(self.path))
        return found

    def without_secrets(self, calls: Iterable[UpstreamCall], keys: Sequence[str]) -> Iterator[Interaction]:
        """The drafts of answered calls with all secrets redacted; calls of which there is no draft are left out."""
        for call in calls:
            try:
                found = self.of(call)
            except Exception:  # noqa: BLE001, S112 - the error is raised when the cassette is written
                continue
            yield from (without_secrets(interaction, keys) for interaction in found)

    def still_there(self, interactions: Sequence[Interaction]) -> list[str]:
        """A sentence for each value that `before_record` took out of a request and that an answer still contains."""
        return still_there(self._taken, interactions)


def keys_in_use(calls: Iterable[UpstreamCall]) -> tuple[str, ...]:
    """Every API key that must not be written: those in the environment, and those in the requests."""
    keys = (*keys_of_environment(), *(key for call in calls for key in keys_of(call.request)))
    return tuple(dict.fromkeys(keys))


def refuse_secrets(cassette: Path, text: Text, keys: Sequence[str]) -> None:
    """Raise CassetteError for a secret that shows only in the whole text of a cassette, which is on no disk yet."""
    pieces = pieces_of(text)
    if has_secrets(map(without_blocks, pieces), keys):
        for secret in secrets_in(without_blocks("".join(pieces)), keys)[:1]:
            where = f"line {secret.line} would contain {secret.kind}"
            raise CassetteError(f"nothing was written: {where}", str(cassette))
