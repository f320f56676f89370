"""Which response a request continues: by its outputs, wherever they stand, in every way to keep a history."""

import pytest
from response_conversation import Responses, answers, calls_of, text_of

from runmock.core.errors import OutputMismatch, ScriptError

TWO = """
runs:
  - steps:
      - calls: [{get_weather: {city: Paris}}, {get_weather: {city: Oslo}}]
        outputs: [/21/, any]
      - calls: [{get_weather: {city: Rome}}]
      - reply: Paris $outputs.call_1, Oslo $outputs.call_2, Rome $outputs.call_3, $outputs.get_weather.
  - reply: Another.
  - reply: A third.
"""
ONE = "runs: [{calls: [{get_weather: {}}], reply: It is $outputs.call_1.}, {reply: Another.}]"


def user(text):
    return {"role": "user", "content": text}


def bare(response):
    """A response's calls as an application without ids echoes them."""
    return [{key: call[key] for key in ("type", "call_id", "name", "arguments")} for call in calls_of(response)]


def web_search():
    return {"type": "web_search_call", "id": "ws_1", "status": "completed", "action": {"type": "search", "query": "x"}}


class Rounds:
    """The two rounds of TWO in a stateless history."""

    def __init__(self):
        self.service = Responses(TWO)
        self.first = self.service.creates([user("a")], store=False)
        self.calls, self.outputs = bare(self.first), answers(self.first, "21", "-4")
        self.history = [user("a"), *self.calls, *self.outputs]

    def second(self):
        made = self.service.creates(self.history, store=False)
        self.history += [*bare(made), *answers(made, "30")]
        return made


@pytest.mark.parametrize(
    "order",
    ["c1 c2 o1 o2", "c1 c2 o2 o1", "c1 o1 c2 o2", "c2 o2 c1 o1", "c1 c2 o1 w o2", "c1 c2 w o1 o2 w", "o1 o2 c1 c2"],
)
def test_outputs_of_parallel_calls_stand_in_any_order_with_other_items_between(order):
    rounds = Rounds()
    items = dict(zip(("c1", "c2", "o1", "o2", "w"), [*rounds.calls, *rounds.outputs, web_search()], strict=True))
    made = rounds.service.creates([user("a"), *(items[name] for name in order.split())], store=False)
    assert [call["arguments"] for call in calls_of(made)] == ['{"city":"Rome"}']


def test_outputs_with_a_message_between_them_belong_together():
    rounds = Rounds()
    words = {"type": "message", "role": "assistant", "content": "Looking."}
    made = rounds.service.creates([user("a"), *rounds.calls, rounds.outputs[0], words, rounds.outputs[1]])
    assert calls_of(made)[0]["name"] == "get_weather"


def test_a_history_of_several_rounds_continues_the_response_of_its_last_output():
    rounds = Rounds()
    rounds.second()
    made = rounds.service.creates(rounds.history)
    assert text_of(made) == "Paris 21, Oslo -4, Rome 30, 30."
    assert rounds.service.left == 2


def test_outputs_of_calls_that_no_script_has_made_stand_in_a_history():
    service = Responses(ONE)
    old = {"type": "function_call", "call_id": "call_old", "name": "get_weather", "arguments": "{}"}
    history = [user("a"), old, {"type": "function_call_output", "call_id": "call_old", "output": "1"}]
    first = service.creates(history)
    assert calls_of(first)[0]["call_id"] == "call_1"
    made = service.creates([*history, *bare(first), *answers(first, "2")])
    assert text_of(made) == "It is 2."


def test_outputs_of_a_canned_answer_begin_a_run():
    canned = (
        "{json: {object: response, status: completed, output: "
        "[{type: function_call, id: fc_1, call_id: call_x, name: get_weather, arguments: '{}'}]}}"
    )
    service = Responses(f"runs: [{canned}, {{reply: After {canned.count('call_x')}.}}, {{reply: Again.}}]")
    first = service.creates()
    assert text_of(service.continues(first, "21")) == "After 1."
    assert text_of(service.creates([user("Hi"), *first["output"], *answers(first, "21")])) == "Again."


