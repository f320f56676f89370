"""A chaos pass: a scripted test once for each thing that can go wrong, and what the application made of it."""

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

from runmock.core.engine.chaos import EXPERIMENTS, Chaos
from runmock.core.errors import Hung

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from runmock.session.session import Session

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
ACCIDENTS = (TypeError, AttributeError, LookupError, NameError, ZeroDivisionError, RecursionError)
"""Exceptions of which nobody thought: the application crashed."""


@dataclass(frozen=True)
class Plan:
    """What a pass tries."""

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
        """What goes wrong in the session of a test; the same for the same seed, wherever it runs."""
        random = Random(f"{self.seed} {nodeid}") if self.seed else None  # noqa: S311 - nothing secret
        return Chaos(EXPERIMENTS[self.name], random)


def parametrize(metafunc: pytest.Metafunc) -> None:
    """Make a test that is to be tried into one for each experiment."""
    try:
        plan = _plan(metafunc)
    except pytest.UsageError:
        return  # it fails the test at set-up
    if plan is None:
        return
    trials = [ChaosTrial(name, plan.seed, plan.limit_s) for name in plan.names]
    metafunc.fixturenames.append(PARAMETER)
    metafunc.parametrize(PARAMETER, [None, *trials], ids=[CALM, *plan.names])


def _plan(metafunc: pytest.Metafunc) -> Plan | None:
    said = settings.keywords(metafunc.definition)
    asked = settings.value(metafunc.config, "chaos", said)
    mapping = asked if isinstance(asked, dict) else {"faults": asked}
    names = _names(mapping.get("faults", True))
    seed = settings.value(metafunc.config, "chaos_seed", {"chaos_seed": mapping.get("seed")})
    return Plan(names, int(seed), float(mapping.get("limit", LIMIT_S))) if names else None


def _names(faults: Any) -> tuple[str, ...]:
    if isinstance(faults, bool) or str(faults).lower() in settings.SWITCH:
        is_on = faults is True or settings.SWITCH.get(str(faults).lower(), False)
        return tuple(name for name, one in EXPERIMENTS.items() if one.is_usual) if is_on else ()
    return tuple(one.strip() for one in (faults.split(",") if isinstance(faults, str) else faults))


def trial_of(item: pytest.Item) -> ChaosTrial | None:
    """The experiment that a test stands for, None for one in which nothing goes wrong."""
    callspec = getattr(item, "callspec", None)
    found: ChaosTrial | None = None if callspec is None else callspec.params.get(PARAMETER)
    return found


def name_without(item: pytest.Item) -> str:
    """The name of a test without its experiment: they all play one cassette."""
    callspec = getattr(item, "callspec", None)
    if callspec is None or PARAMETER not in callspec.params:
        return item.name
    trial = callspec.params[PARAMETER]
    return without(item.name, CALM if trial is None else trial.name)


def without(name: str, experiment: str) -> str:
    """A test's name, or its id, without the experiment, which is the last of its parameters."""
    alone, last = f"[{experiment}]", f"-{experiment}]"
    return name.removesuffix(alone) if name.endswith(alone) else f"{name.removesuffix(last)}]"


@contextlib.contextmanager
def limited(trial: ChaosTrial) -> Iterator[None]:
    """End the test with Hung when its time is over; where there are no signals, only too many requests end it."""
    if not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        yield
        return

    def end(_signal: int, _frame: Any) -> None:
        raise Hung(f"the application does not come to an end within {trial.limit_s:g} s")

    def report(dropped: sys.UnraisableHookArgs) -> None:
        # Python drops what is raised in a finalizer or a callback of the garbage collector; the next signal ends it.
        if dropped.exc_type is not Hung:
            report_before(dropped)

    before, report_before = signal.signal(signal.SIGALRM, end), sys.unraisablehook
    sys.unraisablehook = report
    timer = signal.setitimer(signal.ITIMER_REAL, trial.limit_s, AGAIN_S)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, *timer)
        signal.signal(signal.SIGALRM, before)
        sys.unraisablehook = report_before


def came_of(item: pytest.Item, session: Session, call: pytest.CallInfo[None]) -> dict[str, Any] | None:
    """What came of an experiment when its test's body has ended; an error that is well is none for pytest."""
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


def judge(item: pytest.Item, report: pytest.TestReport, found: Mapping[str, Any]) -> None:
    """Put what came of an experiment on the report, and let the test fail for what is a defect."""
    setattr(report, settings.CHAOS, found)
    if found["outcome"] == "not applicable":
        place = item.reportinfo()
        report.outcome, report.longrepr = "skipped", (str(place[0]), place[1] or 0, f"Skipped: {found['why']}")
    elif is_defect(found):
        told = f"runmock chaos: {found['fault']}: {found['outcome']}: {found['why']}"
        if report.passed or found["outcome"] == "hung":
            report.outcome, report.longrepr = "failed", told
        report.sections.append(("runmock chaos", f"{told}\n{again(item.config, item.nodeid, found['seed'])}"))


def _outcome(item: pytest.Item, session: Session, error: BaseException | None) -> tuple[str, str]:
    """What came of it, and why in one line; no outcome for a test that fails although nothing went wrong."""
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


def again(config: pytest.Config, nodeid: str, seed: int) -> str:
    """The command that runs one experiment again."""
    test = suite.on_the_command_line(config, nodeid)
    return f"to run it again: pytest {test} --runmock-chaos" + (f" --runmock-chaos-seed={seed}" if seed else "")


def is_defect(found: Mapping[str, Any]) -> bool:
    """Whether what came of an experiment is a defect of the application, or of its script."""
    return found["outcome"] not in {*FINE, "not applicable"}
