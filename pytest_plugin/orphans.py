"""`--runmock-orphans`: cassettes that no test uses, said only of those of which it is sure.

Used is what was opened while pytest ran, whoever opened it, and what the marker or the name of a collected test means,
whether it ran or not. What a test that did not run may use in another way counts as possible when its name stands in a
source; what tests that were not even collected may use is not judged.
"""

from __future__ import annotations

import itertools
import os
import sys
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from pytest_runmock import settings

if TYPE_CHECKING:
    from collections.abc import Iterable

OPTION = "--runmock-orphans"
SENT = "runmock_orphans"
"""Where xdist's workers send what they saw."""
YAML = (".yaml", ".yml")
ON = frozenset({"1", "true", "yes", "on"})
OFF = frozenset({"", "0", "false", "no", "off"})


@dataclass
class Seen:
    """What one process saw; paths are resolved."""

    opened: set[str] = field(default_factory=set)
    meant: set[str] = field(default_factory=set)
    """What markers and names of collected tests mean."""
    modules: set[str] = field(default_factory=set)
    """Files whose tests were collected."""
    collected: set[str] = field(default_factory=set)
    """The ids of tests; those that were deselected too."""
    elsewhere: set[str] = field(default_factory=set)
    """The ids of tests whose folder or name a fixture of the user's gives, when it runs."""
    failed: set[str] = field(default_factory=set)
    """What could not be collected, or was skipped as a whole."""

    def add(self, other: dict[str, list[str]]) -> None:
        """Take over what another process saw."""
        for name, found in other.items():
            getattr(self, name).update(found)


@dataclass
class Found:
    """What came of it."""

    total: int
    orphans: list[Path]
    possible: list[Path]
    """Tests that did not run may use them."""
    unjudged: list[Path]
    """Tests that were not collected may use them."""


class Watch:
    """Looks on while pytest runs, in every process, and tells at the end; a plugin of its own, there when asked for."""

    def __init__(self, config: pytest.Config, folders: tuple[Path, ...]) -> None:
        self.config, self.folders = config, folders
        self.is_open = True
        self.seen = Seen()
        self.ran: set[str] = set()
        self.found: Found | None = None

    def hear(self, event: str, arguments: tuple[Any, ...]) -> None:
        """An audit event: a file was opened."""
        if self.is_open and event == "open" and isinstance(arguments[0], str) and arguments[0].endswith(YAML):
            self.seen.opened.add(os.path.realpath(arguments[0]))

    def pytest_itemcollected(self, item: pytest.Item) -> None:
        """Note which cassettes a test means; also those that are deselected later come by here."""
        self.seen.collected.add(item.nodeid)
        self.seen.modules.add(os.path.realpath(item.path))
        if isinstance(item, pytest.Function) and settings.is_played(item):
            from pytest_runmock.cassettes import has_place_of_its_own, meant_by

            self.seen.meant.update(os.path.realpath(path) for path in meant_by(item))
            if has_place_of_its_own(item):
                self.seen.elsewhere.add(item.nodeid)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """A file failed to be collected, or was skipped as a whole."""
        if report.outcome != "passed":
            self.seen.failed.add(report.nodeid)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """A test's body was run."""
        if report.when == "call" and report.outcome != "skipped":
            self.ran.add(report.nodeid)

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        """A worker of xdist has ended; one that was killed sent nothing."""
        sent = getattr(node, "workeroutput", {}).get(SENT)
        if sent is None:
            self.seen.failed.add("a worker that was killed")
        else:
            self.seen.add(sent)

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Send what was seen, or judge by it; the exit status is 1 when there are orphans."""
        self.is_open = False
        output = getattr(self.config, "workeroutput", None)
        if output is not None:
            output[SENT] = {name: sorted(found) for name, found in asdict(self.seen).items()}
            return
        self.found = _judged(self.seen, self.ran, self.folders, is_partial=_is_partial(self.config))
        if self.found.orphans and session.exitstatus in {pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED}:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Write what came of it."""
        if self.found is not None:
            _tell(terminalreporter, self.found)


