"""Responses and Conversations are answered as the service answered: the requests of every recording, held against it.

Recorded and played are the same events in the same order, and the same keys in every object; and the same values, but
for ids, times, tokens, padding, and how a text is cut into deltas.
"""

import pytest
from response_eras import ERAS, day_of, is_azure
from response_flows import recordings_by_flow
from response_playing import played, played_as_it_is
from response_recordings import exchanges, name_of, paths
from response_scripts import is_canned

NAMES = [name for name in map(name_of, paths()) if exchanges(name)]
SCRIPTED = [name for name in NAMES if not is_canned(exchanges(name))]
CANNED = [name for name in NAMES if is_canned(exchanges(name))]

FLOWS = {
    "text": 2,
    "text stream": 2,
    "function call": 2,
    "function call stream": 2,
    "several calls": 1,
    "outputs of calls": 2,
    "reasoning with summary": 2,
    "reasoning without summary": 2,
    "encrypted reasoning": 2,
    "reasoning with summary stream": 2,
    "reasoning without summary stream": 2,
    "encrypted reasoning stream": 2,
    "structured output": 2,
    "incomplete": 2,
    "code interpreter": 2,
    "code interpreter stream": 2,
    "code interpreter with outputs": 2,
    "code interpreter with outputs stream": 2,
    "file search": 2,
    "file search stream": 2,
    "file search with results": 1,
    "file search with results stream": 1,
    "citations": 2,
    "citations stream": 2,
    "conversation": 2,
    "items of a conversation": 1,
    "conversation=": 2,
    "previous_response_id": 2,
    "items of an input": 2,
    "response retrieved": 2,
    "response deleted": 2,
    "background": 2,
    "cancelled": 1,
    "store=False": 2,
    "refused": 2,
}
"""The flows that scripts play, and of how many projects there are recordings at least."""

OUT_OF_VOCABULARY = {
    "web_search_call",
    "mcp_list_tools",
    "mcp_call",
    "mcp_approval_request",
    "image_generation_call",
    "shell_call",
    "local_shell_call",
    "apply_patch_call",
    "tool_search_call",
    "compaction",
    "program",
}
"""Items that no step of a script makes."""


def projects(names):
    return {name.partition("/")[0] for name in names}


@pytest.mark.parametrize("name", SCRIPTED)
def test_a_script_answers_a_recordings_requests_as_the_service_did(name):
    outcome, found = played(name), exchanges(name)
    new = [
        difference
        for difference in outcome.differences
        if not any(era.covers(found[difference.exchange], difference) for era in ERAS)
    ]
    assert not new, "\n".join(map(str, new))
    assert outcome.unplayed == []


@pytest.mark.parametrize("name", CANNED)
def test_an_answer_that_is_in_a_script_comes_back_the_same(name):
    outcome, found = played(name), exchanges(name)
    creates = {number for number, exchange in enumerate(found) if exchange.operation == "create_response"}
    assert creates
    assert [difference for difference in outcome.differences if difference.exchange in creates] == []
    assert outcome.unplayed == []


@pytest.mark.parametrize("name", NAMES)
def test_every_answer_may_be_in_a_script_as_it_is(name):
    for exchange in exchanges(name):
        if exchange.operation == "create_response":
            recorded = exchange.json if exchange.events is None else exchange.events
            assert played_as_it_is(exchange) == (exchange.status, recorded)


@pytest.mark.parametrize("era", ERAS, ids=lambda era: f"{era.side} {era.place}")
def test_an_expected_difference_is_still_there(era):
    found = (
        difference
        for name in SCRIPTED
        for difference in played(name).differences
        if era.covers(exchanges(name)[difference.exchange], difference)
    )
    assert any(found), f"no longer needed: {era.reason}"


@pytest.mark.parametrize("flow", FLOWS)
def test_each_flow_is_held_against_recordings(flow):
    names = [name for name in recordings_by_flow()[flow] if name in SCRIPTED]
    assert len(projects(names)) >= FLOWS[flow]


def test_every_recorded_flow_is_in_one_of_the_tables():
    found = recordings_by_flow()
    assert {flow for flow, names in found.items() if set(names) & set(SCRIPTED)} == FLOWS.keys()
    assert {flow for flow, names in found.items() if not set(names) & set(SCRIPTED)} >= OUT_OF_VOCABULARY


def test_everything_that_was_recorded_is_compared():
    answers = [exchange for name in NAMES for exchange in exchanges(name)]
    streams = [exchange for exchange in answers if exchange.events is not None]
    assert (len(NAMES), len(answers), len(streams)) == (228, 343, 80)
    assert len(SCRIPTED) + len(CANNED) == len(NAMES)


@pytest.mark.parametrize("name", SCRIPTED)
def test_numbers_count_and_items_share_their_responses_letters(name):
    for answer in played(name).answers:
        if isinstance(answer, tuple):
            assert [data["sequence_number"] for _, data in answer] == [*range(len(answer))]
            response = answer[-1][1]["response"]
        else:
            response = answer
        partition = response.get("id", "").partition("_")[2][:16]
        assert all(partition in item["id"] for item in response.get("output", ()))


def test_keys_are_in_the_order_of_the_service():
    """The keys of the Response objects in JSON answers of summer 2026, when they became 36."""
    found = [
        (list(exchange.json), list(answer))
        for name in SCRIPTED
        for exchange, answer in zip(exchanges(name), played(name).answers, strict=True)
        if exchange.operation == "create_response" and day_of(exchange) > "2026-07-05" and not is_azure(exchange)
        if exchange.events is None and next(iter(exchange.json)) == "id"
    ]
    assert found
    assert all(recorded == ours for recorded, ours in found)
