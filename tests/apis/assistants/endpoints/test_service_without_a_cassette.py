"""With no cassette at all: every run gets the stock reply, and whatever id a request names is created."""

import itertools

import pytest
from conversation import ASSISTANT, MESSAGES, RUNS, THREAD, Service, calls_of, data_of, last_run, names, place, text_of

HELLO = "Hello! How can I assist you today?"
RUN = f"{RUNS}/run_mine"
SUBMIT = f"{RUN}/submit_tool_outputs"
TOOL = {"type": "function", "function": {"name": "now"}}
SUBMIT_STREAM = (
    "S.completed R.queued R.in_progress S.created S.in_progress M.created M.in_progress M.delta M.completed S.completed "
    "R.completed done"
)


@pytest.fixture
def service():
    return Service(is_stock=True)


def thread_of_the_service(service):
    return f"/threads/{service.asks('POST', '/threads', {})['id']}"


def test_every_run_gets_the_stock_reply(service):
    for _ in range(2):
        thread = thread_of_the_service(service)
        run = service.finishes(service.creates(f"{thread}/runs"))
        assert (run["status"], run["instructions"]) == ("completed", "")
        assert [text_of(message) for message in service.messages(thread)] == [HELLO]


def test_a_stream_contains_what_strict_types_require(service):
    events = service.creates(stream=True)
    assert data_of(events, "thread.run.created")[0]["instructions"] == ""
    assert data_of(events, "thread.message.completed")[0]["status"] == "completed"


def test_a_tool_that_must_be_called_is_called_and_its_output_accepted(service):
    run = service.finishes(service.creates(tools=[TOOL], tool_choice="required"))
    (call,) = calls_of(run)
    assert (call["function"], run["status"]) == ({"name": "now", "arguments": "{}"}, "requires_action")
    run = service.finishes(service.submits(run, **{call["id"]: "12:30"}))
    assert (run["status"], service.left) == ("completed", 0)


@pytest.mark.parametrize(
    "choice",
    [
        {"type": "function", "function": {"name": "elsewhere"}},
        {"type": "code_interpreter"},
        {"type": "file_search"},
        {"type": "function"},
    ],
)
@pytest.mark.parametrize("tools", [None, [], [TOOL]])
def test_a_tool_may_be_demanded_that_nobody_offers(service, choice, tools):
    service.asks("POST", "/assistants/asst_1", {"tools": [TOOL]})
    streamed = last_run(service.creates(stream=True, tool_choice=choice, tools=tools))
    polled = service.finishes(service.creates(tool_choice=choice, tools=tools))
    assert polled["status"] == streamed["status"]
    assert polled["status"] in {"completed", "requires_action"}


@pytest.mark.parametrize(("choice", "kind"), [("required", "code_interpreter"), ("required", "file_search")])
def test_a_tool_of_the_assistants_own_is_used_in_a_step(service, choice, kind):
    assistant = service.asks("POST", "/assistants", {"model": "gpt-4o", "tools": [{"type": kind}]})["id"]
    run = service.finishes(service.creates(assistant_id=assistant, tool_choice=choice))
    used, wrote = service.steps(run)
    assert used["step_details"]["tool_calls"][0]["type"] == kind
    assert (wrote["type"], run["status"]) == ("message_creation", "completed")


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/assistants/asst_mine", "assistant"),
        (THREAD, "thread"),
        (f"{MESSAGES}/msg_mine", "thread.message"),
        (RUN, "thread.run"),
        (f"{RUN}/steps/step_mine", "thread.run.step"),
    ],
)
def test_an_unknown_object_of_any_kind_comes_into_being(service, path, kind):
    found = service.asks("GET", path)
    assert (service.status, found["object"], found["id"]) == (200, kind, path.rpartition("/")[2])


@pytest.mark.parametrize("path", [MESSAGES, RUNS, f"{RUN}/steps", "/assistants"])
def test_a_list_is_there_and_may_have_a_limit_of_0(service, path):
    assert service.asks("GET", path)["data"] == []
    assert service.asks("GET", f"{path}?limit=0")["data"] == []


