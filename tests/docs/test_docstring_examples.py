"""The examples in docstrings work: those of the package, of the fixtures and of the verbs."""

import inspect
import re
import textwrap
from pathlib import Path

import pytest
import pytest_runmock
from code_blocks import blocks_of
from generated_api import VERBS

import runmock
from runmock.session.session import Session

QUICK_START = Path(__file__).parents[2] / "docs" / "quick-start.md"
SCRIPT = """
runmock: 1
runs:
- steps:
  - calls: [get_weather: {city: Paris}]
  - reply: It is $outputs.get_weather degrees.
"""


def examples_of(target):
    """The indented parts of a docstring."""
    parts = re.findall(r"(?:^(?:    .*|)\n)*^    .*\n?", f"{inspect.getdoc(target)}\n", re.MULTILINE)
    return [textwrap.dedent(part).strip() for part in parts]


@pytest.fixture
def project(pytester):
    """A folder with the application of the quick start, and a cassette for it."""
    application = next(block for block in blocks_of("", QUICK_START.read_text("utf-8")) if block.name == "my_app.py")
    (pytester.path / "my_app.py").write_text(application.text, encoding="utf-8")
    (pytester.path / "cassettes").mkdir()
    for path in ("weather.yaml", "cassettes/weather.yaml"):
        (pytester.path / path).write_text(SCRIPT, encoding="utf-8")
    return pytester


@pytest.mark.parametrize("verb", [*VERBS, "load", "router"])
def test_the_examples_of_a_verb_are_accepted(project, verb):
    (example,) = examples_of(inspect.getattr_static(Session, verb))
    session = Session()
    exec(example, {"runmock": session})
    assert session.deck.leftovers() or verb == "router"


def ran(project, *parts):
    path = project.path / "test_example.py"
    path.write_text("\n\n".join(["import httpx2, my_app, openai, pytest, runmock", *parts]), encoding="utf-8")
    return project.runpytest_inprocess("-p", "no:asyncio", "-p", "no:randomly", "-W", "ignore")


def test_the_example_of_the_fixture_works(project):
    ran(project, *examples_of(pytest_runmock.runmock)).assert_outcomes(passed=1)


def test_the_examples_of_the_package_work(project):
    of_fixture, of_marker, shared, outside, _ = examples_of(runmock)
    outside = f"def test_outside():\n{textwrap.indent(outside, '    ')}"
    shared += '\n\ndef test_shared(shared):\n    assert my_app.ask("Paris?") == "It is 21 degrees."'
    ran(project, of_fixture, of_marker.replace("test_the", "test_that"), shared, outside).assert_outcomes(passed=4)


def test_the_examples_of_the_functions_work(project):
    ((as_block, of_transport),) = zip(
        examples_of(runmock.use_cassette)[:1], examples_of(runmock.transport), strict=True
    )
    block = f"def test_block():\n{textwrap.indent(as_block, '    ')}\n\n    main()"
    ran(project, block, f"def test_transport():\n{textwrap.indent(of_transport, '    ')}").assert_outcomes(passed=2)


def test_the_example_of_runmock_session_works(project):
    (example,) = examples_of(runmock.runmock_session)
    (project.path / "cassettes" / "setup.yaml").write_text("runmock: 1\nids: strict\nruns: []\n", encoding="utf-8")
    names = 'from runmock import runmock_session\nclient = openai.OpenAI(api_key="sk-not-a-key")'
    ran(project, names, example).assert_outcomes(passed=1)


def test_the_examples_of_the_other_fixtures_work(project):
    names = ("runmock_config", "runmock_cassette_dir", "runmock_cassette_name")
    conftest = "\n\n".join(example for name in names for example in examples_of(getattr(pytest_runmock, name)))
    (project.path / "conftest.py").write_text(f"import pytest\n\ndef clean(interaction): ...\n\n{conftest}")
    (project.path / "recordings").mkdir()
    (project.path / "recordings" / "test_it.runmock.yaml").write_text(SCRIPT)
    test = '@pytest.mark.runmock\ndef test_it():\n    assert my_app.ask("Paris?") == "It is 21 degrees."'
    ran(project, test).assert_outcomes(passed=1)
