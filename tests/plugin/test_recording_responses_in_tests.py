"""Recording of Responses inside pytest: the test's marker, all ways of keeping the state, the same file again."""

import re

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


def test_the_report_counts_responses_and_orphans_know_their_cassettes(project, live, records):
    project.test(TESTS)
    live.plays(SCRIPT)
    records("once", "-k", "stateless").counts(passed=1)
    [name] = texts(project)
    ran = project.run("--runmock-report", "--runmock-orphans", "-k", "stateless")
    ran.counts(passed=1)
    rows = [line.split() for line in ran.text.splitlines() if line.strip().startswith("none ")]
    assert [(row[1:5], row[-1]) for row in rows] == [(["2", "3", "3", "replayed"], "test_app.py::test_a[stateless]")]
    assert ran.orphans() == []
    project.test(TESTS.replace("test_a", "test_b"))
    assert project.run("--runmock-orphans", "--collect-only").orphans() == [f"cassettes/test_app/{name}"]


def test_what_a_test_left_of_a_recording_is_named(project, live, records):
    project.test(TESTS)
    live.plays(SCRIPT)
    records("once", "-k", "in_a_conversation").counts(passed=1)
    [name] = texts(project)
    project.test(f"""
        import openai


        @pytest.mark.runmock("cassettes/test_app/{name}")
        def test_half():
            with openai.OpenAI(api_key="sk-not-a-key", max_retries=0) as sdk:
                sdk.conversations.create(metadata={{"user": "ada"}})
    """)
    ran = project.run()
    ran.counts(passed=1, errors=1)
    assert "not everything on the cassette was played" in ran.text
    for number in (1, 2):
        assert re.search(rf"interaction {number}, line \d+: POST /responses \(create_response\)", ran.text)
    assert "interaction 3" not in ran.text  # a GET
