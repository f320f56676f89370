"""What requests do with the responses before them, of requests and answers that nobody has checked."""

import json

import pytest

from runmock.apis.responses.judged.facts import facts_of
from runmock.core.http.sse import encode
from runmock.core.report.acts import NO_FACTS, Act, Facts

QUESTION = {"role": "user", "content": "Q"}
MESSAGE = {"id": "msg_1", "type": "message", "role": "assistant", "content": [{"type": "output_text", "text": "A"}]}
REASONING = {"id": "rs_1", "type": "reasoning", "summary": [], "encrypted_content": "enc_1"}
CALL = {"id": "fc_1", "type": "function_call", "call_id": "call_1", "name": "f", "arguments": "{}"}
OUTPUT = {"type": "function_call_output", "call_id": "call_1", "output": "21"}
SAID = {"role": "assistant", "content": "A"}


def response(*output, id_="resp_1", status="completed", **more):
    return {"object": "response", "id": id_, "status": status, "output": [*output], **more}


def act(body=None, shown=None, operation="create_response", status=200, **ids):
    return Act(operation, ids, body, status, b"" if shown is None else json.dumps(shown).encode(), is_stream=False)


def create(shown=None, **body):
    return act({"input": "Q"} | body, shown)


def stream(*events, **body):
    return Act("create_response", {}, {"input": "Q"} | body, 200, b"".join(events), is_stream=True)


def told(*acts):
    """The facts of the last of the requests."""
    return facts_of(acts)[-1]


@pytest.mark.parametrize(
    "odd",
    [
        act(None),
        act(["x"]),
        act(
            {"input": [5, None, {"type": 5}], "previous_response_id": 5, "conversation": {"id": []}, "instructions": []}
        ),
        Act("create_response", {}, {}, 500, b"<html>", is_stream=False),
        act({}, ["x"]),
        act({}, {"object": "list"}),
        act({}, response(id_=5)),
        act({}, operation="list_items", conversation_id="conv_1"),
        act({}, operation="delete_item", conversation_id="conv_1", item_id="msg_1"),
        Act("create_response", {}, {}, 200, b"event: x\ndata: {\n\nevent: y\ndata: 5\n\n", is_stream=True),
    ],
)
def test_what_is_nothing_known_tells_nothing(odd):
    assert told(create(response(MESSAGE)), odd)._replace(continues=frozenset()) == NO_FACTS


def test_an_answer_is_a_run_of_its_own_or_part_of_the_one_whose_calls_it_answers():
    first = create(response(CALL))
    assert told(first) == Facts("resp_1", awaits_outputs=True)
    second = create(response(MESSAGE, id_="resp_2"), input=[OUTPUT], previous_response_id="resp_1")
    assert told(first, second) == Facts("resp_1", frozenset({"resp_1"}), frozenset({"resp_1"}))
    assert told(first, act(None, response(CALL), "retrieve_response", response_id="resp_1")) == told(first)


def test_a_retrieve_that_is_refused_is_still_about_its_response():
    refused = act(None, {"error": {}}, "retrieve_response", 404, response_id="resp_1")
    assert told(create(response(MESSAGE)), refused).run_id == "resp_1"


@pytest.mark.parametrize("status", ["in_progress", "incomplete", "failed"])
def test_only_a_completed_response_awaits_outputs(status):
    assert not told(create(response(CALL, status=status))).awaits_outputs


def test_calls_of_other_kinds_await_outputs_where_they_have_an_id():
    custom = {"id": "ctc_1", "type": "custom_tool_call", "call_id": "call_2"}
    searched = {"id": "ws_1", "type": "web_search_call"}
    assert told(create(response(searched, custom))).awaits_outputs
    assert not told(create(response(searched))).awaits_outputs
    given = create(input=[{"type": "custom_tool_call_output", "call_id": "call_2", "output": ""}])
    assert told(create(response(custom)), given).submits == {"resp_1"}


def test_outputs_that_were_put_into_the_conversation_count_for_the_request_after_them():
    first = create(response(CALL), conversation="conv_1")
    put = act({"items": [OUTPUT]}, {"object": "list"}, "create_items", conversation_id="conv_1")
    assert told(first, put).submits == {"resp_1"}
    second = create(response(MESSAGE, id_="resp_2"), input=[], conversation="conv_1")
    assert told(first, put, second).run_id == "resp_1"
    assert told(first, put, second, create(conversation="conv_1")).submits == frozenset()


def test_a_response_that_is_deleted_waits_for_nothing():
    deleted = act(None, {"deleted": True}, "delete_response", response_id="resp_1")
    assert told(create(response(CALL)), deleted) == Facts("resp_1", submits=frozenset({"resp_1"}))


HISTORIES = {
    "by its id": ([QUESTION, MESSAGE, QUESTION], True),
    "by a reference": ([QUESTION, {"id": "msg_1"}], True),
    "by its text": ([QUESTION, SAID, QUESTION], True),
    "behind another text": ([QUESTION, {"role": "assistant", "content": "B"}, SAID], True),
    "behind instructions": ([{"role": "system", "content": "S"}, QUESTION, SAID], True),
    "behind another question": ([{"role": "user", "content": "P"}, SAID], False),
    "behind no question": ([SAID], False),
    "with another text": ([QUESTION, {"role": "assistant", "content": "B"}], False),
    "not at all": ([QUESTION], False),
}


@pytest.mark.parametrize("name", HISTORIES)
def test_a_history_continues_what_it_repeats(name):
    history, is_continued = HISTORIES[name]
    assert told(create(response(MESSAGE)), create(input=history)).continues == ({"resp_1"} if is_continued else set())


def test_a_history_continues_a_response_that_has_written_nothing_with_an_empty_text():
    failed = create(response(status="failed"))
    nothing = {"role": "assistant", "content": ""}
    assert told(failed, create(input=[QUESTION, nothing])).continues == {"resp_1"}
    assert told(failed, create(input=[QUESTION, SAID])).continues == frozenset()


def test_a_text_answers_an_output_where_the_response_has_answered_one():
    loop = [create(response(CALL)), create(response(MESSAGE, id_="resp_2"), input=[QUESTION, CALL, OUTPUT])]
    assert told(*loop, create(input=[QUESTION, CALL, OUTPUT, SAID])).continues == {"resp_1", "resp_2"}
    assert told(*loop, create(input=[QUESTION, CALL, {**OUTPUT, "call_id": "call_2"}, SAID])).continues == {"resp_1"}


def events(*items, **more):
    yield encode("response.created", {"type": "response.created", "response": response(status="in_progress", **more)})
    for item in items:
        yield encode("response.output_item.added", {"item": {**item, "content": []}})


def delta(text, name="response.output_text.delta"):
    return encode(name, {"type": name, "item_id": "msg_1", "delta": text})


def test_half_a_stream_is_continued_by_the_text_that_came():
    half = stream(*events(MESSAGE), delta("A"), delta(" and", "response.refusal.delta"), delta(5), b"event: response.")
    for text in ("A and", "A"):
        history = [QUESTION, {"role": "assistant", "content": text}]
        assert told(half, create(input=history)).continues == ({"resp_1"} if text == "A and" else set())


def test_a_conversation_continues_its_latest_response_and_the_same_request_continues_nothing():
    first = create(response(MESSAGE, conversation={"id": "conv_1"}), conversation={"id": "conv_1"})
    assert told(first, create(conversation="conv_1", input="Q2")).continues == {"resp_1"}
    assert told(first, create(conversation="conv_1")).continues == frozenset()
    assert told(first, create(conversation="conv_2", input="Q2")).continues == frozenset()


@pytest.mark.parametrize(("item_id", "is_continued"), [("msg_1", False), ("msg_0", True)])
def test_who_deletes_the_item_of_a_response_does_not_go_on_from_it(item_id, is_continued):
    first = create(response(MESSAGE), conversation="conv_1")
    deleted = act(None, {}, "delete_item", conversation_id="conv_1", item_id=item_id)
    going_on = create(conversation="conv_1", input="Q2")
    assert bool(told(first, deleted, going_on).continues) is is_continued


def test_instructions_are_lost_where_nothing_says_them_again():
    first = create(response(MESSAGE), instructions="Be brief.")
    second = create(response(id_="resp_2"), previous_response_id="resp_1")
    third = create(response(id_="resp_3"), previous_response_id="resp_2")
    facts = facts_of([first, second, third])
    assert [fact.lost_instructions for fact in facts] == [None, "resp_1", None]
    unknown = create(previous_response_id="resp_9")
    assert told(first, unknown).lost_instructions is None


BEFORE = response(REASONING, CALL)
REPEATED = [
    ([QUESTION, CALL, OUTPUT], {}, True),
    ([QUESTION, REASONING, CALL, OUTPUT], {}, False),
    ([QUESTION, {**REASONING, "id": None}, CALL, OUTPUT], {}, False),
    ([QUESTION, {"type": "reasoning", "id": "rs_1"}, CALL, OUTPUT], {}, False),
    ([QUESTION, OUTPUT], {}, False),
    ([QUESTION, CALL, OUTPUT], {"model": "another"}, False),
    ([QUESTION, CALL, OUTPUT], {"previous_response_id": "resp_0"}, False),
    ([QUESTION, CALL, OUTPUT], {"conversation": "conv_1"}, False),
]


@pytest.mark.parametrize(("sent", "more", "is_dropped"), REPEATED)
def test_reasoning_is_dropped_by_a_history_that_repeats_what_followed_it(sent, more, is_dropped):
    found = told(create(BEFORE), create(input=sent, **more)).dropped_reasoning
    assert found == ("resp_1" if is_dropped else None)


@pytest.mark.parametrize(("store", "is_dropped"), [(True, True), (False, False), (None, True)])
def test_reasoning_that_is_neither_stored_nor_handed_out_cannot_be_sent(store, is_dropped):
    bare = {**REASONING, "encrypted_content": None}
    found = told(create(response(bare, CALL), store=store), create(input=[QUESTION, CALL, OUTPUT]))
    assert found.dropped_reasoning == ("resp_1" if is_dropped else None)


@pytest.mark.parametrize(("thought", "is_dropped"), [("<think>Hm.</think>", False), ("Hm", True)])
def test_a_summary_that_is_sent_as_a_text_is_sent(thought, is_dropped):
    thinking = {**REASONING, "summary": [{"type": "summary_text", "text": "Hm."}, {"type": "other"}]}
    history = [QUESTION, {"role": "assistant", "content": thought}, CALL, OUTPUT]
    assert bool(told(create(response(thinking, CALL)), create(input=history)).dropped_reasoning) is is_dropped


def test_only_the_reasoning_before_an_item_belongs_to_it_and_a_run_is_blamed_once():
    two = response(REASONING, MESSAGE, {**REASONING, "id": "rs_2", "encrypted_content": "enc_2"}, CALL)
    kept = [QUESTION, {"type": "reasoning", "id": "rs_2"}, CALL, OUTPUT]
    assert told(create(two), create(input=kept)).dropped_reasoning is None
    facts = facts_of([create(two), create(input=[QUESTION, CALL, OUTPUT]), create(input=[QUESTION, CALL, OUTPUT])])
    assert [fact.dropped_reasoning for fact in facts] == [None, "resp_1", None]


def test_an_item_without_an_id_is_known_by_its_call():
    bare = {key: value for key, value in CALL.items() if key != "id"}
    nameless = {"type": "other"}
    assert told(create(response(bare, nameless)), create(input=[QUESTION, CALL, OUTPUT])).continues == {"resp_1"}
