"""Answer an OpenAI client in tests: the Assistants and Responses APIs, streams and tool calls, from Python or YAML.

In a test of pytest, ask for the fixture `runmock`, a `Session`. Its verbs say what the assistant does, and its
properties have what the application did:

    def test_the_temperature(runmock):
        runmock.calls(get_weather={"city": "Paris"}).reply("It is $outputs.get_weather degrees.")
        assert my_app.ask("How warm is it in Paris?") == "It is 21 degrees."
        assert runmock.runs[0].tool_outputs == {"get_weather": "21"}

The marker names a cassette, a YAML file in the folder `cassettes` beside the test:

    @pytest.mark.runmock("weather")
    def test_the_temperature():
        assert my_app.ask("How warm is it in Paris?") == "It is 21 degrees."

A session for all tests of a module is a fixture, in `conftest.py` or in the module:

    shared = runmock.runmock_session("weather", scope="module")

Outside pytest:

    with runmock.use_cassette("weather.yaml"):                       # every client, while the block runs
        my_app.ask("How warm is it in Paris?")
    httpx2.Client(transport=runmock.transport("weather.yaml"))       # one client

What explains the rest:

    help(runmock.Session)         every verb and property
    help(runmock.use_cassette)    every keyword, also those of the marker
    help(runmock.runmock_session) sessions of fixtures of a wider scope
    pytest --markers              the marker
    pytest --help                 the options
    runmock --help                the command
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pytest_runmock.shared.making import runmock_session

    from runmock.core.errors import (
        CassetteError,
        CassetteNotFoundError,
        OutputMismatch,
        RunmockError,
        RunmockFailure,
        ScriptError,
        UnmatchedRequest,
        UsageError,
        VerbError,
    )
    from runmock.core.report.request_view import RequestView
    from runmock.core.report.run_views import RunView
    from runmock.core.report.verdicts import Verdict
    from runmock.deck.file_views import FileView, VectorStoreView
    from runmock.session.session import Session
    from runmock.session.use_cassette import transport, use_cassette

    __version__: str

# These names are loaded on first use, so that importing runmock costs next to nothing.
__all__ = [
    "CassetteError",
    "CassetteNotFoundError",
    "FileView",
    "OutputMismatch",
    "RequestView",
    "RunView",
    "RunmockError",
    "RunmockFailure",
    "ScriptError",
    "Session",
    "UnmatchedRequest",
    "UsageError",
    "VectorStoreView",
    "VerbError",
    "Verdict",
    "runmock_session",
    "transport",
    "use_cassette",
]

_HOME = dict.fromkeys(__all__, "runmock.core.errors") | {
    "FileView": "runmock.deck.file_views",
    "RequestView": "runmock.core.report.request_view",
    "RunView": "runmock.core.report.run_views",
    "Session": "runmock.session.session",
    "VectorStoreView": "runmock.deck.file_views",
    "Verdict": "runmock.core.report.verdicts",
    "runmock_session": "pytest_runmock.shared.making",
    "transport": "runmock.session.use_cassette",
    "use_cassette": "runmock.session.use_cassette",
}


def __getattr__(name: str) -> Any:
    if name == "__version__":
        from importlib.metadata import version

        return version("runmock")
    if name not in _HOME:
        raise AttributeError(f"module 'runmock' has no attribute {name!r}")
    value = getattr(importlib.import_module(_HOME[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__, "__version__"})