def test_outputs_before_a_question_continue_what_was_never_answered():
    service = Responses(ONE)
    first = service.creates("a")
    late = [user("a"), *bare(first), *answers(first, "21"), user("And Oslo?"), {"role": "developer", "content": "Go."}]
    assert text_of(service.creates(late)) == "It is 21."
    assert text_of(service.creates(late)) == "Another."


@pytest.mark.parametrize("is_stored", [True, False])
def test_outputs_that_end_their_run_leave_the_question_behind_them_to_the_next(is_stored):
    service = Responses("runs: [{calls: [get_weather], outputs: [/21/]}, {reply: Another.}]")
    first = service.creates("a", store=is_stored)
    own = [*answers(first, "21"), user("And Oslo?")]
    before = {"previous_response_id": first["id"]} if is_stored else {}
    made = service.creates(own if is_stored else [user("a"), *bare(first), *own], **before)
    assert text_of(made) == "Another."
    done, new = service.backend.views()
    assert (done.status, done.tool_outputs, len(done.requests)) == ("completed", {"get_weather": "21"}, 1)
    assert (new.status, new.tool_outputs, len(new.requests)) == ("completed", {}, 1)


def test_outputs_that_end_their_run_are_checked_with_a_question_behind_them():
    service = Responses("runs: [{calls: [get_weather], outputs: [/21/]}, {reply: Another.}]")
    with pytest.raises(OutputMismatch):
        service.creates([*answers(first := service.creates(), "4"), user("b")], previous_response_id=first["id"])


@pytest.mark.parametrize(
    ("ending", "status"), [("fail: server_error", "failed"), ("stuck: in_progress", "in_progress")]
)
def test_outputs_before_a_question_go_on_to_an_ending(ending, status):
    service = Responses(f"runs: [{{calls: [get_weather], {ending}}}, {{reply: Another.}}]")
    first = service.creates(background=True)
    late = [*answers(ended(service, first), "21"), user("b")]
    made = service.creates(late, previous_response_id=first["id"], background=True)
    assert ended(service, made)["status"] == status


def ended(service, response):
    """A background response as it is in the end."""
    for _ in range(4):
        response = service.asks("GET", f"/responses/{response['id']}")
    return response


def test_a_question_after_an_answer_begins_a_run():
    rounds = Rounds()
    rounds.second()
    end = rounds.service.creates(rounds.history, store=False)
    history = [*rounds.history, {"role": "assistant", "content": text_of(end)}, user("Bye")]
    assert text_of(rounds.service.creates(history)) == "Another."


def test_a_request_without_outputs_continues_nothing():
    service = Responses(ONE)
    first = service.creates("a")
    second = service.continues(first, "21")
    assert text_of(service.creates(None, previous_response_id=second["id"])) == "Another."


def test_outputs_that_were_put_into_the_conversation_continue():
    service = Responses(ONE)
    conversation = service.asks("POST", "/conversations", {})["id"]
    first = service.creates("a", conversation=conversation)
    service.asks("POST", f"/conversations/{conversation}/items", {"items": answers(first, "21")})
    assert text_of(service.creates([], conversation=conversation)) == "It is 21."
    assert text_of(service.creates([], conversation={"id": conversation})) == "Another."


def test_one_output_in_the_conversation_and_one_in_the_request_continue():
    service = Responses(TWO)
    conversation = service.asks("POST", "/conversations", {})["id"]
    first = service.creates("a", conversation=conversation)
    paris, oslo = answers(first, "21", "-4")
    service.asks("POST", f"/conversations/{conversation}/items", {"items": [paris]})
    assert calls_of(service.creates([oslo], conversation=conversation))[0]["arguments"] == '{"city":"Rome"}'


def test_what_is_not_stored_leaves_its_conversation_as_it_was():
    service = Responses("runs: [{reply: Hi}, {reply: Bye}]")
    conversation = service.asks("POST", "/conversations", {"items": [user("Before")]})["id"]
    made = service.creates("a", conversation=conversation, store=False)
    assert made["conversation"] == {"id": conversation}
    items = service.asks("GET", f"/conversations/{conversation}/items")["data"]
    assert [item["content"][0]["text"] for item in items] == ["Before"]


def test_a_background_response_that_is_not_stored_cannot_be_continued():
    service = Responses("runs: [{reply: Hi}]")
    made = service.creates(background=True, store=False)
    assert service.refused("POST", "/responses", {"input": "a", "previous_response_id": made["id"]})[0] == 400


