"""The speed of runmock beside its peers: `python benchmarks/bench.py [--quick] [--only WORDS]`.

Each environment has a process that measures (`measured.py`). Rounds take turns between the contenders, so that noise
meets all of them; a ratio is that of a contender's round to the floor's in the same turn. The table tells the median
and the quartiles. `documents.py` adds what is measured without the SDK.
"""

import argparse
import json
import platform
import statistics
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import documents

HERE = Path(__file__).parent
ROOT = HERE.parent
OURS = str(ROOT)
ENVIRONMENTS = {
    "sdk-3": [OURS, "openai>=3,<4", "vcrpy"],
    "sdk-2": [OURS, "openai>=2,<3", "vcrpy", "pytest-httpx"],
}
"""What is installed in each."""
CONTENDERS = {"sdk-3": ("floor", "runmock", "vcrpy"), "sdk-2": ("floor", "runmock", "respx", "pytest-httpx", "vcrpy")}
LIMITS = {
    "one create-run JSON call": 1.10,
    "a streamed run of 1,000 events": 1.03,
    "the first event of that stream": 1.10,
    "replay of 1,000 interactions": 1.2,
    "replay of 10,000 interactions": 1.2,
    "100 async tasks, a run and a stream each": 1.15,
}
"""The ratio that runmock is to keep to."""
SLOW = {
    ("replay of 10,000 interactions", "respx"): "not measured: it takes longer with every route",
    ("replay of 10,000 interactions", "pytest-httpx"): "not measured: it takes longer with every answer",
    ("replay of 10,000 interactions", "vcrpy"): "not measured: it takes longer with every interaction",
}
DISTINCT = "320 answers to 32 threads: how many are distinct"
ROUNDS, QUICK_ROUNDS = 11, 3
FEW_ROUNDS = {"replay of 10,000 interactions": 3}
"""Where a round of the floor takes seconds."""
LONG_S = 3
"""A contender that takes longer, and many times the floor, has one round."""


class Measuring:
    """The process of one environment."""

    def __init__(self, name):
        self.folder = ROOT / f".venv-bench-{name}"
        python = self.folder / "bin" / "python"
        if not (self.folder / ".installed").exists():
            print(f"installing {name}: {', '.join(ENVIRONMENTS[name][1:])}", file=sys.stderr)
            subprocess.run([sys.executable, "-m", "venv", self.folder], check=True)
            subprocess.run([python, "-m", "pip", "install", "-q", "-e", *ENVIRONMENTS[name]], check=True)
            (self.folder / ".installed").touch()
        listed = subprocess.run([python, "-m", "pip", "list", "--format=json"], check=True, capture_output=True).stdout
        self.versions = {one["name"]: one["version"] for one in json.loads(listed)}
        self.process = subprocess.Popen(
            [python, HERE / "measured.py"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=HERE
        )

    def round(self, workload, contender):
        """Seconds, or why it cannot be measured."""
        self.process.stdin.write(json.dumps({"workload": workload, "contender": contender}) + "\n")
        self.process.stdin.flush()
        told = json.loads(self.process.stdout.readline())
        return told.get("seconds", told.get("cannot"))


def compared(measuring, workload, contenders, rounds):
    """Ratios to the floor by contender, or why there are none; `A/A` is the floor once more."""
    names = [*contenders[1:], "A/A"]
    found = {name: [] for name in names}
    for turn in range(rounds + 1):
        floor = measuring.round(workload, "floor")
        for name in names:
            if isinstance(found[name], str):
                continue
            if (workload, name) in SLOW:
                found[name] = SLOW[workload, name]
                continue
            took = measuring.round(workload, "floor" if name == "A/A" else name)
            if isinstance(took, str):
                found[name] = took
            elif workload != DISTINCT and took > LONG_S and took > 5 * floor:
                found[name] = f"{took / floor:.0f} (one round, of {took:.0f} s)"
            elif turn:  # the first round warms
                found[name].append(took if workload == DISTINCT else took / floor)
    return found


def told(ratios):
    if isinstance(ratios, str):
        return ratios
    low, middle, high = statistics.quantiles(ratios, n=4)
    return f"{middle:.2f} ({low:.2f} to {high:.2f})"


def main():
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--quick", action="store_true", help="three rounds of the small workloads, in under a minute")
    asked.add_argument("--only", default="", help="the workloads whose name has these words")
    given = asked.parse_args()
    rounds = QUICK_ROUNDS if given.quick else ROUNDS
    running = {name: Measuring(name) for name in ENVIRONMENTS}
    workloads = [one for one in (*LIMITS, DISTINCT) if given.only in one]
    if given.quick:
        workloads = [one for one in workloads if "10,000" not in one]
    print(f"{datetime.now(UTC):%Y-%m-%d}, Python {platform.python_version()}, {platform.machine()}")
    print("\n| workload | environment | contender | times the floor: median (quartiles) | limit |")
    print("|---|---|---|---|---|")
    for workload in workloads:
        for name, measuring in running.items():
            if name == "sdk-2" and given.quick:
                continue
            turns = min(rounds, FEW_ROUNDS.get(workload, rounds))
            for contender, ratios in compared(measuring, workload, CONTENDERS[name], turns).items():
                limit = LIMITS.get(workload, "") if contender == "runmock" else ""
                print(f"| {workload} | {name} | {contender} | {told(ratios)} | {limit} |", flush=True)
    for row in documents.rows(rounds):
        if given.only in row[0]:
            print(f"| {row[0]} | - | runmock | {told(row[1])} | {row[2]} |", flush=True)
    for name, measuring in running.items():
        kept = ("openai", "httpx", "httpx2", "respx", "pytest-httpx", "vcrpy", "PyYAML", "pydantic")
        versions = [f"{one} {measuring.versions[one]}" for one in kept if one in measuring.versions]
        print(f"\n{name}: {', '.join(versions)}")
        measuring.process.stdin.close()


if __name__ == "__main__":
    main()
