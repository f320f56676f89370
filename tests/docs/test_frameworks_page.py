"""The page of frameworks shows what was played in the last run, and nothing else."""

import json
import runpy
import xml.etree.ElementTree as ET
from pathlib import Path

import generated_frameworks as page
import pytest

CELLS = runpy.run_path(str(Path(__file__).parents[2] / "conformance" / "framework_cells.py"))
NAMES = page.TABLE["FRAMEWORKS"]
CUT = ("model.stream()", "truncate")


def all_right():
    """Results in which every cell is as its table says."""
    outcomes = {name: {} for name in NAMES}
    for way, by_fault in page.TABLE["OUTCOMES"].items():
        outcomes[way.framework][way.name] = by_fault
    return {
        name: {"versions": page.TABLE["pinned"](name), "date": "2026-11-30", "outcomes": by_way}
        for name, by_way in outcomes.items()
    }


def cells(table):
    """The cells of a table, by the column's heading and the first word of its row."""
    heading, _, *rows = [[word.strip() for word in line.strip("|").split("|")] for line in table.splitlines()]
    return [dict(zip(heading, row, strict=True)) for row in rows]


def untested(found):
    """The headings of all columns in which something is untested."""
    tables = [make(found=found, is_own=is_own) for make in (page.streamed, page.unstreamed) for is_own in (True, False)]
    tables.append(page.versions(found))
    return {key for table in tables for row in cells(table) for key, word in row.items() if word == "untested"}


def test_what_was_played_is_shown():
    assert untested(all_right()) == set()
    assert (
        cells(page.streamed(found=all_right(), is_own=False))[0]["LangChain `model.stream()`"]
        == "**silent half answer**"
    )


def test_a_framework_that_was_not_played_is_untested():
    found = all_right()
    del found["langchain"]
    assert untested(found) == {"run on", "LangChain `model.stream()`", "LangChain `model.invoke()`"}
    assert "- LangChain: untested.\n" in page.signs(found)
    assert page.signs(found).count("untested") == 1


def test_without_any_run_everything_is_untested(monkeypatch, tmp_path):
    monkeypatch.setattr(page, "FRAMEWORKS", tmp_path)
    assert page.signs().count("untested") == len(NAMES)
    assert {row["LangChain `model.stream()`"] for row in cells(page.streamed(is_own=False))} == {"untested"}


def test_a_framework_that_is_not_installed_fails_and_is_not_written(tmp_path):
    played = CELLS["run"]("langchain", tmp_path)
    assert CELLS["failures"](played) == ["no cell of a conversation was run", "no cell of a fault was run"]
    CELLS["write"](tmp_path / "results.json", {"langchain": played})
    assert json.loads((tmp_path / "results.json").read_text()) == {}


def test_a_framework_that_was_played_in_another_version_is_untested():
    found = all_right()
    found["pydantic-ai"]["versions"] = found["pydantic-ai"]["versions"] | {"pydantic-ai-slim": "1.0.0"}
    assert untested(found) == {"run on", "Pydantic AI `agent.run_stream()`", "Pydantic AI `agent.run()`"}


@pytest.mark.parametrize("old", [None, "right"])
def test_a_cell_that_was_not_played_or_has_another_outcome_now_is_untested(old):
    found = all_right()
    way, fault = CUT
    found["langchain"]["outcomes"][way] = found["langchain"]["outcomes"][way] | {fault: old}
    assert [row["LangChain `model.stream()`"] for row in cells(page.streamed(found=found, is_own=False))].count(
        "untested"
    ) == 1
    assert untested(found) == {"LangChain `model.stream()`"}


def test_silent_answers_of_a_framework_want_something_to_look_at(monkeypatch):
    by_fault = dict.fromkeys(page.TABLE["STREAMED"], page.TABLE["SILENT"])
    monkeypatch.setitem(page.TABLE, "OUTCOMES", {page.TABLE["Way"]("openai-agents", "run"): by_fault})
    with pytest.raises(ValueError, match="nothing shows half an answer of openai-agents"):
        page.signs(all_right())


def report(*cases):
    """What a report of pytest has: a function's name, and whether the cell failed in it."""
    root = ET.Element("testsuites")
    suite = ET.SubElement(root, "testsuite")
    with_properties(suite, {"langchain-openai": "1.7.4"})
    for name, has_failed in cases:
        case = ET.SubElement(suite, "testcase", name=f"test_langchain_under_faults[{name}, truncate]")
        with_properties(case, {"way": CUT[0], "fault": CUT[1], **({} if has_failed else {"outcome": "right"})})
        if has_failed:
            ET.SubElement(case, "failure")
    return CELLS["read"](root)


def with_properties(element, values):
    properties = ET.SubElement(element, "properties")
    for name, value in values.items():
        ET.SubElement(properties, "property", name=name, value=value)


@pytest.mark.parametrize("failed", [(True, False), (False, True)])
def test_a_fault_that_failed_in_one_of_its_ways_has_no_outcome(failed):
    played = report(*zip(("stream", "astream"), failed, strict=True))
    assert played.outcomes == {"model.stream()": {}}
    (wrong,) = [name for name, has_failed in zip(("stream", "astream"), failed, strict=True) if has_failed]
    assert f"test_langchain_under_faults[{wrong}, truncate]: failure" in CELLS["failures"](played)


def test_a_run_writes_what_it_has_played_and_keeps_nothing(tmp_path):
    path = tmp_path / "results.json"
    path.write_text(json.dumps(all_right()))
    played = report(("stream", False), ("astream", False))
    CELLS["write"](path, {"langchain": played, "openai": CELLS["Played"]({}, {}, {}, {})})
    found = json.loads(path.read_text())
    assert list(found) == ["langchain"]
    assert found["langchain"]["versions"] == {"langchain-openai": "1.7.4"}
    assert found["langchain"]["outcomes"] == {"model.stream()": {"truncate": "right"}}
