"""Runs in the script's own words: canned Run objects and lists of events."""

import pytest
from conversation import RUNS, Service, data_of, names, place, text_of

from runmock.core.errors import ScriptError

CALLS = "required_action: {type: submit_tool_outputs, submit_tool_outputs: {tool_calls: [{id: call_9, type: function, function: {name: f, arguments: '{}'}}]}}"
CANNED = "runs: [{json: {id: run_9, object: thread.run, thread_id: thread_9, status: completed, odd: 1}}]"
WAITING = f"runs: [{{json: {{id: run_9, object: thread.run, thread_id: thread_1, status: requires_action, {CALLS}}}}}]"
EVENTS = f"""
runs:
  - events:
      - thread.run.created: {{id: run_9, object: thread.run, thread_id: thread_9, status: queued}}
      - thread.run.requires_action: {{id: run_9, object: thread.run, thread_id: thread_9, status: requires_action, {CALLS}}}
      - done
      - thread.run.step.completed: {{id: step_9, object: thread.run.step, odd: 1}}
      - thread.message.completed: {{id: msg_9, object: thread.message, content: [{{type: text, text: {{value: hi, annotations: []}}}}]}}
      - thread.run.completed: {{id: run_9, object: thread.run, thread_id: thread_9, status: completed}}
      - done
"""


def test_a_canned_run_is_streamed_as_it_is():
    service = Service(CANNED)
    run = service.creates()
    assert run == {"id": "run_9", "object": "thread.run", "thread_id": "thread_9", "status": "completed", "odd": 1}
    assert service.asks("GET", place(run)) == run
    assert service.asks("GET", f"{RUNS}/run_9") == run
    assert service.left == 0


def test_a_canned_run_keeps_the_order_of_its_keys():
    run = Service("runs: [{json: {odd: 1, status: failed, id: run_9}}]").creates()
    assert list(run) == ["odd", "status", "id"]


def test_a_canned_run_streams_its_status():
    events = Service(CANNED).creates(stream=True)
    assert names(events) == "R.created R.completed done"
    assert events[0][1] == events[1][1]


def test_a_canned_run_without_id_and_status_gets_them():
    service = Service("runs: [{json: {odd: 1}}]")
    run = service.creates()
    assert (run["odd"], run["status"]) == (1, "queued")
    assert service.polls({**run, "thread_id": "thread_1"}, 3) == "queued queued queued"


def test_a_canned_run_that_waits_accepts_outputs_and_completes():
    service = Service(WAITING)
    run = service.creates()
    assert service.polls(run, 2) == "requires_action requires_action"
    assert service.refused("POST", f"{place(run)}/submit_tool_outputs", {"tool_outputs": []}) == (
        400,
        "Expected tool outputs for call_ids ['call_9'], got []",
    )
    answer = service.submits(run, call_9="1")
    assert (answer["status"], answer["required_action"]) == ("queued", None)
    assert service.finishes(run)["status"] == "completed"


def test_a_canned_run_that_waits_streams_in_two_answers():
    service = Service(WAITING)
    events = service.creates(stream=True)
    assert names(events) == "R.created R.requires_action done"
    assert names(service.submits(events[0][1], stream=True, call_9="1")) == "R.queued R.in_progress R.completed done"


def test_a_canned_run_that_waits_for_nothing_known_accepts_no_outputs():
    service = Service("runs: [{json: {id: run_9, status: requires_action, required_action: null}}]")
    run = service.creates()
    path = f"{RUNS}/{run['id']}/submit_tool_outputs"
    assert service.refused("POST", path, {"tool_outputs": [{"tool_call_id": "a", "output": "1"}]}) == (
        400,
        "Expected tool outputs for call_ids [], got ['a']",
    )


def test_a_canned_run_can_be_cancelled():
    service = Service("runs: [{json: {id: run_9, object: thread.run, status: in_progress}}]")
    run = {**service.creates(), "thread_id": "thread_1"}
    assert service.cancels(run)["status"] == "cancelling"
    assert service.polls(run, 2) == "cancelling cancelled"


def test_a_canned_run_is_known_on_the_thread_that_it_names():
    service = Service("ids: strict\nassistants: [{id: asst_1}]\n" + CANNED)
    run = service.creates("/threads/runs")
    assert service.asks("GET", "/threads/thread_9/runs")["data"] == [run]
    assert service.messages("/threads/thread_9") == []


def test_a_canned_run_may_name_a_thread_that_is_known_already():
    service = Service("threads: [{id: thread_9, messages: [{role: user, content: hi}]}]\n" + CANNED)
    service.creates()
    assert [text_of(message) for message in service.messages("/threads/thread_9")] == ["hi"]


def test_an_id_may_come_again():
    service = Service(CANNED, CANNED)
    service.creates()
    service.creates()
    assert [run.id for run in service.stage.created] == ["run_9", "run_9"]


def test_a_status_that_the_api_does_not_have_is_an_error_of_the_script():
    with pytest.raises(ScriptError) as caught:
        Service("runs: [{json: {status: complete}}]").creates()
    assert str(caught.value) == (
        "the script gives a run the status 'complete', which the API does not have; did you mean 'completed'?\n"
        "  script    inline:1"
    )


