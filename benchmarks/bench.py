"""The speed of runmock beside its peers: `python benchmarks/bench.py [--quick] [--only WORDS] [--write FILE]`.

Each environment has a process that measures. Rounds take turns between the contenders, so that the noise of the
machine meets all of them, and a value is told beside that of the floor in the same turn. The table has the median and
the quartiles; A/A is the floor beside itself, which shows the noise.
"""

import argparse
import platform
import statistics
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from environments import CONTENDERS, Environment
from workloads import OURS, WORKLOADS, Unit

HEAD = """# How fast runmock is, beside others

Written by `make bench`. A value is the median of several rounds, with its quartiles; most are times the floor, which is the same SDK over a
`MockTransport` with prebuilt bytes, in the same turn. A/A is the floor beside itself: the noise. **not met** marks a limit that runmock does not
keep to here. What each row does stands in `workloads.py`.
"""
ROUNDS, QUICK_ROUNDS = 9, 3
BUDGET_S = 4
"""No more rounds of a workload begin after so many seconds, once there are three."""
FAR = 5
"""A contender that takes so many times the floor and more than a second has one round."""


def told_beside(floor, value, workload):
    """A round as it is told, beside the floor's of the same turn."""
    if workload.unit is Unit.ITSELF:
        return value
    if workload.unit is Unit.MORE:
        return (value - floor) * 1000 / workload.share
    return value / floor


def compared(environment, workload, rounds):
    """Values by contender, or the reason why there are none."""
    names = ["A/A", *(one for one in environment.contenders if one in workload.who)]
    found = {name: [] for name in names}
    rounds = min(rounds, workload.rounds or rounds)
    found |= {name: "it grows with the square" for name in names if name in workload.slow}
    began = time.monotonic()
    for turn in range(rounds + 1):
        floor = environment.round(workload.name, "floor")
        for name in names:
            if isinstance(found[name], str):
                continue
            value = environment.round(workload.name, "floor" if name == "A/A" else name)
            if isinstance(value, str):
                found[name] = value
            elif workload.unit is Unit.TIMES and value > max(1, FAR * floor):
                found[name] = [value / floor] * 3
                names = [one for one in names if one != name]
            elif turn or workload.unit is Unit.ITSELF:  # the first round warms
                found[name].append(told_beside(floor, value, workload))
        if turn >= min(rounds, QUICK_ROUNDS) and time.monotonic() - began > BUDGET_S:
            break
    return found


def shown(value):
    return f"{value:.0f}" if abs(value) >= 20 else f"{value:.2f}"


def cell(values):
    """Median and quartiles, or a dash where the reason stands below the table."""
    if isinstance(values, str):
        return "-"
    low, middle, high = statistics.quantiles(values, n=4)
    text = shown(middle)
    return text if shown(low) == shown(high) else f"{text} ({shown(low)} to {shown(high)})"


def verdict(values, workload):
    """Whether runmock keeps to the limit, or reaches it."""
    middle = statistics.median(values)
    return middle >= workload.limit if workload.is_to_reach else middle <= workload.limit


def table(environment, workloads, rounds):
    """The lines of one environment's table, told on standard error as they come."""
    names = ["A/A", *environment.contenders]
    yield f"| {environment.name}: workload, unit | limit | {' | '.join(names)} |"
    yield f"|---|---|{'---|' * len(names)}"
    reasons = []
    for number, workload in enumerate(workloads, 1):
        print(f"{environment.name} {number}/{len(workloads)}: {workload.name}", file=sys.stderr, flush=True)
        found = compared(environment, workload, rounds)
        cells = [cell(found[name]) if name in found else "" for name in names]
        mark = "" if isinstance(found["runmock"], str) or verdict(found["runmock"], workload) else " **not met**"
        yield f"| {workload.name}, {workload.unit} | {workload.limit}{mark} | {' | '.join(cells)} |"
        reasons += [f"{name}, {workload.name}: {why}" for name, why in found.items() if isinstance(why, str)]
    yield ""
    yield from (f"- {reason}" for reason in reasons)
    yield f"\nWith {environment.versions()}.\n"


def main():
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--quick", action="store_true", help="three rounds of the small workloads, in under a minute")
    asked.add_argument("--only", default="", help="the workloads whose name has these words")
    asked.add_argument("--environment", choices=CONTENDERS, help="this one alone")
    asked.add_argument("--write", type=Path, help="write the table into this file too")
    given = asked.parse_args()
    rounds = QUICK_ROUNDS if given.quick else ROUNDS
    chosen = [one for one in WORKLOADS if given.only in one.name and (one.is_quick or not given.quick)]
    lines = [
        (
            f"Measured on {datetime.now(UTC):%Y-%m-%d} with Python {platform.python_version()} on {platform.machine()}, "
            f"{rounds} rounds in turns.\n"
        )
    ]
    names = ["sdk-3"] if given.quick else list(CONTENDERS)
    for name in [given.environment] if given.environment else names:
        environment = Environment(name)
        # What has no peer has nothing to do with the SDK either.
        here = [one for one in chosen if one.who != OURS or name == "sdk-3"]
        lines += table(environment, here, rounds)
        environment.end()
    text = "\n".join(lines)
    print(text)
    if given.write:
        given.write.write_text(f"{HEAD}\n{text}")


if __name__ == "__main__":
    main()
