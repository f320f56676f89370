"""How many calls and files an answer takes: counts, which no machine changes. `benchmarks/hops.py` measures it."""

import re
import subprocess
import sys
from pathlib import Path

FILE = Path(__file__).parent.parent / "benchmarks" / "hops.py"
_LINE = re.compile(r"(?P<name>.+): (?P<calls>\d+) calls of (?P<most>\d+), (?P<files>\d+) files of (?P<most_files>\d+)")


def test_an_answer_takes_no_more_calls_and_files_than_its_limits():
    """In a process of its own: what other tests have left in caches does not count."""
    ran = subprocess.run([sys.executable, str(FILE)], capture_output=True, text=True, timeout=120, check=False)
    found = [_LINE.fullmatch(line) for line in ran.stdout.splitlines()]
    assert len(found) == 3, ran.stderr
    taken = {line["name"]: [int(number) for number in line.groups()[1:]] for line in found}
    beyond = [name for name, (calls, most, files, most_files) in taken.items() if calls > most or files > most_files]
    assert beyond == []
    assert all(calls > 10 and files > 5 for calls, _, files, _ in taken.values())
