"""How many calls an answer takes: a count, which no machine changes. `benchmarks/hops.py` measures it."""

import importlib.util
from pathlib import Path

import pytest

FILE = Path(__file__).parent.parent / "benchmarks" / "hops.py"


@pytest.fixture(scope="module")
def hops():
    spec = importlib.util.spec_from_file_location("hops", FILE)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_an_answer_takes_no_more_calls_than_its_limit(hops):
    most = {name: calls for name, (calls, _) in hops.LIMITS.items()}
    taken = {name: answer.figures[0] for name, answer in hops.measured().items()}
    assert {name: calls for name, calls in taken.items() if calls > most[name]} == {}
    assert min(taken.values()) > 10, "nothing was counted"
