"""Rounds of all contenders of a row in turns, so that the noise of the machine meets all of them.

The value of a row is that of several processes: where the memory of one lies makes it faster or slower.
"""

import itertools
import os
import statistics
import time

from figures.rows import Spread, Unit, beside
from figures.runs import AGAIN, Measured

FEWEST_ROUNDS = 3
OF_A_PROCESS = 3
"""After so many rounds, and one that warms, a new process goes on: some processes are slow by some percent, all along."""
BUDGET_S = 10
"""No more rounds of a row begin after so many seconds, once there are the fewest."""
FAR = 5
"""A contender that takes so many times the floor and more than a second has one round."""


def measured(environment, row, rounds):
    """What is found in a row: medians with quartiles, and by size where the row has sizes."""
    load = os.getloadavg()[0]
    floor, *others = row.sizes or ("floor", *(name for name in environment.contenders if name in row.who))
    found = _rounds(environment, row, floor, others, min(rounds, row.rounds or rounds))
    spreads = {name: _spread(values) for name, values in found.items()}
    curve = {}
    if row.sizes:
        medians = {size: spreads[size] for size in others if not isinstance(spreads[size], str)}
        curve = {floor: 1.0} | {size: spread.middle for size, spread in medians.items()}
        spreads = {AGAIN: spreads[AGAIN], "runmock": spreads[others[-1]]}
    return Measured(row.name, environment.name, round(load, 2), spreads, curve)


def _rounds(environment, row, floor, others, most):
    """By contender the values of its rounds, or the reason why there are none."""
    found = {AGAIN: [], **{name: [] for name in others}}
    found |= {name: "it grows with the square" for name in others if name in row.slow}
    done = set()
    began = time.monotonic()
    kept = 0
    for turn in itertools.count():
        warms = not turn % (OF_A_PROCESS + 1)
        if warms and turn:
            environment.renew()
        base = environment.round(row.name, floor)
        if isinstance(base, str):
            return dict.fromkeys(found, base)
        for name in found:
            if isinstance(found[name], str) or name in done:
                continue
            value = environment.round(row.name, floor if name == AGAIN else name)
            if isinstance(value, str):
                found[name] = value
            elif row.unit is Unit.TIMES and value > max(1, FAR * base):
                found[name] = [value / base]
                done.add(name)
            elif not warms or row.unit is Unit.ITSELF:
                found[name].append(beside(base, value, row))
        kept += not warms
        if kept == most or (kept >= FEWEST_ROUNDS and time.monotonic() - began > BUDGET_S):
            break
    return found


def _spread(values):
    """The median between its quartiles; a reason stays one."""
    if isinstance(values, str):
        return values
    quartiles = statistics.quantiles(values, n=4, method="inclusive") if len(values) > 1 else values * 3
    return Spread(*(round(value, 4) for value in quartiles))
