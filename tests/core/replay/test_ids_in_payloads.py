import pytest

from runmock.apis.assistants.api import ASSISTANTS
from runmock.apis.registry import identify
from runmock.core.replay.ids_in_payloads import answer_ids, conversation_of, ids_in, paired_ids, request_ids
from runmock.core.replay.interaction import Interaction, StreamEvent
from runmock.core.script.script import Source

SOURCE = Source("a.yaml", 0)


def answer(json=None, **options):
    return Interaction(SOURCE, "POST", "/threads", json=json, identify=identify, **options)


def test_ids_stand_under_id_and_keys_that_end_so():
    value = {
        "id": "run_1",
        "object": "thread.run",
        "thread_id": "thread_1",
        "file_ids": ["file_1", "file_2"],
        "metadata": {"id": "no"},
        "steps": [{"id": "1", "object": "thread.run.step"}, 7],
        "run_id": None,
    }
    assert list(ids_in(value, ASSISTANTS.id_kinds)) == [
        ("run_1", "run"),
        ("thread_1", "thread"),
        ("file_1", "file"),
        ("file_2", "file"),
        ("1", "step"),
    ]


@pytest.mark.parametrize("key", ["metadata", "attributes", "input", "args", "arguments"])
def test_what_people_and_models_fill_in_has_no_ids(key):
    assert list(ids_in({"content": [{"id": "call_1", key: {"id": "refunds", "order_ids": ["a"]}}]})) == [
        ("call_1", "id")
    ]


def test_the_items_of_an_input_have_ids():
    assert list(ids_in({"input": [{"id": "msg_1"}]})) == [("msg_1", "id")]


def test_what_stands_for_something_redacted_is_no_id():
    assert list(ids_in({"id": "req_redacted", "request_id": "redacted", "org_ids": ["org-redacted", "a"]})) == [
        ("a", "org")
    ]


def test_the_ids_of_an_answer_are_in_its_json_or_its_events():
    events = (StreamEvent("thread.run.created", {"id": "run_1"}), StreamEvent("done"))
    assert answer_ids(answer(stream=events)) == {"run_1": "id"}
    assert answer_ids(answer({"id": "x", "object": "thread"})) == {"x": "thread"}


def test_what_a_request_sends_is_in_its_path_its_query_and_its_body():
    interaction = Interaction(SOURCE, "POST", "/threads/a%2Fb", {"after": ("msg_1",)}, {"assistant_id": "asst_1"})
    assert request_ids(interaction) == {"", "threads", "a/b", "msg_1", "asst_1"}


def test_ids_of_two_answers_pair_by_kind_and_order():
    first = answer(
        {"id": "run_A", "thread_id": "thread_A", "message_ids": ["msg_A", "msg_B"], "assistant_id": "asst_0"}
    )
    other = answer({"message_ids": ["msg_1"], "assistant_id": "asst_0", "thread_id": "thread_1", "id": "run_1"})
    assert paired_ids(first, other) == {"run_A": "run_1", "thread_A": "thread_1", "msg_A": "msg_1", "asst_0": "asst_0"}


def test_ids_without_a_prefix_pair_by_where_they_stand():
    first = answer({"id": "a81", "object": "thread.message", "message_id": "b", "thread_id": "0c2"})
    other = answer({"id": "99", "object": "thread.message", "message_id": "77", "thread_id": "4"})
    assert paired_ids(first, other) == {"a81": "99", "b": "77", "0c2": "4"}


@pytest.mark.parametrize(
    ("interaction", "thread"),
    [
        (Interaction(SOURCE, "GET", "/threads/thread_1/runs", identify=identify), "thread_1"),
        (
            Interaction(SOURCE, "POST", "/threads", json={"id": "thread_1", "object": "thread"}, identify=identify),
            "thread_1",
        ),
        (
            Interaction(
                SOURCE, "POST", "/threads/runs", json={"id": "run_1", "thread_id": "thread_1"}, identify=identify
            ),
            "thread_1",
        ),
        (Interaction(SOURCE, "POST", "/threads", json={"id": 7, "object": "thread"}, identify=identify), None),
        (Interaction(SOURCE, "POST", "/threads", text="no", identify=identify), None),
        (Interaction(SOURCE, "GET", "/assistants", identify=identify), None),
        (Interaction(SOURCE, "POST", "/files", json={"thread_id": "thread_1"}, identify=identify), None),
    ],
)
def test_an_interaction_is_part_of_the_conversation_that_it_names_or_began(interaction, thread):
    assert conversation_of(interaction) == thread


def test_a_conversation_and_what_is_encrypted_are_ids_in_a_request_of_responses():
    operation = identify("POST", "/v1/responses")
    kinds = operation.api.id_kinds
    body = {"conversation": "conv_mine", "input": [{"type": "reasoning", "id": "rs_1", "encrypted_content": "gAAA"}]}
    assert {"conv_mine", "rs_1", "gAAA"} <= {text for text, _ in ids_in(body, kinds)}
    assert [*ids_in({"conversation": {"id": "conv_mine"}}, kinds)] == [("conv_mine", "id")]
    recorded = Interaction(Source("a.yaml", 0), "POST", "/responses", body=body, identify=identify)
    assert {"conv_mine", "gAAA"} <= request_ids(recorded)