def test_two_continuations_of_one_response_fork_and_each_goes_on():
    service = Responses(TWO)
    first = service.creates("a")
    forks = [service.continues(first, "21", oslo) for oslo in ("-4", "-5")]
    assert forks[0]["id"] != forks[1]["id"]
    ends = [service.continues(fork, rome) for fork, rome in zip(forks, ("30", "31"), strict=True)]
    assert [text_of(end) for end in ends] == [
        "Paris 21, Oslo -4, Rome 30, 30.",
        "Paris 21, Oslo -5, Rome 31, 31.",
    ]


def test_an_old_response_is_continued_after_others():
    service = Responses(TWO)
    first = service.creates("a")
    assert text_of(service.creates("b")) == "Another."
    second = service.continues(first, "21", "-4")
    assert text_of(service.creates("c")) == "A third."
    assert text_of(service.continues(second, "30")) == "Paris 21, Oslo -4, Rome 30, 30."


ITS_OWN_IDS = """
runs:
  - steps:
      - calls: [{name: get_weather, id: call_same, arguments: {city: Paris}}]
      - calls: [{name: get_weather, id: call_other, arguments: {city: Oslo}}]
      - reply: $outputs.call_same and $outputs.call_other.
  - steps:
      - calls: [{name: get_weather, id: call_same, arguments: {city: Rome}}]
      - reply: Rome $outputs.get_weather.
"""


def test_calls_with_the_same_id_belong_to_the_response_whose_item_the_request_has():
    service = Responses(ITS_OWN_IDS)
    first, other = service.creates("a"), service.creates("b")
    assert [call["call_id"] for made in (first, other) for call in calls_of(made)] == ["call_same", "call_same"]
    second = service.continues(first, "21")
    assert text_of(service.continues(other, "30")) == "Rome 30."
    forks = [service.continues(first, "22"), second]
    assert [calls_of(fork)[0]["call_id"] for fork in forks] == ["call_other", "call_other"]
    ends = [service.continues(fork, "-4") for fork in forks]
    assert [text_of(end) for end in ends] == ["22 and -4.", "21 and -4."]


def test_calls_with_the_same_id_and_no_item_belong_to_the_latest():
    service = Responses(ITS_OWN_IDS)
    service.creates("a")
    other = service.creates("b")
    assert text_of(service.creates([user("b"), *bare(other), *answers(other, "30")])) == "Rome 30."


def test_the_ids_of_calls_are_new_to_the_session_and_to_the_history():
    service = Responses(
        "runs: [{calls: [{name: get_weather, id: call_1}]}, {calls: [{get_weather: {}}]}, {calls: [{get_weather: {}}]}]"
    )
    first, second = service.creates("a"), service.creates("b")
    old = [
        item
        for call_id in ("call_3", "call_4")
        for item in (
            {"type": "function_call", "call_id": call_id, "name": "get_weather", "arguments": "{}"},
            {"type": "function_call_output", "call_id": call_id, "output": "1"},
        )
    ]
    third = service.creates([user("c"), *old])
    assert [calls_of(made)[0]["call_id"] for made in (first, second, third)] == ["call_1", "call_2", "call_5"]


def test_items_get_the_ids_of_their_kind():
    service = Responses("runs: [{reply: a}]")
    items = [{**user("a"), "id": None}, {"type": "web_search_call"}, {"type": "hologram"}]
    made = service.creates(items)
    listed = service.asks("GET", f"/responses/{made['id']}/input_items?order=asc")["data"]
    assert [item["id"].partition("_")[0] for item in listed] == ["msg", "ws", "item"]
    conversation = service.asks("POST", "/conversations", {"items": items})["id"]
    listed = service.asks("GET", f"/conversations/{conversation}/items?order=asc")["data"]
    assert [item["id"].partition("_")[0] for item in listed] == ["msg", "ws", "item"]


def test_an_output_may_be_a_list_of_parts():
    service = Responses("runs: [{calls: [{get_weather: {}}], outputs: [/warm.*sunny/s], reply: $outputs.get_weather}]")
    first = service.creates()
    parts = [{"type": "input_text", "text": "warm"}, {"type": "input_image", "file_id": "f"}]
    made = service.continues(first, [*parts, {"type": "input_text", "text": "sunny"}])
    assert text_of(made) == "warm\nsunny"


