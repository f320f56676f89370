"""After each test: what it did in the sessions of `runmock_session`; after the last one: leftovers, and the recording.

A session ends while the last test of its scope is torn down. Whether that went well is known when pytest has made the
report of the teardown, so the report is judged here, and fails for what is wrong with the session.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from pytest_runmock import settings, stash, summary
from pytest_runmock.cassettes import created
from pytest_runmock.chaos import passes
from pytest_runmock.played import saved, text_of_unreported, unreported
from pytest_runmock.reports import seen
from pytest_runmock.shared import others, users
from pytest_runmock.tracebacks import chain

from runmock.core.report.leftovers import report as leftovers_report

if TYPE_CHECKING:
    from pytest_runmock.shared.shared_session import SharedSession

TO_ALLOW = "runmock_session(..., allow_unplayed=True), or --runmock-unused=warn"
TO_IGNORE = "runmock_session(..., allow_unplayed=True), or --runmock-unused=ignore"
NO_CHAOS = (
    "a chaos pass leaves out tests that play only in a session of runmock_session; "
    "those with the fixture runmock or a mark are in it"
)


def note(item: pytest.Item, report: pytest.TestReport, call: pytest.CallInfo[None]) -> None:
    """Note how a phase of a test went, for each open session; after its teardown, judge and count the test."""
    sessions = item.config.stash[stash.SHARED]
    for shared in sessions:
        _note_phase(shared, item, report, call)
    if report.when != "teardown":
        return
    has_passed, rows, errors = report.passed, list[dict[str, Any]](), list[str]()
    for shared in sessions:
        row, error = _after_test(shared, item)
        errors += error
        if shared.has_ended:
            errors += _end(shared, item, row, has_passed=has_passed and not error)
            seen.attach(report, shared.session, verdicts=row["verdicts"], has_left=bool(errors), fixture=shared.label)
        if row["requests"] or shared.has_ended:
            rows.append(row)
    item.config.stash[stash.SHARED] = [shared for shared in sessions if not shared.has_ended]
    if rows:
        setattr(report, summary.SHARED, rows)
    if errors and has_passed:
        report.outcome, report.longrepr = "failed", "\n\n".join(errors)
    else:
        report.sections += [("runmock", error) for error in errors]


def _note_phase(
    shared: SharedSession, item: pytest.Item, report: pytest.TestReport, call: pytest.CallInfo[None]
) -> None:
    if call.excinfo is not None:
        shared.reported += chain(call.excinfo.value)
    shared.note_phase(report)
    if report.failed and shared.session.doubled_replies and item.nodeid in users.of(item.config, shared.definition):
        report.sections.append(("runmock script", "\n".join(shared.session.doubled_replies)))


def _after_test(shared: SharedSession, item: pytest.Item) -> tuple[dict[str, Any], list[str]]:
    """Note the result of a test; returns what it played in the session, and the text of misses that it caught."""
    failures = unreported(shared.new_failures(), shared.reported)
    shared.note_result(item.nodeid, has_passed=not failures)
    row = shared.count()
    if row["requests"] and passes.is_on(item.config) and not settings.is_played(item):
        row["warnings"] = [NO_CHAOS]
    return row, [text_of_unreported(failures)] if failures else []


def _end(shared: SharedSession, item: pytest.Item, row: dict[str, Any], *, has_passed: bool) -> list[str]:
    """Judge a session that has ended with a test, and write its recording; returns the texts of errors."""
    deck = shared.session.deck
    row["verdicts"] = [str(verdict) for verdict in shared.session.verdicts]
    failed = shared.failed_test or (None if has_passed else item.nodeid)
    if failed is not None:
        if shared.has_recorded:
            row["sharing"] = f"nothing was written to {shared.path}: {failed} did not pass, which used {shared.label}"
        return []
    if not deck.records and (errors := _leftovers(shared, item)):
        return errors
    if shared.has_recorded:
        if (refusal := created.refusal(item.config)) is not None:
            row["sharing"] = refusal
            return []
        row["sharing"] = _keep_what_others_use(shared)
    has_written, error = saved(item.config, shared.session, shared.path)
    row["written"] = summary.written(shared.session) if has_written else None
    row["warnings"] = [*row["warnings"], *deck.warnings]
    return [] if error is None else [error]


def _leftovers(shared: SharedSession, item: pytest.Item) -> list[str]:
    """Return the text of an error for leftovers; they are judged only when all tests that request the fixture ran."""
    left = [] if shared.unused == "ignore" else shared.session.deck.leftovers()
    if not left or others.not_run(shared) is not None:
        return []
    by, takers = f" by the tests of {shared.label}", shared.session.deck.takers
    if shared.unused == "warn":
        item.warn(pytest.PytestWarning(leftovers_report(left, TO_IGNORE, by, takers)))
        return []
    return [leftovers_report(left, TO_ALLOW, by, takers)]


def _keep_what_others_use(shared: SharedSession) -> str | None:
    """Let the recording drop nothing if other tests may use the cassette; returns a text if it would drop something."""
    drops_unused, is_own = shared.session.drops_unused, not shared.definition.cassettes
    why = others.other_user(shared) if drops_unused or is_own else None
    if why is None:
        return None
    shared.session.keep_unused()
    return f"{shared.path} keeps what was not used: {why}" if drops_unused else None
