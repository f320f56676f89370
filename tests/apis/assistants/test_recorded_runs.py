"""The runs of a session as a test looks back on them."""

from conversation import MESSAGES, Service

from runmock.apis.assistants.recorded_runs import AssistantsRuns
from runmock.apis.registry import identify
from runmock.core.replay.ids_in_payloads import payloads_of
from runmock.core.replay.interaction import Interaction, StreamEvent
from runmock.core.script.script import Source

RUN = {"id": "run_1", "object": "thread.run", "thread_id": "thread_1", "status": "queued"}
CALL = {"id": "call_1", "type": "function", "function": {"name": "f", "arguments": "{}"}}
WAITING = {**RUN, "status": "requires_action", "required_action": {"submit_tool_outputs": {"tool_calls": [CALL]}}}
PLACE = "/threads/thread_1/runs/run_1"


def replayed(*exchanges):
    """The views of runs after these (method, path, body, json or a list of events) went by."""
    run_views = AssistantsRuns()
    for method, path, body, answer in exchanges:
        recorded = {"stream": answer} if isinstance(answer, tuple) else {"json": answer}
        payloads = payloads_of(Interaction(Source("x.yaml", 0), method, path, **recorded))
        run_views.note(identify(method, path), body, payloads)
    return list(run_views.views())


def test_a_scripted_run_is_shown_with_everything_that_went_through_it():
    service = Service("runs: [{calls: [f, g, f], reply: a}]")
    service.asks("POST", MESSAGES, {"role": "user", "content": "hi"})
    run = service.finishes(service.creates(metadata={"a": "b"}))
    service.finishes(service.submits(run, call_1="1", call_2="2", call_3="3"))
    (run_view,) = service.backend.views()
    assert (run_view.id, run_view.thread_id, run_view.status) == (run["id"], "thread_1", "completed")
    assert run_view.request == {"assistant_id": "asst_1", "metadata": {"a": "b"}}
    assert run_view.tool_outputs == {"f": ["1", "3"], "g": "2"}
    assert [message["role"] for message in run_view.messages] == ["assistant"]
    assert run_view.usage["total_tokens"] > 0


def test_the_request_of_a_run_is_the_whole_body_as_it_was_sent():
    service = Service("runs: [{reply: a}]")
    service.creates("/threads/runs", thread={"messages": []}, model="gpt-x")
    (run_view,) = service.backend.views()
    assert run_view.request == {"assistant_id": "asst_1", "thread": {"messages": []}, "model": "gpt-x"}


def test_a_canned_run_is_on_the_thread_of_its_request():
    service = Service("runs: [{json: {id: run_9}}]")
    service.creates()
    (run_view,) = service.backend.views()
    assert (run_view.thread_id, run_view.usage, run_view.messages) == ("thread_1", None, [])


def test_a_replayed_run_has_its_last_known_state():
    (run_view,) = replayed(
        ("POST", "/threads/thread_1/runs", {"assistant_id": "a"}, RUN),
        ("GET", PLACE, None, {**RUN, "status": "completed", "usage": {"total_tokens": 1}}),
    )
    assert (run_view.id, run_view.thread_id, run_view.status, run_view.usage) == (
        "run_1",
        "thread_1",
        "completed",
        {"total_tokens": 1},
    )
    assert run_view.request == {"assistant_id": "a"}


def test_replayed_outputs_have_the_names_of_their_tools():
    body = {"tool_outputs": [{"tool_call_id": "call_1", "output": "21"}, {"tool_call_id": "call_9", "output": "x"}]}
    (run_view,) = replayed(
        ("POST", "/threads/thread_1/runs", {"assistant_id": "a"}, WAITING),
        ("POST", f"{PLACE}/submit_tool_outputs", body, RUN),
    )
    assert run_view.tool_outputs == {"f": "21"}


def test_a_replayed_stream_shows_runs_and_their_messages():
    message = {"id": "msg_1", "object": "thread.message", "run_id": "run_1", "content": []}
    stream = (
        StreamEvent("thread.run.created", RUN),
        StreamEvent("thread.message.created", message),
        StreamEvent("thread.message.completed", {**message, "content": ["a"]}),
        StreamEvent("thread.message.created", {**message, "id": "msg_2", "run_id": "run_9"}),
        StreamEvent("done"),
    )
    (run_view,) = replayed(("POST", "/threads/thread_1/runs", {"assistant_id": "a", "stream": True}, stream))
    assert run_view.messages == [{**message, "content": ["a"]}]


def test_replayed_lists_show_their_items():
    listed = {"object": "list", "data": [RUN, {**RUN, "id": "run_2"}, None]}
    run_views = replayed(
        ("GET", "/threads/thread_1/runs", None, listed), ("GET", "/x", None, {"object": "list", "data": None})
    )
    assert [(run.id, run.request) for run in run_views] == [("run_1", {}), ("run_2", {})]


def test_answers_that_are_no_objects_show_nothing():
    assert replayed(("GET", "/x", None, None), ("GET", "/x", [1], [RUN]), ("DELETE", "/x", None, "text")) == []


def test_odd_outputs_of_a_recording_are_passed_over():
    (run_view,) = replayed(
        ("POST", "/threads/thread_1/runs", None, WAITING),
        ("POST", f"{PLACE}/submit_tool_outputs", {"tool_outputs": [1, {"tool_call_id": ["x"]}]}, RUN),
        ("POST", "/threads/thread_1/runs/run_9/submit_tool_outputs", {"tool_outputs": []}, None),
    )
    assert run_view.tool_outputs == {}


def test_a_run_is_shown_by_what_distinguishes_it_from_others():
    service = Service("runs: [{calls: [f], reply: [{image_file: file-1}, Here it is.]}]")
    run = service.finishes(service.creates(instructions="x" * 200))
    service.finishes(service.submits(run, call_1="21"))
    (run_view,) = service.backend.views()
    assert repr(run_view) == (
        f"RunView(id='{run['id']}', thread_id='thread_1', status='completed', tool_outputs={{'f': '21'}}, "
        "texts=['[image_file file-1]\\nHere it is.'], request={'assistant_id': 'asst_1', 'instructions': '"
        f"{'x' * 76}...)"
    )
