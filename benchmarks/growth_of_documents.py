"""What documents of long scripts cost: `show` and `expand` as times `check`, and how they grow with the runs.

A value is the CPU time of a process of its own, so that other work on the machine counts less. Up to 30,000 runs it
takes five minutes: `python benchmarks/growth_of_documents.py`.
"""

import math
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from contenders import CannotError

RUNS, MANY = 1_000, 30_000
"""Scripted runs of the short script and of the long one."""


def script(runs):
    """A script in which each other run calls a tool first."""
    tool = (
        "- steps:\n  - calls: [get_weather: {{city: Lyon, number: {0}}}]\n  - reply: It is fine in Lyon, {0} degrees.\n"
    )
    entries = (("- reply: Hello number {0}.\n" if number % 2 else tool).format(number) for number in range(runs))
    return "".join(["runmock: 1\nruns:\n", *entries])


class Document:
    """Rounds that tell the seconds of CPU that a command needs for a script; for the floor it is `check`."""

    def __init__(self, who, command, runs):
        self.command = ["check"] if who == "floor" else command
        self.folder = tempfile.TemporaryDirectory()
        self.script = Path(self.folder.name, f"{runs}.yaml")
        self.script.write_text(script(runs))

    def round(self):
        command = [sys.executable, "-m", "runmock", *self.command, str(self.script)]
        with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
            _, status, used = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            raise CannotError(f"{' '.join(self.command)} ended with {process.returncode}")
        return used.ru_utime + used.ru_stime


class PerRun:
    """Rounds that tell the seconds of CPU for each run of a script with so many, without those that one run takes."""

    def __init__(self, command, runs):
        self.document, self.start, self.runs = Document("runmock", command, runs), Document("runmock", command, 1), runs

    def round(self):
        return (self.document.round() - self.start.round()) / self.runs


def times_check(*command):
    """`prepare` of a row: the command beside `check`."""
    return lambda who: Document(who, list(command), RUNS)


def per_run(*command):
    """`prepare` of a row with sizes."""
    return lambda runs: PerRun(list(command), runs)


def main():
    """Print how `show` and `expand` grow up to a script that takes them minutes."""
    power = math.log(MANY / RUNS)
    for command in (["show"], ["expand"]):
        few, many = (PerRun(command, runs).round() for runs in (RUNS, MANY))
        print(f"{command[0]}: {few * 1000:.2f} ms of CPU per run of {RUNS:,}, {many * 1000:.2f} of {MANY:,}; ", end="")
        print(f"exponent {1 + math.log(many / few) / power:.2f}", flush=True)


if __name__ == "__main__":
    main()
