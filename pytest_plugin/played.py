"""What the plugin keeps of a test that is played: its session, how its phases went, and what to report."""

from __future__ import annotations

import contextlib
import traceback
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pytest_runmock import summary
from pytest_runmock.cassettes import created
from pytest_runmock.chaos import passes
from pytest_runmock.reports import seen
from pytest_runmock.tracebacks import chain

from runmock.core.errors import RunmockError, RunmockFailure, notes_of
from runmock.core.report.leftovers import MOST

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from contextlib import AbstractContextManager
    from pathlib import Path

    import pytest

    from runmock.session.session import Session


@dataclass
class Played:
    """The session of a test, the phases that passed, and the exceptions that pytest has reported."""

    session: Session
    cassettes: tuple[str, ...] = ()
    path: Path | None = None
    """The cassette that the recording is written to, if any."""
    sharing: str | None = None
    """The text about tests that share the recorded cassette because of their old names, if there are any."""
    has_old_name: bool = False
    """Whether tests share the cassette because of their old names; then leftovers do not fail the test."""
    from_outside: frozenset[str] = frozenset()
    """Cassettes of outer markers (of the class, the module): the test need not play them."""
    passed: dict[str, bool] = field(default_factory=dict)
    """Whether each phase passed, by `setup`, `call`, `teardown`."""
    reported: list[BaseException] = field(default_factory=list)
    """Exceptions that pytest has reported, with their causes."""
    has_written: bool = False
    seconds: float = 0
    """The duration of the test's body."""
    has_left: bool = False
    """Whether what was not played failed the test, or warned."""
    result: Mapping[str, Any] | None = None
    """In a chaos pass, the result of the experiment that the test was run with."""
    verdicts: list[str] = field(default_factory=list)
    """What the application did that looks like a defect; empty for an experiment, whose result says it."""

    def note(self, item: pytest.Item, report: pytest.TestReport, call: pytest.CallInfo[None]) -> None:
        """Note how a phase went, and add verdicts and the result of an experiment to its report."""
        when = str(report.when)
        self.passed[when] = report.passed and self.passed.get(when, True)  # subtests report more than once
        if when == "call":
            self.seconds = report.duration
            self.verdicts = [] if passes.trial_of(item) else [str(verdict) for verdict in self.session.verdicts]
            if self.verdicts and report.failed:
                report.sections.append(("runmock verdicts", "\n".join(self.verdicts)))
        if report.failed and self.session.doubled_replies:
            report.sections.append(("runmock script", "\n".join(self.session.doubled_replies)))
        if self.result is not None:
            passes.judge(item, report, self.result)
        if call.excinfo is not None:
            self.reported += chain(call.excinfo.value)

    def note_result(self, item: pytest.Item, call: pytest.CallInfo[None]) -> None:
        """In a chaos pass: note the result of the experiment, before pytest makes its report of an error."""
        self.result = passes.result_of(item, self.session, call)

    def time_limit(self, item: pytest.Item) -> AbstractContextManager[None]:
        """Return a context that ends the test after its time limit in a chaos pass, and does nothing else."""
        trial = passes.trial_of(item)
        return contextlib.nullcontext() if trial is None else passes.time_limit(trial)

    def save(self, config: pytest.Config, report: pytest.TestReport) -> None:
        """Write the recording after the teardown when all phases passed; an error in it fails the test."""
        if report.when != "teardown" or not all(self.passed.get(when) for when in ("setup", "call", "teardown")):
            return
        if self.path is not None and (refusal := created.refusal(config)) is not None:
            self.sharing = refusal
            return
        self.has_written, error = saved(config, self.session, self.path)
        if error is not None:
            report.outcome, report.longrepr = "failed", error

    def count(self, report: pytest.TestReport) -> None:
        """Put the test's counts on its report, for the line at the end."""
        facts = {
            "has_written": self.has_written,
            "sharing": self.sharing,
            "seconds": self.seconds,
            "verdicts": self.verdicts,
        }
        summary.attach(report, self.session, self.cassettes, facts)
        if self.session.deck.witness is not None:
            seen.attach(report, self.session, verdicts=self.verdicts, has_left=self.has_left)

    def unreported_failures(self) -> list[RunmockFailure]:
        """Return failures that pytest has not reported."""
        return unreported(self.session.failures, self.reported)


def saved(config: pytest.Config, session: Session, path: Path | None) -> tuple[bool, str | None]:
    """Write the recording of a session; returns whether the file has changed, and the text of an error, if any."""
    try:
        if path is not None and not path.exists():
            created.note(config, path)
        return session.save(), None
    except (RunmockError, OSError) as error:
        return False, "\n".join([f"runmock: {error}", *notes_of(error)])
    except Exception:  # noqa: BLE001 - a user's before_record may raise anything, and pytest would end here
        return False, f"runmock: nothing was written\n{traceback.format_exc()}"


def unreported(failures: Sequence[RunmockFailure], reported: Sequence[BaseException]) -> list[RunmockFailure]:
    """Return failures that pytest has not reported: the application caught them, or another thread raised them."""
    others = [failure for failure in failures if not any(failure is error for error in reported)]
    return [failure for failure in others if not _fails_teardown(failure)]


def text_of_unreported(failures: Sequence[RunmockFailure]) -> str:
    """Return the text that fails a test for failures that pytest has not reported."""
    texts = [f"runmock.{type(failure).__name__}: {failure}" for failure in failures]
    head = "runmock: the application swallowed this failure, or it happened in another thread or process"
    more = [f"and {len(texts) - MOST:,} more"] if len(texts) > MOST else []
    return "\n\n".join([head, *texts[:MOST], *more])


def _fails_teardown(failure: RunmockFailure) -> bool:
    """Whether a failure was caught by pytest itself; then it fails the teardown of another fixture."""
    trace = failure.__traceback__
    return trace is not None and str(trace.tb_frame.f_globals.get("__name__")).startswith("_pytest.")
