"""Equals under concurrency: conversations that begin alike are distinguished by their requests, not by their order."""

import itertools

import pytest
from recording import Recording

TWO = """
interactions:
  - {request: POST /threads, body: {}, json: {id: thread_1, object: thread}}
  - {request: POST /threads, body: {}, json: {id: thread_2, object: thread}}
  - request: POST /threads/thread_1/messages
    body: {role: user, content: Paris}
    json: {id: msg_1, object: thread.message, thread_id: thread_1}
  - request: POST /threads/thread_2/messages
    body: {role: user, content: Oslo}
    json: {id: msg_2, object: thread.message, thread_id: thread_2}
  - request: POST /threads/thread_1/runs
    body: {assistant_id: a, stream: true}
    stream: [thread.run.completed: {id: run_1, object: thread.run, thread_id: thread_1, status: completed}, done]
  - request: POST /threads/thread_2/runs
    body: {assistant_id: a, stream: true}
    stream: [thread.run.completed: {id: run_2, object: thread.run, thread_id: thread_2, status: completed}, done]
  - {request: GET /threads/thread_1/messages, json: {object: list, data: [{id: msg_3, content: about Paris}]}}
  - {request: GET /threads/thread_2/messages, json: {object: list, data: [{id: msg_4, content: about Oslo}]}}
"""

NESTED = """
interactions:
  - request: POST /threads/runs
    body: {assistant_id: a}
    json: {id: run_1, object: thread.run, thread_id: thread_1, status: queued}
  - request: GET /threads/thread_1/runs/run_1
    json: {id: run_1, object: thread.run, thread_id: thread_1, status: requires_action, call_ids: [call_1]}
  - request: POST /threads/thread_1/runs/run_1/submit_tool_outputs
    body: {tool_outputs: [{tool_call_id: call_1, output: "21"}]}
    json: {id: run_1, object: thread.run, thread_id: thread_1, status: completed}
  - request: POST /threads/runs
    body: {assistant_id: a}
    json: {id: run_2, object: thread.run, thread_id: thread_2, status: queued}
  - request: GET /threads/thread_2/runs/run_2
    json: {id: run_2, object: thread.run, thread_id: thread_2, status: requires_action, call_ids: [call_2]}
  - request: POST /threads/thread_2/runs/run_2/submit_tool_outputs
    body: {tool_outputs: [{tool_call_id: call_2, output: "9"}]}
    json: {id: run_2, object: thread.run, thread_id: thread_2, status: failed}
"""


class Talk:
    """One task's conversation about a city, step by step."""

    def __init__(self, recording, city):
        self.recording, self.city = recording, city
        self.steps = [self.begin, self.add_message, self.run, self.read]

    def begin(self):
        self.thread = self.recording.sends("POST", "/threads", {})["id"]

    def add_message(self):
        sent = {"role": "user", "content": self.city}
        assert self.recording.sends("POST", f"/threads/{self.thread}/messages", sent)["thread_id"] == self.thread

    def run(self):
        events = self.recording.sends("POST", f"/threads/{self.thread}/runs", {"assistant_id": "a", "stream": True})
        assert events[0][1]["thread_id"] == self.thread

    def read(self):
        answer = self.recording.sends("GET", f"/threads/{self.thread}/messages")
        assert answer["data"][0]["content"] == f"about {self.city}"


ORDERS = sorted(set(itertools.permutations((0, 0, 0, 0, 1, 1, 1, 1))))


def test_two_conversations_are_right_in_every_order_of_their_requests():
    for order in ORDERS:
        recording = Recording(TWO)
        talks = [Talk(recording, "Oslo"), Talk(recording, "Paris")]
        for number in order:
            talks[number].steps.pop(0)()
        assert talks[0].thread != talks[1].thread
        assert recording.left == []


def test_a_single_conversation_may_be_the_second():
    recording = Recording(TWO)
    talk = Talk(recording, "Oslo")
    for step in talk.steps:
        step()
    assert talk.thread == "thread_1"
    assert recording.left == ["/threads", "/threads/thread_1/messages", "/threads/thread_1/runs"]


def test_what_no_lookalike_has_is_a_miss_and_changes_nothing():
    recording = Recording(TWO)
    thread = recording.sends("POST", "/threads", {})["id"]
    assert recording.sends("POST", f"/threads/{thread}/messages", {"role": "user", "content": "Rome"}) is None
    assert recording.sends("POST", f"/threads/{thread}/messages", {"role": "user", "content": "Paris"})["id"] == "msg_1"
    assert recording.sends("POST", f"/threads/{thread}/messages", {"role": "user", "content": "Oslo"}) is None


