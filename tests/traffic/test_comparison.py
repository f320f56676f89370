"""The comparison finds every kind of planted difference, and lets pass what two runs never have in common."""

import copy

import pytest
from collapsing import collapsed
from comparison import Comparison
from relations import RELATIONS, Answered

RUN_ID, STEP_ID, MESSAGE_ID = f"run_{'R' * 24}", f"step_{'S' * 24}", f"msg_{'M' * 24}"
USAGE = {"prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 15, "prompt_token_details": {"cached_tokens": 0}}
RUN = {
    "id": RUN_ID,
    "object": "thread.run",
    "created_at": 100,
    "status": "completed",
    "started_at": 101,
    "expires_at": None,
    "completed_at": 110,
    "model": "gpt-4o",
    "tools": [{"type": "code_interpreter"}],
    "temperature": 1.0,
    "usage": USAGE,
}


def differences(recorded, played):
    comparison = Comparison()
    comparison.json(7, recorded, played)
    return [(difference.path, difference.recorded, difference.played) for difference in comparison.differences]


def without(key):
    return {name: value for name, value in RUN.items() if name != key}


PLANTED = [
    ("a missing key", without("model"), [("model", '"gpt-4o"', "(absent)")]),
    ("a key too many", {**RUN, "extra": None}, [("extra", "(absent)", "null")]),
    ("null instead of absent", {**RUN, "expired_at": None}, [("expired_at", "(absent)", "null")]),
    ("absent instead of null", without("expires_at"), [("expires_at", "null", "(absent)")]),
    ("a time instead of null", {**RUN, "expires_at": 700}, [("expires_at", "null", "700")]),
    ("null instead of a time", {**RUN, "started_at": None}, [("started_at", "101", "null")]),
    ("another value", {**RUN, "status": "failed"}, [("status", '"completed"', '"failed"')]),
    ("an integer for a float", {**RUN, "temperature": 1}, [("temperature", "1.0", "1")]),
    ("true for a number", {**RUN, "temperature": True}, [("temperature", "1.0", "true")]),
    ("an item too few", {**RUN, "tools": []}, [("tools[0]", '{"type": "code_interpreter"}', "(absent)")]),
    ("an item too many", {**RUN, "tools": [*RUN["tools"], 2]}, [("tools[1]", "(absent)", "2")]),
    (
        "another kind of id",
        {**RUN, "id": f"step_{'R' * 24}"},
        [("id", f"{RUN_ID}, an id of its own", f'"step_{"R" * 24}"')],
    ),
    (
        "a number of tokens that is no number",
        {**RUN, "usage": {**USAGE, "total_tokens": None}},
        [("usage.total_tokens", "15", "null")],
    ),
    (
        "a detail less",
        {**RUN, "usage": {key: USAGE[key] for key in list(USAGE)[:3]}},
        [("usage.prompt_token_details", '{"cached_tokens": 0}', "(absent)")],
    ),
    (
        "another order of keys",
        {"object": RUN["object"], **RUN},
        [("(order of keys)", ", ".join(RUN), ", ".join(["object", *without("object")]))],
    ),
]


@pytest.mark.parametrize(("played", "expected"), [case[1:] for case in PLANTED], ids=[case[0] for case in PLANTED])
def test_a_planted_difference_is_reported_with_its_path_and_both_values(played, expected):
    assert differences(RUN, played) == expected


def test_ids_times_and_token_counts_may_be_others():
    other = {**RUN, "id": "run_1234", "created_at": 5, "started_at": 6, "completed_at": 7}
    assert differences(RUN, {**other, "usage": {**USAGE, "prompt_tokens": 1, "total_tokens": 6}}) == []


def test_a_limit_of_tokens_is_no_count_of_tokens():
    assert differences({"max_prompt_tokens": 300}, {"max_prompt_tokens": 400}) == [("max_prompt_tokens", "300", "400")]


def test_an_id_stands_for_the_same_id_throughout():
    a, b = f"msg_{'A' * 24}", f"msg_{'B' * 24}"
    assert differences([a, b, a], ["msg_x", "msg_y", "msg_x"]) == []
    assert differences([a, a], ["msg_x", "msg_y"]) == [("[1]", f"{a}, which is msg_x here", '"msg_y"')]
    assert differences([a, b], ["msg_x", "msg_x"]) == [("[1]", f"{b}, an id of its own", '"msg_x"')]


@pytest.mark.parametrize(("times", "expected"), [((200, 200), ("changes", "stays")), ((300, 301), None)])
def test_a_time_that_was_replaced_must_be_replaced(times, expected):
    comparison = Comparison()
    for recorded, played in zip((101, 105), times, strict=True):
        comparison.json(0, {**RUN, "started_at": recorded}, {**RUN, "started_at": played})
    found = [(difference.path, difference.recorded, difference.played) for difference in comparison.differences]
    assert found == ([] if expected is None else [("started_at (change)", *expected)])


def test_a_difference_reads_as_three_lines():
    comparison = Comparison()
    comparison.fact(3, "status", 200, 404)
    assert str(comparison.differences[0]) == "entry 3  status\n    recorded  200\n    played    404"


def text(value, message_id=MESSAGE_ID, **more):
    part = {"index": 0, "type": "text", "text": {"value": value, **more}}
    return "thread.message.delta", {"id": message_id, "object": "thread.message.delta", "delta": {"content": [part]}}


def call(**function):
    part = {"index": 0, "type": "function", "function": function}
    details = {"step_details": {"type": "tool_calls", "tool_calls": [part]}}
    return "thread.run.step.delta", {"id": STEP_ID, "object": "thread.run.step.delta", "delta": details}


STREAM = (
    ("thread.run.in_progress", RUN),
    call(arguments='{"a"'),
    call(arguments=": 1}"),
    ("thread.message.created", {"id": MESSAGE_ID, "content": []}),
    text("Hel", annotations=[]),
    text("lo"),
    text("[1]", annotations=[{"index": 0}]),
    text(" there"),
    ("done", None),
)


def stream_differences(played, recorded=STREAM):
    comparison = Comparison()
    comparison.events(1, recorded, tuple(played))
    return [(difference.path, difference.recorded, difference.played) for difference in comparison.differences]


def test_the_split_into_deltas_may_be_another():
    assert [name for name, _ in collapsed(STREAM)].count("thread.message.delta") == 3
    split = [*STREAM[:1], call(arguments='{"a": 1}'), STREAM[3], text("Hello", annotations=[]), STREAM[6]]
    assert stream_differences([*split, text(" "), text("th"), text("ere"), STREAM[8]]) == []


def test_collapsing_leaves_the_events_as_they_were():
    before = copy.deepcopy(STREAM)
    collapsed(STREAM)
    assert before == STREAM


SPOKEN = "3 thread.message.delta.delta.content[0].text"
CALLED = "1 thread.run.step.delta.delta.step_details.tool_calls[0].function"
CHANGED_STREAMS = [
    ("a text that is another", {5: text("la")}, (f"{SPOKEN}.value", '"Hello"', '"Hella"')),
    ("no annotations in the first delta", {4: text("Hel")}, (f"{SPOKEN}.annotations", "[]", "(absent)")),
    ("annotations in the second too", {5: text("lo", annotations=[])}, (f"{SPOKEN}.value", '"Hello"', '"Hel"')),
    ("a delta of another message", {5: text("lo", "msg_other")}, (f"{SPOKEN}.value", '"Hello"', '"Hel"')),
    ("a citation too few", {6: None}, ("4", "thread.message.delta, thread.message.delta", "(absent)")),
    ("arguments that are others", {2: call(arguments="}")}, (f"{CALLED}.arguments", r'"{\"a\": 1}"', r'"{\"a\"}"')),
    ("a name that is repeated", {2: call(name="f", arguments="")}, ("1", "(absent)", "thread.run.step.delta")),
    ("an event of another name", {0: ("thread.run.queued", RUN)}, ("0", "thread.run.in_progress", "thread.run.queued")),
    ("an event that is missing", {3: None}, ("2", "thread.message.created", "(absent)")),
    ("no done", {8: None}, ("6", "done", "(absent)")),
]


@pytest.mark.parametrize(
    ("changes", "expected"), [case[1:] for case in CHANGED_STREAMS], ids=[case[0] for case in CHANGED_STREAMS]
)
def test_a_difference_planted_in_a_stream_is_reported_with_its_event(changes, expected):
    played = [changed for number, event in enumerate(STREAM) if (changed := changes.get(number, event)) is not None]
    assert expected in stream_differences(played)


def test_another_order_of_events_is_reported_where_it_begins():
    swapped = [STREAM[3], *STREAM[:3], *STREAM[4:]]
    assert stream_differences(swapped)[0] == ("0", "(absent)", "thread.message.created")


HEALTHY = (
    {**RUN, "status": "queued", "started_at": None, "expires_at": 700, "completed_at": None, "usage": None},
    {**RUN, "status": "in_progress", "expires_at": 700, "completed_at": None, "usage": None},
    {
        "id": STEP_ID,
        "object": "thread.run.step",
        "run_id": RUN_ID,
        "created_at": 102,
        "status": "completed",
        "completed_at": 109,
        "expires_at": 700,
        "step_details": {"type": "message_creation", "message_creation": {"message_id": MESSAGE_ID}},
        "usage": USAGE,
    },
    {"id": MESSAGE_ID, "object": "thread.message", "created_at": 102, "completed_at": 108},
    RUN,
)
BROKEN = [
    ("lifetime", 0, {"expires_at": 701}),
    ("lifetime", 4, {"expires_at": 700}),
    ("lifetime", 2, {"expires_at": 701}),
    ("order_of_times", 4, {"completed_at": 100}),
    ("creation", 4, {"created_at": 99}),
    ("restart", 4, {"started_at": 103}),
    ("steps_in_turn", 2, {"created_at": 99}),
    ("steps_in_turn", 4, {"completed_at": 108}),
    ("message_and_step", 3, {"created_at": 103}),
    ("message_and_step", 3, {"completed_at": 110}),
    ("tokens", 2, {"usage": {**USAGE, "total_tokens": 16}}),
    ("tokens", 4, {"usage": {**USAGE, "completion_tokens": 6, "total_tokens": 16}}),
]


def broken_relations(answers):
    return {relation.__name__ for relation in RELATIONS if list(relation(Answered.by(answers)))}


def test_every_relation_holds_in_a_healthy_session():
    assert broken_relations(HEALTHY) == set()


@pytest.mark.parametrize(("relation", "place", "change"), BROKEN)
def test_a_broken_relation_is_noticed(relation, place, change):
    assert relation in broken_relations([*HEALTHY[:place], HEALTHY[place] | change, *HEALTHY[place + 1 :]])
