"""What a recording proxy has heard so far, and the cassette that it becomes."""

from __future__ import annotations

import contextlib
import time
from typing import TYPE_CHECKING

from runmock.core.errors import CassetteError, CassetteNotFoundError
from runmock.core.script import Source
from runmock.recording.golden import worse
from runmock.tape import side_files, store
from runmock.tape.cassette import cassette_from, load_cassette
from runmock.tape.redaction import hidden
from runmock.tape.sameness import same_recording
from runmock.tape.secrets_of import keys_of, kinds_in
from runmock.tape.taking import interaction_of, sdk_of
from runmock.tape.writing import Header, cassette_text

if TYPE_CHECKING:
    from pathlib import Path

    from runmock.core.interaction import Interaction
    from runmock.core.recorder import Take


class Takes:
    """Takes in the order of their requests; mutable, one for each proxy."""

    def __init__(self, path: Path, upstream: str) -> None:
        """Raises CassetteError when a file is there that is no cassette: it would be lost."""
        self.path, self.upstream = path, upstream
        self.partial = path.with_name(f"{path.name}.partial")
        self._takes: list[Take] = []
        self._began = int(time.time())
        self._written = 0
        self._old: tuple[Interaction, ...] = ()
        self._kept: tuple[Interaction, ...] = ()
        with contextlib.suppress(CassetteNotFoundError):
            self._old = load_cassette(path).interactions

    def add(self, take: Take) -> None:
        """One more request was answered; it counts once it is sealed."""
        self._takes.append(take)

    def text(self) -> tuple[str, list[str]]:
        """The cassette of what is sealed by now, and what had to be left out of it, for people."""
        kept: list[Interaction] = []
        left_out: list[str] = []
        for take in self._takes:
            if take.ending is None:
                continue
            try:
                kept.append(_checked(take, str(self.path)))
            except CassetteError as error:
                left_out.append(error.message)
        self._kept = tuple(kept)
        sdk = next((found for take in self._takes if (found := sdk_of(take.request)) is not None), None)
        return cassette_text(Header(self._began, self.upstream, sdk), kept), left_out

    def save_partial(self) -> None:
        """Put what there is by now beside the cassette, when there is more than the last time."""
        sealed = sum(take.ending is not None for take in self._takes)
        if sealed > self._written:
            store.write(self.partial, self.text()[0])
            self._written = sealed

    def save(self) -> tuple[bool, list[str]]:
        """Write the cassette; whether it changed, and what was left out.

        Raises CassetteError when a better one is there: what was recorded is beside it then, as `.partial`.
        """
        text, left_out = self.text()
        new = cassette_from(text).interactions
        if not self._takes:
            return False, left_out
        with store.locked(self.path):
            return self._saved(text, new), left_out

    def _saved(self, text: str, new: tuple[Interaction, ...]) -> bool:
        if (why := worse(self._old, new)) is not None:
            store.write(self.partial, text)
            raise CassetteError(
                f"the cassette that is there stays: in this recording {why}; it is in {self.partial}", str(self.path)
            )
        self.partial.unlink(missing_ok=True)
        is_same = bool(self._old) and same_recording(self._old, new)
        return not is_same and side_files.save(self.path, text, self._kept, self._old)


def _checked(take: Take, cassette: str) -> Interaction:
    """The interaction, unless it holds a secret or what no cassette can. Raises CassetteError."""
    one = interaction_of(take, Source(cassette, 0))
    keys = keys_of(take.request)
    if kinds := kinds_in(one, keys):
        request = hidden(f"{one.method} {one.path}", keys)
        raise CassetteError(f"{request} holds {', '.join(kinds)} and was left out", "recording")
    return one
