"""Every framework gets the same answers from one cassette, and what its table says when a response goes wrong.

`tests/frameworks` has the cassette, the tables and the cells: a cell is one way in which a framework has the
conversation, in process and from `runmock serve`, or one fault of one response. Each framework has an environment of
its own, with the pins of `tests/frameworks/requirements`. `make frameworks` makes the environments, and calls this,
which runs the cells, and shows those of the conversation by name. `--write FILE` writes what came of the faults, with
versions and date. What was in the file before is gone: what was not played now is not in it.

usage: python conformance/framework_cells.py [--write FILE] NAME=ENVIRONMENT ...
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parent.parent
CELLS = ROOT / "tests" / "frameworks"
REPORTS = ROOT / "build" / "frameworks"
PLACES = ("in process", "serve")
CASE = re.compile(rf"\[(?P<place>{'|'.join(PLACES)})-(?P<cell>.*)\]")


class Played(NamedTuple):
    """What the report of a framework has."""

    versions: dict[str, str]
    """The packages that were installed."""
    places: dict[str, dict[str, str]]
    """How each cell of the conversation ended, by its name and by its place."""
    faults: dict[str, str]
    """How each cell of a fault ended, by its name."""
    outcomes: dict[str, dict[str, str]]
    """What an application gets, by way and by fault, of the cells that passed."""


def main(words: list[str]) -> int:
    """Exit code 0 when every cell of every framework has passed."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--write", type=Path)
    parser.add_argument("environments", nargs="+")
    options = parser.parse_args(words)
    table = {name: run(name, Path(path)) for name, _, path in (word.partition("=") for word in options.environments)}
    wrong = [f"{name}, {failure}" for name, played in table.items() for failure in failures(played)]
    for played in table.values():
        show(played)
    if options.write is not None:
        write(options.write, table)
    print("", *wrong, f"{sum(map(passed, table.values()))} passed, {len(wrong)} failed", sep="\n")
    return 1 if wrong else 0


def run(name: str, environment: Path) -> Played:
    """Run the cells of a framework; none where it is not installed."""
    python = environment / "bin" / "python"
    if not python.exists():
        return Played({"not installed": name}, {}, {}, {})
    report = REPORTS / f"{name}.xml"
    report.unlink(missing_ok=True)
    module = CELLS / f"test_{name.replace('-', '_')}_cells.py"
    pytest = [str(python), "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    with_properties = [f"--junitxml={report}", "--override-ini=junit_family=xunit1"]
    done = subprocess.run([*pytest, *with_properties, str(module)], check=False, cwd=ROOT)
    played = read(ET.parse(report).getroot()) if report.exists() else Played({}, {}, {}, {})
    if done.returncode and not failures(played):
        played.faults["pytest itself"] = f"exit {done.returncode}"
    return played


def read(report: ET.Element) -> Played:
    """What a report of pytest has. A fault that is played in two ways counts when both have passed."""
    played = Played(properties(report.find("testsuite")), {}, {}, {})
    failed: set[tuple[str, str]] = set()
    for case in report.iter("testcase"):
        name, found = case.get("name", ""), properties(case)
        if (words := CASE.search(name)) is not None:
            played.places.setdefault(words["cell"], {})[words["place"]] = ended(case)
            continue
        played.faults[name] = ended(case)
        if ended(case) != "passed":
            failed.add((found.get("way", ""), found.get("fault", "")))
        else:
            played.outcomes.setdefault(found["way"], {})[found["fault"]] = found["outcome"]
    for way, fault in failed:
        played.outcomes.get(way, {}).pop(fault, None)
    return played


def properties(element: ET.Element | None) -> dict[str, str]:
    """What tests have recorded about themselves."""
    found = () if element is None else element.iterfind("properties/property")
    return {each.get("name", ""): each.get("value", "") for each in found}


def ended(case: ET.Element) -> str:
    """How a test has ended."""
    return next((kind for kind in ("failure", "error", "skipped") if case.find(kind) is not None), "passed")


def failures(played: Played) -> list[str]:
    """Every cell that has not passed, and kinds of cells of which none was played."""
    kinds = {"conversation": played.places, "fault": played.faults}
    found = [f"no cell of a {kind} was run" for kind, cells in kinds.items() if not cells]
    found += [
        f"{cell}, {place}: {places.get(place, 'missing')}"
        for cell, places in played.places.items()
        for place in PLACES
        if places.get(place) != "passed"
    ]
    return found + [f"{name}: {result}" for name, result in played.faults.items() if result != "passed"]


def passed(played: Played) -> int:
    """How many cells have passed."""
    results = [*played.faults.values(), *(result for places in played.places.values() for result in places.values())]
    return results.count("passed")


def show(played: Played) -> None:
    """Print the cells of a framework."""
    title = ", ".join(f"{package} {version}" for package, version in played.versions.items())
    width = max(map(len, [title, *(f"  {cell}" for cell in played.places)]))
    print(f"\n{title:<{width}}  {PLACES[0]}  {PLACES[1]}")
    for cell, places in played.places.items():
        results = [f"{places.get(place, 'missing'):<10}" for place in PLACES]
        print("  ".join([f"  {cell:<{width - 2}}", *results]).rstrip())
    results = list(played.faults.values())
    print(f"  under faults: {results.count('passed')} of {len(results)} as the table says")


def write(path: Path, table: dict[str, Played]) -> None:
    """Write down what was played now."""
    results = {
        name: {"versions": played.versions, "date": f"{datetime.now(UTC):%Y-%m-%d}", "outcomes": played.outcomes}
        for name, played in table.items()
        if played.outcomes
    }
    path.write_text(json.dumps(results, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
