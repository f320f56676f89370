"""How responses end: as the script says, in the foreground, streamed, and in the background."""

import pytest
from response_conversation import TOOLS, Responses, calls_of, events, kinds, text_of

from runmock.core.errors import ScriptError
from runmock.core.http.exchange import Disconnected

BACKGROUND = {"background": True}


def polled(service, made, times):
    return " ".join(service.asks("GET", f"/responses/{made['id']}")["status"] for _ in range(times))


def test_a_response_fails():
    made = Responses("runs: [{reply: Half, fail: server_error}]").creates()
    assert (made["status"], made["output"], made["completed_at"]) == ("failed", [], None)
    assert made["error"] == {"code": "server_error", "message": "Sorry, something went wrong."}


def test_a_stream_fails_with_a_nested_error_first():
    found = Responses("runs: [{fail: rate_limit_exceeded, message: Slow down.}]").streams()
    assert kinds(found) == "created in_progress error failed"
    assert found[-2][1]["error"] == {
        "type": "rate_limit_exceeded",
        "code": "rate_limit_exceeded",
        "message": "Slow down.",
        "param": None,
    }
    assert found[-1][1]["response"]["error"] == {"code": "rate_limit_exceeded", "message": "Slow down."}


@pytest.mark.parametrize(
    ("reason", "shown"), [("max_completion_tokens", "max_output_tokens"), ("content_filter", "content_filter")]
)
def test_a_response_is_incomplete(reason, shown):
    service = Responses(f"runs: [{{reply: Half a, incomplete: {reason}}}, {{reply: Half a, incomplete: {reason}}}]")
    made, found = service.creates(), service.streams()
    assert (made["status"], made["incomplete_details"], made["completed_at"]) == ("incomplete", {"reason": shown}, None)
    assert (made["output"][0]["status"], made["usage"]["output_tokens"] > 0) == ("incomplete", True)
    assert found[-1][0] == "response.incomplete"


def test_only_the_last_response_of_a_run_ends_badly():
    service = Responses("runs: [{calls: [{get_weather: {}}], fail: server_error}]")
    first = service.creates()
    assert (first["status"], service.continues(first, "21")["status"]) == ("completed", "failed")


@pytest.mark.parametrize(
    ("ending", "advice"),
    [
        ("expire: true", "use fail: server_error, or stuck: in_progress"),
        ("cancel: true", "create it with background=True"),
        ("incomplete: max_prompt_tokens", "use incomplete: max_completion_tokens, or content_filter"),
        ("calls: [get_weather], expire: true", "use fail: server_error, or stuck: in_progress"),
        ("reply: [{image_file: file-1}]", "use a code_interpreter step with images"),
    ],
)
def test_what_the_api_has_no_answer_for_is_an_error_when_it_is_asked_for(ending, advice):
    with pytest.raises(ScriptError, match=advice) as raised:
        Responses(f"runs: [{{{ending}}}]").creates()
    assert "match: {api: assistants}" in str(raised.value)


def test_a_background_response_is_polled():
    service = Responses("runs: [{reply: Hi, poll: 2}, {reply: Hi, poll: 0}]")
    made = service.creates(background=True)
    assert (made["status"], made["output"], made["usage"]) == ("queued", [], None)
    assert "billing" not in made
    assert polled(service, made, 6) == "queued queued in_progress in_progress completed completed"
    assert text_of(service.asks("GET", f"/responses/{made['id']}")) == "Hi"
    assert polled(service, service.creates(background=True), 1) == "completed"


@pytest.mark.parametrize(
    ("stuck", "statuses"),
    [
        ("in_progress", "queued in_progress in_progress in_progress"),
        ("cancelling", "queued in_progress in_progress in_progress"),
        ("queued", "queued queued queued queued"),
        ("in_progress, reply: Half a", "queued in_progress in_progress in_progress"),
    ],
)
def test_a_background_response_is_stuck(stuck, statuses):
    service = Responses(f"runs: [{{stuck: {stuck}}}]")
    assert polled(service, service.creates(background=True), 4) == statuses
    [view] = service.backend.views()
    assert view.status == statuses.split()[-1]


