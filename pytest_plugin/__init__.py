"""The pytest plugin. Importing it imports the standard library and pytest only; the rest comes when a test asks.

pytest_runmock/__init__.py       the hooks
pytest_runmock/settings.py       options, ini names, environment variables and marker keywords, as tables
pytest_runmock/values.py         options, ini and environment: a value that is not allowed
pytest_runmock/marks.py          the markers of a test, the nearest one first
pytest_runmock/cassettes.py      which cassettes a test uses
pytest_runmock/names.py          the name of a test's own cassette
pytest_runmock/created.py        which cassettes this run of pytest has created
pytest_runmock/playing.py        the session of one test: opened, closed, judged
pytest_runmock/played.py         what was played for one test, and what is reported of it
pytest_runmock/stash.py          what the plugin keeps at a test while it runs
pytest_runmock/set_up_errors.py  wrong cassettes and markers: which tests fail for them, and what is shown
pytest_runmock/guarding.py       what pytest leaves undone: teardowns after a miss, tests without fixtures
pytest_runmock/scopes.py         which sessions were opened for more than one test
pytest_runmock/tracebacks.py     what is left out of the tracebacks of failures
pytest_runmock/summary.py        the line at the end
pytest_runmock/report.py         the table at the end
pytest_runmock/deprecations.py   the SDK's deprecation warnings as one line at the end
pytest_runmock/chaos/            the chaos pass: what is tried, what came of it, the section at the end
pytest_runmock/orphans/          cassettes that no test uses
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

import pytest
from pytest_runmock import guarding, scopes, settings, stash, summary, tracebacks, values

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping
    from pathlib import Path

    from runmock.session.session import Session

MARKER = "runmock"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare the options; every one of them begins with --runmock."""
    settings.declare(parser)


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config, parser: pytest.Parser, args: list[str]) -> None:
    """What follows an option whose value is optional is a test to collect, though argparse takes it for the value."""
    settings.close(early_config, parser, args)


def pytest_configure(config: pytest.Config) -> None:
    """Declare the marker."""
    config.addinivalue_line(
        "markers",
        f"{MARKER}(*cassettes, {', '.join(f'{name}=' for name in settings.MARKER_KEYWORDS)}): answer the Assistants "
        "API from cassettes; without a name, from the cassette that has the test's name.",
    )
    settings.note_names_of_tests(config)
    settings.note_rootdir(config)
    values.check(config)
    if settings.value(config, "orphans"):
        from pytest_runmock.orphans import orphans

        orphans.begin(config)


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tell a worker of xdist what was typed, since it sees the options only, and where notes of this run are."""
    from pytest_runmock import created

    created.send_folder(node)
    node.workerinput[settings.TYPED] = [str(one) for one in node.config.invocation_params.args]


def pytest_itemcollected(item: pytest.Item) -> None:
    """A marked test plays without asking for the fixture, and each one does where every test is to have a session.

    Ours comes first, so that other fixtures are played to.
    """
    names = getattr(item, "fixturenames", None)
    if names is not None and (settings.is_guarded(item) or settings.is_played(item)):
        settings.note_name(item)
        # A list of the item's own: the one that it came with is shared by all parameters of a test, marked or not.
        item.fixturenames = [MARKER, *(name for name in names if name != MARKER)]  # type: ignore[attr-defined]


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """So does a test that a `conftest.py` has marked after it was collected."""
    for item in items:
        if MARKER not in getattr(item, "fixturenames", (MARKER,)):
            pytest_itemcollected(item)


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Note which tests had one name in 0.1.0; what is wrong with a cassette fails no collection (faults.py)."""
    report = yield
    items = [one for one in report.result or () if isinstance(one, pytest.Function) and settings.is_played(one)]
    if items and not settings.is_disabled(collector.config):
        from pytest_runmock.cassettes import note_collected

        note_collected(items)
    return report


def pytest_collection_finish(session: pytest.Session) -> None:
    """Where no test is set up, what is wrong with the cassettes of those that were collected is looked for here."""
    if session.config.option.collectonly and not settings.is_disabled(session.config):
        from pytest_runmock import set_up_errors

        set_up_errors.find_collected(session)


@pytest.hookimpl(trylast=True)
def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test of a chaos pass is one for each thing that can go wrong."""
    if settings.is_played(metafunc.definition) and not settings.is_disabled(metafunc.config):
        from pytest_runmock.chaos import passes

        passes.parametrize(metafunc)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol() -> Generator[None, object, object]:
    """Sessions that are open before a test are not the test's own."""
    if not scopes.open_layers():
        return (yield)
    with scopes.around_test():
        return (yield)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_fixture_setup(fixturedef: pytest.FixtureDef[Any]) -> Generator[None, object, object]:
    """Nor are those that a fixture of a wider scope opens."""
    if fixturedef.scope != "function":
        around = scopes.around_fixture(fixturedef)
    elif scopes.open_layers():
        around = scopes.around_own_fixture(fixturedef)
    else:
        return (yield)
    with around:
        return (yield)


