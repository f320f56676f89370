import json

import pytest
from conversation import ASSISTANT, RUNS, Service, names, place

from runmock.core.engine.stream_faults import STRIKES
from runmock.core.errors import ScriptError
from runmock.core.http.exchange import Disconnected
from runmock.core.http.sse import EventDecoder
from runmock.core.script.faults import GARBAGE, FaultKind
from runmock.core.script.script import Source

WHOLE = (
    "R.created R.queued R.in_progress S.created S.in_progress M.created M.in_progress M.delta M.completed S.completed "
)
WHOLE += "R.completed done"
TEXT = "reply: one two three"


def frames(service, path=RUNS):
    """The bodies of a stream's frames, what is longer than a frame's own delay, and how it ended."""
    body = service.opens("POST", path, {**ASSISTANT, "stream": True})._body
    sent, waits = [], []
    try:
        for after_ms, data, *_ in body:
            waits += [after_ms] if after_ms else []
            sent.append(data)
    except Disconnected:
        return sent, waits, "broken"
    return sent, waits, "ended"


def sent_by(script, path=RUNS):
    """The short names of what comes over the wire, and how it ended."""
    sent, _, end = frames(Service(f"runs: [{{{script}}}]"), path)
    decoder = EventDecoder()
    return names([(event.name, None) for frame in sent for event in decoder.feed(frame)]), end


def texts(script):
    """The texts of the deltas."""
    sent, _, _ = frames(Service(f"runs: [{{{script}}}]"))
    events = [event for frame in sent for event in EventDecoder().feed(frame)]
    deltas = [event.json() for event in events if event.name == "thread.message.delta"]
    return [part["text"]["value"] for delta in deltas for part in delta["delta"]["content"]]


def test_every_kind_has_its_strike():
    assert set(STRIKES) == set(FaultKind)
    assert set(GARBAGE) < set(FaultKind)


@pytest.mark.parametrize(
    ("after", "events"),
    [
        ("{after: 0}", ""),
        ("{after: 3}", "R.created R.queued R.in_progress"),
        ("{after: 9}", "R.created R.queued R.in_progress S.created S.in_progress M.created M.in_progress M.delta"),
        ("true", "R.created R.queued R.in_progress S.created S.in_progress M.created M.in_progress M.delta"),
    ],
)
@pytest.mark.parametrize(("fault", "end"), [("disconnect", "broken"), ("truncate", "ended")])
def test_a_stream_is_cut_after_so_many_events_or_the_first_delta(fault, end, after, events):
    assert sent_by(f"{TEXT}, {fault}: {after}") == (events, end)


def test_after_the_first_delta_is_before_the_second():
    assert texts(f"{TEXT}, truncate: true") == ["one"]


def test_the_event_of_a_thread_that_is_created_counts():
    assert sent_by(f"{TEXT}, truncate: {{after: 2}}", "/threads/runs") == ("thread.created R.created", "ended")


def test_a_run_without_a_delta_is_cut_after_its_first_event():
    assert sent_by("fail: server_error, truncate: true") == ("R.created", "ended")


def test_a_fault_alone_has_something_to_strike():
    assert sent_by("disconnect: {after: 9}")[1] == "broken"
    assert texts("truncate: true") == ["Hello!"]


def test_a_stall_delays_what_comes_next():
    sent, waits, end = frames(Service(f"runs: [{{{TEXT}, stall: 5s}}]"))
    assert (waits, end, len(sent)) == ([5_000], "ended", 15)
    assert sent.index(b"") == 8  # an empty frame, after the first delta


