"""The fixtures of the plugin: the session of a test, and what a test suite may override."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping
    from pathlib import Path

    from runmock.session.session import Session


class SetUp(threading.local):
    """What pytest sets up now, in the running thread.

    For an argument `request`, pytest makes three objects per test, each with an inspected signature. That takes a sixth
    of all the time of a test that has the fixture `runmock`.
    """

    request: pytest.FixtureRequest | None = None


SET_UP = SetUp()


@pytest.fixture
def runmock_config(request: pytest.FixtureRequest) -> Mapping[str, Any]:
    """The marker's keywords for many tests: override this fixture in a `conftest.py`, at any scope.
    Example:
        @pytest.fixture(scope="session")
        def runmock_config():
            return {"hosts": ["litellm"], "before_record": clean}

    `pytest --markers` explains the keywords. All but `chaos` are allowed. The marker of a test wins over the fixture.
    """  # noqa: D205, D400 - pytest --fixtures shows what comes before the first empty line
    from pytest_runmock.set_up_errors import refuse_parameter

    refuse_parameter(request)
    return {}


@pytest.fixture
def runmock_cassette_dir(request: pytest.FixtureRequest) -> Path:
    """The folder of a test's own cassette: `cassettes/<module>` beside the test. Override it for another folder.
    Example:
        @pytest.fixture
        def runmock_cassette_dir(request):
            return request.config.rootpath / "recordings"
    """  # noqa: D205, D400 - pytest --fixtures shows what comes before the first empty line
    from pytest_runmock.cassettes.names import own_folder
    from pytest_runmock.set_up_errors import refuse_parameter

    refuse_parameter(request)
    return own_folder(request.node)


@pytest.fixture
def runmock_cassette_name(request: pytest.FixtureRequest) -> str:
    """The name of a test's own cassette, without an ending: `<Class>.<test>[<id>]`. Override it for another name.
    Example:
        @pytest.fixture
        def runmock_cassette_name(request):
            return request.node.name
    """  # noqa: D205, D400 - pytest --fixtures shows what comes before the first empty line
    from pytest_runmock.cassettes.names import own_name
    from pytest_runmock.set_up_errors import refuse_parameter

    refuse_parameter(request)
    return own_name(request.node)


@pytest.fixture
def runmock() -> Generator[Session]:
    """Answers the OpenAI client of the application in this test. Verbs say what the assistant does.
    Example:
        def test_the_temperature(runmock):
            runmock.calls(get_weather={"city": "Paris"}).reply("It is $outputs.get_weather degrees.")
            assert my_app.ask("How warm is it in Paris?") == "It is 21 degrees."
            assert runmock.runs[0].tool_outputs == {"get_weather": "21"}

    A test that has this fixture needs no marker; with the marker `runmock` it has cassettes too. At the end of the test
    everything in the script must have been played. `help(runmock.Session)` explains every verb and property.
    """  # noqa: D205, D400 - pytest --fixtures shows what comes before the first empty line
    from pytest_runmock.playing import play

    # The three fixtures above are requested only where they are overridden: each takes longer than all the rest.
    assert SET_UP.request is not None, "pytest sets up each fixture by its hook"
    yield from play(SET_UP.request)
