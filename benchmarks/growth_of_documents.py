"""What documents of long scripts cost: `show` and `expand` as times `check`, and how they grow with the runs.

Told is the CPU time of a process of its own, so that other work on the machine counts less.
"""

import math
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from contenders import CannotError

RUNS, MANY = 1_000, 30_000
"""Scripted runs of the short script and of the long one; `MANY_QUICKLY` are the long one's where time is short."""
MANY_QUICKLY = 4_000


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


class Exponent:
    """Rounds that tell how the time grows: 1 in proportion to the runs, 2 with their square."""

    def __init__(self, command, many):
        self.few, self.much = Document("runmock", command, RUNS), Document("runmock", command, many)
        self.start = Document("runmock", command, 1)
        self.power = math.log(many / RUNS)

    def round(self):
        started = self.start.round()
        few, much = self.few.round() - started, self.much.round() - started
        return math.log(much / few) / self.power


def times_check(*command):
    """`prepare` of a row: `Workload("show of 1,000 scripted runs", times_check("show"), 15, who=OURS)`."""
    return lambda who: Document(who, list(command), RUNS)


def exponent(*command, many=MANY):
    """`prepare` of a row: `Workload("...", exponent("show"), 1.1, who=OURS, unit=Unit.ITSELF, rounds=1)`."""
    return lambda _: Exponent(list(command), many)