@pytest.mark.parametrize(
    ("event", "data"),
    [
        (
            "server_error",
            {"error": {"message": "The server had an error", "type": "server_error", "param": None, "code": None}},
        ),
        (
            "{code: rate_limit_exceeded, message: Slow down.}",
            {"error": {"message": "Slow", "type": "invalid_request_error", "param": None, "code": "rate_limit_exceeded"}},
        ),
        (
            "{code: odd_thing, flat: true}",
            {"message": "odd thing", "type": "invalid_request_error", "param": None, "code": "odd_thing"},
        ),
        ("{type: odd, flat: true}", {"message": "The server had", "type": "odd", "param": None, "code": None}),
    ],
)  # fmt: skip
def test_an_error_event_ends_the_stream(event, data):
    sent, _, _ = frames(Service(f"runs: [{{{TEXT}, error_event: {event}}}]"))
    (last,) = EventDecoder().feed(sent[-1])
    error_body = last.json()
    error, wanted = error_body.get("error", error_body), data.get("error", data)
    assert (last.name, "error" in error_body) == ("error", "error" in data)
    assert error["message"].startswith(wanted.pop("message"))
    assert error | wanted == error


def test_half_the_json_of_an_event():
    sent, _, _ = frames(Service(f"runs: [{{{TEXT}, garbage: {{after: 0}}}}]"))
    (event,) = EventDecoder().feed(sent[0])
    assert event.name == "thread.run.created"
    with pytest.raises(json.JSONDecodeError):
        event.json()
    assert len(sent) == 14


def test_half_a_frame_and_nothing_more():
    sent, _, end = frames(Service(f"runs: [{{{TEXT}, garbage: half_frame}}]"))
    decoder = EventDecoder()
    assert [event.name for frame in sent for event in decoder.feed(frame)][-1] == "thread.message.delta"
    assert (decoder.rest, end) == (True, "ended")


def test_other_garbage():
    assert sent_by(f"{TEXT}, garbage: {{kind: unknown_event, after: 1}}")[0] == WHOLE.replace(
        "R.queued", "R.hiccup R.queued"
    )
    assert texts(f"{TEXT}, garbage: duplicate") == ["one", " two", " two", " three"]
    assert texts(f"{TEXT}, garbage: out_of_order") == ["one", " three", " two"]
    assert sent_by(f"{TEXT}, garbage: {{kind: out_of_order, after: 0}}")[0].startswith("R.queued R.created")


@pytest.mark.parametrize(
    ("script", "index"),
    [
        (f"{TEXT}, garbage: {{kind: wrong_index, after: 2}}", 7),
        ("calls: [f], reply: a, garbage: wrong_index", 7),
        ("events: [thread.message.delta: {id: m, delta: {}}, done], garbage: wrong_index", None),
    ],
)
def test_a_wrong_index_waits_for_a_delta(script, index):
    sent, _, _ = frames(Service(f"runs: [{{{script}}}]"))
    events = [event for frame in sent for event in EventDecoder().feed(frame)]
    first = next(event.json()["delta"] for event in events if event.name.endswith(".delta"))
    parts = first.get("content") or first.get("step_details", {}).get("tool_calls") or [{}]
    assert parts[0].get("index") == index


def test_garbage_is_on_the_wire_only():
    service = Service(f"runs: [{{{TEXT}, garbage: {{kind: wrong_index, after: 2}}}}]")
    frames(service)
    assert [message["content"][0]["text"]["value"] for message in service.messages()] == ["one two three"]


@pytest.mark.parametrize(
    ("steps", "first", "second"),
    [
        ("{calls: [f], truncate: {after: 1}}, {reply: a b}", "S.created", None),
        ("{calls: [f]}, {reply: a b, truncate: {after: 0}}", "done", "S.completed R.queued R.in_progress"),
        ("{calls: [f]}, {truncate: true}, {reply: a b}", "done", "S.completed R.queued R.in_progress"),
        ("{calls: [f]}, {reply: a b}, {truncate: true}", "done", "M.completed S.completed"),
        ("{calls: [f]}, {reply: a b, truncate: true}", "done", "M.in_progress M.delta"),
    ],
)
def test_in_a_step_events_count_from_its_first(steps, first, second):
    service = Service(f"runs: [{{steps: [{steps}]}}]")
    events = service.creates(stream=True)
    assert names(events).split()[-1] == first
    if second is not None:
        (run,) = service.stage.created
        again = service.submits(run.object, stream=True, call_1="21")
        assert names(again).endswith(second)