def test_outputs_are_checked_by_name_and_as_json():
    script = (
        "runs: [{calls: [{get_weather: {}}, {get_time: {}}], unoffered: true, outputs: {get_time: {h: 5}}, reply: a}]"
    )
    service = Responses(script)
    first = service.creates()
    with pytest.raises(OutputMismatch, match="get_time"):
        service.continues(first, "any", '{"h": 6}')
    assert text_of(service.continues(first, "any", '{"h": 5, "m": 1}')) == "a"


def test_an_item_is_taken_by_its_reference():
    again = "{match: {last_message: Before, stream: false, metadata: {turn: '2'}}, reply: Again}"
    service = Responses(f"runs: [{{reply: Hi}}, {again}, {{reply: Third}}]")
    first = service.creates([user("Before")])
    [question] = service.asks("GET", f"/responses/{first['id']}/input_items")["data"]
    items = [{"id": question["id"]}, {"type": "item_reference", "id": first["output"][0]["id"]}]
    second = service.creates(items, metadata={"turn": "2"})
    assert text_of(second) == "Again"
    listed = service.asks("GET", f"/responses/{second['id']}/input_items?order=asc")["data"]
    assert [(item["type"], item["role"]) for item in listed] == [("message", "user"), ("message", "assistant")]


def test_calls_are_taken_by_their_references():
    service = Responses(ONE)
    first = service.creates("a")
    reference = {"type": "item_reference", "id": calls_of(first)[0]["id"]}
    assert text_of(service.creates([user("a"), reference, *answers(first, "21")])) == "It is 21."


def test_an_item_of_a_conversation_is_taken_by_its_reference():
    service = Responses("runs: [{match: {last_message: Before}, reply: Hi}]")
    conversation = service.asks("POST", "/conversations", {"items": [user("Before")]})["id"]
    [item] = service.asks("GET", f"/conversations/{conversation}/items")["data"]
    assert text_of(service.creates([{"type": "item_reference", "id": item["id"]}])) == "Hi"


THINKS = "runs: [{reasoning: Hm., calls: [{get_weather: {}}], reply: Warm.}, {reasoning: [], reply: b}, {reply: c}]"


@pytest.mark.parametrize("is_stored", [True, False])
def test_reasoning_goes_back_with_what_followed_it(is_stored):
    service = Responses(THINKS)
    first = service.creates("a", store=is_stored)
    thought, call = first["output"]
    bare_call = bare(first)[0]
    for echoed in ([thought, call], [thought, bare_call], [{**thought, "id": None}, bare_call]):
        assert text_of(service.creates([user("a"), *echoed, *answers(first, "21")], store=is_stored)) == "Warm."


def test_reasoning_goes_back_with_the_same_text_without_its_id():
    service = Responses("runs: [{reasoning: Hm., reply: Yes.}, {reply: b}]")
    thought, _ = service.creates()["output"]
    said = [user("a"), thought, {"role": "assistant", "content": "Yes."}, user("b")]
    other = [user("a"), thought, {"role": "assistant", "content": "No."}, user("b")]
    assert service.refused("POST", "/responses", {"input": other})[0] == 400
    assert text_of(service.creates(said)) == "b"


def test_reasoning_goes_back_with_the_copy_in_a_conversation_of_what_followed_it():
    service = Responses(THINKS)
    first = service.creates("a")
    thought, call = first["output"]
    conversation = service.asks("POST", "/conversations", {})["id"]
    service.asks("POST", f"/conversations/{conversation}/items", {"items": [thought]})
    alone = [user("a"), thought, {**call, "id": "fc_1"}, *answers(first, "21")]
    assert service.refused("POST", "/responses", {"input": alone})[0] == 400
    service.asks("POST", f"/conversations/{conversation}/items", {"items": [*bare(first), *answers(first, "21")]})
    items = service.asks("GET", f"/conversations/{conversation}/items?order=asc")["data"]
    assert [item["id"] == thought["id"] for item in items] == [True, False, False]
    assert text_of(service.creates([user("a"), *items])) == "Warm."
    assert service.refused("POST", "/responses", {"input": [user("a"), items[0], user("b")]})[0] == 400


