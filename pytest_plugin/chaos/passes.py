"""A chaos pass: runs a scripted test once for each fault, and decides how the application dealt with it."""

from __future__ import annotations

import contextlib
import signal
import sys
import threading
from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING, Any

import pytest
from pytest_runmock import settings
from pytest_runmock.orphans import suite

from runmock.core.engine.chaos import Chaos
from runmock.core.engine.experiments import EXPERIMENTS
from runmock.core.errors import Hung

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from runmock.session.session import Session

PARAMETER = "runmock_chaos"
CALM = "calm"
"""The name of the run of a test without a fault."""
LIMIT_S = 5.0
REPEAT_S = 0.5
"""Seconds after which `Hung` is raised again, for a test that has caught it."""

FINE = ("survived", "clear error", "not noticed")
OUTCOMES = (*FINE, "silently wrong", "crashed", "hung", "unscripted", "not applicable")
"""All outcomes, in the order of the report."""
WRONG = frozenset({"truncated_accepted", "ignored_ending"})
"""Verdicts that make a passed test `silently wrong`: the application took an answer without an end for a whole one."""
ACCIDENTS = (TypeError, AttributeError, LookupError, NameError, ZeroDivisionError, RecursionError)
"""Exceptions that nobody raises on purpose: with one of them the application has crashed."""


@dataclass(frozen=True)
class Plan:
    """The experiments of a pass, by name; a test is ended after `limit_s` seconds."""

    names: tuple[str, ...]
    seed: int = 0
    limit_s: float = LIMIT_S


@dataclass(frozen=True)
class ChaosTrial:
    """One experiment of a pass, as a parameter of its test."""

    name: str
    seed: int
    limit_s: float

    def chaos(self, nodeid: str) -> Chaos:
        """Return the fault for the session of a test; equal seeds give equal faults, in any process."""
        random = Random(f"{self.seed} {nodeid}") if self.seed else None  # noqa: S311 - nothing secret
        return Chaos(EXPERIMENTS[self.name], random)


def parametrize(metafunc: pytest.Metafunc) -> None:
    """Parametrise a test of a chaos pass: once without a fault, then once for each experiment."""
    try:
        plan = _plan(metafunc)
    except pytest.UsageError:
        return  # the same error fails the test at set-up
    if plan is None:
        return
    trials = [ChaosTrial(name, plan.seed, plan.limit_s) for name in plan.names]
    metafunc.fixturenames.append(PARAMETER)
    metafunc.parametrize(PARAMETER, [None, *trials], ids=[CALM, *plan.names])


def _plan(metafunc: pytest.Metafunc) -> Plan | None:
    keywords = settings.keywords(metafunc.definition)
    value = settings.value(metafunc.config, "chaos", keywords)
    mapping = value if isinstance(value, dict) else {"faults": value}
    names = _names(mapping.get("faults", True))
    if not names:
        return None
    seed = settings.value(metafunc.config, "chaos_seed", {"chaos_seed": mapping.get("seed")})
    return Plan(names, int(seed), float(mapping.get("limit", LIMIT_S)))


def is_on(config: pytest.Config) -> bool:
    """Whether the option asks for a chaos pass; markers may ask for one too."""
    return bool(_names(settings.value(config, "chaos")))


def _names(faults: Any) -> tuple[str, ...]:
    if isinstance(faults, bool) or str(faults).lower() in settings.SWITCH:
        is_on = faults is True or settings.SWITCH.get(str(faults).lower(), False)
        return tuple(name for name, experiment in EXPERIMENTS.items() if experiment.is_usual) if is_on else ()
    return tuple(name.strip() for name in (faults.split(",") if isinstance(faults, str) else faults))


def trial_of(item: pytest.Item) -> ChaosTrial | None:
    """Return the experiment that a test is a run of; None for a run without a fault, and outside a chaos pass."""
    callspec = getattr(item, "callspec", None)
    trial: ChaosTrial | None = None if callspec is None else callspec.params.get(PARAMETER)
    return trial


def name_without(item: pytest.Item) -> str:
    """Return the name of a test without its experiment, since all experiments of a test play one cassette."""
    callspec = getattr(item, "callspec", None)
    if callspec is None or PARAMETER not in callspec.params:
        return item.name
    trial = callspec.params[PARAMETER]
    return without_experiment(item.name, CALM if trial is None else trial.name)


def without_experiment(name: str, experiment: str) -> str:
    """Return a test's name or id without the experiment, which is the last of its parameters."""
    alone, last = f"[{experiment}]", f"-{experiment}]"
    return name.removesuffix(alone) if name.endswith(alone) else f"{name.removesuffix(last)}]"