def test_run_level_faults_count_over_the_answers_of_a_run():
    service = Service("runs: [{calls: [f], reply: a b, truncate: {after: 12}}]")
    first = service.creates(stream=True)
    assert len(first) == 9
    (run,) = service.stage.created
    assert names(service.submits(run.object, stream=True, call_1="21")) == "S.completed R.queued R.in_progress"


def test_several_faults_each_in_its_place():
    sent, waits, end = frames(Service(f"runs: [{{{TEXT}, stall: {{for: 1s, after: 2}}, disconnect: {{after: 4}}}}]"))
    assert (waits, end, len(sent)) == ([1_000], "broken", 5)


@pytest.mark.parametrize(
    ("faults", "deltas", "last"),
    [
        ("garbage: duplicate", ["one", " two", " two", " three"], "done"),
        ("garbage: out_of_order", ["one", " three", " two"], "done"),
        ("error_event: true", ["one"], "error"),
        ("disconnect: true", ["one"], "M.delta"),
        ("garbage: duplicate, truncate: true", ["one", " two", " two"], "M.delta"),
        ("garbage: out_of_order, error_event: true", ["one"], "error"),
    ],
)
def test_a_stall_comes_before_what_else_strikes_at_its_place_and_an_end_after_it(faults, deltas, last):
    script = f"{TEXT}, stall: 5s, {faults}"
    sent, waits, _ = frames(Service(f"runs: [{{{script}}}]"))
    assert (waits, sent.index(b"")) == ([5_000], 8)
    assert texts(script) == deltas
    assert sent_by(script)[0].split()[-1] == last


def test_of_two_stalls_at_one_place_the_second_comes_an_event_later():
    sent, waits, _ = frames(Service(f"runs: [{{steps: [{{{TEXT}, stall: 1s}}], stall: 2s}}]"))
    assert (waits, [number for number, data in enumerate(sent) if not data]) == ([2_000, 1_000], [8, 10])


def test_of_two_ends_at_one_place_the_second_strikes_the_next_stream():
    service = Service("runs: [{calls: [f], reply: a b, truncate: {after: 8}, error_event: {after: 8}}]")
    assert names(service.creates(stream=True)).endswith("R.requires_action")
    (run,) = service.stage.created
    assert names(service.submits(run.object, stream=True, call_1="21")) == "error"


def test_a_polled_run_has_no_stream_to_strike():
    service = Service(f"runs: [{{{TEXT}, disconnect: true}}]")
    assert service.finishes(service.creates())["status"] == "completed"


def test_the_run_goes_on_without_its_stream():
    service = Service(f"runs: [{{{TEXT}, disconnect: {{after: 3}}}}]")
    frames(service)
    (run,) = service.stage.created
    assert service.polls(run.object, 3) == "in_progress completed completed"


def test_what_a_poll_makes_goes_through_the_fault_of_the_open_stream():
    service = Service(f"runs: [{{{TEXT}, truncate: {{after: 4}}}}]")
    stream = service.opens("POST", RUNS, {**ASSISTANT, "stream": True})
    stream.reads(2)
    (run,) = service.stage.created
    service.finishes(run.object)
    assert names(stream.rest()) == "R.in_progress S.created"


NEVER = """\
a fault of the script did not happen: {fault}, but the stream ended after {events}
  script    inline:1
  fix it    {remedy}"""
TOO_LATE = "a smaller 'after', or none: then the fault comes after the first delta"
NO_DELTA = "give the run a reply or calls: the fault comes after the first delta"
OF_STEP = "12 events, 4 of them from its step on"
CANNED = "thread.run.created: {id: run_1, status: queued}"


