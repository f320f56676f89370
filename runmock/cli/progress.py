"""A line at the terminal that says what a command is doing and how far it is, once that takes longer than a second.

It is on stderr, so it is never in the output. It is written again in its place, and nothing of it is left in the end.
"""

from __future__ import annotations

import contextlib
import os
import sys
import threading
import time
from typing import TYPE_CHECKING, Self, TextIO, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

    Item = TypeVar("Item")

AFTER_S = 1.0
"""What is over sooner shows no line."""
EVERY_S = 0.1
USUAL_COLUMNS = 80


class ProgressLine:
    """Fulfils `Progress` (of the documents); mutable. Shows nothing where stderr is no terminal.

    A thread writes the line, because a long step, such as reading a file, does not come back to say that it goes on.
    """

    def __init__(self, text: str, terminal: TextIO | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        """`text`: what the command is doing, such as `reading weather.yaml`."""
        self._text, self._count = text, ""
        self._terminal, self._clock, self._began = terminal or sys.stderr, clock, clock()
        self._is_shown = False
        self._lock, self._is_over = threading.Lock(), threading.Event()
        self._thread = threading.Thread(target=self._run, name="runmock progress", daemon=True)

    def doing(self, text: str) -> None:
        """Say what the command does from now on."""
        self._text, self._count = text, ""

    def each(self, noun: str, items: Collection[Item]) -> Iterator[Item]:
        """The items in order; the line says how many are done, such as `12 of 4,000 runs`, if there are several."""
        total = f"{len(items):,} {noun}"
        for number, item in enumerate(items):
            self._count = f": {number:,} of {total}" if len(items) > 1 else ""
            yield item
        self._count = ""

    @contextlib.contextmanager
    def hidden(self) -> Iterator[None]:
        """The line is away within the block, which may print something."""
        with self._lock:
            self._hide()
            yield

    def draw(self) -> None:
        """Write the line in its place, if it is time for one."""
        with self._lock:
            if self._clock() - self._began >= AFTER_S:
                self._put(self._line())
                self._is_shown = True

    def __enter__(self) -> Self:
        """The line is shown, from a second on."""
        if self._terminal.isatty():
            self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing of it is left."""
        self._is_over.set()
        if self._thread.is_alive():
            self._thread.join()
        with self.hidden():
            pass

    def _run(self) -> None:
        while not self._is_over.wait(EVERY_S):
            self.draw()

    def _hide(self) -> None:
        if self._is_shown:
            self._put("")
            self._is_shown = False

    def _line(self) -> str:
        """What is shown: of a long text the beginning, and the count whole."""
        from rich.cells import cell_len, set_cell_size

        text, count = "".join(letter if letter.isprintable() else "?" for letter in self._text), self._count
        room = self._width() - len(count)
        return f"{text if cell_len(text) <= room else f'{set_cell_size(text, max(room - 3, 0))}...'}{count}"

    def _put(self, line: str) -> None:
        """Write a line over the one that is there, with blanks to the end, and go back to its beginning."""
        from rich.cells import set_cell_size

        self._terminal.write(f"\r{set_cell_size(line, self._width())}\r")
        self._terminal.flush()

    def _width(self) -> int:
        """Without the last column, where some terminals begin a new line; 79 where it is unknown, or told as 0."""
        try:
            columns = os.get_terminal_size(self._terminal.fileno()).columns
        except (OSError, ValueError):
            columns = 0
        return (columns or USUAL_COLUMNS) - 1
