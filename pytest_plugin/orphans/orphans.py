"""`--runmock-orphans`: lists cassettes that no test uses, and only those for which that is sure.

A cassette is used when any code opened it while pytest ran, or when the marker or the name of a collected test refers
to it, whether the test ran or not. orphan_rules.py decides which of the others are surely orphans.
"""

from __future__ import annotations

import os
import sys
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import pytest
from pytest_runmock import option_table, settings, values
from pytest_runmock.orphans import suite
from pytest_runmock.orphans.orphan_rules import Orphans, Usage, orphans_among
from pytest_runmock.shared import users

if TYPE_CHECKING:
    from pathlib import Path

OPTION = "--runmock-orphans"
USAGE_KEY = "runmock_orphans"
"""The key of `workeroutput` under which a worker of xdist sends its usage."""
YAML = (".yaml", ".yml")


class Watch:
    """A plugin that notes in every process which cassettes are used, and reports at the end.

    It is registered only with `--runmock-orphans`.
    """

    def __init__(self, config: pytest.Config, folders: tuple[Path, ...]) -> None:
        self.config, self.folders = config, folders
        self.is_open = True
        self.usage = Usage()
        self.passed: set[str] = set()
        self.failed: set[str] = set()
        self.has_collected = False
        self.workers = 0
        """The number of workers of xdist that have not sent their usage yet."""
        self.result: Orphans | None = None

    def note_opened(self, event: str, arguments: tuple[Any, ...]) -> None:
        """Note a YAML file that is opened; called by Python for every audit event."""
        if self.is_open and event == "open" and isinstance(arguments[0], str) and arguments[0].endswith(YAML):
            self.usage.opened.add(os.path.realpath(arguments[0]))

    def pytest_collectstart(self, collector: pytest.Collector) -> None:
        """Note a file of tests whose collection begins."""
        if isinstance(collector, pytest.File):
            self.usage.files.add(os.path.realpath(collector.path))

    def pytest_itemcollected(self, item: pytest.Item) -> None:
        """Note the cassettes that a test refers to; pytest calls this also for tests that are deselected later."""
        self.usage.collected.add(item.nodeid)
        parameters = getattr(getattr(item, "callspec", None), "params", {}).values()
        self.usage.texts.update(str(parameter) for parameter in parameters if isinstance(parameter, str | os.PathLike))
        for fixture, definition in users.fixtures_of(item):
            from pytest_runmock.shared.cassettes import referenced_by

            paths = referenced_by(self.config, definition, fixture)
            self.usage.referenced.update(os.path.realpath(path) for path in paths)
        if isinstance(item, pytest.Function) and settings.is_played(item):
            from pytest_runmock.cassettes import finding

            self.usage.referenced.update(os.path.realpath(path) for path in finding.referenced_by(item))
            if finding.has_custom_place(item):
                self.usage.with_custom_place.add(item.nodeid)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Note a file that could not be collected, or was skipped as a whole."""
        if report.outcome != "passed":
            self.usage.failed.add(report.nodeid)

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_modifyitems(self) -> None:
        """Note that all tests are collected; `pytest_collection_finish` is called for an aborted collection as well."""
        self.has_collected = True

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note which tests passed and which failed; a test that fails may not have reached all its cassettes."""
        if report.outcome == "failed":
            self.failed.add(report.nodeid)
        elif report.outcome == "passed" and report.when == "call":
            self.passed.add(report.nodeid)

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self) -> None:
        """Count a worker of xdist that starts; workers collect the tests, this process does not."""
        self.workers += 1
        self.has_collected = True

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        """Take the usage of a worker of xdist that has ended; a killed one sent nothing."""
        received = getattr(node, "workeroutput", {}).get(USAGE_KEY)
        if received is not None:
            self.workers -= 1
            self.usage.add(received)

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """In a worker, send the usage; else find the orphans, and set the exit status to 1 when there are some."""
        self.is_open = False
        if not self.has_collected:
            self.usage.gaps.add("the collection did not finish")
        if self.workers:
            self.usage.gaps.add("a worker of xdist did not finish")
        output = getattr(self.config, "workeroutput", None)
        if output is not None:
            output[USAGE_KEY] = {name: sorted(paths) for name, paths in asdict(self.usage).items()}
            return
        self.result = orphans_among(self.config, self.usage, self.passed - self.failed, self.folders)
        if self.result.orphans and session.exitstatus in {pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED}:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Write the orphans, unless this process is a worker of xdist."""
        if self.result is not None:
            _write(terminalreporter, self.result)


def begin(config: pytest.Config) -> None:
    """Start to note used cassettes if the option is set. Raises pytest.UsageError for a folder that does not exist."""
    value = str(settings.value(config, "orphans"))
    is_on = settings.SWITCH.get(value.lower())
    if is_on is False:
        return
    folders = suite.places(config) if is_on else (_base_folder(config) / value,)
    for folder in folders:
        if not folder.is_dir() and not hasattr(config, "workerinput"):
            origin = values.origin(config, option_table.BY_NAME["orphans"])
            raise pytest.UsageError(f"{origin}: there is no folder {folder}")
    watch = Watch(config, folders)
    config.pluginmanager.register(watch, "runmock-orphans")
    sys.addaudithook(watch.note_opened)  # Python cannot remove it; after the session it does nothing


def _base_folder(config: pytest.Config) -> Path:
    """Return what DIR is relative to: the current folder for option and environment, the ini file's folder else."""
    if config.getoption(OPTION) is not None or os.environ.get("RUNMOCK_ORPHANS"):
        return config.invocation_params.dir
    return config.rootpath if config.inipath is None else config.inipath.parent


def _write(reporter: pytest.TerminalReporter, result: Orphans) -> None:
    lists = (
        (result.orphans, f"{len(result.orphans)} of {_cassettes(result.total)} used by no test"),
        (result.possible, f"{_cassettes(len(result.possible))} may be used by tests that did not run or did not pass"),
        (
            result.named_in_sources,
            f"{_cassettes(len(result.named_in_sources))} opened by no test, but named in a source",
        ),
    )
    if not result.unjudged and not any(paths for paths, _ in lists):
        reporter.write_line(f"runmock: no orphans among {_cassettes(result.total)}")
    for paths, heading in lists:
        if paths:
            reporter.write_line(f"runmock: {heading}", red=paths is result.orphans)
            for path in paths:
                reporter.write_line(f"  {os.path.relpath(path, reporter.config.rootpath)}")
    if result.unjudged:  # a count, not a list: when one test is run, it is nearly all of them
        reporter.write_line(f"runmock: {len(result.unjudged)} of {_cassettes(result.total)} not judged: {result.why}")


def _cassettes(number: int) -> str:
    return f"{number} cassette{'' if number == 1 else 's'}"
