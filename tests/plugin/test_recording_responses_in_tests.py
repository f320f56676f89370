"""Recording of Responses inside pytest: the test's marker, all ways of keeping the state, the same file again."""

import pytest
from response_talks import SCRIPT

NAMES = ("chained", "stateless", "in_a_conversation", "background")
TESTS = f"""
import openai
import response_talks


@pytest.mark.runmock
@pytest.mark.parametrize("talk", {NAMES})
def test_a(talk):
    with openai.OpenAI(api_key="sk-not-a-key", max_retries=0) as sdk:
        getattr(response_talks, talk)(sdk)
"""


@pytest.fixture
def live(_live):
    return _live


def texts(project):
    return {path.name: path.read_text() for path in sorted(project.path.rglob("cassettes/**/*.yaml"))}


def test_each_way_of_keeping_the_state_is_recorded_played_and_recorded_again(project, live, records):
    project.test(TESTS)
    for name in NAMES:
        live.plays(SCRIPT)
        records("once", "-k", name).counts(passed=1)
    written, count = texts(project), len(live.heard)
    assert len(written) == 4
    project.run("--runmock-unused=fail").counts(passed=4)
    assert len(live.heard) == count
    for name in NAMES:
        live.plays(SCRIPT)
        records("rewrite", "-k", name).counts(passed=1)
    assert texts(project) == written