def test_reasoning_of_another_session_goes_back_with_anything_that_a_model_makes():
    service = Responses("runs: [{reply: a}]")
    thought = {"type": "reasoning", "id": "rs_1", "summary": [], "encrypted_content": "x"}
    assert text_of(service.creates([user("a"), thought, thought, web_search(), user("b")])) == "a"


def test_reasoning_that_nothing_followed_goes_back_alone():
    service = Responses(
        "runs: [{steps: [{reasoning: Hm.}], fail: server_error}, {reasoning: Hm., reply: ''}, {reply: c}]"
    )
    service.creates()
    thought, _ = service.creates()["output"]
    assert service.refused("POST", "/responses", {"input": [thought, user("b")]})[0] == 400


def test_reasoning_that_a_request_brought_is_not_judged_by_what_it_was_brought_with():
    service = Responses("runs: [{reply: a}, {reply: b}]")
    thought = {"type": "reasoning", "id": "rs_1", "summary": [], "encrypted_content": "x"}
    words = {"role": "assistant", "content": "Yes."}
    service.creates([user("a"), thought, words])
    assert text_of(service.creates([user("a"), thought, {**words, "content": "No."}, user("b")])) == "b"


def test_gateways_are_not_asked_about_reasoning_and_choices():
    service = Responses("runs: [{reply: a}]", host="gateway.example")
    thought = {"type": "reasoning", "id": "rs_1", "summary": []}
    choice = {"type": "function", "name": "get_time"}
    assert text_of(service.creates([thought, user("a")], tool_choice=choice)) == "a"


@pytest.mark.parametrize(
    ("choice", "tool"),
    [
        ({"type": "function", "name": "get_weather"}, {"type": "function", "name": "get_weather"}),
        ({"type": "custom", "name": "grep"}, {"type": "custom", "name": "grep"}),
        ({"type": "web_search_preview"}, {"type": "web_search"}),
        ({"type": "computer_use_preview"}, {"type": "computer"}),
        ({"type": "mcp", "server_label": "a"}, {"type": "mcp", "server_label": "a"}),
        ({"type": "mcp", "server_label": "a", "name": "x"}, {"type": "mcp", "server_label": "a"}),
        (
            {"type": "function", "name": "b"},
            {"type": "namespace", "name": "n", "tools": [{"type": "function", "name": "b"}]},
        ),
        (
            {"type": "allowed_tools", "mode": "auto", "tools": [{"type": "shell"}, {"type": "function", "name": "b"}]},
            {"type": "namespace", "name": "n", "tools": [{"type": "function", "name": "b"}, {"type": "shell"}]},
        ),
        ("required", {"type": "shell"}),
    ],
)
def test_a_choice_names_a_tool_that_is_offered(choice, tool):
    assert text_of(Responses("runs: [{reply: a}]").creates(tools=[tool], tool_choice=choice)) == "a"


def test_a_choice_of_another_server_is_refused():
    body = {
        "input": "a",
        "tools": [{"type": "mcp", "server_label": "a"}],
        "tool_choice": {"type": "mcp", "server_label": "b"},
    }
    assert Responses("runs: []").refused("POST", "/responses", body)[1:3] == (
        "Tool choice 'mcp' not found in 'tools' parameter.",
        "tool_choice",
    )


@pytest.mark.parametrize("who", [{"prompt": {"id": "pmpt_1"}}, {"agent_reference": {"name": "rain"}}])
def test_a_prompt_or_an_agent_may_bring_tools(who):
    service = Responses("runs: [{calls: [{get_time: {}}]}]", host="x.openai.azure.com")
    made = service.creates(tools=[], tool_choice={"type": "function", "name": "get_time"}, **who)
    assert calls_of(made)[0]["name"] == "get_time"


def test_a_tool_in_a_namespace_is_offered():
    inner = {"type": "function", "name": "get_time"}
    tools = [{"type": "namespace", "name": "clock", "tools": [inner]}]
    assert calls_of(Responses("runs: [{calls: [{get_time: {}}]}]").creates(tools=tools))[0]["name"] == "get_time"
    with pytest.raises(ScriptError, match="no tools at all"):
        Responses("runs: [{calls: [{get_time: {}}]}]").creates(tools=[])
