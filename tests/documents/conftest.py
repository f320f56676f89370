import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
sys.path.append(str(ROOT / "tests" / "traffic"))


@pytest.fixture
def examples():
    """The folder of the example cassettes."""
    return ROOT / "cassettes"
