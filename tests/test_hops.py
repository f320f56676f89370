"""How many calls an answer takes: a count, which no machine changes. `benchmarks/hops.py` measures it."""

import re
import subprocess
import sys
from pathlib import Path

FILE = Path(__file__).parent.parent / "benchmarks" / "hops.py"
_LINE = re.compile(r"(?P<name>.+): (?P<calls>\d+) calls of (?P<most>\d+), \d+ files of \d+")


def test_an_answer_takes_no_more_calls_than_its_limit():
    """In a process of its own: what other tests have left in caches does not count."""
    ran = subprocess.run([sys.executable, str(FILE)], capture_output=True, text=True, timeout=120, check=False)
    found = [_LINE.fullmatch(line) for line in ran.stdout.splitlines()]
    assert len(found) == 3, ran.stderr
    taken = {line["name"]: (int(line["calls"]), int(line["most"])) for line in found}
    assert {name: calls for name, (calls, most) in taken.items() if not 10 < calls <= most} == {}
