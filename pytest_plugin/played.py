"""What was played for one test, how its phases went, and what is to be reported of it."""

from __future__ import annotations

import contextlib
import traceback
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pytest_runmock import created, summary
from pytest_runmock.chaos import passes
from pytest_runmock.tracebacks import chain

from runmock.core.errors import RunmockError, RunmockFailure, notes_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from contextlib import AbstractContextManager
    from pathlib import Path

    import pytest

    from runmock.session.session import Session


@dataclass
class Played:
    """A test's session, which phases passed, and which failures the test itself was failed by."""

    session: Session
    cassettes: tuple[str, ...] = ()
    path: Path | None = None
    """The cassette that is recorded into, if any."""
    sharing: str | None = None
    """What to know about tests that share it because of their old names."""
    has_old_name: bool = False
    """Tests share the cassette because of their old names: what others left is not judged."""
    from_outside: frozenset[str] = frozenset()
    """Cassettes of which it may leave what it likes, since markers further out add them."""
    passed: dict[str, bool] = field(default_factory=dict)
    told: list[BaseException] = field(default_factory=list)
    has_written: bool = False
    seconds: float = 0
    """How long the test's body took."""
    found: Mapping[str, Any] | None = None
    """What came of its experiment, in a chaos pass."""
    verdicts: list[str] = field(default_factory=list)
    """What the application did that looks like a defect; what is tried in a chaos pass is judged there."""

    def note(self, item: pytest.Item, report: pytest.TestReport, call: pytest.CallInfo[None]) -> None:
        """Take down how a phase went."""
        when = str(report.when)
        self.passed[when] = report.passed and self.passed.get(when, True)  # subtests report more than once
        if when == "call":
            self.seconds = report.duration
            self.verdicts = [] if passes.trial_of(item) else [str(one) for one in self.session.verdicts]
            if self.verdicts and report.failed:
                report.sections.append(("runmock verdicts", "\n".join(self.verdicts)))
        if report.failed and self.session.doubled_replies:
            report.sections.append(("runmock script", "\n".join(self.session.doubled_replies)))
        if self.found is not None:
            passes.judge(item, report, self.found)
        if call.excinfo is not None:
            self.told += chain(call.excinfo.value)

    def try_out(self, item: pytest.Item, call: pytest.CallInfo[None]) -> None:
        """In a chaos pass: see what came of the experiment, before pytest makes its report of an error."""
        self.found = passes.came_of(item, self.session, call)

    def limited(self, item: pytest.Item) -> AbstractContextManager[None]:
        """In a chaos pass: the test has a limit of time."""
        trial = passes.trial_of(item)
        return contextlib.nullcontext() if trial is None else passes.limited(trial)

    def save(self, config: pytest.Config, report: pytest.TestReport) -> None:
        """Write what was recorded, once set-up, body and teardown have passed; else fail the test for it."""
        if report.when != "teardown" or not all(self.passed.get(when) for when in ("setup", "call", "teardown")):
            return
        try:
            if self.path is not None and not self.path.exists():
                created.note(config, self.path)
            self.has_written = self.session.save()
        except (RunmockError, OSError) as error:
            report.outcome, report.longrepr = "failed", "\n".join([f"runmock: {error}", *notes_of(error)])
        except Exception:  # noqa: BLE001 - a user's before_record may raise anything, and pytest would end here
            report.outcome, report.longrepr = "failed", f"runmock: nothing was written\n{traceback.format_exc()}"

    def count(self, report: pytest.TestReport) -> None:
        """Put what happened on the report, for the line at the end."""
        facts = {
            "has_written": self.has_written,
            "sharing": self.sharing,
            "seconds": self.seconds,
            "verdicts": self.verdicts,
        }
        summary.attach(report, self.session, self.cassettes, facts)

    def untold(self) -> list[RunmockFailure]:
        """Failures that the application swallowed, or that were raised in another thread."""
        found = [failure for failure in self.session.failures if not any(failure is one for one in self.told)]
        return [failure for failure in found if not _fails_teardown(failure)]


def _fails_teardown(failure: RunmockFailure) -> bool:
    """Whether pytest itself has caught a failure: another fixture's teardown is failed by it."""
    trace = failure.__traceback__
    return trace is not None and str(trace.tb_frame.f_globals.get("__name__")).startswith("_pytest.")
