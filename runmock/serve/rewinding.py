"""Cassettes on disk and the deck that plays them now; rewinding reads them again and puts a fresh deck in its place."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from runmock.deck.deck import Deck
from runmock.serve.shelf import Shelf
from runmock.tape.reading.cassette import load_cassette

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from runmock.deck.options import Options
    from runmock.tape.reading.cassette import Cassette


class RewindableDeck:
    """A deck that can start over. Streams that are open then go on to their end from the old deck."""

    def __init__(self, paths: Sequence[Path], options: Options) -> None:
        """`paths` may name folders: what is in them is only played once it is loaded.

        Raises CassetteError when a cassette cannot be read.
        """
        self.shelf = Shelf(paths)
        self.paths, self.options = tuple(path for path in paths if not path.is_dir()), options
        self.cassettes: tuple[Cassette, ...] = ()
        self.deck = Deck(options)
        self._stamps: tuple[object, ...] = ()
        self.rewind()

    def rewind(self) -> None:
        """Read the cassettes and start over. Raises CassetteError; then the old deck goes on."""
        self._stamps = self._present_stamps()
        self._play(self.paths)

    def load(self, name: str) -> None:
        """Play another cassette, and start over. Raises NotOnShelf, or CassetteError; then the old deck goes on."""
        path = self.shelf.find(name)
        self._play((path,))
        self.paths = (path,)
        self._stamps = self._present_stamps()

    def _play(self, paths: Sequence[Path]) -> None:
        cassettes = tuple(load_cassette(path) for path in paths)
        deck = Deck(replace(self.options, is_stock=not cassettes))
        for cassette in cassettes:
            deck.load(cassette)
        self.cassettes, self.deck = cassettes, deck

    def has_changed(self) -> bool:
        """Whether a file has changed since the last attempt to read it."""
        return self._present_stamps() != self._stamps

    def _present_stamps(self) -> tuple[object, ...]:
        return tuple(_stamp(path) for path in self.paths)


def _stamp(path: Path) -> object:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino
