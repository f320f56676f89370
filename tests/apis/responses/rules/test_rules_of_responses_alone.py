"""Rules of Responses where a whole recording would hide which rule answers: resumed streams, conversations, odd events."""

import json
from urllib.parse import parse_qs

import pytest
from response_conversation import TOOLS, Responses, answers, events

from runmock.apis.responses.api import RESPONSES
from runmock.apis.responses.rules.recorded_rules import ResponsesRules
from runmock.apis.responses.rules.verbatim_rules import broken_verbatim
from runmock.core.replay.interaction import NAMELESS_DONE, Interaction, StreamEvent
from runmock.core.script.script import ScriptedRun, Source

CITED = {"text": "See a.txt.", "annotations": [{"type": "file_citation", "text": "a.txt"}]}
TELLING = [{"reasoning": ["First.", "Second."]}, {"code_interpreter": {"input": "1 + 1"}}, {"reply": CITED}]
CALLING = [{"calls": ["get_weather", "get_weather"]}, {"reply": "Warm."}]
BODY = {"model": "gpt-4o", "input": "Hi", "tools": TOOLS}
BACKGROUND = {**BODY, "stream": True, "background": True}


def identify(method, path):
    return RESPONSES.identify(method, f"/v1{path}")


class Recording:
    """Checks interactions with a script one by one; `messages` are those of the rules that they break."""

    def __init__(self, steps=(), ids=()):
        self.service = Responses({"runmock": 1, "runs": [{"steps": steps}] if steps else []})
        self.rules, self.messages = ResponsesRules(ids), []

    def adds(self, method, path, body=None, **answer):
        """Check an interaction."""
        path, _, query = path.partition("?")
        values = {name: tuple(found) for name, found in parse_qs(query).items()}
        interaction = Interaction(Source("a", 0), method, path, values, body, identify=identify, **answer)
        broken = self.rules.check(interaction, (), lambda number: (number,))
        self.messages += [rule.message for rule in broken]

    def asks(self, method, path, body=None):
        """Check what the script answers; returns it."""
        answer = self.service.asks(method, path, body)
        self.adds(method, path, body, json=answer)
        return answer

    def streams(self, method, path, body=None, *, until=None):
        """Check the events that the script answers, up to a number; returns all."""
        told = events(self.service.replies(method, path, body).frames)
        stream = tuple(StreamEvent(*event) for event in told[:until])
        self.adds(method, path, body, stream=stream, is_truncated=until is not None)
        return told

    def tells(self, *told, path="/responses", is_truncated=False):
        """Check a stream of these events, which have no numbers: names, each with its data."""
        stream = tuple(StreamEvent(name, {"type": name, **data}) for name, data in told)
        method, body = ("POST", {"stream": True}) if path == "/responses" else ("GET", None)
        self.adds(method, path, body, stream=stream, is_truncated=is_truncated)

    def ends(self):
        """All messages, with those that the end of the recording shows."""
        self.messages += [rule.message for rule in self.rules.check_end()]
        return self.messages


def response(**fields):
    return {"id": "resp_1", "object": "response", "status": "completed", "output": [], **fields}


def call(number, **fields):
    return {"type": "function_call", "id": f"fc_{number}", "call_id": f"call_{number}", "arguments": "{}", **fields}


def output(number, **fields):
    return {"type": "function_call_output", "call_id": f"call_{number}", "output": "21", **fields}


CREATED = ("response.created", {"response": {"id": "resp_1", "status": "in_progress"}})
ADDED = ("response.output_item.added", {"output_index": 0, "item": {"id": "msg_1", "type": "message"}})
DONE = ("response.output_item.done", {"output_index": 0, "item": {"id": "msg_1", "type": "message"}})
COMPLETED = ("response.completed", {"response": {"id": "resp_1", "status": "completed"}})
FAILED = ("response.failed", {"response": {"id": "resp_1", "status": "failed"}})


def test_a_stream_that_is_resumed_after_any_event_breaks_no_rule():
    whole = len(Recording(TELLING).streams("POST", "/responses", BACKGROUND))
    for after in range(whole):
        recording = Recording(TELLING)
        told = recording.streams("POST", "/responses", BACKGROUND, until=after + 1)
        path = f"/responses/{told[0][1]['response']['id']}"
        recording.streams("GET", f"{path}?stream=true&starting_after={after}")
        recording.streams("GET", f"{path}?stream=true")
        recording.asks("GET", path)
        assert recording.ends() == []


def test_a_stream_that_is_resumed_elsewhere_than_asked_is_found():
    recording = Recording(TELLING)
    told = recording.streams("POST", "/responses", BACKGROUND, until=3)
    rest = tuple(StreamEvent(*event) for event in told[4:])
    recording.adds("GET", f"/responses/{told[0][1]['response']['id']}?stream=true&starting_after=2", stream=rest)
    name = told[4][0]
    assert recording.ends() == [f"{name} has the sequence_number 4; 3 is next"]


def test_a_place_in_a_stream_that_is_no_number_is_no_place():
    recording = Recording(TELLING)
    recording.tells(CREATED, COMPLETED, path="/responses/resp_1?stream=true&starting_after=x")
    assert recording.ends() == []


def test_a_background_response_whose_stream_broke_off_may_be_polled():
    recording = Recording(TELLING)
    told = recording.streams("POST", "/responses", BACKGROUND, until=2)
    recording.asks("GET", f"/responses/{told[0][1]['response']['id']}")
    assert recording.ends() == []


def test_a_response_that_ended_otherwise_in_an_earlier_answer_is_found():
    recording = Recording()
    recording.adds("POST", "/responses", {"background": True}, json=response(status="completed"))
    recording.tells(CREATED, FAILED, path="/responses/resp_1?stream=true")
    assert recording.ends() == ["resp_1 goes from completed to failed; after completed comes nothing"]


def test_a_stream_that_is_read_again_may_break_off():
    recording = Recording()
    recording.adds("POST", "/responses", {"background": True}, json=response(status="completed"))
    recording.tells(CREATED, ADDED, path="/responses/resp_1?stream=true", is_truncated=True)
    recording.adds("GET", "/responses/resp_1", json=response(status="completed"))
    assert recording.ends() == []


def test_a_stream_with_an_error_has_ended():
    recording = Recording()
    recording.tells(CREATED, ("error", {"error": {"message": "Sorry."}}))
    assert recording.ends() == []


def test_a_stream_without_its_end_is_found_once():
    recording = Recording()
    recording.tells(CREATED)
    ends = "neither response.completed, response.failed, response.incomplete nor error"
    assert recording.ends() == [f"the stream ends with response.created, and {ends}"]


def test_a_response_that_is_incomplete_may_end_in_the_middle_of_an_item():
    incomplete = response(status="incomplete", output=[{"id": "msg_1", "type": "message"}])
    second = ("response.output_item.added", {"output_index": 1, "item": call(1, arguments="")})
    recording = Recording()
    recording.tells(CREATED, ADDED, DONE, second, ("response.incomplete", {"response": incomplete}))
    assert recording.ends() == []


@pytest.mark.parametrize("number", [None, 0, 1, 7])
def test_the_number_of_an_error_is_not_judged(number):
    error = ("error", {"type": "error", "sequence_number": number, "error": {"message": "Sorry."}})
    created, failed = (
        (name, {"sequence_number": place, **data}) for place, (name, data) in enumerate((CREATED, FAILED))
    )
    for last in (1, 2):
        recording = Recording()
        recording.tells(created, error, (failed[0], {**failed[1], "sequence_number": last}))
        assert recording.ends() == []


def test_events_that_nobody_knows_break_no_rule_wherever_they_are():
    unknown = ("response.thinking.delta", {"item_id": "th_9", "output_index": 7, "delta": 3})
    item = {"id": "x_1", "type": "dream", "status": "dreaming"}
    dreamt = [(f"response.output_item.{state}", {"output_index": 0, "item": item}) for state in ("added", "done")]
    recording = Recording()
    recording.tells(unknown, CREATED, unknown, *dreamt, COMPLETED, unknown)
    assert recording.ends() == []


def test_events_about_items_may_lack_what_they_are_about():
    lacking = [
        ("response.output_text.delta", {"delta": "a"}),
        ("response.output_text.delta", {"item_id": "msg_1", "delta": "a"}),
        ("response.output_text.delta", {"item_id": "msg_1", "content_index": 0, "delta": None}),
        ("response.output_text.done", {"item_id": "msg_1", "content_index": 0}),
        ("response.content_part.done", {"item_id": "msg_1", "content_index": 0}),
        ("response.web_search_call.completed", {"item_id": "msg_1", "output_index": 0}),
    ]
    recording = Recording()
    recording.tells(CREATED, ADDED, *lacking, DONE, ("response.completed", {}))
    assert recording.messages == []


SHORT = ("response.output_text.delta", {"item_id": "msg_1", "output_index": 0, "content_index": 0, "delta": "Hi"})


@pytest.mark.parametrize("told", [[SHORT], [DONE], [SHORT, DONE], [SHORT, SHORT, DONE]])
def test_a_stream_that_people_have_shortened_may_add_no_item(told):
    recording = Recording()
    of_it = {"id": "msg_9", "type": "message", "content": [{"type": "output_text", "text": "Bye"}]}
    recording.tells(CREATED, *told, ("response.completed", {"response": response(output=[of_it])}))
    assert recording.ends() == []


def test_an_item_that_is_added_late_is_found():
    recording = Recording()
    recording.tells(CREATED, SHORT, ADDED, DONE, COMPLETED)
    assert recording.ends() == ["response.output_item.added of msg_1, which is in events before it"]


def test_items_without_ids_are_told_by_their_indices():
    added, done = (
        (f"response.output_item.{state}", {"output_index": 0, "item": {"type": "message"}})
        for state in ("added", "done")
    )
    of_it = {"type": "message", "content": [{"type": "output_text", "text": "Hi"}]}
    recording = Recording()
    recording.tells(CREATED, added, done, ("response.completed", {"response": response(output=[of_it])}))
    assert recording.ends() == []


def test_the_output_of_a_stream_may_be_empty():
    recording = Recording()
    recording.tells(CREATED, ADDED, DONE, ("response.completed", {"response": response()}))
    assert recording.ends() == []


def test_calls_that_only_events_show_are_announced():
    item = {"output_index": 0, "item": call(1)}
    told = [(f"response.output_item.{state}", item) for state in ("added", "done")]
    recording = Recording()
    recording.tells(CREATED, *told, ("response.completed", {"response": response()}))
    recording.adds("POST", "/responses", {"previous_response_id": "resp_1"}, json=response(id="resp_2"))
    assert recording.ends() == ["the request goes on without an output for call_1, which resp_1 announced"]


def test_the_arguments_of_a_call_that_had_no_deltas_are_those_of_its_end():
    place = {"item_id": "fc_1", "output_index": 0}
    added = ("response.output_item.added", {"output_index": 0, "item": call(1, arguments="")})
    told = ("response.function_call_arguments.done", {**place, "arguments": "{}"})
    done = ("response.output_item.done", {"output_index": 0, "item": call(1, arguments="[]")})
    recording = Recording()
    recording.tells(CREATED, added, told, done, COMPLETED)
    assert recording.messages == [
        "the arguments of fc_1: response.function_call_arguments.done has '{}', but here it is '[]'"
    ]


@pytest.mark.parametrize("state", ["previous_response_id", "conversation", "history"])
def test_calls_are_answered_whatever_holds_the_state(state):
    recording = Recording(CALLING)
    more = {}
    if state == "conversation":
        more["conversation"] = recording.asks("POST", "/conversations", {})["id"]
    first = recording.asks("POST", "/responses", {**BODY, **more})
    sent = answers(first, "21", "22")
    if state == "previous_response_id":
        more["previous_response_id"] = first["id"]
    elif state == "history":
        sent = [{"role": "user", "content": "Hi"}, *first["output"], *sent]
    last = recording.asks("POST", "/responses", {**BODY, **more, "input": sent})
    assert last["status"] == "completed"
    assert recording.ends() == []
    del sent[-1]
    recording.adds("POST", "/responses", {**BODY, **more, "input": sent}, json={**last, "id": "resp_x"})
    call_id = first["output"][1]["call_id"]
    whose = f"which {first['id']} announced"
    expected = [] if state == "conversation" else [f"the request goes on without an output for {call_id}, {whose}"]
    assert recording.messages == expected


def test_a_call_that_a_request_brings_needs_an_output_in_it():
    recording = Recording()
    recording.adds("POST", "/responses", {"input": [call(1), call(2), output(2)]}, json=response())
    assert recording.ends() == ["the request goes on without an output for call_1, which is in its own input"]


def test_calls_at_the_end_of_a_recording_are_worth_a_note():
    recording = Recording(CALLING)
    first = recording.asks("POST", "/responses", BODY)
    one, two = (item["call_id"] for item in first["output"])
    why = "and no request of this recording has its output"
    assert [(rule.rule, rule.message) for rule in recording.rules.check_end()] == [
        ("note", f"{first['id']} announced {one}, {why}"),
        ("note", f"{first['id']} announced {two}, {why}"),
    ]


def test_a_missing_output_is_reported_once():
    recording = Recording()
    recording.adds("POST", "/responses", {"input": "Hi"}, json=response(output=[call(1)]))
    for number in (2, 3):
        body = {"previous_response_id": f"resp_{number - 1}", "input": "Go on."}
        recording.adds("POST", "/responses", body, json=response(id=f"resp_{number}"))
    assert recording.ends() == ["the request goes on without an output for call_1, which resp_1 announced"]


@pytest.mark.parametrize(
    ("body", "known"),
    [
        ({"previous_response_id": "resp_of_yesterday"}, ()),
        ({"conversation": "conv_of_yesterday"}, ()),
        ({"conversation": {"id": "conv_of_yesterday"}}, ()),
        ({"previous_response_id": "resp_9"}, ("resp_9",)),
        ({}, ("call_7",)),
    ],
)
def test_an_output_for_a_call_before_the_recording_is_right(body, known):
    recording = Recording(ids=known)
    recording.adds("POST", "/responses", {**body, "input": [output(7)]}, json=response())
    assert recording.ends() == []


def test_an_output_for_no_call_is_found():
    recording = Recording()
    recording.adds("POST", "/responses", {"input": [output(7)]}, json=response())
    assert recording.ends() == ["an output for call_7, and neither the request nor what it continues has this call"]


@pytest.mark.parametrize("reference", [{"type": "item_reference", "id": "fc_1"}, {"id": "fc_1"}])
def test_a_reference_is_the_item_that_it_names(reference):
    recording = Recording()
    recording.adds("POST", "/responses", {"input": "Hi"}, json=response(output=[call(1)]))
    recording.adds("POST", "/responses", {"input": [reference, output(1)]}, json=response(id="resp_2"))
    recording.adds("POST", "/responses", {"input": [reference]}, json=response(id="resp_3"))
    assert recording.ends() == ["the request goes on without an output for call_1, which resp_1 announced"]


@pytest.mark.parametrize("item", [{"type": "compaction", "encrypted_content": "x"}, {"id": "fc_of_yesterday"}])
def test_an_item_that_stands_for_others_may_have_the_call(item):
    recording = Recording()
    recording.adds("POST", "/responses", {"input": [item, output(1)]}, json=response())
    assert recording.ends() == []


def test_calls_without_their_id_are_not_judged():
    items = [call(1, call_id=None), output(2, call_id=None)]
    recording = Recording()
    recording.adds("POST", "/responses", {"input": items}, json=response(output=[call(1, call_id=None)]))
    assert recording.ends() == []


def test_a_conversation_has_the_calls_and_outputs_that_requests_put_into_it():
    recording = Recording()
    conversation = {"id": "conv_1", "object": "conversation"}
    recording.adds("POST", "/conversations", {"items": [call(1)]}, json=conversation)
    recording.adds("POST", "/conversations/conv_1/items", {"items": [output(1)]}, json={"object": "list", "data": []})
    body = {"conversation": "conv_1", "input": "Hi"}
    recording.adds("POST", "/responses", body, json=response(conversation=conversation, output=[call(2)]))
    assert recording.messages == []
    recording.adds("POST", "/responses", body, json=response(id="resp_2", conversation=conversation))
    assert recording.messages == ["the request goes on without an output for call_2, which resp_1 announced"]


def test_of_a_conversation_from_which_items_were_deleted_nothing_is_missing():
    recording = Recording()
    recording.adds("POST", "/conversations", {"items": [call(1)]}, json={"id": "conv_1", "object": "conversation"})
    recording.adds("DELETE", "/conversations/conv_1/items/fc_1", json={"id": "conv_1", "object": "conversation"})
    recording.adds("POST", "/responses", {"conversation": "conv_1"}, json=response())
    assert recording.ends() == ["no answer before this request contains fc_1"]


def test_items_may_be_put_into_a_conversation_of_yesterday():
    recording = Recording()
    path = "/conversations/conv_of_yesterday"
    recording.adds("POST", f"{path}/items", {"items": [output(1)]}, json={"object": "list", "data": []})
    recording.adds("POST", "/responses", {"conversation": "conv_of_yesterday"}, json=response(output=[call(2)]))
    assert recording.ends() == ["resp_1 announced call_2, and no request of this recording has its output"]


def test_answers_without_an_object_say_nothing():
    recording = Recording()
    recording.adds("POST", "/responses", {"input": "Hi"}, text="not JSON")
    recording.adds("POST", "/responses", {"input": "Hi"}, json={"object": "response"})
    recording.adds("POST", "/responses", json=response(status=None, output=[call(1)]))
    recording.adds("POST", "/responses", {"stream": True}, stream=())
    recording.adds(
        "POST", "/responses", {"stream": True}, stream=(StreamEvent("response.created", None, "data: {\n\n"),)
    )
    assert recording.ends() == [
        "the stream ends with response.created, and neither response.completed, response.failed, response.incomplete nor error"
    ]


def test_a_cancelled_and_a_deleted_response_are_over():
    recording = Recording()
    for number, (method, path) in enumerate([("POST", "/responses/resp_0/cancel"), ("DELETE", "/responses/resp_1")]):
        queued = response(id=f"resp_{number}", status="queued", background=True)
        recording.adds("POST", "/responses", {"background": True}, json=queued)
        recording.adds(method, path, json={"id": f"resp_{number}", "object": "response.deleted"})
    assert recording.ends() == []


@pytest.mark.parametrize("status", ["queued", "in_progress", "cancelled"])
def test_a_response_that_is_under_way_or_cancelled_may_have_an_error(status):
    recording = Recording()
    queued = response(status=status, background=True, error={"code": "server_error", "message": "Sorry."})
    recording.adds("POST", "/responses", {"background": True}, json=queued)
    assert recording.messages == []


def test_a_message_without_an_id_that_is_left_open_is_found():
    open_message = {"type": "message", "status": "in_progress"}
    recording = Recording()
    recording.adds("POST", "/responses", {"input": "Hi"}, json=response(output=[open_message]))
    assert recording.ends() == ["resp_1 is completed, and a message in its output is in_progress"]


def test_what_stands_verbatim_for_another_api_is_not_checked_here():
    canned = {"object": "thread.run", "status": "finished"}
    assert [*broken_verbatim(ScriptedRun(Source("a.yaml", 0), canned=canned, only_api="assistants"))] == []


def test_a_nameless_event_is_what_its_data_says():
    told = [(name, {"type": name, **data}) for name, data in (CREATED, ADDED, DONE, COMPLETED)]
    recording = Recording()
    stream = tuple(StreamEvent("message", data, f"data: {json.dumps(data)}\n\n") for _, data in told)
    recording.adds("POST", "/responses", {"stream": True}, stream=(*stream, NAMELESS_DONE))
    assert recording.ends() == []
    recording.adds("POST", "/responses", {"stream": True}, stream=stream[:-2] + stream[-1:])
    assert recording.messages == ["resp_1 is completed while msg_1 is not done"]
