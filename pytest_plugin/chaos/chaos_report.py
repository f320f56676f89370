"""The section at the end that says what came of a chaos pass, test by test."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pytest_runmock import settings
from pytest_runmock.chaos.passes import OUTCOMES, again, is_defect, without

from runmock.core.engine.chaos import EXPERIMENTS

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pytest


def tell(reporter: pytest.TerminalReporter) -> None:
    """What came of every experiment, by test: those that went well by name, the others with why."""
    reports = [one for several in reporter.stats.values() for one in several if hasattr(one, settings.CHAOS)]
    by_test: dict[str, list[tuple[str, Mapping[str, Any]]]] = {}
    for one in dict.fromkeys(reports):
        found: Mapping[str, Any] = getattr(one, settings.CHAOS)
        by_test.setdefault(without(one.nodeid, found["fault"]), []).append((one.nodeid, found))
    if not by_test:
        return
    reporter.ensure_newline()
    reporter.section("runmock chaos", sep="-")
    for test, tried in sorted(by_test.items()):
        tried.sort(key=lambda one: list(EXPERIMENTS).index(one[1]["fault"]))
        reporter.write_line(test)
        for outcome in OUTCOMES:
            _tell_outcome(reporter, outcome, [found for _, found in tried if found["outcome"] == outcome])
    defects = [(nodeid, found) for _, tried in sorted(by_test.items()) for nodeid, found in tried if is_defect(found)]
    if defects:
        reporter.write_line(again(reporter.config, defects[0][0], defects[0][1]["seed"]))


def _tell_outcome(reporter: pytest.TerminalReporter, outcome: str, found: list[Mapping[str, Any]]) -> None:
    if not found:
        return
    if outcome in {"survived", "not applicable"}:
        reporter.write_line(f"  {outcome:14}  {', '.join(one['fault'] for one in found)}")
        return
    for one in found:
        reporter.write_line(f"  {outcome:14}  {one['fault']}: {one['why']}", red=is_defect(one))
