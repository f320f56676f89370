"""What a session hears from upstream, and the cassette that it becomes when all went well."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from runmock.core.draft import Draft
from runmock.core.errors import CassetteError, CassetteNotFoundError, UsageError
from runmock.core.matching import MATCHERS, expectation
from runmock.core.recorder import Ending, Passage
from runmock.core.request_body import body_of
from runmock.core.script import Source
from runmock.recording.merging import merged
from runmock.tape import garbage, side_files, store
from runmock.tape.binary_text import without_blocks
from runmock.tape.cassette import load_cassette
from runmock.tape.redaction import hidden, keys_of_environment, secrets_in
from runmock.tape.secrets_of import keys_of, kinds_in, kinds_in_pieces
from runmock.tape.taking import interaction_of, root_of, sdk_of
from runmock.tape.writing import Header

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from runmock.core.exchange import Request
    from runmock.core.interaction import Interaction
    from runmock.core.matching import Key
    from runmock.core.modes import RecordMode
    from runmock.core.upstream import Upstream
    from runmock.tape.cassette import Cassette

    BeforeRecord: TypeAlias = Callable[[Draft], Draft | None]
    """What a user wants done to an interaction before it is written; None drops it."""


@dataclass(slots=True)
class Recording:
    """Passages in the order of their requests; mutable, one for each session that records."""

    path: Path
    mode: RecordMode
    existed: bool
    """Whether the file was there when the session began."""
    upstream: Upstream | None = None
    before_record: BeforeRecord | None = None
    passages: list[Passage] = field(default_factory=list)
    halves: int = 0
    """Streams that were written without their end: the application stopped reading them."""
    too_large: list[str] = field(default_factory=list)
    """Requests whose answers were written without their bytes, each with how many there were."""
    _drafts: list[tuple[Interaction, tuple[str, ...]]] = field(default_factory=list)
    """What would be written, each with the keys of its request."""
    _began: int = field(default_factory=lambda: int(time.time()))

    def begin(self, request: Request) -> Passage:
        """One more request goes on to upstream; its place in the order is kept."""
        passage = Passage(request, self.upstream)
        self.passages.append(passage)
        return passage

    def write(self) -> bool:
        """Put what was heard into the cassette, in one step; whether the file has changed.

        Raises CassetteError when it must not be written: it would be worse, or hold a secret, or cannot be whole. The
        file is as it was then.
        """
        if not self.passages:
            return False
        with garbage.not_looked_for():
            return self._write()

    def _write(self) -> bool:
        new = self.interactions()
        if not new:
            return False
        self.halves = sum(one.is_truncated and one.stream is not None for one in new)
        lost = [(one, one.content.size) for one in new if one.content is not None and one.content.read is None]
        self.too_large = [f"{one.method} {one.path} ({size:,} are too many)" for one, size in lost]
        header = self._header()
        with store.locked(self.path):
            old, newline = self._there()
            text = merged(self.mode, old, new, header)
            there, old_text = ((), "") if old is None else (old[0].interactions, old[1])
            if text is None:
                return side_files.put_files(self.path, old_text, [*new, *there])
            return side_files.save(self.path, self._checked(text).replace("\n", newline), new, there)

    def _header(self) -> Header:
        first = next(passage.take for passage in self.passages if passage.take is not None)
        root = root_of(first) if self.upstream is None else self.upstream.root
        return Header(self._began, root, sdk_of(first.request))

    def interactions(self) -> list[Interaction]:
        """What was heard so far. Raises CassetteError for what no cassette can hold, and for what never came."""
        self._drafts.clear()
        asked = [_key(passage.request) for passage in self.passages]
        found: list[Interaction] = []
        for number, passage in enumerate(self.passages):
            if passage.take is not None:
                found += self._drafted(passage)
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

    def _drafted(self, passage: Passage) -> list[Interaction]:
        """The interaction as `before_record` leaves it. Raises CassetteError when it holds a secret still."""
        take = passage.take
        assert take is not None
        take.seal(Ending.LEFT)
        one = interaction_of(take, Source(str(self.path), 0))
        if self.before_record is not None:
            draft = self.before_record(Draft.of(one))
            if draft is None:
                return []
            if not isinstance(draft, Draft):
                raise UsageError(f"before_record returns the interaction, or None to drop it, not {draft!r}")
            one = draft.interaction(one)
        keys = keys_of(passage.request)
        if kinds := kinds_in_pieces(one, keys):
            raise self._holds(one, keys, kinds)
        self._drafts.append((one, keys))
        return [one]

    def _holds(self, one: Interaction, keys: tuple[str, ...], kinds: list[str]) -> CassetteError:
        request = hidden(f"{one.method} {one.path}", keys)
        return CassetteError(
            f"nothing was written: {request} holds {', '.join(kinds)}; take it out with before_record in "
            "runmock_config",
            str(self.path),
        )

    def _there(self) -> tuple[tuple[Cassette, str] | None, str]:
        """The cassette that is there now, for others may have written it meanwhile, and how its lines end."""
        try:
            cassette = load_cassette(self.path)
        except CassetteNotFoundError:
            return None, "\n"
        text = self.path.read_bytes().decode()
        return (cassette, text.replace("\r\n", "\n")), "\r\n" if "\r\n" in text else "\n"

    def _checked(self, text: str) -> str:
        """The finished text. Raises CassetteError for a secret in it, with the interaction that holds it."""
        keys = keys_of_environment() + tuple(key for one in self.passages for key in keys_of(one.request))
        if found := secrets_in(without_blocks(text), dict.fromkeys(keys)):
            for one, known in self._drafts:
                if kinds := kinds_in(one, known):
                    raise self._holds(one, known, kinds)
            raise CassetteError(
                f"nothing was written: {found[0].kind} would stand on its line {found[0].line}", str(self.path)
            )
        return text


def heard(passage: Passage) -> Interaction | None:
    """What upstream has said by now; None when that is nothing, or nothing that can be understood."""
    if passage.take is None:
        return None
    try:
        return interaction_of(passage.take, Source("", 0))
    except CassetteError:
        return None


def _key(request: Request) -> Key:
    return expectation(request.method, request.path, request.query, body_of(request)).key(MATCHERS)
