"""What `pytest --markers` shows of the marker: examples, and each keyword with its explanation.

The keywords are explained in one place, the docstring of `runmock.use_cassette`.
"""

from __future__ import annotations

import inspect
import re
import textwrap

EXAMPLES = """
  @pytest.mark.runmock                         # the cassette that has the test's name
  @pytest.mark.runmock("weather")              # cassettes/weather.runmock.yaml or cassettes/weather.yaml, beside the
                                               # test or in a folder above
  @pytest.mark.runmock("weather", pace="2x")   # keywords: the nearest mark wins, of case, test, class and module
"""
CHAOS = """Run the test once more for each thing that can go wrong: True, a list of faults, or a mapping such as
{"faults": ["truncate"], "seed": 3, "limit": 20}. The marker alone has this keyword."""


def text() -> str:
    """Return examples and keywords."""
    lines = "".join(f"  {keyword}=\n{textwrap.indent(meaning, ' ' * 6)}\n" for keyword, meaning in keywords().items())
    return f"{EXAMPLES}\nThe keywords:\n\n{lines}"


def keywords() -> dict[str, str]:
    """Return the explanation of each keyword of the marker."""
    from runmock import use_cassette

    found = re.findall(r"^(\w+)\n((?:    .*\n)+)", f"{inspect.getdoc(use_cassette)}\n", re.MULTILINE)
    return {keyword: textwrap.dedent(meaning).strip() for keyword, meaning in found} | {"chaos": CHAOS}
