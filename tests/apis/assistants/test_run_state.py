"""The state of a run, read from whatever a server may have sent."""

import pytest

from runmock.apis.assistants.api import ASSISTANTS
from runmock.core.engine.run_status import RunState, RunStatus

RUN = {"object": "thread.run", "id": "run_1", "thread_id": "thread_1", "status": "queued"}


@pytest.mark.parametrize(
    ("payload", "state"),
    [
        (RUN, RunState("run_1", "thread_1", RunStatus.QUEUED)),
        (RUN | {"status": "paused"}, RunState("run_1", "thread_1", None)),
        (RUN | {"status": []}, RunState("run_1", "thread_1", None)),
        (RUN | {"id": {}, "thread_id": 5}, RunState(None, None, RunStatus.QUEUED)),
        ({"object": "thread.run"}, RunState(None, None, None)),
        ({"object": "thread"}, None),
        ([RUN], None),
        (None, None),
    ],
)
def test_the_state_of_a_run_has_only_what_is_of_the_right_kind(payload, state):
    assert ASSISTANTS.run_state(payload) == state
