"""The line at the terminal: when it comes, what it says, and that nothing of it is left."""

import contextlib
import io
import os
import threading

import pytest

from runmock.cli import progress as module
from runmock.cli.progress import ProgressLine
from runmock.documents.convert.distilling import distilled
from runmock.documents.convert.expanding import expanded
from runmock.tape.reading.cassette import cassette_from, load_cassette


class Terminal(io.StringIO):
    """A terminal of 80 columns that shows one line."""

    def __init__(self, *, is_terminal=True):
        super().__init__()
        self.is_terminal, self.was_written = is_terminal, threading.Event()

    def isatty(self):
        return self.is_terminal

    def write(self, text):
        written = super().write(text)
        self.was_written.set()
        return written

    @property
    def line(self):
        """What is on the screen: each `\\r` goes back to the beginning of the line."""
        shown = []
        for part in self.getvalue().split("\r"):
            assert len(part) < 80, "the terminal would begin a new line"
            shown[: len(part)] = part
        return "".join(shown).rstrip()


class Clock:
    """Seconds that pass when the test says so."""

    def __init__(self):
        self.now_s = 100.0

    def __call__(self):
        return self.now_s


@pytest.fixture
def terminal():
    return Terminal()


@pytest.fixture
def clock():
    return Clock()


def test_nothing_is_shown_in_the_first_second(terminal, clock):
    line = ProgressLine("reading a.yaml", terminal, clock)
    clock.now_s += 0.99
    line.draw()
    assert terminal.getvalue() == ""
    clock.now_s += 0.01
    line.draw()
    assert terminal.line == "reading a.yaml"


def test_it_counts_the_items_that_are_done(terminal, clock):
    line = ProgressLine("expanding a.yaml", terminal, clock)
    clock.now_s += 1
    shown = []
    for _ in line.each("runs", range(1_200)):
        line.draw()
        shown.append(terminal.line)
    assert [shown[0], shown[-1]] == ["expanding a.yaml: 0 of 1,200 runs", "expanding a.yaml: 1,199 of 1,200 runs"]
    line.draw()
    assert terminal.line == "expanding a.yaml"


def test_a_single_item_is_not_counted(terminal, clock):
    line = ProgressLine("checking a.yaml", terminal, clock)
    clock.now_s += 1
    for _ in line.each("cassettes", ["a.yaml"]):
        line.draw()
    assert terminal.line == "checking a.yaml"


def test_a_shorter_line_leaves_nothing_of_a_longer_one(terminal, clock):
    line = ProgressLine("reading a_long_name.yaml", terminal, clock)
    clock.now_s += 1
    line.draw()
    line.doing("writing a.html")
    line.draw()
    assert terminal.line == "writing a.html"


def test_of_a_long_name_the_beginning_is_shown_and_the_count_whole(terminal, clock):
    line = ProgressLine(f"reading {'x' * 200}\n\x1b[2J.yaml", terminal, clock)
    clock.now_s += 1
    for _ in line.each("runs", range(2)):
        line.draw()
    assert terminal.line == f"reading {'x' * 55}...: 1 of 2 runs"
    line.doing("reading \n\x1b.yaml")
    line.draw()
    assert terminal.line == "reading ??.yaml"


def test_what_a_command_prints_stands_on_a_line_of_its_own(terminal, clock):
    line = ProgressLine("checking", terminal, clock)
    with line.hidden():
        assert terminal.getvalue() == ""
    clock.now_s += 1
    line.draw()
    with line.hidden():
        assert terminal.line == ""
        assert terminal.getvalue().endswith("\r")
    line.draw()
    assert terminal.line == "checking"


def test_a_thread_shows_it_while_the_command_is_busy_and_nothing_is_left(terminal, clock, monkeypatch):
    monkeypatch.setattr(module, "EVERY_S", 0)
    with ProgressLine("reading a.yaml", terminal, clock):
        clock.now_s += 1
        assert terminal.was_written.wait(60)
    assert "reading a.yaml" in terminal.getvalue()
    assert terminal.line == ""
    assert not [thread for thread in threading.enumerate() if "runmock" in thread.name]


def test_nothing_is_left_when_the_command_fails(terminal, clock):
    with contextlib.suppress(KeyboardInterrupt), ProgressLine("reading a.yaml", terminal, clock) as line:
        clock.now_s += 1
        line.draw()
        raise KeyboardInterrupt
    assert "reading a.yaml" in terminal.getvalue()
    assert terminal.line == ""


def test_without_a_terminal_nothing_is_shown(clock):
    file = Terminal(is_terminal=False)
    with ProgressLine("reading a.yaml", file, clock) as line:
        clock.now_s += 1
        assert not [thread for thread in threading.enumerate() if "runmock" in thread.name]
        assert list(line.each("runs", [1, 2])) == [1, 2]
    assert file.getvalue() == ""


@pytest.mark.parametrize(
    ("columns", "shown"),
    [
        (40, "reading cassettes/weat...: 1 of 20 runs"),
        (12, "...: 1 of 2"),
        (0, "reading cassettes/weather.yaml: 1 of 20 runs"),
    ],
)
def test_the_line_is_as_wide_as_the_terminal(columns, shown, monkeypatch, terminal, clock):
    """Some tell that they have no columns."""
    monkeypatch.setattr(terminal, "fileno", lambda: 2)
    monkeypatch.setattr(os, "get_terminal_size", lambda _handle: os.terminal_size((columns, 5)))
    line = ProgressLine("reading cassettes/weather.yaml", terminal, clock)
    clock.now_s += 1
    for number in line.each("runs", range(20)):
        if number == 1:
            line.draw()
    assert terminal.line == shown


class Counted:
    """Fulfils `Progress`: notes what was counted."""

    def __init__(self):
        self.loops = []

    def each(self, noun, items):
        self.loops.append(f"{len(items)} {noun}")
        yield from items


SCRIPT = "runs: [{reply: Hi}, {reply: Hello}]"


def test_expand_counts_the_runs():
    counted, cassette = Counted(), cassette_from(SCRIPT)
    assert expanded(cassette, progress=counted) == expanded(cassette)
    assert counted.loops == ["2 runs"]


def test_distill_counts_the_requests_that_it_replays(examples):
    counted = Counted()
    assert distilled(load_cassette(examples / "recorded_weather.yaml"), counted).text
    assert {*counted.loops} == {"6 requests"}
