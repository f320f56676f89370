"""The figures of a run of the benchmarks, and the file that keeps the last two runs, the newest first."""

import json
from dataclasses import asdict, dataclass, field

from figures.rows import Spread

AGAIN = "A/A"
"""The floor beside itself."""
KEPT_RUNS = 2


@dataclass(frozen=True)
class Measured:
    """What was found in a row, in one environment."""

    row: str
    environment: str
    load: float
    """How many processes wanted to run on the machine in the minute before."""
    values: dict[str, Spread | str]
    """By contender; a text says why there is no value."""
    curve: dict[int, float] = field(default_factory=dict)
    """Medians by size, where a row has sizes."""


@dataclass(frozen=True)
class Run:
    """All rows, and where they were measured."""

    day: str
    python: str
    machine: str
    cores: int
    rounds: int
    versions: dict[str, str] = field(default_factory=dict)
    """By environment."""
    measured: list[Measured] = field(default_factory=list)

    def find(self, row, environment):
        """What was found in a row, or None."""
        found = (one for one in self.measured if (one.row, one.environment) == (row, environment))
        return next(found, None)


def as_text(runs):
    """The last runs as JSON."""
    return json.dumps([asdict(run) for run in runs[:KEPT_RUNS]], indent=1) + "\n"


def from_text(text):
    """The runs of a file."""
    return [Run(**run | {"measured": [_measured(**one) for one in run["measured"]]}) for run in json.loads(text)]


def _measured(values, curve, **others):
    spreads = {name: value if isinstance(value, str) else Spread(*value) for name, value in values.items()}
    return Measured(values=spreads, curve={int(size): value for size, value in curve.items()}, **others)
