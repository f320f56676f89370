"""The SDK warns with each call that the Assistants API is deprecated: one line at the end counts the warnings."""

import pytest

SDK = """
import warnings
import openai
import pytest


def calls(count):
    client = openai.OpenAI(api_key="sk-not-a-key")
    for _ in range(count):
        client.beta.threads.create()


@pytest.fixture
def runmock_config():
    return {"script": {"threads": [{"id": "thread_1"}]}}


def test_sdk(runmock):
    calls(3)
"""
TEXT = "DeprecationWarning: The Assistants API is deprecated in favor of the Responses API"
LINE = 'openai: {} "The Assistants API is deprecated" (filterwarnings = default shows them)\n'
PLUGINS = "-p no:randomly -p no:cacheprovider -p no:xdist -p no:cov -p no:hypothesispytest -p no:unraisableexception"


@pytest.fixture
def sdk(project):
    """Run a test that calls the SDK three times, with some lines in the ini file and some arguments."""

    def run(*arguments, filters=(), more=""):
        lines = "".join(f"\n    {line}" for line in filters)
        project.write(
            "pytest.ini",
            f"[pytest]\nasyncio_default_fixture_loop_scope = function\naddopts = {PLUGINS}\nfilterwarnings ={lines}\n",
        )
        project.write("test_sdk.py", SDK + more)
        return project.run(*arguments)

    return run


def test_a_single_line_stands_for_all_of_them(sdk):
    ran = sdk()
    ran.counts(passed=1)
    assert LINE.format("3 warnings") in f"{ran.text}\n"
    assert TEXT not in ran.text
    assert "warnings summary" not in ran.text
    assert "1 passed in" in ran.text


def test_a_single_one_is_one_warning(sdk):
    ran = sdk("-k", "once", more="\ndef test_once(runmock):\n    calls(1)\n")
    assert LINE.format("1 warning") in f"{ran.text}\n"


def test_other_warnings_are_shown_as_ever(sdk):
    ran = sdk(more="\ndef test_other():\n    warnings.warn('deprecated', DeprecationWarning)\n")
    assert "DeprecationWarning: deprecated" in ran.text
    assert "2 passed, 1 warning in" in ran.text
    assert LINE.format("3 warnings") in f"{ran.text}\n"


@pytest.mark.parametrize(
    "line",
    [
        "default",
        "always::DeprecationWarning",
        "default:The Assistants API:DeprecationWarning",
        "default:.*deprecated.*:Warning",
        "once::DeprecationWarning:test_sdk",
    ],
)
def test_a_filter_of_the_users_shows_them(sdk, line):
    ran = sdk(filters=[line])
    assert TEXT in ran.text
    assert "openai:" not in ran.text


@pytest.mark.parametrize("arguments", [("-W", "default"), ("-W", "always:The Assistants API:DeprecationWarning")])
def test_so_does_one_of_the_command_line(sdk, arguments):
    ran = sdk(*arguments)
    assert TEXT in ran.text
    assert "openai:" not in ran.text


@pytest.mark.parametrize("line", ["default::UserWarning", "default:something else", "error:something else"])
def test_a_filter_of_something_else_does_not(sdk, line):
    ran = sdk(filters=[line])
    assert TEXT not in ran.text
    assert LINE.format("3 warnings") in f"{ran.text}\n"


@pytest.mark.parametrize("line", ["error", "error::DeprecationWarning", "error:The Assistants API is deprecated"])
def test_error_is_an_error(sdk, line):
    ran = sdk(filters=[line])
    ran.counts(failed=1)
    assert f"E   {TEXT}" in ran.text.replace("E       ", "E   ")


@pytest.mark.parametrize("line", ["ignore", "ignore:The Assistants API is deprecated:DeprecationWarning"])
def test_ignore_hides_even_the_line(sdk, line):
    ran = sdk(filters=[line])
    ran.counts(passed=1)
    assert "openai:" not in ran.text


MARKED = "\n@pytest.mark.filterwarnings('default::DeprecationWarning')\ndef test_marked(runmock):\n    calls(1)\n"


def test_a_mark_of_the_test_shows_its_own(sdk):
    ran = sdk(more=MARKED)
    assert ran.text.count(TEXT) == 1
    assert LINE.format("3 warnings") in f"{ran.text}\n"


def test_a_test_that_wants_the_warning_has_it(sdk):
    more = (
        "\ndef test_wants(runmock):\n    with pytest.warns(DeprecationWarning, match='Assistants'):\n        calls(1)\n"
    )
    sdk(more=more).counts(passed=2)


def test_where_runmock_is_disabled_nothing_is_folded(sdk):
    more = "\ndef test_plain():\n    warnings.warn('The Assistants API is deprecated', DeprecationWarning)\n"
    assert "openai: 1 warning" not in sdk("-k", "plain", "--runmock-disable", more=more).text


def test_with_xdist_the_line_counts_all_workers(project):
    project.write("pytest.ini", "[pytest]\nasyncio_default_fixture_loop_scope = function\n")
    project.write("test_sdk.py", SDK)
    ran = project.spread("-n", "2")
    assert LINE.format("3 warnings") in f"{ran.text}\n"
    assert TEXT not in ran.text


def test_with_xdist_too_a_mark_of_the_test_shows_its_own(project):
    project.write("pytest.ini", "[pytest]\n")
    project.write("test_sdk.py", SDK + MARKED)
    ran = project.spread("-n", "2")
    ran.counts(passed=2, warnings=1)
    assert ran.text.count(TEXT) == 1
    assert LINE.format("3 warnings") in f"{ran.text}\n"
