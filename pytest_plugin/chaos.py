"""A chaos pass: a scripted test once for each thing that can go wrong, and what the application made of it."""

from __future__ import annotations

import contextlib
import signal
import threading
from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING, Any

import pytest
from pytest_runmock import settings

from runmock.core.chaos import EXPERIMENTS, Chaos
from runmock.core.errors import Hung, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pytest_runmock.playing import Played

PARAMETER = "runmock_chaos"
CALM = "calm"
"""The test as it is, with nothing going wrong."""
LIMIT_S = 5.0
AGAIN_S = 0.5
"""A test that swallows what ends it is told again."""

FINE = ("survived", "clear error")
OUTCOMES = (*FINE, "silently wrong", "crashed", "hung", "unscripted", "not applicable")
"""In the order in which they are told."""
WRONG = frozenset({"truncated_accepted", "ignored_ending"})
"""Verdicts on an answer that was none, though the test has not noticed."""
ACCIDENTS = (TypeError, AttributeError, LookupError, NameError, UnboundLocalError, ZeroDivisionError, RecursionError)
"""Exceptions of which nobody thought: the application crashed."""


@dataclass(frozen=True)
class Plan:
    """What a pass tries."""

    names: tuple[str, ...]
    seed: int = 0
    limit_s: float = LIMIT_S


@dataclass(frozen=True)
class Trial:
    """One experiment of a pass, as a parameter of its test."""

    name: str
    seed: int
    limit_s: float

    def chaos(self, nodeid: str) -> Chaos:
        """What goes wrong in the session of a test; the same for the same seed, wherever it runs."""
        random = Random(f"{self.seed} {nodeid}") if self.seed else None  # noqa: S311 - nothing secret
        return Chaos(EXPERIMENTS[self.name], random)


def parametrize(metafunc: pytest.Metafunc) -> None:
    """Make a test that is to be tried into one for each experiment. Raises CollectError for a name that is none."""
    try:
        plan = _plan(metafunc)
    except pytest.UsageError:
        return  # it is told for the tests that are collected
    if plan is None:
        return
    trials = [Trial(name, plan.seed, plan.limit_s) for name in plan.names]
    metafunc.fixturenames.append(PARAMETER)
    metafunc.parametrize(PARAMETER, [None, *trials], ids=[CALM, *plan.names])


def _plan(metafunc: pytest.Metafunc) -> Plan | None:
    said = settings.keywords(metafunc.definition)
    asked = settings.value(metafunc.config, "chaos", said)
    mapping = asked if isinstance(asked, dict) else {"faults": asked}
    if unknown := sorted(mapping.keys() - {"faults", "seed", "limit"}):
        raise _wrong(metafunc, f"chaos has no {unknown[0]!r}; it has faults, seed and limit")
    names = _names(metafunc, mapping.get("faults", True))
    seed = settings.value(metafunc.config, "chaos_seed", {"chaos_seed": mapping.get("seed")})
    try:
        return Plan(names, int(seed), float(mapping.get("limit", LIMIT_S))) if names else None
    except (TypeError, ValueError):
        raise _wrong(metafunc, f"the seed {seed!r} or the limit {mapping.get('limit')!r} is no number") from None


def _names(metafunc: pytest.Metafunc, faults: Any) -> tuple[str, ...]:
    if isinstance(faults, bool) or str(faults).lower() in settings.SWITCH:
        is_on = faults is True or settings.SWITCH.get(str(faults).lower(), False)
        return tuple(name for name, one in EXPERIMENTS.items() if one.is_usual) if is_on else ()
    names = tuple(one.strip() for one in faults.split(",")) if isinstance(faults, str) else tuple(faults)
    for name in names:
        if name not in EXPERIMENTS:
            near = did_you_mean(str(name), EXPERIMENTS) or f"; they are {', '.join(EXPERIMENTS)}"
            raise _wrong(metafunc, f"chaos knows no fault {name!r}{near}")
    return names


def _wrong(metafunc: pytest.Metafunc, text: str) -> pytest.Collector.CollectError:
    return pytest.Collector.CollectError(f"{metafunc.definition.nodeid}: {text}")


def trial_of(item: pytest.Item) -> Trial | None:
    """The experiment that a test stands for, None for one in which nothing goes wrong."""
    callspec = getattr(item, "callspec", None)
    found: Trial | None = None if callspec is None else callspec.params.get(PARAMETER)
    return found


def name_without(item: pytest.Item) -> str:
    """The name of a test without its experiment: they all play one cassette."""
    callspec = getattr(item, "callspec", None)
    if callspec is None or PARAMETER not in callspec.params:
        return item.name
    trial = callspec.params[PARAMETER]
    own = CALM if trial is None else trial.name
    bare = item.name.removesuffix(f"[{own}]")
    return bare if bare != item.name else f"{item.name.removesuffix(f'-{own}]')}]"


@contextlib.contextmanager
def limited(trial: Trial) -> Iterator[None]:
    """End the test with Hung when its time is over; where there are no signals, only too many requests end it."""
    if not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        yield
        return

    def end(_signal: int, _frame: Any) -> None:
        raise Hung(f"the application does not come to an end within {trial.limit_s:g} s")

    before = signal.signal(signal.SIGALRM, end)
    timer = signal.setitimer(signal.ITIMER_REAL, trial.limit_s, AGAIN_S)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, *timer)
        signal.signal(signal.SIGALRM, before)


