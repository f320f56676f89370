"""Measures in one environment: reads `{"row", "who"}` lines, and writes the value of one round for each.

A row is prepared once for each contender, or size; their rounds take turns.
"""

import json
import sys
import warnings

from contenders import CannotError
from workloads import TABLE


def main():
    warnings.simplefilter("ignore")
    lines, sys.stdout = sys.stdout, sys.stderr  # what a contender prints is no answer
    by_name = {row.name: row for group in TABLE.values() for row in group}
    prepared = {}
    for line in sys.stdin:
        name, who = json.loads(line).values()
        prepared = {key: one for key, one in prepared.items() if key[0] == name}  # another row frees what it had
        try:
            if (name, who) not in prepared:
                prepared[name, who] = by_name[name].prepare(who)
            answer = {"value": prepared[name, who].round()}
        except CannotError as error:
            answer = {"cannot": str(error)}
        except Exception as error:  # noqa: BLE001 - whatever a contender raises
            answer = {"cannot": f"{type(error).__name__}: {error}"[:200]}
        print(json.dumps(answer), file=lines, flush=True)


if __name__ == "__main__":
    main()