@pytest.mark.parametrize(
    ("script", "fault", "events", "remedy"),
    [
        ("reply: a, disconnect: {after: 40}", "disconnect after 40 events", "12 events", TOO_LATE),
        ("reply: a, garbage: {kind: wrong_index, after: 9}", "wrong_index after 9 events", "12 events", TOO_LATE),
        ("reply: a, garbage: {kind: out_of_order, after: 11}", "out_of_order after 11 events", "12 events", TOO_LATE),
        ("fail: a, garbage: wrong_index", "wrong_index", "5 events", NO_DELTA),
        ("steps: [reply: a, {truncate: {after: 6}, fail: b}]", "truncate after 6 events", OF_STEP, TOO_LATE),
        ("stuck: queued, truncate: {after: 2}", "truncate after 2 events", "2 events", TOO_LATE),
        ("stuck: queued, garbage: {kind: out_of_order, after: 1}", "out_of_order after 1 event", "2 events", TOO_LATE),
        (f"events: [{CANNED}], stall: {{for: 1s, after: 1}}", "stall after 1 event", "1 event", TOO_LATE),
        (f"events: [{CANNED}, done], truncate: {{after: 2}}", "truncate after 2 events", "2 events", TOO_LATE),
        ("json: {id: run_1, status: queued}, truncate: {after: 9}", "truncate after 9 events", "3 events", TOO_LATE),
    ],
)
def test_a_fault_that_cannot_strike_is_reported(script, fault, events, remedy):
    with pytest.raises(ScriptError) as error:
        frames(Service(f"runs: [{{{script}}}]"))
    assert str(error.value) == NEVER.format(fault=fault, events=events, remedy=remedy)


@pytest.mark.parametrize("read", [1, 4])
def test_a_fault_that_a_cancel_request_came_before_is_not_reported(read):
    service = Service(f"runs: [{{{TEXT}, disconnect: true}}]")
    stream = service.opens("POST", RUNS, {**ASSISTANT, "stream": True})
    stream.reads(read)
    service.cancels(service.stage.created[0].object)
    assert names(stream.rest()).endswith("R.cancelled done")


@pytest.mark.parametrize("late", ["refused", "overtaken"])
def test_a_fault_that_never_struck_is_reported_though_a_cancel_request_came_too_late(late):
    service = Service(f"runs: [{{{TEXT}, cancel: {late}, disconnect: {{after: 40}}}}]")
    stream = service.opens("POST", RUNS, {**ASSISTANT, "stream": True})
    stream.reads(4)
    with pytest.raises(ScriptError, match="a fault of the script did not happen: disconnect after 40 events"):
        (service.cancels(service.stage.created[0].object), stream.rest())


def test_a_fault_that_has_its_turn_after_the_outputs_is_not_reported_before():
    service = Service("runs: [{calls: [f], reply: a, truncate: {after: 14}}]")
    assert names(service.creates(stream=True)).endswith("R.requires_action done")


def test_refusals_in_steps_meet_the_next_request_that_follows_the_run():
    service = Service("runs: [steps: [{http: 500, times: 2}, {calls: [f]}, {http: 429, retry_after: 1}, {reply: a}]]")
    run = service.creates()
    assert [service.refused("GET", place(run))[0] for _ in range(2)] == [500, 500]
    assert service.finishes(run)["status"] == "requires_action"
    service.submits(run, call_1="21")
    assert (service.status, service.headers["retry-after"]) == (429, "1")
    assert service.submits(run, call_1="21")["status"] == "queued"
    assert service.finishes(run)["status"] == "completed"


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        ("{http: 500}, {code_interpreter: 1+1}, {reply: a}", "500 queued in_progress completed"),
        ("{code_interpreter: 1+1}, {http: 500}, {reply: a}", "queued in_progress 500 completed"),
        ("{code_interpreter: 1+1}, {reply: a}, {http: 500, times: 2}", "queued in_progress 500 500 completed"),
        ("{code_interpreter: 1+1}, {http: 500}, {calls: [f]}", "queued in_progress 500 requires_action expired"),
    ],
)
def test_a_retrieve_that_would_see_the_run_past_a_refusal_is_refused(steps, expected):
    ending = ", expire: true" if "calls" in steps else ""
    service = Service(f"runs: [{{steps: [{steps}]{ending}}}]")
    run = service.creates(tools=[{"type": "code_interpreter"}, {"type": "function", "function": {"name": "f"}}])
    answers = [service.asks("GET", place(run)) for _ in expected.split()]
    assert " ".join(answer.get("status", "500") for answer in answers) == expected


