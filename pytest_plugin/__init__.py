"""The pytest plugin. Importing it imports only the standard library and pytest; the rest is imported when it is used.

pytest_runmock/__init__.py       the hooks
pytest_runmock/option_table.py   options, ini names, environment variables and marker keywords, as tables
pytest_runmock/settings.py       the values of settings for a test, and for a run of pytest
pytest_runmock/values.py         checks the values of options, ini file and environment
pytest_runmock/marks.py          the markers of a test, the nearest one first
pytest_runmock/marker_help.py    what `pytest --markers` shows
pytest_runmock/cassettes/        which cassettes a test uses, their names, and which this run of pytest has created
pytest_runmock/fixtures.py       the fixtures
pytest_runmock/playing.py        the session of one test: opened, closed, failed for leftovers
pytest_runmock/played.py         the session of one test, how its phases went, what to report
pytest_runmock/stash.py          the keys under which the plugin keeps something on a test
pytest_runmock/set_up_errors.py  errors in cassettes and markers, which fail tests at set-up
pytest_runmock/guarding.py       teardowns after a miss, and sessions of tests without fixtures
pytest_runmock/scopes.py         sessions that are open for more than one test
pytest_runmock/shared/           `runmock_session`: fixtures with a session for a class, a module or longer
pytest_runmock/tracebacks.py     removes frames of runmock from the tracebacks of failures
pytest_runmock/summary.py        the line at the end
pytest_runmock/reports/          the table at the end, the page, and the text for a CI job
pytest_runmock/deprecations.py   the SDK's deprecation warnings as one line at the end
pytest_runmock/chaos/            the chaos pass: experiments, their results, the section at the end
pytest_runmock/orphans/          cassettes that no test uses
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

import pytest
from pytest_runmock import fixtures, guarding, option_table, scopes, settings, stash, summary, tracebacks, values
from pytest_runmock.reports import wanted
from pytest_runmock.shared import users

if TYPE_CHECKING:
    from collections.abc import Generator

MARKER = "runmock"

runmock = fixtures.runmock  # pytest looks for fixtures among the names of a plugin's module
runmock_cassette_dir = fixtures.runmock_cassette_dir
runmock_cassette_name = fixtures.runmock_cassette_name
runmock_config = fixtures.runmock_config


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare the options; all begin with --runmock."""
    option_table.declare(parser)


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config, parser: pytest.Parser, args: list[str]) -> None:
    """Keep argparse from taking a test's path for the optional value of the option before it."""
    option_table.give_bare_options_a_value(early_config, parser, args)


def pytest_configure(config: pytest.Config) -> None:
    """Declare the marker, check the values of options, and start the search for orphans if its option is set."""
    signature = ", ".join(["*cassettes", *(f"{name}=" for name in option_table.MARKER_KEYWORDS)])
    explanation = f"{MARKER}({signature}): answer the test's OpenAI client from cassettes."
    if config.option.markers:
        from pytest_runmock import marker_help

        explanation = f"{explanation}\n{marker_help.text()}"
    config.addinivalue_line("markers", explanation)
    settings.note_names_of_tests(config)
    settings.note_rootdir(config)
    values.check(config)
    if settings.value(config, "orphans"):
        from pytest_runmock.orphans import orphans

        orphans.begin(config)


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Send a worker of xdist what its options do not have: typed arguments, `--dist`, the folder of notes."""
    from pytest_runmock.cassettes import created
    from pytest_runmock.shared import refusing

    created.send_folder(node)
    node.workerinput[settings.TYPED] = [str(argument) for argument in node.config.invocation_params.args]
    node.workerinput[refusing.DISTRIBUTION] = node.config.getoption("dist", "load")


def pytest_itemcollected(item: pytest.Item) -> None:
    """Add the fixture `runmock` to a marked test, and to each test where every test is to have a session.

    It becomes the first fixture, so that requests of other fixtures are answered too.
    """
    names = getattr(item, "fixturenames", None)
    users.note(item)
    if names is not None and (settings.is_guarded(item) or settings.is_played(item)):
        settings.count_cassette_names(item)
        # A new list: all parameters of a test, marked or not, share the old one.
        item.fixturenames = [MARKER, *(name for name in names if name != MARKER)]  # type: ignore[attr-defined]


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Add the fixture also to tests that a `conftest.py` has marked after they were collected."""
    for item in items:
        if MARKER not in getattr(item, "fixturenames", (MARKER,)):
            pytest_itemcollected(item)


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Read the cassettes of collected tests; an error in one fails no collection (set_up_errors.py)."""
    report = yield
    items = [item for item in report.result or () if isinstance(item, pytest.Function) and settings.is_played(item)]
    if items and not settings.is_disabled(collector.config):
        from pytest_runmock.cassettes.collected import note_collected

        note_collected(items)
    return report


def pytest_collection_finish(session: pytest.Session) -> None:
    """With `--collect-only`, find the errors in the cassettes of collected tests, since no test is set up.

    In a worker of xdist, find fixtures that may not record in several workers.
    """
    if session.config.option.collectonly and not settings.is_disabled(session.config):
        from pytest_runmock import set_up_errors

        set_up_errors.find_collected(session)
    has_users = bool(session.config.stash.get(users.USERS, None))
    if has_users and hasattr(session.config, "workerinput") and not settings.is_disabled(session.config):
        from pytest_runmock.shared import refusing

        refusing.check(session)


@pytest.hookimpl(trylast=True)
def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Parametrise a test of a chaos pass with its experiments."""
    if settings.is_played(metafunc.definition) and not settings.is_disabled(metafunc.config):
        from pytest_runmock.chaos import passes

        passes.parametrize(metafunc)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol() -> Generator[None, object, object]:
    """Treat sessions that are open before a test as outer ones, not the test's own."""
    if not scopes.open_layers():
        return (yield)
    with scopes.around_test():
        return (yield)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_fixture_setup(
    fixturedef: pytest.FixtureDef[Any], request: pytest.FixtureRequest
) -> Generator[None, object, object]:
    """Treat sessions that a fixture of a wider scope opens as outer ones, not the test's own."""
    before, fixtures.SET_UP.request = fixtures.SET_UP.request, request
    try:
        with scopes.around_any_fixture(fixturedef, request.config):
            return (yield)
    finally:
        fixtures.SET_UP.request = before


