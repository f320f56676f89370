"""The section at the end of a chaos pass: the outcome of each experiment, test by test."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pytest_runmock import settings
from pytest_runmock.chaos.passes import OUTCOMES, command_to_repeat, is_defect, without_experiment

from runmock.core.engine.experiments import EXPERIMENTS

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pytest


def write(reporter: pytest.TerminalReporter) -> None:
    """Write the outcomes of all experiments, by test: good ones by name, the others with the reason."""
    reports = [report for reports in reporter.stats.values() for report in reports if hasattr(report, settings.CHAOS)]
    by_test: dict[str, list[tuple[str, Mapping[str, Any]]]] = {}
    for report in dict.fromkeys(reports):
        result: Mapping[str, Any] = getattr(report, settings.CHAOS)
        by_test.setdefault(without_experiment(report.nodeid, result["fault"]), []).append((report.nodeid, result))
    if not by_test:
        return
    reporter.ensure_newline()
    reporter.section("runmock chaos", sep="-")
    for test, results in sorted(by_test.items()):
        results.sort(key=lambda pair: list(EXPERIMENTS).index(pair[1]["fault"]))
        reporter.write_line(test)
        for outcome in OUTCOMES:
            _write_outcome(reporter, outcome, [result for _, result in results if result["outcome"] == outcome])
    defects = [
        (nodeid, result) for _, results in sorted(by_test.items()) for nodeid, result in results if is_defect(result)
    ]
    if defects:
        reporter.write_line(command_to_repeat(reporter.config, defects[0][0], defects[0][1]["seed"]))


def _write_outcome(reporter: pytest.TerminalReporter, outcome: str, results: list[Mapping[str, Any]]) -> None:
    if not results:
        return
    if outcome in {"survived", "not applicable"}:
        reporter.write_line(f"  {outcome:14}  {', '.join(result['fault'] for result in results)}")
        return
    for result in results:
        reporter.write_line(f"  {outcome:14}  {result['fault']}: {result['why']}", red=is_defect(result))
