"""Every framework gets the same answers from one cassette, in process and from `runmock serve`.

`tests/frameworks` has the cassette and the cells: a cell is one way in which a framework has the conversation. Each
framework has an environment of its own, with the pins of `tests/frameworks/requirements`. `make frameworks` makes the
environments, and calls this, which runs the cells and shows all of them by name.

usage: python conformance/framework_cells.py NAME=ENVIRONMENT ...
"""

from __future__ import annotations

import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

ROOT = Path(__file__).parent.parent
CELLS = ROOT / "tests" / "frameworks"
REPORTS = ROOT / "build" / "frameworks"
PLACES = ("in process", "serve")
CASE = re.compile(rf"\[(?P<place>{'|'.join(PLACES)})-(?P<cell>.*)\]")


def main(environments: list[str]) -> int:
    """Exit code 0 when every cell of every framework has passed in both places."""
    table = {name: run(name, Path(folder)) for name, _, folder in (word.partition("=") for word in environments)}
    passed, faults = 0, [f"no cell of {name} was run" for name, cells in table.items() if not cells]
    names = [*map(versions, table), *(f"  {cell}" for cells in table.values() for cell in cells)]
    width = max(map(len, names), default=0)
    for name, cells in table.items():
        print(f"\n{versions(name):<{width}}  {PLACES[0]}  {PLACES[1]}")
        for cell, places in cells.items():
            results = {place: places.get(place, "missing") for place in PLACES}
            wrong = {place: result for place, result in results.items() if result != "passed"}
            passed += len(results) - len(wrong)
            faults += [f"{name}, {cell}, {place}: {result}" for place, result in wrong.items()]
            print("  ".join([f"  {cell:<{width - 2}}", *(f"{result:<10}" for result in results.values())]).rstrip())
    print("", *faults, f"{passed} passed, {len(faults)} failed", sep="\n")
    return 1 if faults or not passed else 0


def run(name: str, environment: Path) -> dict[str, dict[str, str]]:
    """Run the cells of a framework: how each ended, by the cell's name and by its place."""
    report = REPORTS / f"{name}.xml"
    report.unlink(missing_ok=True)
    module = CELLS / f"test_{name.replace('-', '_')}_cells.py"
    pytest = [str(environment / "bin" / "python"), "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    done = subprocess.run([*pytest, f"--junitxml={report}", str(module)], check=False, cwd=ROOT)
    found: dict[str, dict[str, str]] = {}
    for case in ET.parse(report).iter("testcase") if report.exists() else ():
        if (words := CASE.search(case.get("name", ""))) is not None:
            found.setdefault(words["cell"], {})[words["place"]] = outcome(case)
    if done.returncode and all(result == "passed" for places in found.values() for result in places.values()):
        found["pytest itself"] = dict.fromkeys(PLACES, f"exit {done.returncode}")
    return found


def outcome(case: ET.Element) -> str:
    """How a cell has ended, in one place."""
    return next((kind for kind in ("failure", "error", "skipped") if case.find(kind) is not None), "passed")


def versions(name: str) -> str:
    """The framework with its version: the pins before the first empty line."""
    pins = (CELLS / "requirements" / f"{name}.txt").read_text(encoding="utf-8").partition("\n\n")[0]
    return ", ".join(line.replace("==", " ") for line in pins.splitlines() if not line.startswith("#"))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