@pytest.hookimpl(wrapper=True, trylast=True)
def pytest_runtest_setup(item: pytest.Item) -> Generator[None]:
    """Set up the session of a test without fixtures (`runmock_every_test`); fail a played test for noted set-up errors.

    Such a test (one in a YAML file, say) has no fixture that could open its session.
    """
    if guarding.is_bare(item):
        guarding.begin(item)
    if not settings.is_played(item):
        return (yield)
    from pytest_runmock.set_up_errors import set_up

    with set_up(item):
        return (yield)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_teardown(item: pytest.Item) -> Generator[None]:
    """Run a teardown in the test's innermost session; a miss in one does not stop the others."""
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
    """Run a test's body in its innermost session; in a chaos pass with a time limit."""
    played = item.stash.get(stash.PLAYED, None)
    limit = contextlib.nullcontext() if played is None else played.time_limit(item)
    is_in_session = isinstance(item, pytest.Function) and scopes.open_layers()
    with limit, scopes.around_body(item) if is_in_session else contextlib.nullcontext():
        yield


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Note how each phase of a played test went, and write its recording after the last one."""
    played = item.stash.get(stash.PLAYED, None)
    if played is not None:
        played.note_result(item, call)
    report = yield
    tracebacks.show_text_only(report, call, item)
    if hasattr(call.excinfo and call.excinfo.value, stash.ONCE):
        from pytest_runmock import set_up_errors

        set_up_errors.show_once(item, report, call)
    if call.when == "teardown" and item.get_closest_marker("filterwarnings") is not None:
        from pytest_runmock import deprecations

        deprecations.note_if_shown(item, report)
    if played is not None:
        played.note(item, report, call)
        played.save(item.config, report)
        if call.when == "teardown":
            played.count(report)
            del item.stash[stash.PLAYED]  # pytest keeps items until it ends, and sessions are large
    if item.config.stash.get(stash.SHARED, None):
        from pytest_runmock.shared import ending

        ending.note(item, report, call)
    return report


@pytest.hookimpl(specname="pytest_runtest_makereport")
def pytest_runmock_shorten(item: pytest.Item, call: pytest.CallInfo[None]) -> None:
    """Shorten the traceback before the report is made; pytest has taken the exception from unittest by then."""
    tracebacks.shorten(call, item.config)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Make one line of the SDK's deprecation warnings, unless a filter of the user shows them; set the exit status."""
    reporter: Any = session.config.pluginmanager.get_plugin("terminalreporter")
    if reporter is not None and "warnings" in reporter.stats and not settings.is_disabled(session.config):
        from pytest_runmock import deprecations

        deprecations.take_from_warnings(session)
    if session.config.option.collectonly and not settings.is_disabled(session.config):
        from pytest_runmock import set_up_errors

        set_up_errors.finish(session)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Write the line about all tests, and, where their options are set, the table and the chaos pass."""
    if wanted.wants_table(terminalreporter.config):
        from pytest_runmock.reports import table

        table.write(terminalreporter)
    if any(settings.CHAOS in vars(report) for reports in terminalreporter.stats.values() for report in reports):
        from pytest_runmock.chaos import chaos_report

        chaos_report.write(terminalreporter)
    shared = terminalreporter.config.stash.get(stash.SHARED, ())
    summary.write(terminalreporter, [text for session in shared if (text := session.text_when_stopped)])
    if terminalreporter.config.option.collectonly and not settings.is_disabled(terminalreporter.config):
        from pytest_runmock import set_up_errors

        set_up_errors.show(terminalreporter)
    if settings.DEPRECATIONS in terminalreporter.config.stash:
        from pytest_runmock import deprecations

        deprecations.write(terminalreporter)
    if wanted.files(terminalreporter.config):
        from pytest_runmock.reports import writing

        writing.write(terminalreporter)
