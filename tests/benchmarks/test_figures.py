"""The page of the benchmarks, made from figures that nobody has measured."""

import itertools
import xml.etree.ElementTree as ET

import pytest
from figures import chart, markdown
from figures.rows import Question, Row, Spread, Unit, beside
from figures.runs import Measured, Run, as_text, from_text

SVG = "{http://www.w3.org/2000/svg}"
CALL = Row("a call", None, 1.1, why_not="Ids are looked for.")
ANSWERS = Row("answers", None, 320, unit=Unit.ITSELF, of="distinct answers", is_to_reach=True)
MODULES = Row("modules", None, 10, unit=Unit.MORE)
POLL = Row("a poll among 1,000", None, 1.3, sizes=(10, 1_000), line="polls")
TABLE = {Question.CALL: (CALL, ANSWERS), Question.SUITE: (MODULES,), Question.GROWTH: (POLL,)}


def spread(middle, width=0.01):
    return Spread(middle - width, middle, middle + width)


def measured(row, load=1.0, environment="sdk-3", curve=None, **values):
    values = {
        name.replace("_", "-"): spread(value) if isinstance(value, float) else value for name, value in values.items()
    }
    return Measured(
        row.name, environment, load, {"A/A": spread(0.0 if row.unit is Unit.MORE else 1.0)} | values, curve or {}
    )


def run(*rows, day="2026-11-30"):
    return Run(day, "3.11.7", "x86_64", 2, 9, {"sdk-3": "openai 3.57.0"}, list(rows))


def page(*runs):
    return markdown.page(list(runs), TABLE, ["## Pages", ""])


def section(text, heading):
    return text.partition(f"## {heading}\n\n")[2].partition("\n\n## ")[0]


@pytest.mark.parametrize(("row", "kept", "missed"), [(CALL, 1.1, 1.11), (ANSWERS, 320, 319), (MODULES, 10, 11)])
def test_a_limit_is_the_most_or_the_least(row, kept, missed):
    assert (row.keeps(kept), row.keeps(missed)) == (True, False)


@pytest.mark.parametrize(
    ("row", "floor", "value", "expected"),
    [
        (CALL, 2, 3, 1.5),
        (POLL, 2, 3, 1.5),
        (ANSWERS, 1, 320, 320),
        (MODULES, 100, 140, 40),
        (Row("a test", None, 1, unit=Unit.MORE_MS, share=500), 1, 1.5, 1),
    ],
)
def test_a_value_is_shown_beside_the_floor(row, floor, value, expected):
    assert beside(floor, value, row) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("row", "peer", "ours", "again", "expected"),
    [
        (CALL, 1.0, 1.05, Spread(0.99, 1, 1.01), True),
        (CALL, 1.0, 1.05, Spread(0.94, 1, 1.01), False),
        (CALL, 7.95, 8.0, Spread(0.99, 1, 1.01), False),
        (CALL, 1.05, 1.0, Spread(1, 1, 1), False),
        (MODULES, 30, 40, Spread(-2, 0, 2), True),
        (MODULES, 39, 40, Spread(-2, 0, 2), False),
        (ANSWERS, 320, 1, Spread(1, 1, 1), True),
        (ANSWERS, 1, 320, Spread(1, 1, 1), False),
        (ANSWERS, 320, 320, Spread(1, 1, 1), False),
    ],
)
def test_a_peer_is_ahead_beyond_the_noise(row, peer, ours, again, expected):
    assert row.is_ahead(spread(peer), spread(ours), again) is expected


def test_what_is_not_kept_stands_on_top_with_its_reason():
    text = page(run(measured(CALL, runmock=1.2), measured(MODULES, runmock=12.0)), run(measured(CALL, runmock=1.0)))
    assert section(text, "What is not kept").splitlines() == [
        "- **a call**: 1.20 and before 1.00 (sdk-3); the limit is 1.1. Ids are looked for.",
        "- **modules**: 12 (sdk-3); the limit is 10. No reason is known yet.",
    ]
    assert text.index("## What is not kept") < text.index("## What does a call cost?")


def test_a_row_that_no_environment_keeps_has_one_line():
    text = page(run(measured(CALL, runmock=1.2), measured(CALL, environment="sdk-2", runmock=1.3)))
    assert "- **a call**: 1.20 (sdk-3), 1.30 (sdk-2); the limit is 1.1. Ids are looked for." in text


def test_a_limit_that_was_missed_in_the_run_before_is_not_kept():
    text = page(run(measured(CALL, runmock=1.0)), run(measured(CALL, runmock=1.2)))
    assert "1.00 and before 1.20 (sdk-3);" in section(text, "What is not kept")
    assert "| yes, **no** |" in text


def test_all_is_kept():
    kept = run(measured(CALL, runmock=1.0))
    assert section(page(kept, kept), "What is not kept") == "Nothing: each row keeps its limit."
    assert "There is one run yet" in section(page(kept), "What is not kept")


def test_a_row_without_a_value_is_not_kept_and_tells_why():
    text = page(run(measured(CALL, runmock="its process ended with code -9", vcrpy=1.5)))
    assert "- **a call**, sdk-3: there is no value. its process ended with code -9" in section(text, "What is not kept")
    assert "| a call | sdk-3 | times the floor | 1.1 | - | 1.00 (0.99 to 1.01) | - | 1.50 |" in text


