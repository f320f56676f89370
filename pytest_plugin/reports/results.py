"""What became of each test that played, from the reports of its phases."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pytest_runmock import settings
from pytest_runmock.reports.seen import SEEN
from pytest_runmock.summary import counts

from runmock.core.report.plural import counted
from runmock.tape.secrets.redaction import redacted_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import pytest

OUTCOMES = ("error", "failed", "xpassed", "passed", "xfailed", "skipped")
"""Of tests, as pytest names them; where the phases of a test differ, the first one counts."""
FAILED = frozenset({"error", "failed"})


@dataclass(slots=True)
class Result:
    """One test, or one session of `runmock_session`, with everything that a report says of it."""

    id: str
    outcome: str = "passed"
    seconds: float = 0
    mode: str = "none"
    runs: int = 0
    requests: int = 0
    cassettes: list[str] = field(default_factory=list)
    problems: list[dict[str, str]] = field(default_factory=list)
    document: str | None = None
    """What its session showed, as JSON; None where a session of another test answered it."""

    @property
    def has_failed(self) -> bool:
        """Whether pytest counts it as failed."""
        return self.outcome in FAILED


def results(reporter: pytest.TerminalReporter) -> list[Result]:
    """Every test that played, the failed ones first, then in the order in which they ran."""
    tests = _tests(reporter)
    for outcome in reversed(OUTCOMES):
        for report in reporter.stats.get(outcome, ()):
            if (result := tests.get(report.nodeid)) is not None:
                result.outcome = outcome
                if outcome in FAILED:
                    result.problems.append(_failure(report))
    for result in tests.values():
        result.id = redacted_text(result.id)
    return sorted([*tests.values(), *_shared(reporter)], key=lambda result: not result.has_failed)


def summed_up(results: Sequence[Result]) -> str:
    """`12 tests, 2 failed`."""
    failed = sum(result.has_failed for result in results)
    return f"{counted(len(results), 'test')}, {failed or 'none'} failed"


def _tests(reporter: pytest.TerminalReporter) -> dict[str, Result]:
    """The tests that sent a request or failed before they could, by their ids."""
    tests: dict[str, Result] = {}
    for test, count in counts(reporter):
        result = tests.setdefault(test, Result(test, mode=count["mode"]))
        result.seconds = max(result.seconds, count["seconds"])
        result.runs += count["runs"]
        result.requests += count["requests"]
        result.cassettes += [path for path in map(redacted_text, count["cassettes"]) if path not in result.cassettes]
    for test, seen in _seen(reporter):
        if not seen["fixture"] and (test in tests or seen["problems"]):
            result = tests.setdefault(test, Result(test))
            result.problems, result.document = [*result.problems, *seen["problems"]], seen["document"]
    return tests


def _shared(reporter: pytest.TerminalReporter) -> Iterator[Result]:
    """The sessions of `runmock_session`, each as a whole, as it was when the last test of its scope had ended."""
    for test, seen in _seen(reporter):
        if seen["fixture"]:
            outcome = "failed" if any(problem["kind"] == "bad" for problem in seen["problems"]) else "passed"
            name = f"{seen['fixture']}, until {test}"
            yield Result(redacted_text(name), outcome, problems=seen["problems"], document=seen["document"])


def _seen(reporter: pytest.TerminalReporter) -> Iterator[tuple[str, dict[str, Any]]]:
    every = [report for reports in reporter.stats.values() for report in reports]
    for report in dict.fromkeys(report for report in every if hasattr(report, SEEN)):
        yield from ((report.nodeid, seen) for seen in getattr(report, SEEN))


def _failure(report: Any) -> dict[str, str]:
    text = redacted_text(report.longreprtext)
    lines = [line for line in text.splitlines() if line.strip()]
    told = [line.removeprefix("E").strip() for line in lines if line.startswith("E ")]
    title = (told or lines or ["failed"])[0]
    fault = getattr(report, settings.CHAOS, None)
    named = f"{fault['fault']}: {fault['outcome']}" if fault else title
    return {"title": named if report.when == "call" else f"{report.when}: {named}", "text": text, "kind": "bad"}