def test_a_limit_of_0_reports_that_there_is_more(service):
    service.asks("GET", f"{MESSAGES}/msg_mine")
    page = {"object": "list", "data": [], "first_id": None, "last_id": None, "has_more": True}
    assert service.asks("GET", f"{MESSAGES}?limit=0") == page


@pytest.mark.parametrize("path", ["/assistants/asst_mine", THREAD, f"{MESSAGES}/msg_mine", RUN])
def test_an_unknown_object_can_be_modified_and_keeps_it(service, path):
    assert service.asks("POST", path, {"metadata": {"a": "1"}})["metadata"] == {"a": "1"}
    assert service.asks("GET", path)["metadata"] == {"a": "1"}


@pytest.mark.parametrize("path", ["/assistants/asst_mine", THREAD, f"{MESSAGES}/msg_mine"])
def test_what_was_created_for_an_unknown_id_is_created_again_after_it_was_deleted(service, path):
    for _ in range(2):
        assert service.asks("DELETE", path)["deleted"] is True
        assert service.asks("GET", path)["id"] == path.rpartition("/")[2]


def test_what_the_service_made_is_gone_after_it_was_deleted(service):
    thread = thread_of_the_service(service)
    message = service.asks("POST", f"{thread}/messages", {"role": "user", "content": "Hi"})["id"]
    assistant = service.asks("POST", "/assistants", {"model": "gpt-4o"})["id"]
    for path in (f"{thread}/messages/{message}", thread, f"/assistants/{assistant}"):
        service.asks("DELETE", path)
        assert service.refused("GET", path)[0] == 404


def test_what_was_on_a_deleted_thread_of_the_services_own_is_gone_with_it(service):
    thread = thread_of_the_service(service)
    run = service.creates(f"{thread}/runs")["id"]
    service.asks("DELETE", thread)
    for path in ("messages", "messages/msg_mine", "runs", f"runs/{run}", "runs/run_mine", f"runs/{run}/steps"):
        assert service.refused("GET", f"{thread}/{path}")[0] == 404
    assert service.refused("POST", f"{thread}/runs", ASSISTANT)[0] == 404
    assert service.refused("DELETE", thread)[0] == 404


def test_an_auto_created_run_is_created_again_on_its_deleted_thread(service):
    assert service.finishes(service.asks("GET", RUN))["status"] == "completed"
    service.asks("DELETE", THREAD)
    assert service.messages() == []
    assert service.asks("GET", RUN)["status"] == "queued"


def test_an_auto_created_run_is_polled_to_its_end(service):
    run = service.asks("GET", RUN)
    assert (run["status"], service.finishes(run)["status"]) == ("queued", "completed")
    assert [text_of(message) for message in service.messages()] == [HELLO]


def test_an_auto_created_run_is_cancelled_as_often_as_requested(service):
    for _ in range(3):
        run = service.asks("POST", f"{RUN}/cancel")
        assert (run["id"], run["status"], service.polls(run, 2)) == ("run_mine", "cancelling", "cancelling cancelled")


@pytest.mark.parametrize(
    "outputs",
    [
        [{}],
        [{"output": "21"}],
        [{"tool_call_id": "call_a", "output": "21"}, {"tool_call_id": "call_b", "output": "22"}],
        [{}, {}],
        [{"tool_call_id": "call_a"}, {"tool_call_id": "call_a"}],
        [{"tool_call_id": None, "output": None}],
    ],
)
def test_an_auto_created_run_accepts_any_outputs_as_often_as_they_come(service, outputs):
    for _ in range(2):
        run = service.asks("POST", f"{RUN}/submit_tool_outputs", {"tool_outputs": outputs})
        assert (service.status, run["id"], run["status"]) == (200, "run_mine", "queued")
        events = service.asks("POST", f"{RUN}/submit_tool_outputs", {"tool_outputs": outputs, "stream": True})
        assert names(events) == SUBMIT_STREAM
    assert service.finishes(run)["status"] == "completed"


