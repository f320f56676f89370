from conversation import RUNS, Service

from runmock.core.engine.pace import Pace

BODY = {"assistant_id": "asst_1", "stream": True}


def frames(service, path=RUNS):
    return list(service.opens("POST", path, BODY)._body)


def test_a_frame_holds_one_event():
    for frame in frames(Service("runs: [{reply: a b c}]")):
        assert (frame.data.count(b"event: "), frame.data[-2:]) == (1, b"\n\n")


def test_without_a_pace_nothing_waits():
    assert {frame.after_ms for frame in frames(Service("runs: [{reply: a, pace: 20ms}]"))} == {0}


def test_every_frame_waits_as_the_script_and_the_pace_set():
    service = Service("runs: [{reply: a, pace: 20ms}]")
    service.stage.pace = Pace.read("2x")
    assert {frame.after_ms for frame in frames(service, "/threads/runs")} == {10}


def test_events_are_made_when_they_are_read():
    service = Service("runs: [{reply: a}]")
    stream = service.opens("POST", RUNS, BODY)
    stream.reads(2)
    (run,) = service.stage.created
    assert run.status == "queued"
    stream.reads(1)
    assert run.status == "in_progress"


def test_closing_twice_is_closing_once():
    service = Service("runs: [{calls: [f], reply: a}]")
    first = service.opens("POST", RUNS, BODY)
    run = first.reads_to("thread.run.requires_action")[0][1]
    second = service.opens(
        "POST",
        f"{RUNS}/{run['id']}/submit_tool_outputs",
        {"tool_outputs": [{"tool_call_id": "call_1", "output": "1"}], "stream": True},
    )
    first.closes()
    first.closes()
    assert second.rest()[-1] == ("done", None)
