"""Measures in one environment: reads `{"workload", "contender"}` lines, and writes the value of one round for each.

A workload is prepared once for each contender; its rounds take turns with those of the others.
"""

import json
import sys
import warnings

from contenders import CannotError
from workloads import WORKLOADS


def main():
    warnings.simplefilter("ignore")
    lines, sys.stdout = sys.stdout, sys.stderr  # what a contender prints is no answer
    by_name = {one.name: one for one in WORKLOADS}
    prepared = {}
    for line in sys.stdin:
        asked = json.loads(line)
        workload, who = by_name[asked["workload"]], asked["contender"]
        try:
            if (workload, who) not in prepared:
                prepared[workload, who] = workload.prepare(who)
            told = {"value": prepared[workload, who].round()}
        except CannotError as error:
            told = {"cannot": str(error)}
        except Exception as error:  # noqa: BLE001 - whatever a contender raises
            told = {"cannot": f"{type(error).__name__}: {error}"[:200]}
        print(json.dumps(told), file=lines, flush=True)


if __name__ == "__main__":
    main()