@pytest.mark.parametrize(
    ("stuck", "options", "order"),
    [
        ("queued", BACKGROUND, "created queued"),
        ("queued", {}, "created"),
        ("in_progress", BACKGROUND, "created queued in_progress"),
        ("in_progress", {}, "created in_progress"),
        ("cancelling", {}, "created in_progress"),
    ],
)
def test_a_stream_that_is_stuck_is_silent(stuck, options, order):
    service = Responses(f"runs: [{{stuck: {stuck}}}]")
    reply = service.replies("POST", "/responses", {"input": "Hi", "stream": True, **options})
    *sent, last = reply.frames
    assert (kinds(events(sent)), last.after_ms, last.data) == (order, 3_600_000, b"")
    [view] = service.backend.views()
    assert view.status == ("queued" if stuck == "queued" else "in_progress")


def test_a_foreground_response_that_is_stuck_is_silent():
    service = Responses("runs: [{stuck: in_progress}]")
    reply = service.replies("POST", "/responses", {"input": "Hi"})
    [frame] = reply.frames
    assert (frame.after_ms, frame.data, reply.is_stream) == (3_600_000, b"", True)
    [view] = service.backend.views()
    assert (view.status, view.responses[0]["status"]) == ("in_progress", "in_progress")


def test_a_background_response_is_cancelled():
    service = Responses("runs: [{reply: Hi}]")
    made = service.creates(background=True)
    cancelled = service.asks("POST", f"/responses/{made['id']}/cancel")
    assert (cancelled["status"], cancelled["output"], cancelled["usage"]) == ("cancelled", [], None)
    assert polled(service, made, 1) == "cancelled"


@pytest.mark.parametrize("late", ["refused", "overtaken"])
def test_a_cancel_that_comes_too_late_changes_nothing(late):
    service = Responses(f"runs: [{{reply: Hi, cancel: {late}}}]")
    made = service.creates(background=True)
    assert service.asks("POST", f"/responses/{made['id']}/cancel")["status"] == "completed"


def test_a_finished_background_response_stays_as_it_is_when_it_is_cancelled():
    service = Responses("runs: [{reply: Hi, poll: 0}]")
    made = service.creates(background=True)
    polled(service, made, 1)
    assert service.asks("POST", f"/responses/{made['id']}/cancel")["status"] == "completed"


def test_a_background_response_ends_cancelled_by_itself():
    service = Responses("runs: [{reply: Hi, cancel: true, poll: 0}]")
    assert polled(service, service.creates(background=True), 1) == "cancelled"


def test_a_background_stream_is_taken_up_again():
    service = Responses("runs: [{reply: One two}]")
    found = service.streams(background=True)
    assert kinds(found).startswith("created queued in_progress output_item.added")
    assert all("obfuscation" not in data for _, data in found)
    response_id = found[0][1]["response"]["id"]
    assert service.asks("GET", f"/responses/{response_id}")["status"] == "completed"
    again = events(service.replies("GET", f"/responses/{response_id}?stream=true&starting_after=4").frames)
    assert [data["sequence_number"] for _, data in again] == list(range(5, len(found)))
    assert again == found[5:]


def test_a_foreground_stream_that_was_left_is_gone():
    service = Responses("runs: [{reply: One two}]")
    stream = service.replies("POST", "/responses", {"input": "Hi", "stream": True}).frames
    first = next(stream)
    assert service.backend.is_streaming
    stream.close()
    stream.close()
    assert [*stream] == []
    response_id = first.data.decode().partition('"id":"')[2].partition('"')[0]
    assert service.refused("GET", f"/responses/{response_id}")[0] == 404
    assert service.refused("POST", f"/responses/{response_id}/cancel")[1] == "Cannot cancel a synchronous response."
    assert not service.backend.is_streaming


def test_a_background_response_goes_on_without_its_stream():
    service = Responses("runs: [{reply: One two, poll: 0}]")
    stream = service.replies("POST", "/responses", {"input": "Hi", "stream": True, **BACKGROUND}).frames
    first = next(stream)
    stream.close()
    response_id = first.data.decode().partition('"id":"')[2].partition('"')[0]
    assert service.asks("GET", f"/responses/{response_id}")["status"] == "completed"


