"""Rules on single objects and events, where a whole recording would hide which rule answers."""

from runmock.apis.assistants.rules.known_objects import KnownCall, KnownObjects, KnownRun, KnownStep
from runmock.apis.assistants.rules.recorded_rules import AssistantsRules
from runmock.apis.assistants.rules.run_rules import check_outputs, check_run
from runmock.apis.assistants.rules.stream_rules import StreamRules
from runmock.apis.assistants.rules.verbatim_rules import broken_verbatim
from runmock.core.engine.run_status import RunStatus
from runmock.core.script.script import ScriptedRun, Source
from runmock.tape.reading.cassette import cassette_from

RUN = {"object": "thread.run", "id": "run_1", "thread_id": "thread_1"}
CALL = {"id": "call_1", "type": "function", "function": {"name": "f", "arguments": "{}"}}
WAITING = RUN | {"status": "requires_action", "required_action": {"submit_tool_outputs": {"tool_calls": [CALL]}}}
KEYS = ("interactions", 0)


def of_stream(*events, objects=None, operation="create_run"):
    rules = StreamRules(objects or KnownObjects(), has_new_events=True)
    return [rule.message for rule in rules.check(operation, [*events, ("done", None)], lambda number: (number,))]


def test_a_run_without_a_status_shows_nothing():
    objects = KnownObjects()
    assert [*check_run(objects, RUN, KEYS)] == []
    assert objects.runs == {}


def test_a_call_that_is_announced_again_waits_no_second_time():
    objects = KnownObjects(runs={"run_1": KnownRun(RunStatus.IN_PROGRESS, announced={"call_1"})})
    assert [*check_run(objects, WAITING, KEYS)] == []
    assert objects.runs["run_1"].waiting == {}


def test_outputs_for_a_run_that_nothing_shows_are_not_judged():
    assert [*check_outputs(KnownObjects(), "run_9", ["call_1"], KEYS)] == []


def test_an_answer_that_is_no_object_breaks_no_rule():
    (interaction,) = cassette_from("interactions:\n- request: GET /threads/thread_x\n  json: [1]\n").interactions
    assert [*AssistantsRules().check(interaction, KEYS, lambda number: (*KEYS, number))] == []


def test_a_stream_of_both_begins_with_the_thread():
    thread, created = ("thread.created", {"id": "thread_1"}), ("thread.run.created", RUN | {"status": "queued"})
    failed = ("thread.run.failed", RUN | {"status": "failed"})
    assert of_stream(thread, created, failed, operation="create_thread_and_run") == []
    assert of_stream(created, thread, failed) == ["thread.created comes first, and only where a thread is created too"]


def test_the_input_of_a_call_that_had_no_deltas_is_not_compared():
    objects = KnownObjects(steps={"step_1": KnownStep("run_1", calls={0: KnownCall("call_1", "function", "{}")})})
    other = {"tool_calls": [CALL | {"id": "call_2"}]}
    step = {"id": "step_1", "run_id": "run_1", "status": "completed", "step_details": other}
    messages = of_stream(("thread.run.step.completed", step), objects=objects, operation="submit_tool_outputs")
    assert messages == []


def test_a_message_that_ends_without_a_beginning_is_found():
    created = ("thread.run.created", RUN | {"status": "queued"})
    message = {"id": "msg_1", "run_id": "run_1", "status": "completed", "content": []}
    assert of_stream(
        created, ("thread.message.completed", message), ("thread.run.failed", RUN | {"status": "failed"})
    ) == ["thread.message.completed of msg_1 comes before its creation"]


def test_events_of_a_run_that_does_not_wait_may_go_on_after_done():
    events = (
        ("thread.run.created", RUN | {"status": "queued"}),
        ("done", None),
        ("thread.run.failed", RUN | {"status": "failed"}),
        ("done", None),
    )
    run = ScriptedRun(Source("a.yaml", 0), events=events)
    assert [rule.message for rule in broken_verbatim(run)] == [
        "done comes while run_1 is queued",
        "the stream of a submit_tool_outputs begins with thread.run.step.completed, not thread.run.failed",
    ]