@pytest.mark.parametrize("order", list(itertools.permutations(["cancel", "submit", "stream", "poll"])), ids="-".join)
def test_an_auto_created_run_accepts_requests_in_any_order(service, order):
    for what in order * 2:
        if what == "cancel":
            assert service.asks("POST", f"{RUN}/cancel")["status"] == "cancelling"
        elif what == "poll":
            assert service.finishes(service.asks("GET", RUN))["status"] in {"completed", "cancelled"}
        else:
            answer = service.asks("POST", SUBMIT, {"tool_outputs": [{}, {}], "stream": what == "stream"})
            assert names(answer) == SUBMIT_STREAM if what == "stream" else answer["status"] == "queued"
    assert [run["id"] for run in service.asks("GET", RUNS)["data"]] == ["run_mine"]


def test_outputs_are_assigned_by_their_calls_and_the_last_counts_of_two_with_the_same_id(service):
    outputs = [{"tool_call_id": "a", "output": "1"}, {"tool_call_id": "a", "output": "2"}, {}]
    run = service.asks("POST", SUBMIT, {"tool_outputs": outputs})
    calls = service.steps(run)[0]["step_details"]["tool_calls"]
    assert [(call["id"], call["function"]["output"]) for call in calls] == [("a", "2"), ("a", "2"), ("call_2", "")]


def test_a_stream_of_an_auto_created_run_is_cancelled_in_its_midst(service):
    stream = service.opens("POST", SUBMIT, {"tool_outputs": [{}], "stream": True})
    assert names(stream.reads(3)) == "S.completed R.queued R.in_progress"
    service.asks("POST", f"{RUN}/cancel")
    assert names(stream.rest()) == "R.cancelling R.cancelled done"


def test_a_stream_goes_on_when_outputs_come_for_its_run_again(service):
    stream = service.opens("POST", SUBMIT, {"tool_outputs": [{}], "stream": True})
    stream.reads(3)
    assert service.asks("POST", SUBMIT, {"tool_outputs": [{}]})["status"] == "queued"
    assert names(stream.rest()).endswith("R.completed done")
    assert service.asks("GET", RUN)["status"] == "queued"


def test_a_run_of_the_service_itself_accepts_only_the_outputs_that_it_waits_for(service):
    run = service.finishes(service.creates(tools=[TOOL], tool_choice="required"))
    assert service.refused("POST", f"{place(run)}/submit_tool_outputs", {"tool_outputs": [{}]}) == (
        400,
        "Expected tool outputs for call_ids ['call_1'], got [None]",
    )


def test_a_run_of_the_services_own_stays_on_its_thread(service):
    run = service.creates()
    assert service.refused("GET", f"/threads/thread_2/runs/{run['id']}")[0] == 404
    assert service.asks("GET", RUN)["thread_id"] == "thread_1"
    assert service.asks("GET", "/threads/thread_2/runs/run_mine")["thread_id"] == "thread_2"


def test_an_auto_created_thread_is_never_locked(service):
    for _ in range(2):
        service.creates()
        service.asks("POST", MESSAGES, {"role": "user", "content": "Hi"})
        assert service.status == 200


def test_a_thread_that_the_service_made_is_locked_by_its_run(service):
    thread = thread_of_the_service(service)
    run = service.creates(f"{thread}/runs")
    assert service.refused("POST", f"{thread}/runs", {"assistant_id": "asst_1"})[0] == 400
    assert service.refused("POST", f"{thread}/messages", {"role": "user", "content": "Hi"})[0] == 400
    service.finishes(run)
    assert service.creates(f"{thread}/runs")["status"] == "queued"


def test_a_request_for_an_unknown_run_locks_no_thread(service):
    thread = thread_of_the_service(service)
    service.asks("GET", f"{thread}/runs/run_none")
    assert service.creates(f"{thread}/runs")["status"] == "queued"