def test_a_stream_breaks_off_and_ends_early():
    service = Responses("runs: [{reply: One two, disconnect: true}, {reply: One two, truncate: true}]")
    with pytest.raises(Disconnected):
        service.streams()
    assert kinds(service.streams()).endswith("output_text.delta")


def test_faults_change_what_is_sent():
    runs = "[{reply: One two, garbage: wrong_index}, {reply: One, garbage: unknown_event}, {reply: One, stall: 50ms}]"
    service = Responses(f"runs: {runs}")
    moved = [data["content_index"] for name, data in service.streams() if name == "response.output_text.delta"]
    assert moved == [7, 0]
    assert "hiccup" in kinds(service.streams())
    frames = [*service.replies("POST", "/responses", {"input": "Hi", "stream": True}).frames]
    assert 50 in [frame.after_ms for frame in frames]


def test_a_fault_that_does_not_strike_is_an_error_of_the_script():
    with pytest.raises(ScriptError, match="did not happen"):
        Responses("runs: [{reply: One, disconnect: {after: 99}}]").streams()


def test_a_refusal_is_scripted():
    service = Responses("runs: [{http: 429, retry_after: 2}, {sunset: true}, {reply: Hi}]")
    reply = service.replies("POST", "/responses", {"input": "Hi"})
    assert (reply.status, dict(reply.headers)["retry-after"]) == (429, "2")
    assert text_of(service.creates()) == "Hi"


def test_a_refusal_in_the_middle_refuses_what_continues():
    service = Responses("runs: [{steps: [{calls: [{get_weather: {}}]}, {http: 500}, {reply: Hi}]}]")
    first = service.creates()
    assert service.continues(first, "21")["error"]["type"] == "server_error"
    assert text_of(service.continues(first, "21")) == "Hi"
    assert len(calls_of(first)) == 1


def test_runs_are_shown_as_they_are():
    service = Responses("runs: [{calls: [{get_weather: {}}], reply: Hi}]")
    first = service.creates()
    [view] = service.backend.views()
    assert (view.api, view.status, view.thread_id, view.id) == ("responses", "requires_action", None, first["id"])
    second = service.continues(first, "21")
    [view] = service.backend.views()
    assert (view.status, view.tool_outputs, len(view.responses), len(view.requests)) == (
        "completed",
        {"get_weather": "21"},
        2,
        2,
    )
    assert view.usage["total_tokens"] == first["usage"]["total_tokens"] + second["usage"]["total_tokens"]
    assert view.messages[0]["content"][0]["text"] == "Hi"


def test_a_refusal_in_a_step_refuses_the_next_retrieve():
    service = Responses("runs: [{steps: [{http: 503, times: 2}, {reply: Hi}], poll: 0}]")
    made = service.creates(background=True)
    paths = (f"/responses/{made['id']}", f"/responses/{made['id']}?stream=true")
    assert [service.replies("GET", path).status for path in paths] == [503, 503]
    assert polled(service, made, 1) == "completed"


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        ("{http: 500}, {code_interpreter: 1+1}, {reply: a}", "500 queued in_progress completed"),
        ("{code_interpreter: 1+1}, {http: 500}, {reply: a}", "queued in_progress 500 completed"),
        ("{code_interpreter: 1+1}, {reply: a}, {http: 500, times: 2}", "queued in_progress 500 500 completed"),
        ("{code_interpreter: 1+1}, {http: 500}, {calls: [get_weather]}", "queued in_progress 500 completed"),
        ("{calls: [get_weather]}, {http: 500}, {reply: a}", "queued in_progress completed completed"),
    ],
)
def test_a_retrieve_that_would_see_a_response_past_a_refusal_is_refused(steps, expected):
    service = Responses(f"runs: [{{steps: [{steps}]}}]")
    made = service.creates(background=True)
    found = [service.asks("GET", f"/responses/{made['id']}") for _ in expected.split()]
    assert " ".join(answer.get("status", "500") for answer in found) == expected


def test_a_response_of_the_foreground_is_not_streamed_again():
    service = Responses("runs: [{reply: Hi}]")
    made = service.creates()
    text = "This response cannot be streamed because it was not created with background=true."
    assert service.refused("GET", f"/responses/{made['id']}?stream=true") == (
        400,
        text,
        "stream",
        "invalid_request_error",
    )


