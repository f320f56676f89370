"""A run obeys the table of statuses."""

import pytest
from conversation import Service

from runmock.core.engine.played_run import PlayedRun
from runmock.core.engine.run_status import TRANSITIONS, RunStatus
from runmock.core.errors import ScriptError
from runmock.core.script.script import ScriptedRun, Source


def played(status):
    return PlayedRun(id="run_1", script=ScriptedRun(Source("a.yaml", 0, 4)), request={}, status=status, looks=3)


@pytest.mark.parametrize("status", RunStatus)
@pytest.mark.parametrize("after", RunStatus)
def test_a_run_takes_only_a_status_that_may_follow(status, after):
    run = played(status)
    if after is status:
        run.become(after)
        assert (run.status, run.looks) == (status, 3)
    elif after in TRANSITIONS[status]:
        run.become(after)
        assert (run.status, run.looks) == (after, 0)
    else:
        with pytest.raises(ScriptError) as raised:
            run.become(after)
        assert str(raised.value) == (
            f"the script takes a run from {status} to {after}, and the API has no such change\n  script    a.yaml:4"
        )
        assert (run.status, run.looks) == (status, 3)


def test_a_script_that_contains_objects_may_write_any_order():
    run = played(RunStatus.COMPLETED)
    run.become_as_written(RunStatus.COMPLETED)
    assert run.looks == 3
    run.become_as_written(RunStatus.QUEUED)
    assert (run.status, run.looks) == (RunStatus.QUEUED, 0)


@pytest.mark.parametrize("steps", ["[{calls: [f]}, {reply: b}]", "[{reply: a}, {calls: [f]}, {reply: b}]"])
def test_a_cancel_that_is_overtaken_lets_the_run_wait_for_outputs_all_the_same(steps):
    service = Service(f"runs: [{{steps: {steps}, cancel: overtaken}}]")
    run = service.creates()
    assert service.polls(run, 2) == "queued in_progress"
    assert service.cancels(run)["status"] == "cancelling"
    assert service.finishes(run)["status"] == "requires_action"
    assert service.finishes(service.submits(run, call_1="1"))["status"] == "completed"