def test_a_conversation_that_has_gone_on_is_no_lookalike_any_more():
    recording = Recording(TWO)
    first, second = (recording.sends("POST", "/threads", {})["id"] for _ in range(2))
    for thread, city in ((first, "Paris"), (second, "Oslo")):
        recording.sends("POST", f"/threads/{thread}/messages", {"role": "user", "content": city})
    assert recording.sends("POST", f"/threads/{second}/messages", {"role": "user", "content": "Paris"}) is None


def test_a_place_in_use_is_not_assigned_twice():
    recording = Recording(TWO)
    first, second = (recording.sends("POST", "/threads", {})["id"] for _ in range(2))
    paris = {"role": "user", "content": "Paris"}
    assert recording.sends("POST", f"/threads/{first}/messages", paris)["id"] == "msg_1"
    assert recording.sends("POST", f"/threads/{second}/messages", paris) is None


@pytest.mark.parametrize(("output", "status"), [("21", "completed"), ("9", "failed")])
def test_ids_that_were_sent_before_the_difference_keep_their_names(output, status):
    recording = Recording(NESTED)
    run = recording.sends("POST", "/threads/runs", {"assistant_id": "a"})
    path = f"/threads/{run['thread_id']}/runs/{run['id']}"
    (call,) = recording.sends("GET", path)["call_ids"]
    sent = {"tool_outputs": [{"tool_call_id": call, "output": output}]}
    assert recording.sends("POST", f"{path}/submit_tool_outputs", sent) == run | {"status": status}
    again = recording.sends("POST", "/threads/runs", {"assistant_id": "a"})
    assert {run["id"], again["id"]} == {"run_1", "run_2"}


def test_a_poll_that_the_lookalike_does_not_have_is_no_hindrance():
    polled, unpolled = NESTED.split("  - request: GET /threads/thread_2", 1)
    recording = Recording(polled + unpolled[unpolled.index("  - request") :])
    run = recording.sends("POST", "/threads/runs", {"assistant_id": "a"})
    path = f"/threads/{run['thread_id']}/runs/{run['id']}"
    recording.gets(path)
    sent = {"tool_outputs": [{"tool_call_id": "call_2", "output": "9"}]}
    assert recording.sends("POST", f"{path}/submit_tool_outputs", sent)["status"] == "failed"


def test_a_thread_that_was_not_created_here_has_no_lookalike():
    recording = Recording("""
interactions:
  - {request: POST /threads/thread_1/messages, body: {role: user, content: a}, json: {id: msg_1}}
  - {request: POST /threads, body: {}, json: {id: 7, object: thread}}
""")
    assert recording.sends("POST", "/threads/thread_1/messages", {"role": "user", "content": "b"}) is None
    assert recording.sends("POST", "/threads/thread_9/messages", {"role": "user", "content": "b"}) is None
    assert recording.sends("POST", "/threads", {"metadata": {"a": "b"}}) is None


LONGER = """
interactions:
  - {request: POST /threads, body: {}, json: {id: thread_1, object: thread}}
  - {request: POST /threads/thread_1/messages, body: {content: Hi}, json: {id: msg_1, thread_id: thread_1}}
  - {request: POST /threads/thread_1/messages, body: {content: More}, json: {id: msg_2, thread_id: thread_1}}
  - {request: GET /threads/thread_1/messages, json: {object: list, data: [Hi, More]}}
  - {request: POST /threads, body: {}, json: {id: thread_2, object: thread}}
  - {request: POST /threads/thread_2/messages, body: {content: Hi}, json: {id: msg_3, thread_id: thread_2}}
  - {request: GET /threads/thread_2/messages, json: {object: list, data: [Hi]}}
"""


@pytest.mark.parametrize("texts", [["Hi"], ["Hi", "More"]], ids=len)
def test_of_two_that_are_alike_so_far_the_one_is_meant_that_looks_now(texts):
    recording = Recording(LONGER)
    thread = recording.sends("POST", "/threads", {})["id"]
    for text in texts:
        recording.sends("POST", f"/threads/{thread}/messages", {"content": text})
    assert recording.sends("GET", f"/threads/{thread}/messages")["data"] == texts


def test_a_look_that_came_too_early_is_answered_all_the_same_when_no_other_has_it():
    recording = Recording(LONGER.partition("  - {request: POST /threads, body: {}, json: {id: thread_2")[0])
    thread = recording.sends("POST", "/threads", {})["id"]
    assert recording.sends("GET", f"/threads/{thread}/messages")["data"] == ["Hi", "More"]
    twice = Recording(
        LONGER.replace("[Hi]", "[Hi, twice]").replace(
            "thread_2/messages, body: {content: Hi}", "thread_2/messages, body: {content: No}"
        )
    )
    thread = twice.sends("POST", "/threads", {})["id"]
    assert twice.sends("GET", f"/threads/{thread}/messages")["data"] == ["Hi", "More"]
