"""`--runmock-orphans`: cassettes that no test uses, said only of those of which it is sure.

Used is what was opened while pytest ran, whoever opened it, and what the marker or the name of a collected test means,
whether it ran or not. Of what is left, judging.py says which are surely orphans.
"""

from __future__ import annotations

import os
import sys
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import pytest
from pytest_runmock import settings, values
from pytest_runmock.orphans import suite
from pytest_runmock.orphans.orphan_rules import Orphans, Usage, judged

if TYPE_CHECKING:
    from pathlib import Path

OPTION = "--runmock-orphans"
SENT = "runmock_orphans"
"""Where xdist's workers send what they saw."""
YAML = (".yaml", ".yml")
ON = frozenset({"1", "true", "yes", "on"})
OFF = frozenset({"", "0", "false", "no", "off"})


class Watch:
    """Looks on while pytest runs, in every process, and tells at the end; a plugin of its own, there when asked for."""

    def __init__(self, config: pytest.Config, folders: tuple[Path, ...]) -> None:
        self.config, self.folders = config, folders
        self.is_open = True
        self.seen = Usage()
        self.passed: set[str] = set()
        self.failed: set[str] = set()
        self.has_collected = False
        self.workers = 0
        """Those of xdist that have not sent yet what they saw."""
        self.found: Orphans | None = None

    def hear(self, event: str, arguments: tuple[Any, ...]) -> None:
        """An audit event: a file was opened."""
        if self.is_open and event == "open" and isinstance(arguments[0], str) and arguments[0].endswith(YAML):
            self.seen.opened.add(os.path.realpath(arguments[0]))

    def pytest_collectstart(self, collector: pytest.Collector) -> None:
        """A file of tests is collected."""
        if isinstance(collector, pytest.File):
            self.seen.files.add(os.path.realpath(collector.path))

    def pytest_itemcollected(self, item: pytest.Item) -> None:
        """Note which cassettes a test means; also those that are deselected later come by here."""
        self.seen.collected.add(item.nodeid)
        parameters = getattr(getattr(item, "callspec", None), "params", {}).values()
        self.seen.texts.update(str(one) for one in parameters if isinstance(one, str | os.PathLike))
        if isinstance(item, pytest.Function) and settings.is_played(item):
            from pytest_runmock.cassettes import has_place_of_its_own, meant_by

            self.seen.meant.update(os.path.realpath(path) for path in meant_by(item))
            if has_place_of_its_own(item):
                self.seen.elsewhere.add(item.nodeid)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """A file failed to be collected, or was skipped as a whole."""
        if report.outcome != "passed":
            self.seen.failed.add(report.nodeid)

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_modifyitems(self) -> None:
        """Every test is known; `pytest_collection_finish` comes for a collection that was cut off as well."""
        self.has_collected = True

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """A test that fails may have had more to open."""
        if report.outcome == "failed":
            self.failed.add(report.nodeid)
        elif report.outcome == "passed" and report.when == "call":
            self.passed.add(report.nodeid)

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self) -> None:
        """A worker of xdist begins; it collects in our place."""
        self.workers += 1
        self.has_collected = True

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        """A worker of xdist has ended; one that was killed sent nothing."""
        sent = getattr(node, "workeroutput", {}).get(SENT)
        if sent is not None:
            self.workers -= 1
            self.seen.add(sent)

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Send what was seen, or judge by it; the exit status is 1 when there are orphans."""
        self.is_open = False
        if not self.has_collected:
            self.seen.broken.add("the collection did not come to its end")
        if self.workers:
            self.seen.broken.add("a worker of xdist did not come to its end")
        output = getattr(self.config, "workeroutput", None)
        if output is not None:
            output[SENT] = {name: sorted(found) for name, found in asdict(self.seen).items()}
            return
        self.found = judged(self.config, self.seen, self.passed - self.failed, self.folders)
        if self.found.orphans and session.exitstatus in {pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED}:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Write what came of it."""
        if self.found is not None:
            _tell(terminalreporter, self.found)


def begin(config: pytest.Config) -> None:
    """Look on from now, when it is asked for. Raises pytest.UsageError for a folder that is not there."""
    said = str(settings.value(config, "orphans"))
    if said.lower() in OFF:
        return
    folders = suite.places(config) if said.lower() in ON else (_here(config) / said,)
    for folder in folders:
        if not folder.is_dir() and not hasattr(config, "workerinput"):
            origin = values.origin(config, settings.BY_NAME["orphans"])
            raise pytest.UsageError(f"{origin}: there is no folder {folder}")
    watch = Watch(config, folders)
    config.pluginmanager.register(watch, "runmock-orphans")
    sys.addaudithook(watch.hear)  # it stays for ever; once shut it does nothing


def _here(config: pytest.Config) -> Path:
    """What a folder is relative to: where it was typed, or where the ini file is."""
    if config.getoption(OPTION) is not None or os.environ.get("RUNMOCK_ORPHANS"):
        return config.invocation_params.dir
    return config.rootpath if config.inipath is None else config.inipath.parent


def _tell(reporter: pytest.TerminalReporter, found: Orphans) -> None:
    lists = (
        (found.orphans, f"{len(found.orphans)} of {_cassettes(found.total)} used by no test"),
        (found.possible, f"{_cassettes(len(found.possible))} may be used by tests that did not run or did not pass"),
        (found.named, f"{_cassettes(len(found.named))} opened by no test, but named in a source"),
    )
    if not found.unjudged and not any(paths for paths, _ in lists):
        reporter.write_line(f"runmock: no orphans among {_cassettes(found.total)}")
    for paths, said in lists:
        if paths:
            reporter.write_line(f"runmock: {said}", red=paths is found.orphans)
            for path in paths:
                reporter.write_line(f"  {os.path.relpath(path, reporter.config.rootpath)}")
    if found.unjudged:  # it may be all of them, each time that one test is run
        reporter.write_line(f"runmock: {len(found.unjudged)} of {_cassettes(found.total)} not judged: {found.why}")


def _cassettes(number: int) -> str:
    return f"{number} cassette{'' if number == 1 else 's'}"
