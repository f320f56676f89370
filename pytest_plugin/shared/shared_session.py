"""A session of `runmock_session` while its scope lasts: which tests used it, and what pytest has reported."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pytest_runmock.reports import wanted
from pytest_runmock.shared import users

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import pytest
    from pytest_runmock.shared.definition import Definition

    from runmock.core.errors import RunmockFailure
    from runmock.session.session import Session


@dataclass
class Counted:
    """How far the requests, runs and failures of a session were counted for its tests."""

    requests: int = 0
    runs: int = 0
    failures: int = 0
    answers: Mapping[str, int] = field(default_factory=dict)


@dataclass
class SharedSession:
    """One session, the fixture that holds it, and the results of the tests that used it."""

    definition: Definition
    fixture: str
    node: Any
    """The node of its scope: an item, a class, a module, a package, or pytest's session."""
    session: Session
    cassettes: tuple[str, ...]
    path: Path | None
    """The cassette that the recording is written to, if any."""
    unused: str
    """What leftovers do: `ignore`, `warn` or `fail`."""
    has_ended: bool = False
    results: dict[str, bool] = field(default_factory=dict)
    """By the id of a test that used the session: whether it passed."""
    phases: list[bool] = field(default_factory=list)
    """Whether the phases of the current test passed."""
    is_skipped: bool = False
    """Whether the current test was skipped."""
    seconds: float = 0
    """The duration of the current test's body."""
    sent: dict[str, int] = field(default_factory=dict)
    """How many requests there were at the end of each phase of the current test, by the name of the phase."""
    reported: list[BaseException] = field(default_factory=list)
    """Exceptions that pytest has reported for the current test, with their causes."""
    counted: Counted = field(default_factory=Counted)

    @property
    def config(self) -> pytest.Config:
        """The configuration of pytest."""
        config: pytest.Config = self.node.config
        return config

    @property
    def label(self) -> str:
        """The fixture's name and file, for messages."""
        return self.definition.label(self.config, self.fixture)

    @property
    def failed_test(self) -> str | None:
        """The first test that used the session and did not pass; None when all have passed."""
        return next((test for test, has_passed in self.results.items() if not has_passed), None)

    @property
    def has_recorded(self) -> bool:
        """Whether there is something that may be written."""
        calls = self.session.deck.upstream_calls
        return self.session.deck.records and calls is not None and bool(calls.recording.calls)

    @property
    def text_when_stopped(self) -> str | None:
        """The text about the recording when pytest ends before the last test of the scope did; None without one."""
        if not self.has_recorded:
            return None
        return f"nothing was written to {self.path}: pytest was stopped before the last test that uses {self.label}"

    def tests(self) -> list[str]:
        """Return the collected tests of the scope that request the fixture."""
        return users.within(self.config, self.definition, self.node)

    def note_phase(self, report: pytest.TestReport) -> None:
        """Note how a phase of the current test went."""
        when = str(report.when)
        self.sent[when] = len(self.session.deck.requests)
        if when == "call":
            self.seconds = report.duration
        self.phases.append(report.passed)
        self.is_skipped = self.is_skipped or (report.skipped and not hasattr(report, "wasxfail"))

    def note_result(self, test: str, *, has_passed: bool) -> None:
        """Note whether the current test has passed, if it used the session; and begin with the next one."""
        before = self.counted.requests
        at_set_up = self.sent.get("setup", before)
        in_body = self.sent.get("call", at_set_up) - at_set_up
        # What is sent while a session ends is of the fixtures of its scope, not of the last test.
        sent = (at_set_up - before + in_body) if self.has_ended else self.sent["teardown"] - before
        is_user = in_body > 0 if self.is_skipped else (sent > 0 or test in users.of(self.config, self.definition))
        if is_user:
            self.results[test] = self.results.get(test, True) and has_passed and all(self.phases)
        self.phases, self.sent, self.is_skipped, self.reported = [], {}, False, []

    def new_failures(self) -> list[RunmockFailure]:
        """Return the failures since the last test."""
        return self.session.failures[self.counted.failures :]

    def count(self) -> dict[str, Any]:
        """Return what the current test has played, and begin to count for the next one.

        Runs are counted for each test only when the report shows them: each count looks at the whole recording.
        """
        deck, before = self.session.deck, self.counted
        runs = (
            deck.run_count
            if self.has_ended or wanted.wants_table(self.config) or bool(wanted.files(self.config))
            else before.runs
        )
        self.counted = Counted(len(deck.requests), runs, len(deck.failures), deck.answers)
        seconds, self.seconds = self.seconds, 0
        answers = {kind: number - before.answers.get(kind, 0) for kind, number in self.counted.answers.items()}
        return {
            "fixture": self.fixture,
            "runs": self.counted.runs - before.runs,
            "requests": self.counted.requests - before.requests,
            "cassettes": list(self.cassettes),
            "mode": str(deck.options.mode),
            "answers": {kind: number for kind, number in answers.items() if number},
            "seconds": seconds,
            "written": None,
            "warnings": [],
            "sharing": None,
            "verdicts": [],
        }