def judge(item: pytest.Item, played: Played, report: pytest.TestReport, call: pytest.CallInfo[None]) -> None:
    """Put what came of an experiment on the report of the test's body, and let the test fail for what is a defect."""
    trial = trial_of(item)
    if trial is None or report.when != "call" or report.skipped:
        return
    error = None if call.excinfo is None else call.excinfo.value
    outcome, why = _outcome(item, played, error)
    if not outcome:
        return
    if outcome == "not applicable":
        place = item.reportinfo()
        report.outcome, report.longrepr = "skipped", (str(place[0]), place[1] or 0, f"Skipped: {why}")
    elif outcome in FINE:
        report.outcome, report.longrepr = "passed", None
    else:
        told = f"runmock chaos: {trial.name}: {outcome}: {why}"
        if error is None or isinstance(error, Hung):
            report.outcome, report.longrepr = "failed", told
        report.sections.append(("runmock chaos", f"{told}\n{again(item.nodeid, trial.seed)}"))
    setattr(report, settings.CHAOS, {"fault": trial.name, "outcome": outcome, "why": why, "seed": trial.seed})


def _outcome(item: pytest.Item, played: Played, error: BaseException | None) -> tuple[str, str]:
    """What came of it, and why in one line; no outcome for a test that fails although nothing went wrong."""
    session = played.session
    if isinstance(error, Hung) or any(isinstance(one, Hung) for one in session.failures):
        return "hung", str(error or session.failures[-1])
    if not session.chaos_has_struck:
        return ("not applicable", "the test never came to where it would strike") if error is None else ("", "")
    if session.failures:
        return "unscripted", str(session.failures[-1]).partition("\n")[0]
    if error is None:
        found = [one for one in session.verdicts if one.kind in WRONG]
        return ("silently wrong", str(found[0])) if found else ("survived", "")
    if isinstance(error, AssertionError | pytest.fail.Exception) and _is_of_tests(item, error):
        return "silently wrong", _line(error)
    return "crashed" if isinstance(error, ACCIDENTS) else "clear error", f"{_kind(error)}: {_line(error)}"


def _is_of_tests(item: pytest.Item, error: BaseException) -> bool:
    """Whether it is the test that complains, and not the application."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    place = "" if trace is None else trace.tb_frame.f_code.co_filename
    return isinstance(error, pytest.fail.Exception) or place == str(item.path) or place.endswith("conftest.py")


def _kind(error: BaseException) -> str:
    kind = type(error)
    return kind.__name__ if kind.__module__ in {"builtins", "__main__"} else f"{kind.__module__}.{kind.__name__}"


def _line(error: BaseException) -> str:
    return next(iter(str(error).splitlines()), "")


def again(nodeid: str, seed: int) -> str:
    """The command that runs one experiment again."""
    return f"to run it again: pytest '{nodeid}' --runmock-chaos" + (f" --runmock-chaos-seed={seed}" if seed else "")


def tell(reporter: pytest.TerminalReporter) -> None:
    """What came of every experiment, by test: those that went well by name, the others with why."""
    reports = [one for several in reporter.stats.values() for one in several if hasattr(one, settings.CHAOS)]
    by_test: dict[str, list[tuple[str, Mapping[str, Any]]]] = {}
    for one in dict.fromkeys(reports):
        found: Mapping[str, Any] = getattr(one, settings.CHAOS)
        by_test.setdefault(_without(one.nodeid, found["fault"]), []).append((one.nodeid, found))
    if not by_test:
        return
    reporter.ensure_newline()
    reporter.section("runmock chaos", sep="-")
    for test, tried in sorted(by_test.items()):
        reporter.write_line(test)
        for outcome in OUTCOMES:
            _tell_outcome(reporter, outcome, [found for _, found in tried if found["outcome"] == outcome])
    defects = [(nodeid, found) for tried in by_test.values() for nodeid, found in tried if _is_defect(found)]
    if defects:
        reporter.write_line(again(defects[0][0], defects[0][1]["seed"]))


def _is_defect(found: Mapping[str, Any]) -> bool:
    return found["outcome"] not in {*FINE, "not applicable"}


def _tell_outcome(reporter: pytest.TerminalReporter, outcome: str, found: list[Mapping[str, Any]]) -> None:
    if not found:
        return
    found = sorted(found, key=lambda one: list(EXPERIMENTS).index(one["fault"]))
    if outcome in {"survived", "not applicable"}:
        reporter.write_line(f"  {outcome:14}  {', '.join(one['fault'] for one in found)}")
        return
    for one in found:
        reporter.write_line(f"  {outcome:14}  {one['fault']}: {one['why']}", red=_is_defect(one))


def _without(nodeid: str, fault: str) -> str:
    """The id of a test without its experiment."""
    alone, last = f"[{fault}]", f"-{fault}]"
    return nodeid.removesuffix(alone) if nodeid.endswith(alone) else f"{nodeid.removesuffix(last)}]"