def test_events_are_served_as_they_are_and_each_done_ends_an_answer():
    service = Service(EVENTS)
    first = service.creates(stream=True)
    assert names(first) == "R.created R.requires_action done"
    second = service.submits(first[0][1], stream=True, call_9="1")
    assert names(second) == "S.completed M.completed R.completed done"
    assert second[0][1] == {"id": "step_9", "object": "thread.run.step", "odd": 1}


def test_scripted_events_can_be_polled_too():
    service = Service(EVENTS)
    run = service.creates()
    assert run["status"] == "queued"
    assert service.polls(run, 2) == "queued requires_action"
    assert service.submits(run, call_9="1")["status"] == "completed"
    assert service.polls(run) == "completed"


def test_what_was_streamed_can_be_retrieved_and_listed():
    service = Service(EVENTS)
    run = service.creates(stream=True)[0][1]
    service.submits(run, stream=True, call_9="1")
    assert [step["id"] for step in service.steps(run)] == ["step_9"]
    (message,) = service.messages("/threads/thread_9")
    assert (message["role"], message["run_id"], text_of(message)) == ("assistant", "run_9", "hi")
    assert service.asks("GET", f"{RUNS}?run_id=run_9")["data"][0]["id"] == "run_9"


def test_a_new_thread_is_streamed_only_if_the_script_contains_it():
    assert names(Service(EVENTS).creates("/threads/runs", stream=True)).startswith("R.created")


def test_events_may_be_anything():
    service = Service("""
        runs:
          - events:
              - error: {code: server_error}
              - thread.message.delta: [1]
              - thread.message.created: {object: thread.message}
              - thread.run.step.created: {object: thread.run.step}
              - thread.run.failed: {object: thread.run}
    """)
    events = service.creates(stream=True)
    assert names(events) == "error M.delta M.created S.created R.failed"
    (run,) = service.asks("GET", RUNS)["data"]
    assert (run["status"], service.steps({**run, "thread_id": "thread_1"}), service.messages()) == ("failed", [], [])
    assert data_of(events, "thread.run.failed") == [{"object": "thread.run"}]


def test_events_without_a_run_leave_the_run_as_it_was_requested():
    service = Service("runs: [{events: [error: {code: server_error}]}]")
    run = service.creates(model="gpt-x")
    assert (run["model"], run["status"]) == ("gpt-x", "queued")
    assert service.polls(run, 3) == "queued queued queued"


def test_a_run_after_scripted_events_may_speak_of_the_thread():
    service = Service("""
        runs:
          - events:
              - thread.message.created: {id: msg_9, object: thread.message, content: null}
              - thread.run.completed: {id: run_9, object: thread.run, status: completed}
              - done
          - reply: You said $last_message.
    """)
    service.asks("POST", "/threads/thread_1/messages", {"role": "user", "content": "hi"})
    service.creates(stream=True)
    assert service.finishes(service.creates())["status"] == "completed"
    assert text_of(service.messages()[-1]) == "You said hi."


def test_events_without_the_id_of_their_object_are_known_by_their_names():
    service = Service("""
runs:
- events:
  - thread.run.created: {id: run_9}
  - thread.run.in_progress: {id: run_9}
  - thread.run.step.created: {id: step_9}
  - thread.message.created: {id: msg_9}
  - thread.message.delta: {id: msg_9, delta: {}}
  - thread.message.completed: {id: msg_9, content: [{type: text, text: {value: Hi, annotations: []}}]}
  - thread.run.completed: {id: run_9}
  - done
""")
    events = service.creates(stream=True)
    assert events[0] == ("thread.run.created", {"id": "run_9"})
    assert service.asks("GET", f"{RUNS}/run_9")["status"] == "completed"
    assert [text_of(message) for message in service.messages()] == ["Hi"]
    assert service.asks("GET", f"{RUNS}/run_9/steps/step_9")["id"] == "step_9"


NEW_EVENTS = """
runs:
  - events:
      - thread.run.created: {id: run_9, object: thread.run, thread_id: thread_1, status: queued}
      - thread.run.paused: {id: run_9, object: thread.run, thread_id: thread_1, status: paused}
      - thread.message.part.added: {id: msg_9, index: 0}
      - thread.run.step.note: {id: step_9, text: a}
      - ping:
      - thread.run.completed: {id: run_9, object: thread.run, thread_id: thread_1, status: completed}
      - done
"""


def test_events_that_the_api_does_not_have_yet_are_sent_and_change_nothing():
    service = Service(NEW_EVENTS)
    events = service.creates(stream=True)
    assert [name for name, _ in events] == [
        "thread.run.created",
        "thread.run.paused",
        "thread.message.part.added",
        "thread.run.step.note",
        "ping",
        "thread.run.completed",
        "done",
    ]
    assert dict(events)["thread.run.paused"]["status"] == "paused"
    assert dict(events)["thread.message.part.added"] == {"id": "msg_9", "index": 0}
    assert dict(events)["ping"] is None
    assert (service.messages(), service.steps({"id": "run_9", "thread_id": "thread_1"})) == ([], [])
    assert service.asks("GET", f"{RUNS}/run_9")["status"] == "completed"


def test_a_run_whose_first_event_is_new_is_the_first_that_is_not():
    service = Service("runs: [{events: [thread.run.paused: {id: run_8}, thread.run.queued: {id: run_9}, done]}]")
    assert service.creates()["id"] == "run_9"