def begin(config: pytest.Config) -> None:
    """Look on from now, when it is asked for. Raises pytest.UsageError for a folder that is not there."""
    _give_back(config)
    said = str(settings.value(config, "orphans"))
    if said.lower() in OFF:
        return
    folders = _folders(config) if said.lower() in ON else (config.invocation_params.dir / said,)
    for folder in folders:
        if not folder.is_dir():
            raise pytest.UsageError(f"--runmock-orphans: there is no folder {folder}")
    watch = Watch(config, folders)
    config.pluginmanager.register(watch, "runmock-orphans")
    sys.addaudithook(watch.hear)  # it stays for ever; once shut it does nothing


def _give_back(config: pytest.Config) -> None:
    """DIR stands behind `=`: what follows the bare option is a test to collect, though argparse took it for DIR."""
    typed = [str(one) for one in config.invocation_params.args]
    taken = config.getoption(OPTION)
    if any(pair == (OPTION, taken) for pair in itertools.pairwise(typed)):
        config.option.runmock_orphans = "1"
        is_first = config.args_source is not pytest.Config.ArgsSource.ARGS
        config.args = [taken] if is_first else [taken, *config.args]
        config.args_source = pytest.Config.ArgsSource.ARGS


def _folders(config: pytest.Config) -> tuple[Path, ...]:
    """Where tests are: pytest's testpaths, else everything below rootdir."""
    told = [config.rootpath / one for one in config.getini("testpaths")]
    return tuple(one for one in told if one.is_dir()) or (config.rootpath,)


def _is_partial(config: pytest.Config) -> bool:
    """Whether the command line leaves tests out before they are collected."""
    usual = {config.rootpath, *_folders(config)}
    places = {(config.invocation_params.dir / str(one)).resolve() for one in config.args}
    are_all = any(place in usual for place in places) or places >= set(_folders(config))
    left_out = ("ignore", "ignore_glob", "lf")
    return not are_all or any(config.getoption(name, None) for name in left_out)


def _judged(seen: Seen, ran: set[str], folders: tuple[Path, ...], *, is_partial: bool) -> Found:
    from runmock.documents.files import below

    candidates = sorted({path.resolve() for folder in folders for path in below(folder)})
    unused = [path for path in candidates if str(path) not in seen.opened | seen.meant]
    is_whole = not (is_partial or seen.failed)
    own = {path for path in unused if is_whole or _module_of(path) in seen.modules}
    possible: set[Path] = set()
    if seen.collected - ran:
        texts = [_text(Path(module)) for module in _sources(seen.modules)]
        is_unknown = bool(seen.elsewhere - ran)
        possible = {path for path in own if is_unknown or any(_stem(path) in text for text in texts)}
    return Found(
        total=len(candidates),
        orphans=[path for path in unused if path in own - possible],
        possible=[path for path in unused if path in possible],
        unjudged=[path for path in unused if path not in own],
    )


def _module_of(cassette: Path) -> str:
    """The file of tests whose own folder a cassette is in: `cassettes/<module>` beside it."""
    folder = cassette.parent
    return str(folder.parent.parent / f"{folder.name}.py")


def _sources(modules: Iterable[str]) -> set[str]:
    """Files that may name a cassette: of tests, and every conftest.py above them."""
    above = {parent / "conftest.py" for module in modules for parent in Path(module).parents}
    return {*modules, *(str(path) for path in above if path.is_file())}


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, ValueError):
        return ""


def _stem(cassette: Path) -> str:
    return cassette.name.partition(".")[0]


def _tell(reporter: pytest.TerminalReporter, found: Found) -> None:
    root = reporter.config.rootpath
    rest = (
        (found.possible, "may be used by tests that did not run"),
        (found.unjudged, "not judged: only a part of the tests was collected"),
    )
    if found.orphans:
        reporter.write_line(f"runmock: {len(found.orphans)} of {_cassettes(found.total)} used by no test", red=True)
        for path in found.orphans:
            reporter.write_line(f"  {os.path.relpath(path, root)}")
    elif not found.possible and not found.unjudged:
        reporter.write_line(f"runmock: no test leaves one of {_cassettes(found.total)} unused")
    for paths, why in rest:
        if paths:
            reporter.write_line(f"runmock: {_cassettes(len(paths))} {why}")
            for path in paths:
                reporter.write_line(f"  {os.path.relpath(path, root)}")


def _cassettes(number: int) -> str:
    return f"{number} cassette{'' if number == 1 else 's'}"
