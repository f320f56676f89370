"""What the application submits: the service's refusals, and the script's own expectations."""

import pytest
from conversation import RUNS, Service, place

from runmock.core.errors import OutputMismatch

TWO = "runs: [{calls: [f: {}, g: {}], reply: a}]"


def waiting(script):
    service = Service(script)
    return service, service.finishes(service.creates())


def submitted(*ids):
    return {"tool_outputs": [{"tool_call_id": call_id, "output": "1"} for call_id in ids]}


@pytest.mark.parametrize(
    ("ids", "expected"),
    [
        ([], "[]"),
        (["call_1"], "['call_1']"),
        (["call_1", "call_3"], "['call_1', 'call_3']"),
        (["call_1", "call_1"], "['call_1', 'call_1']"),
        (["call_1", "call_2", "call_2"], "['call_1', 'call_2', 'call_2']"),
        ([None, "call_2"], "[None, 'call_2']"),
        ([["call_1"], 7], "[['call_1'], 7]"),
    ],
)
def test_exactly_the_announced_calls_must_be_answered(ids, expected):
    service, run = waiting(TWO)
    assert service.refused("POST", f"{place(run)}/submit_tool_outputs", submitted(*ids)) == (
        400,
        f"Expected tool outputs for call_ids ['call_1', 'call_2'], got {expected}",
    )
    assert service.polls(run) == "requires_action"
    assert service.submits(run, call_1="1", call_2="2")["status"] == "queued"


def test_an_output_without_an_id_is_refused():
    service, run = waiting(TWO)
    body = {"tool_outputs": [{}, {"output": "1"}]}
    assert service.refused("POST", f"{place(run)}/submit_tool_outputs", body) == (
        400,
        "Expected tool outputs for call_ids ['call_1', 'call_2'], got [None, None]",
    )


def test_outputs_may_come_in_any_order():
    service, run = waiting(TWO)
    assert service.submits(run, call_2="2", call_1="1")["status"] == "queued"
    step, _ = service.steps(run)
    outputs = [call["function"]["output"] for call in step["step_details"]["tool_calls"]]
    assert outputs == ["1", "2"]


@pytest.mark.parametrize("polls", [0, 2, 3])
def test_only_a_waiting_run_accepts_outputs(polls):
    service = Service("runs: [{reply: a}]")
    run = service.creates()
    status = "queued" if not polls else service.polls(run, polls).split()[-1]
    assert service.refused("POST", f"{place(run)}/submit_tool_outputs", submitted("call_1")) == (
        400,
        f'Runs in status "{status}" do not accept tool outputs.',
    )


def test_outputs_are_accepted_once():
    service, run = waiting("runs: [{calls: [f], reply: a}]")
    service.submits(run, call_1="1")
    assert service.refused("POST", f"{place(run)}/submit_tool_outputs", submitted("call_1"))[0] == 400


@pytest.mark.parametrize("outputs", ["[/2/, any]", "{f: 21}", "{g: any}", "{}", "['21', {mm: 0}]", "[any, any]"])
def test_outputs_as_the_script_expects_them(outputs):
    service, run = waiting(f"runs:\n  - calls: [f, g]\n    outputs: {outputs}")
    assert service.submits(run, call_1="21", call_2='{"mm": 0, "x": 1}')["status"] == "queued"


def test_other_outputs_than_the_script_expects_are_listed_call_by_call():
    service, run = waiting("runs:\n  - calls: [f, g, h]\n    outputs: [/2/, 7, {mm: 0}]")
    with pytest.raises(OutputMismatch) as caught:
        service.submits(run, call_1="31", call_2="7", call_3='{"mm": 1}')
    assert str(caught.value) == (
        "the application submitted other tool outputs than the script expects\n"
        f"  run       {run['id']}, inline:2\n"
        "  f (call_1)\n"
        "    - expected   /2/\n"
        "    + submitted  '31'\n"
        "  h (call_3)\n"
        "    - expected   {'mm': 0}\n"
        "    + submitted  '{\"mm\": 1}'"
    )


def test_expectations_hold_for_their_round_only():
    service, run = waiting(
        "runs: [{steps: [{calls: [f], outputs: ['1']}, calls: [f], {calls: [f], outputs: {f: '3'}}]}]"
    )
    service.finishes(service.submits(run, call_1="1"))
    service.finishes(service.submits(run, call_2="x"))
    with pytest.raises(OutputMismatch, match=r"f \(call_3\)"):
        service.submits(run, call_3="x")


def test_a_path_that_begins_with_a_slash_is_shown_bare():
    service, run = waiting("runs: [{calls: [f], outputs: [a]}]")
    with pytest.raises(OutputMismatch, match="submitted  /tmp/x"):
        service.submits(run, call_1="/tmp/x")


def test_a_run_that_nobody_created_accepts_no_outputs():
    service = Service("runs: []")
    assert service.refused("POST", f"{RUNS}/run_1/submit_tool_outputs", submitted()) == (
        404,
        "No run found with id 'run_1'.",
    )
