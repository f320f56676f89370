"""Rounds in turns, of contenders that answer at once; and the table of what is measured."""

import json
import subprocess
import sys
from pathlib import Path

import turns
from figures.rows import Row, Spread, Unit

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"


class Environment:
    """Answers each contender, or size, with its values, one after the other; the last one again and again."""

    name = "sdk-3"
    contenders = ("runmock", "vcrpy", "respx")

    def __init__(self, **values):
        self.values = {name: list(each) if isinstance(each, tuple) else [each] for name, each in values.items()}
        self.calls = []

    def renew(self):
        self.calls.append("new")

    def round(self, row, who):
        self.calls.append(who)
        values = self.values[str(who).replace("size", "")]
        return values.pop(0) if len(values) > 1 else values[0]


def found(row, rounds=3, **values):
    environment = Environment(**values)
    return turns.measured(environment, row, rounds), environment.calls


CALL = Row("a call", None, 1.1, who=("runmock", "vcrpy"))


def test_contenders_take_turns_and_the_first_round_warms():
    measured, calls = found(CALL, floor=2.0, runmock=(9.0, 2.2, 2.4, 2.6), vcrpy=3.0)
    assert calls == ["floor", "floor", "runmock", "vcrpy"] * 4
    assert measured.values == {
        "A/A": Spread(1, 1, 1),
        "runmock": Spread(1.15, 1.2, 1.25),
        "vcrpy": Spread(1.5, 1.5, 1.5),
    }
    assert (measured.row, measured.environment, measured.curve) == ("a call", "sdk-3", {})


def test_after_some_rounds_new_processes_go_on_and_their_first_round_warms():
    measured, calls = found(CALL, 7, floor=2.0, runmock=(9.0, 2.2, 2.2, 2.2, 9.0, 2.4, 2.4, 2.4, 9.0, 2.6), vcrpy=3.0)
    rounds = " ".join(calls).replace("floor floor runmock vcrpy", "all").split()
    assert rounds == ["all"] * 4 + ["new"] + ["all"] * 4 + ["new"] + ["all"] * 2
    assert measured.values["runmock"] == Spread(1.1, 1.2, 1.2)


def test_what_a_contender_cannot_do_is_its_reason_and_it_is_not_asked_again():
    measured, calls = found(CALL, floor=2.0, runmock=2.0, vcrpy="it has no stream")
    assert measured.values["vcrpy"] == "it has no stream"
    assert measured.values["runmock"] == Spread(1, 1, 1)
    assert calls.count("vcrpy") == 1


def test_without_a_floor_nobody_has_a_value():
    measured, calls = found(CALL, floor="strace is not installed", runmock=1.0, vcrpy=1.0)
    assert set(measured.values) == {"A/A", "runmock", "vcrpy"}
    assert set(measured.values.values()) == {"strace is not installed"}
    assert calls == ["floor"]


def test_a_contender_that_is_far_behind_has_one_round():
    measured, calls = found(CALL, floor=2.0, runmock=2.0, vcrpy=20.0)
    assert measured.values["vcrpy"] == Spread(10, 10, 10)
    assert calls.count("vcrpy") == 1


def test_a_contender_that_would_take_minutes_is_not_asked():
    row = Row("a call", None, 1.1, who=("runmock", "vcrpy"), slow=("vcrpy",))
    measured, calls = found(row, floor=2.0, runmock=2.0)
    assert measured.values["vcrpy"] == "it grows with the square"
    assert "vcrpy" not in calls


def test_with_sizes_the_smallest_is_the_floor_and_the_largest_is_the_value():
    row = Row("a poll among 1,000", None, 1.3, sizes=(10, 100, 1_000))
    measured, calls = found(row, **{"10": 2.0, "100": 2.2, "1000": 3.0})
    assert calls[:4] == [10, 10, 100, 1_000]
    assert measured.values == {"A/A": Spread(1, 1, 1), "runmock": Spread(1.5, 1.5, 1.5)}
    assert measured.curve == {10: 1.0, 100: 1.1, 1_000: 1.5}


def test_a_size_that_fails_has_no_point():
    row = Row("a poll among 1,000", None, 1.3, sizes=(10, 100, 1_000))
    measured, _ = found(row, **{"10": 2.0, "100": 2.2, "1000": "its process ended with code -9"})
    assert measured.values["runmock"] == "its process ended with code -9"
    assert measured.curve == {10: 1.0, 100: 1.1}


def test_a_count_needs_no_round_that_warms():
    measured, calls = found(Row("reads", None, 1, who=("runmock",), unit=Unit.ITSELF), 1, floor=1.0, runmock=(3.0, 5.0))
    assert measured.values["runmock"] == Spread(3.5, 4, 4.5)
    assert calls.count("runmock") == 2


def test_rounds_end_when_the_time_is_over(monkeypatch):
    monkeypatch.setattr(turns, "BUDGET_S", -1)
    _, calls = found(CALL, 9, floor=2.0, runmock=2.0, vcrpy=2.0)
    assert calls.count("runmock") == 1 + turns.FEWEST_ROUNDS


LAWS = """
from figures.markdown import INTRODUCTIONS
from figures.rows import Question
from workloads import TABLE

rows = [row for group in TABLE.values() for row in group]
assert len({row.name for row in rows}) == len(rows), "names are equal"
assert all(row.line and list(row.sizes) == sorted(row.sizes) for row in rows if row.sizes), "a size, or a line, is wrong"
assert not any("|" in row.name + row.of + row.why_not for row in rows), "a cell would break"
assert list(TABLE) == list(Question) == list(INTRODUCTIONS), "a question has no rows"
"""


def test_the_table_of_what_is_measured():
    """In a process of its own: the modules of the benchmarks have names that tests may have, too."""
    ran = subprocess.run([sys.executable, "-c", LAWS], cwd=BENCHMARKS, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr


def test_the_page_and_its_chart_are_written_again_from_the_figures(tmp_path):
    poll = {
        "row": "a recorded poll among 4,000 threads",
        "environment": "sdk-3",
        "load": 1,
        "values": {"A/A": [1, 1, 1], "runmock": [1.01, 1.02, 1.03]},
        "curve": {"100": 1, "4000": 1.02},
    }
    run = {"day": "2026-11-30", "python": "3.11", "machine": "x86_64", "cores": 2, "rounds": 9, "measured": [poll]}
    (tmp_path / "results.json").write_text(json.dumps([run, run]))
    command = [sys.executable, BENCHMARKS / "bench.py", "--again", tmp_path]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    page, picture = ((tmp_path / name).read_text() for name in ("results.md", "growth.svg"))
    assert "| yes, yes | 1.00 | 1.02 (1.01 to 1.03) |" in page
    assert "](growth.svg)" in page
    assert "polls of recorded threads, 4,000" in picture