@contextlib.contextmanager
def time_limit(trial: ChaosTrial) -> Iterator[None]:
    """Raise `Hung` in the block after `limit_s` seconds; without signals, only too many requests raise it."""
    if not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        yield
        return

    def end(_signal: int, _frame: Any) -> None:
        raise Hung(f"the application does not finish within {trial.limit_s:g} s")

    def report(dropped: sys.UnraisableHookArgs) -> None:
        # Python drops what is raised in a finalizer or a callback of the garbage collector; the next signal ends it.
        if dropped.exc_type is not Hung:
            report_before(dropped)

    before, report_before = signal.signal(signal.SIGALRM, end), sys.unraisablehook
    sys.unraisablehook = report
    timer = signal.setitimer(signal.ITIMER_REAL, trial.limit_s, REPEAT_S)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, *timer)
        signal.signal(signal.SIGALRM, before)
        sys.unraisablehook = report_before


def result_of(item: pytest.Item, session: Session, call: pytest.CallInfo[None]) -> dict[str, Any] | None:
    """Return the result of an experiment after the body of its test; None outside a chaos pass.

    An error that is a good outcome is taken from `call`, so that pytest does not report it.
    """
    trial = trial_of(item)
    error = None if call.excinfo is None else call.excinfo.value
    if trial is None or call.when != "call" or isinstance(error, pytest.skip.Exception):
        return None
    outcome, why = _outcome(item, session, error)
    if not outcome:
        return None
    if outcome in FINE:
        call.excinfo = None
    return {"fault": trial.name, "outcome": outcome, "why": why, "seed": trial.seed}


def judge(item: pytest.Item, report: pytest.TestReport, result: Mapping[str, Any]) -> None:
    """Put the result of an experiment on the report; a defect fails the test, `not applicable` skips it."""
    setattr(report, settings.CHAOS, result)
    if result["outcome"] == "not applicable":
        place = item.reportinfo()
        report.outcome, report.longrepr = "skipped", (str(place[0]), place[1] or 0, f"Skipped: {result['why']}")
    elif is_defect(result):
        text = f"runmock chaos: {result['fault']}: {result['outcome']}: {result['why']}"
        if report.passed or result["outcome"] == "hung":
            report.outcome, report.longrepr = "failed", text
        report.sections.append(
            ("runmock chaos", f"{text}\n{command_to_repeat(item.config, item.nodeid, result['seed'])}")
        )


def _outcome(item: pytest.Item, session: Session, error: BaseException | None) -> tuple[str, str]:
    """Return the outcome and a line with the reason; no outcome for a test that failed before the fault struck."""
    if isinstance(error, Hung) or any(isinstance(failure, Hung) for failure in session.failures):
        return "hung", str(error or session.failures[-1])
    if not session.chaos_has_struck:
        return ("not applicable", "the test did not reach the place of this fault") if error is None else ("", "")
    if session.failures:
        return "unscripted", str(session.failures[-1]).partition("\n")[0]
    if error is None:
        return _outcome_of_passed(session)
    if isinstance(error, AssertionError | pytest.fail.Exception) and _is_from_test(item, error):
        return "silently wrong", _first_line(error)
    return "crashed" if isinstance(error, ACCIDENTS) else "clear error", f"{_class_name(error)}: {_first_line(error)}"


def _outcome_of_passed(session: Session) -> tuple[str, str]:
    """Return the outcome of a test that has passed although the fault struck, and a line with the reason."""
    if session.has_told_fault:
        return "survived", ""
    verdicts = [verdict for verdict in session.verdicts if verdict.kind in WRONG]
    if verdicts:
        return "silently wrong", str(verdicts[0])
    end = session.unnoticed
    if end is None:
        return "survived", ""
    ended = f"{end.run_id} ended {end.status}"
    if end.was_read:
        return "silently wrong", f"{ended}, and what it had written was read after that"
    return "not noticed", f"{ended}, nothing was asked again, and the test passed"


def _is_from_test(item: pytest.Item, error: BaseException) -> bool:
    """Whether an error was raised by the test itself, not by the application."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    place = "" if trace is None else trace.tb_frame.f_code.co_filename
    return isinstance(error, pytest.fail.Exception) or place == str(item.path) or place.endswith("conftest.py")


def _class_name(error: BaseException) -> str:
    kind = type(error)
    return kind.__name__ if kind.__module__ in {"builtins", "__main__"} else f"{kind.__module__}.{kind.__name__}"


def _first_line(error: BaseException) -> str:
    return next(iter(str(error).splitlines()), "")


def command_to_repeat(config: pytest.Config, nodeid: str, seed: int) -> str:
    """Return the line with the command that runs one experiment again."""
    test = suite.on_the_command_line(config, nodeid)
    return f"to run it again: pytest {test} --runmock-chaos" + (f" --runmock-chaos-seed={seed}" if seed else "")


def is_defect(result: Mapping[str, Any]) -> bool:
    """Whether the result of an experiment is a defect of the application or of its script."""
    return result["outcome"] not in {*FINE, "not applicable"}