@pytest.hookimpl(wrapper=True, trylast=True)
def pytest_runtest_setup(item: pytest.Item) -> Generator[None]:
    """A test without fixtures has a session too, where every test is to have one.

    What is wrong with a test's cassettes or markers fails it at the end of its set-up.
    """
    if guarding.is_bare(item):
        guarding.begin(item)
    if not settings.is_played(item):
        return (yield)
    from pytest_runmock import set_up_errors

    with set_up_errors.set_up(item):
        return (yield)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_teardown(item: pytest.Item) -> Generator[None]:
    """A teardown runs in the test's innermost session, and a miss in one keeps pytest from no other."""
    if scopes.open_layers():
        scopes.step_into_innermost()
    try:
        with guarding.teardown_to_its_end():
            return (yield)
    finally:
        if guarding.is_bare(item):
            guarding.end(item)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None]:
    """A test runs in its innermost session; in a chaos pass it has a limit of time."""
    played = item.stash.get(stash.PLAYED, None)
    limit = contextlib.nullcontext() if played is None else played.limited(item)
    is_in_session = isinstance(item, pytest.Function) and scopes.open_layers()
    with limit, scopes.around_body(item) if is_in_session else contextlib.nullcontext():
        yield


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Note how each phase of a played test went, for the judgement at its end."""
    played = item.stash.get(stash.PLAYED, None)
    if played is not None:
        played.try_out(item, call)
    report = yield
    tracebacks.tell_without(report, call, item)
    if call.when == "teardown" and item.get_closest_marker("filterwarnings") is not None:
        from pytest_runmock import deprecations

        deprecations.note(item, report)
    if played is not None:
        played.note(item, report, call)
        played.save(item.config, report)
        if call.when == "teardown":
            played.count(report)
            del item.stash[stash.PLAYED]  # pytest keeps its items to the end, and sessions are large
    return report


@pytest.hookimpl(specname="pytest_runtest_makereport")
def pytest_runmock_shorten(item: pytest.Item, call: pytest.CallInfo[None]) -> None:
    """Shorten the traceback before the report is made, and after unittest's exception was found."""
    tracebacks.shorten(call, item.config)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """The SDK's deprecation warnings are one line, unless a filter of the user's shows them."""
    reporter: Any = session.config.pluginmanager.get_plugin("terminalreporter")
    if reporter is not None and "warnings" in reporter.stats and not settings.is_disabled(session.config):
        from pytest_runmock import deprecations

        deprecations.fold(session)
    if session.config.option.collectonly and not settings.is_disabled(session.config):
        from pytest_runmock import set_up_errors

        set_up_errors.finish(session)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """One line, when a test played anything; the table where it is asked for."""
    if settings.is_on(terminalreporter.config, "report"):
        from pytest_runmock import report

        report.tell(terminalreporter)
    if any(settings.CHAOS in vars(one) for several in terminalreporter.stats.values() for one in several):
        from pytest_runmock.chaos import chaos_report

        chaos_report.tell(terminalreporter)
    summary.tell(terminalreporter)
    if terminalreporter.config.option.collectonly and not settings.is_disabled(terminalreporter.config):
        from pytest_runmock import set_up_errors

        set_up_errors.show(terminalreporter)
    if settings.DEPRECATIONS in terminalreporter.config.stash:
        from pytest_runmock import deprecations

        deprecations.tell(terminalreporter)


@pytest.fixture
def runmock_config(request: pytest.FixtureRequest) -> Mapping[str, Any]:
    """The marker's keywords for every test in reach; override it at any scope."""
    from pytest_runmock.set_up_errors import refuse_parameter

    refuse_parameter(request)
    return {}


@pytest.fixture
def runmock_cassette_dir(request: pytest.FixtureRequest) -> Path:
    """The folder of a test's own cassette: `cassettes/<module>` beside the test."""
    from pytest_runmock.names import own_folder
    from pytest_runmock.set_up_errors import refuse_parameter

    refuse_parameter(request)
    return own_folder(request.node)


@pytest.fixture
def runmock_cassette_name(request: pytest.FixtureRequest) -> str:
    """The name of a test's own cassette, without an ending: `<Class>.<test>[<id>]`, as a file can have it."""
    from pytest_runmock.names import own_name
    from pytest_runmock.set_up_errors import refuse_parameter

    refuse_parameter(request)
    return own_name(request.node)


@pytest.fixture
def runmock(request: pytest.FixtureRequest) -> Generator[Session]:
    """The session of this test: the application's Assistants API calls are answered from its cassettes and verbs.

    The three fixtures above are asked for where they are overridden: each costs more than all else that a test needs.
    """
    from pytest_runmock.playing import play

    yield from play(request)
