"""When a recording is worse than the one that is there."""

import pytest

from runmock.apis.registry import identify
from runmock.core.replay.interaction import Interaction
from runmock.core.script.script import Source
from runmock.recording.keep_better import worse

RUNS = "/threads/thread_1/runs"


def post(path=RUNS, status=200, method="POST", **options):
    return Interaction(Source("x", 0), method, path, status=status, identify=identify, **options)


WELL = post()


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ([], [], None),
        ([], [post(status=404)], None),
        ([WELL], [WELL], None),
        ([WELL], [], "nothing was recorded"),
        ([WELL], [post(status=401)], f"POST {RUNS} was answered with 401"),
        ([WELL], [post(status=404)], f"POST {RUNS} was answered with 404"),
        ([WELL], [post(status=429)], f"POST {RUNS} was answered with 429"),
        ([WELL], [post(status=503)], f"POST {RUNS} was answered with 503"),
        ([WELL], [post(status=400)], None),
        ([WELL], [post(stream=(), is_truncated=True)], f"POST {RUNS} has a stream without its end"),
        ([WELL], [post(status=500), WELL], None),
        ([WELL], [WELL, post(status=500)], f"POST {RUNS} was answered with 500"),
        ([WELL], [post(status=500, body={"a": 1}), WELL], f"POST {RUNS} was answered with 500"),
        ([WELL, post("/threads/thread_1", 404, "GET")], [WELL, post("/threads/thread_2", 404, "GET")], None),
        (
            [WELL, post("/threads/thread_1", 404, "GET")],
            [WELL, *[post(f"/threads/thread_{number}", 404, "GET") for number in (2, 3)]],
            "GET /threads/thread_3 was answered with 404",
        ),
        ([post(status=500)], [post(status=500)], None),
    ],
)
def test_a_recording_is_worse_when_it_has_new_errors_that_no_retry_mended(old, new, why):
    assert worse(old, new) == why
