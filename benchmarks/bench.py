"""The speed of runmock beside its peers: `python benchmarks/bench.py [--quick] [--only WORDS] [--write FOLDER]`.

Each environment has a process that measures, and each row is measured in turns (`turns.py`). With `--write` the page
`benchmarks/results.md` is made from this run and the one before, whose figures are kept in `results.json`.
"""

import argparse
import os
import platform
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from environments import CONTENDERS, Environment
from figures import chart, markdown, runs
from figures.rows import Question
from turns import FEWEST_ROUNDS, measured
from workloads import OURS, TABLE

ROUNDS = 15
PAGES = Path(__file__).with_name("page.md")
"""What `page.py` has printed last: it needs a browser, and is a script of its own."""


def write(folder, kept):
    """Write the figures of the last runs, the page and the chart."""
    folder.mkdir(exist_ok=True)
    (folder / "results.json").write_text(runs.as_text(kept))
    (folder / "results.md").write_text(text(kept) + "\n")
    curves = {row.line: one.curve for row, one in markdown.found_in(kept[0], TABLE[Question.GROWTH]) if one.curve}
    if curves:
        (folder / markdown.CHART).write_text(chart.svg(curves))


def text(kept):
    return markdown.page(kept, TABLE, [*PAGES.read_text().splitlines(), ""] if PAGES.exists() else [])


def runs_before(folder):
    """The runs that a folder keeps."""
    path = folder / "results.json"
    return runs.from_text(path.read_text()) if path.exists() else []


def rows_of(name, words, is_quick):
    """The rows that are measured in an environment: what has no peer has nothing to do with the SDK either."""
    rows = [row for group in TABLE.values() for row in group if words in row.name and (row.is_quick or not is_quick)]
    return [row for row in rows if (row.who != OURS and not row.sizes) or name == next(iter(CONTENDERS))]


def fill(run, names, words, *, is_quick, is_upgraded):
    """Measure what is asked for; after each row the run is given out, so that what is known can be kept."""
    for name in names:
        environment = Environment(name, is_upgraded=is_upgraded)
        run.versions.update(environment.versions())
        rows = rows_of(name, words, is_quick)
        for number, row in enumerate(rows, 1):
            began = time.monotonic()
            print(f"{name} {number}/{len(rows)}: {row.name}", end="", file=sys.stderr, flush=True)
            run.measured.append(measured(environment, row, run.rounds))
            print(f" ({time.monotonic() - began:.0f} s)", file=sys.stderr, flush=True)
            yield
        environment.end()


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="three rounds of the small rows, in under a minute")
    parser.add_argument("--only", default="", help="the rows whose name has these words")
    parser.add_argument("--environment", choices=CONTENDERS, help="this one alone")
    parser.add_argument("--write", type=Path, help="write results.md, results.json and growth.svg into this folder")
    parser.add_argument(
        "--again", type=Path, help="write the page of this folder's results.json again; measure nothing"
    )
    options = parser.parse_args()
    if options.again:
        write(options.again, runs_before(options.again))
        return
    run = runs.Run(
        day=f"{datetime.now(UTC):%Y-%m-%d}",
        python=platform.python_version(),
        machine=platform.machine(),
        cores=os.cpu_count(),
        rounds=FEWEST_ROUNDS if options.quick else ROUNDS,
    )
    kept = [run, *(runs_before(options.write) if options.write else [])][: runs.KEPT_RUNS]
    names = list(CONTENDERS)[:1] if options.quick else CONTENDERS
    names = [options.environment] if options.environment else names
    for _ in fill(run, names, options.only, is_quick=options.quick, is_upgraded=bool(options.write)):
        if options.write:
            write(options.write, kept)
    print(text(kept))


if __name__ == "__main__":
    main()