def test_a_refused_submit_of_a_streamed_run():
    service = Service("runs: [steps: [{calls: [f]}, {http: 503}, {reply: a}]]")
    service.creates(stream=True)
    run = service.stage.created[0].object
    service.submits(run, stream=True, call_1="21")
    assert service.status == 503
    assert names(service.submits(run, stream=True, call_1="21")).endswith("R.completed done")


def test_milliseconds_are_sent_in_the_header_that_the_sdk_reads():
    service = Service("runs: [{http: 429, retry_after: 200 ms, headers: {x-should-retry: 'true'}}]")
    service.creates()
    assert (service.headers["retry-after-ms"], service.headers["x-should-retry"]) == ("200", "true")
    assert "retry-after" not in service.headers


@pytest.mark.parametrize("looks", [0, 1, 2])
def test_a_cancel_request_may_find_that_the_run_has_just_completed(looks):
    service = Service(f"runs: [{{{TEXT}, cancel: refused}}]")
    run = service.creates()
    service.polls(run, looks)
    assert service.refused("POST", f"{place(run)}/cancel") == (400, "Cannot cancel run with status 'completed'.")
    assert service.polls(run) == "completed"


@pytest.mark.parametrize("looks", [0, 1, 2])
def test_a_cancel_request_may_be_accepted_in_vain(looks):
    service = Service(f"runs: [{{{TEXT}, cancel: overtaken}}]")
    run = service.creates()
    service.polls(run, looks)
    assert service.cancels(run)["status"] == "cancelling"
    assert service.polls(run, 3) == "cancelling completed completed"


def test_a_stream_shows_a_cancel_request_that_came_too_late():
    service = Service(f"runs: [{{{TEXT}, cancel: overtaken}}]")
    stream = service.opens("POST", RUNS, {**ASSISTANT, "stream": True})
    stream.reads(8)
    service.cancels(service.stage.created[0].object)
    assert names(stream.rest()) == "R.cancelling M.delta M.completed S.completed R.completed done"


def test_a_run_that_waits_for_outputs_is_cancelled_in_time():
    service = Service("runs: [{calls: [f], reply: a, cancel: refused}]")
    run = service.finishes(service.creates())
    assert service.cancels(run)["status"] == "cancelling"
    assert service.polls(run, 2) == "cancelling cancelled"


def test_the_last_step_may_set_how_the_run_ends():
    service = Service("runs: [steps: [{reply: a b}, {incomplete: content_filter}]]")
    run = service.finishes(service.creates())
    assert (run["status"], run["incomplete_details"]) == ("incomplete", {"reason": "content_filter"})


def test_a_source_names_the_line():
    assert str(Source("a.yaml", 0, 3)) == "a.yaml:3"


@pytest.mark.parametrize("kind", ["sequence_gap", "response_id_changes", "item_id_changes"])
def test_garbage_that_the_api_cannot_have_is_an_error_of_the_script(kind):
    with pytest.raises(ScriptError) as raised:
        Service(f"runs: [{{{TEXT}, garbage: {kind}}}]").opens("POST", RUNS, ASSISTANT)
    assert str(raised.value) == (
        f"the Assistants API has no garbage: {kind}\n  script    inline:1\n"
        "  fix it    use another kind of garbage, or give the run match: {api: responses}"
    )
