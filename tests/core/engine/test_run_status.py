"""The tables, row by row, as docs/protocol/runs.md#transitions and docs/protocol/streams.md#events have them."""

import pytest

from runmock.apis.assistants.run_fields import EVENTS, STEP_ENDINGS, TIMESTAMPS
from runmock.core.engine.run_status import AT_REST, CANCELLABLE, TERMINAL, TRANSITIONS, RunStatus

ENDS = "cancelled completed expired failed incomplete"


@pytest.mark.parametrize(
    ("status", "after"),
    [
        ("queued", "cancelled cancelling expired failed in_progress"),
        ("in_progress", "cancelled cancelling completed expired failed incomplete requires_action"),
        ("requires_action", "cancelled cancelling expired queued"),
        ("cancelling", "cancelled completed failed"),
        *((status, "") for status in ENDS.split()),
    ],
)
def test_which_status_follows_which(status, after):
    assert " ".join(sorted(TRANSITIONS[RunStatus(status)])) == after


def test_every_status_has_its_row():
    assert set(TRANSITIONS) == set(RunStatus)


def test_a_run_has_ended_when_nothing_follows():
    assert " ".join(sorted(TERMINAL)) == ENDS


def test_polling_and_streams_stop_at_an_end_or_when_the_application_has_to_act():
    assert TERMINAL | {"requires_action"} == AT_REST


def test_a_run_can_be_cancelled_while_it_could_still_go_on():
    for status in RunStatus:
        assert (status in CANCELLABLE) is (RunStatus.CANCELLING in TRANSITIONS[status])


@pytest.mark.parametrize("status", ENDS.split())
def test_each_end_closes_an_open_step(status):
    expected = {"incomplete": "completed"}.get(status, status)
    assert STEP_ENDINGS[RunStatus(status)] == expected


@pytest.mark.parametrize(
    ("status", "field"),
    [
        ("queued", None),
        ("in_progress", "started_at"),
        ("requires_action", None),
        ("cancelling", None),
        ("cancelled", "cancelled_at"),
        ("failed", "failed_at"),
        ("completed", "completed_at"),
        ("incomplete", "completed_at"),
        ("expired", None),
    ],
)
def test_which_time_a_status_sets(status, field):
    assert TIMESTAMPS.get(RunStatus(status)) == field


def test_a_thread_has_23_events():
    assert len(EVENTS - {"error", "done"}) == 23
    assert {"error", "done", "thread.created", "thread.run.step.delta", "thread.message.incomplete"} < EVENTS
