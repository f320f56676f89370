"""Which events end a stream, by the path of its request: the table, row by row."""

import pytest

from runmock.apis.assistants.api import ENDS as ASSISTANTS
from runmock.apis.registry import identify
from runmock.apis.service.other_api import RESPONSES
from runmock.core.replay.interaction import DONE, NAMELESS_DONE, StreamEvent, has_end, is_end, none_of

OTHERS = ()

TABLE = [
    ("POST", "/v1/threads/thread_1/runs", ASSISTANTS),
    ("POST", "/threads/runs", ASSISTANTS),
    ("POST", "/openai/threads/thread_1/runs/run_1/submit_tool_outputs", ASSISTANTS),
    ("POST", "/api/projects/weather/threads/runs", ASSISTANTS),
    ("POST", "/responses", RESPONSES),
    ("POST", "/v1/responses/", RESPONSES),
    ("POST", "/openai/responses", RESPONSES),
    ("POST", "/openai/v1/responses", RESPONSES),
    ("POST", "/api/projects/weather/openai/responses", RESPONSES),
    ("POST", "/api/projects/weather/openai/v1/responses", RESPONSES),
    ("POST", "/api/projects/weather/agents/rain/endpoint/protocols/openai/responses", RESPONSES),
    ("POST", "/gateway/eu/responses", RESPONSES),
    ("GET", "/v1/responses/resp_1", RESPONSES),
    ("GET", "/openai/responses/resp_1/", RESPONSES),
    ("GET", "/v1/responses", OTHERS),
    ("GET", "/v1/responses/resp_1/input_items", OTHERS),
    ("POST", "/v1/responses/resp_1/cancel", OTHERS),
    ("POST", "/v1/chat/completions", OTHERS),
    ("POST", "/openai/deployments/gpt/chat/completions", OTHERS),
    ("POST", "/v1/messages", OTHERS),
    ("POST", "/v1/my_responses", OTHERS),
]


@pytest.mark.parametrize(("method", "path", "ends"), TABLE)
def test_the_path_decides_the_api_and_the_api_its_ends(method, path, ends):
    assert identify(method, path).ends == ends


NAMES = ["done", "error", "response.completed", "response.failed", "response.incomplete"]


@pytest.mark.parametrize(
    ("ends", "ending"),
    [
        (ASSISTANTS, {"done", "error"}),
        (RESPONSES, {"error", "response.completed", "response.failed", "response.incomplete"}),
        (OTHERS, set()),
    ],
)
def test_an_event_with_data_ends_only_a_stream_of_its_own_api(ends, ending):
    assert {name for name in NAMES if is_end(StreamEvent(name, {}), ends)} == ending


@pytest.mark.parametrize("ends", [ASSISTANTS, RESPONSES, OTHERS])
@pytest.mark.parametrize(
    "done",
    [DONE, NAMELESS_DONE, StreamEvent("x", None, "event: x\ndata: [DONE]\n\n"), StreamEvent("message", None, "data:[DONE] \n\n")],
)  # fmt: skip
def test_done_ends_every_stream_whatever_its_name(done, ends):
    assert is_end(done, ends)


@pytest.mark.parametrize(
    "event",
    [
        StreamEvent("message", {"choices": []}),
        StreamEvent("message", None),
        StreamEvent("message", None, "data: not [DONE]\n\n"),
        StreamEvent("done", {}),
        StreamEvent("done", None, "event: done\ndata: null\n\n"),
    ],
)
def test_other_events_end_no_stream_of_another_api(event):
    assert not is_end(event, OTHERS)


def test_what_comes_after_the_end_does_not_undo_it():
    ping = StreamEvent("ping", {})
    assert has_end([ping, DONE, ping], ASSISTANTS)
    assert not has_end([ping, ping], ASSISTANTS)
    assert not has_end([], ASSISTANTS)


def test_messages_name_every_end():
    assert none_of(ASSISTANTS) == "neither done nor error"
    assert none_of(RESPONSES) == "neither response.completed, response.failed, response.incomplete nor error"