def test_a_table_marks_the_peers_that_are_ahead():
    rows = [
        measured(CALL, runmock=1.05, vcrpy=1.5, respx=1.0),
        measured(ANSWERS, runmock=320.0, vcrpy="it has one answer"),
    ]
    text = page(run(*rows))
    assert section(text, "Where a peer is ahead") == "- **a call**, sdk-3: respx 1.00; runmock 1.05"
    assert section(text, "What does a call cost?").splitlines()[2:] == [
        "| what | SDK | unit | limit | kept | A/A | runmock | respx | vcrpy |",
        "|---|---|---|---|---|---|---|---|---|",
        "| a call | sdk-3 | times the floor | 1.1 | yes | 1.00 (0.99 to 1.01) | 1.05 (1.04 to 1.06) | **1.00** | 1.50 |",
        "| answers | sdk-3 | distinct answers | at least 320 | yes | 1 (0.99 to 1.01) | 320 |  | - |",
        "",
        "- vcrpy, **answers**, sdk-3: it has one answer",
    ]


def test_no_peer_is_ahead():
    assert (
        section(page(run(measured(CALL, runmock=1.0, respx=1.0))), "Where a peer is ahead")
        == "Nowhere, beyond the noise."
    )


def test_a_run_of_some_rows_has_the_other_tables_too():
    text = page(run(measured(CALL, runmock=1.0)))
    assert section(text, "What does my suite pay?").endswith("Nothing was measured yet.")


def test_growth_shows_the_chart_and_the_smallest_size():
    text = page(run(measured(POLL, runmock=1.02, curve={10: 1.0, 1_000: 1.02})))
    assert "| a poll among 1,000 | sdk-3 | times one among 10 | 1.3 | yes |" in text
    assert "](growth.svg)" in section(text, "Does it grow?")


def test_other_work_on_the_machine_is_told():
    text = page(run(measured(CALL, runmock=1.0), measured(MODULES, load=3.4, runmock=5.0)))
    assert "The load of the machine before each row was 1.0 to 3.4." in text
    assert "makes a load of at most 2, and it was more before 1 of 2 rows: modules (sdk-3)." in text
    assert "Other work" not in page(run(measured(CALL, runmock=1.0)))


def test_of_many_disturbed_rows_some_are_named():
    text = page(run(*[measured(CALL, load=3.4, runmock=1.0)] * 7))
    assert text.count("a call (sdk-3)") == 5
    assert "more before 7 of 7 rows: a call (sdk-3)," in text
    assert "a call (sdk-3) and others." in text


def test_versions_and_the_section_of_another_script_are_on_the_page():
    text = page(run(measured(CALL, runmock=1.0)))
    assert text.endswith("- sdk-3: openai 3.57.0")
    assert "\n## Pages\n" in text


def test_two_runs_are_kept_in_a_file():
    runs = [run(measured(CALL, runmock=1.0, vcrpy="slow", curve={10: 1.0}), day=f"2026-11-0{day}") for day in (3, 2, 1)]
    assert from_text(as_text(runs)) == runs[:2]


CURVES = {
    "polls": {10: 1.0, 1_000: 1.02},
    "a & b": {100: 1.0, 2_000: 1.0, 10_000: 1.01},
    "entries": {10: 1.0, 100: 5.5},
}


def drawn(curves):
    return ET.fromstring(chart.svg(curves))


def test_the_chart_has_a_line_for_each_curve_with_its_name():
    lines = [line for line in drawn(CURVES).iter(f"{SVG}polyline") if line.get("class").startswith("line")]
    assert sorted(len(line.get("points").split()) for line in lines) == [2, 2, 3]
    texts = [text.text for text in drawn(CURVES).iter(f"{SVG}text")]
    assert {"5.50  entries, 100", "1.02  polls, 1,000", "1.01  a & b, 10,000"} < set(texts)
    assert {"10", "100", "1,000", "10,000"} < set(texts)


@pytest.mark.parametrize("cost", [0.2, 1.0, 1.9, 40.0])
def test_names_in_the_chart_stand_apart_and_inside(cost):
    curves = {f"row {number}": {100: 1.0, 1_000: cost} for number in range(12)}
    names = [float(text.get("y")) for text in drawn(curves).iter(f"{SVG}text") if "row" in text.text]
    assert all(later - earlier > chart.LINE_HEIGHT - 0.2 for earlier, later in itertools.pairwise(names))
    assert min(names) > 40
    assert max(names) < chart.HEIGHT - 10


def test_names_of_lines_that_end_together_are_centred_there():
    curves = {f"row {number}": {100: 1.0, 1_000: 1.0} for number in range(3)}
    names = [float(text.get("y")) for text in drawn(curves).iter(f"{SVG}text") if "row" in text.text]
    assert names[1] - 4 == pytest.approx(chart.Axes(curves).y(1), abs=0.1)


def test_a_line_that_does_not_grow_is_level_and_one_that_grows_climbs():
    axes = chart.Axes(CURVES)
    assert axes.y(0) == chart.HEIGHT - chart.BOTTOM
    assert axes.y(6) == chart.TOP
    assert axes.x(10) == chart.LEFT
    assert axes.x(10_000) == chart.WIDTH - chart.RIGHT
