"""The table of planted defects stays true while the code moves on: each defect can be planted."""

import tomllib
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
TABLE = ROOT / "conformance" / "mutants.toml"

pytestmark = pytest.mark.skipif(not TABLE.exists(), reason="the table is part of the repository, not of a package")


def rows():
    return tomllib.loads(TABLE.read_text(encoding="utf-8"))["mutant"] if TABLE.exists() else []


def test_there_are_two_in_each_of_twenty_rooms():
    assert Counter(Counter(row["room"] for row in rows()).values()) == {2: 20}


@pytest.mark.parametrize("row", rows(), ids=lambda row: row["defect"])
def test_its_line_is_in_its_file_once_and_its_tests_are_there(row):
    text = (ROOT / row["room"] / row["file"]).read_text(encoding="utf-8")
    assert text.count(row["line"]) == 1
    assert row["becomes"] != row["line"]
    assert all((ROOT / "tests" / path.partition("::")[0]).exists() for path in row["tests"])