def test_a_run_has_the_status_of_its_last_response():
    service = Responses("runs: [{calls: [{get_weather: {}}], reply: Hi, poll: 0}]")
    first = service.creates(background=True)
    polled(service, first, 1)
    [view] = service.backend.views()
    assert view.status == "requires_action"
    made = service.asks("GET", f"/responses/{first['id']}")
    second = service.continues(made, "21", background=True)
    polled(service, first, 3)
    [view] = service.backend.views()
    assert (view.status, [response["status"] for response in view.responses]) == ("queued", ["completed", "queued"])
    polled(service, second, 1)
    [view] = service.backend.views()
    assert view.status == "completed"


@pytest.mark.parametrize("status", ["queued", "completed", "odd"])
def test_a_canned_response_is_the_same_at_all_times(status):
    canned = f"{{object: response, id: resp_1, status: {status}, output: []}}"
    service = Responses(f"runs: [{{json: {canned}}}, {{json: {canned}}}]")
    made = service.creates(background=True)
    assert made == service.asks("GET", "/responses/resp_1") == service.asks("POST", "/responses/resp_1/cancel")
    [view] = service.backend.views()
    assert view.status == ("completed" if status == "odd" else status)
    service.streams(background=True)
    assert service.asks("GET", "/responses/resp_1")["status"] == status


def test_a_canned_response_may_leave_out_what_a_run_shows():
    usage = "{input_tokens: 3}"
    canned = f"{{object: response, output: [{{text: odd}}], usage: {usage}, conversation: conv_1}}"
    service = Responses(f"runs: [{{json: {canned}}}, {{json: {{object: response, conversation: null}}}}]")
    for _ in range(2):
        service.creates()
    one, other = service.backend.views()
    assert one.usage == {"input_tokens": 3, "output_tokens": 0, "total_tokens": 0}
    assert (one.messages, one.conversation_id) == ([], "conv_1")
    assert (other.usage, other.conversation_id) == (None, None)


def test_a_canned_stream_that_was_left_is_whole_for_the_next_retrieve():
    canned = "{object: response, id: resp_1, status: queued, output: []}"
    service = Responses(f"runs: [{{json: {canned}}}]")
    stream = service.replies("POST", "/responses", {"input": "Hi", "stream": True, **BACKGROUND}).frames
    next(stream)
    stream.close()
    assert service.asks("GET", "/responses/resp_1")["status"] == "queued"


def test_an_earlier_response_of_a_run_may_end_later():
    service = Responses("runs: [{calls: [get_weather], reply: b}]")
    body = {"input": "Hi", "stream": True, "tools": TOOLS, **BACKGROUND}
    stream = service.replies("POST", "/responses", body).frames
    *_, (_, done) = (event for frame in (next(stream) for _ in range(7)) for event in events([frame]))
    assert done["item"]["type"] == "function_call"
    [view] = service.backend.views()
    second = service.continues({"id": view.id, "output": [done["item"]]}, "21", background=True)
    polled(service, {"id": view.id}, 2)
    [view] = service.backend.views()
    assert (view.status, [response["status"] for response in view.responses]) == ("queued", ["completed", "queued"])
    assert polled(service, second, 3) == "queued in_progress completed"


def test_a_fault_that_a_cancellation_came_before_is_not_missed():
    service = Responses("runs: [{reply: One two, disconnect: {after: 99}}]")
    stream = service.replies("POST", "/responses", {"input": "Hi", "stream": True, **BACKGROUND}).frames
    found = events([next(stream)])
    response_id = found[0][1]["response"]["id"]
    service.asks("POST", f"/responses/{response_id}/cancel")
    found += events(stream)
    assert kinds(found) == "created queued failed"
    shown = service.asks("GET", f"/responses/{response_id}")
    assert found[-1][1]["response"] == {key: value for key, value in shown.items() if key != "billing"}


def test_a_run_that_could_not_be_played_is_not_shown():
    service = Responses("runs: [{expire: true}, {reply: Hi}]")
    with pytest.raises(ScriptError):
        service.creates()
    made = service.creates()
    assert [view.id for view in service.backend.views()] == [made["id"]]
