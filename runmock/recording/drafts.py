"""What would be written of each answer that upstream gave: as the user's hook leaves it, redacted in its place."""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from runmock.core.errors import CassetteError
from runmock.core.replay.recorder import AnswerEnd
from runmock.core.script.script import Source
from runmock.recording.before_record import as_written, place_of
from runmock.recording.taken_out import TakenOut, still_there, taken_out
from runmock.tape.reading.from_take import interaction_of, why_half
from runmock.tape.secrets.in_interactions import keys_of, kinds_in, redacted_in_place, without_secrets
from runmock.tape.secrets.redaction import hidden, keys_of_environment

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from runmock.core.replay.interaction import Interaction
    from runmock.core.replay.recorder import CapturedAnswer, UpstreamCall
    from runmock.recording.before_record import BeforeRecord


@dataclass(slots=True)
class Drafts:
    """The drafts of one recording; mutable: each is made once, when it is first asked for."""

    path: Path
    before_record: BeforeRecord | None = None
    way_out: str = "before_record in runmock_config"
    """What takes a secret out of a recording."""
    halves: int = 0
    """Streams without their end: the application stopped reading them."""
    unended: list[str] = field(default_factory=list)
    """A sentence for each stream whose end upstream never sent."""
    notes: list[str] = field(default_factory=list)
    """A sentence for what was redacted in its place, and for what was cut off."""
    failures: int = 0
    """So many answers of which there can be none."""
    _made: dict[int, list[Interaction] | Exception] = field(default_factory=dict)
    """By the passage's identity: nothing when it was dropped, or why there can be none."""
    _taken: list[TakenOut] = field(default_factory=list)
    """What `before_record` took out of requests."""

    def of(self, passage: UpstreamCall) -> list[Interaction]:
        """The interaction of an answered passage, none when `before_record` drops it, which runs once over each.

        Raises CassetteError for an answer that cannot be read, and what `before_record` raises; each time.
        """
        if id(passage) not in self._made:
            try:
                self._made[id(passage)] = self._draft(passage)
            except Exception as error:  # noqa: BLE001 - it is raised below
                self._made[id(passage)] = error
                self.failures += 1
                if self.before_record is not None and not isinstance(error, CassetteError):
                    error.add_note(place_of(self.before_record, error))
        made = self._made[id(passage)]
        if isinstance(made, Exception):
            raise made
        return made

    def _draft(self, passage: UpstreamCall) -> list[Interaction]:
        take = passage.take
        assert take is not None
        take.seal(AnswerEnd.LEFT)
        one = interaction_of(take, Source(str(self.path), 0))
        sent = one if self.before_record is None else one._replace(body=copy.deepcopy(one.body))
        written = as_written(self.before_record, one)
        if written is None:
            return []
        if self.before_record is not None:
            self._taken += taken_out(sent, written)
        if written.is_truncated:
            self._note_half(take, written)
        redacted, warnings = redacted_in_place(written, keys_of(passage.request))
        self.notes += [warning for warning in warnings if warning not in self.notes]
        return [redacted]

    def _note_half(self, take: CapturedAnswer, written: Interaction) -> None:
        """The end of an answer is missing; whose fault that is, is another thing to know."""
        if written.stream is None:
            self.notes.append(
                f"the answer to {written.method} {written.path} was cut off; it is kept as far as it came"
            )
        elif take.ending is AnswerEnd.LEFT:
            self.halves += 1
        elif (why := why_half(take)) is not None:
            self.unended.append(why)

    def checked(self, passage: UpstreamCall, keys: Sequence[str]) -> list[Interaction]:
        """The same. Raises CassetteError for a secret in it, too: one of these keys, or what is one by its shape."""
        found = self.of(passage)
        for one in found:
            if kinds := kinds_in(one, keys):
                request = hidden(f"{one.method} {one.path}", keys)
                what = f"{request} holds {', '.join(kinds)}"
                raise CassetteError(f"nothing was written: {what}; take it out with {self.way_out}", str(self.path))
        return found

    def without_secrets(self, passages: Iterable[UpstreamCall], keys: Sequence[str]) -> Iterator[Interaction]:
        """What would be written of answered passages, as far as it can be, with everything secret redacted."""
        for passage in passages:
            try:
                found = self.of(passage)
            except Exception:  # noqa: BLE001, S112 - what cannot be written is told when the cassette is
                continue
            yield from (without_secrets(one, keys) for one in found)

    def still_there(self, interactions: Sequence[Interaction]) -> list[str]:
        """A sentence for each value that `before_record` took out of a request and that an answer still has."""
        return still_there(self._taken, interactions)


def keys_in_use(passages: Iterable[UpstreamCall]) -> tuple[str, ...]:
    """Every key that must not be written: the environment's, and those that requests came with."""
    keys = (*keys_of_environment(), *(key for one in passages for key in keys_of(one.request)))
    return tuple(dict.fromkeys(keys))
