"""How a run goes on while nobody reads its stream: by looks, by reads, by itself."""

import gc

import pytest
from conversation import ASSISTANT, MESSAGES, RUNS, THREAD, Service, place, submission, text_of

from runmock.core.engine.run_status import RunStatus
from runmock.core.http.exchange import Disconnected
from runmock.core.script.script import Ending

HELLO = {"role": "user", "content": "Hello"}
REFUSED_MESSAGE = "Can't add messages to thread_1 while a run {} is active."
REFUSED_RUN = "Thread thread_1 already has an active run {}."
REFUSED_CHANGE = "Can't update thread thread_1 while a run {} is active."


def reads_messages(service, run):
    return service.messages()


def reads_a_message(service, run):
    message_id = next(iter(service.backend.memory.threads["thread_1"].messages))
    return service.asks("GET", f"{MESSAGES}/{message_id}")


def reads_steps(service, run):
    return service.steps(run)


def reads_a_step(service, run):
    return service.asks("GET", f"{place(run)}/steps/step_unknown")


READS = pytest.mark.parametrize("reads", [reads_messages, reads_a_message, reads_steps, reads_a_step])


def status_of(service):
    return service.stage.created[-1].status


def started(script, **options):
    service = Service(script)
    service.asks("POST", MESSAGES, HELLO)
    return service, service.creates(**options)


@READS
def test_a_read_finds_the_run_completed(reads):
    service, run = started("runs: [{reply: Paris}]")
    reads(service, run)
    assert status_of(service) == "completed"
    assert [text_of(message) for message in service.messages()] == ["Hello", "Paris"]


@READS
@pytest.mark.parametrize(
    ("ending", "status"),
    [
        ("calls: [f]", "requires_action"),
        ("fail: server_error", "failed"),
        ("expire: true", "expired"),
        ("cancel: true", "cancelled"),
        ("incomplete: content_filter", "incomplete"),
        ("stuck: in_progress", "in_progress"),
        ("stuck: cancelling", "in_progress"),
        ("stuck: queued", "queued"),
    ],
)
def test_a_read_finds_the_run_where_it_settles(reads, ending, status):
    service, run = started(f"runs: [{{{ending}}}]")
    for _ in range(3):
        reads(service, run)
        assert status_of(service) == status


def test_a_message_that_a_run_is_going_to_write_is_found_by_its_id():
    service, _run = started("runs: [{events: [thread.message.completed: {id: msg_9}, done]}]")
    assert service.asks("GET", f"{MESSAGES}/msg_9")["id"] == "msg_9"


def test_after_its_outputs_a_run_goes_on_by_itself():
    service, run = started("runs: [{steps: [calls: [f], reply: Paris]}]")
    service.messages()
    service.submits(run, call_1="1")
    assert [text_of(message) for message in service.messages()] == ["Hello", "Paris"]


def test_the_run_of_another_thread_is_not_moved_by_a_read():
    service, _run = started("runs: [{reply: Paris}]")
    service.asks("GET", "/threads/thread_2/messages")
    assert status_of(service) == "queued"


@READS
def test_an_open_stream_moves_its_run_alone(reads):
    service, _ = started("runs: [{reply: a}, {reply: b c d}]")
    service.messages()
    stream = service.opens("POST", RUNS, {**ASSISTANT, "stream": True})
    first, *_ = stream.reads(3)
    reads(service, first[1])
    assert status_of(service) == "in_progress"
    assert stream.rest()[-1][0] == "done"


@pytest.mark.parametrize("way", ["closed", "forgotten", "broken"])
def test_a_stream_that_is_left_goes_on_without_its_reader(way):
    fault = ", disconnect: {after: 3}" if way == "broken" else ""
    service = Service(f"runs: [{{reply: Paris{fault}}}]")
    stream = service.opens("POST", RUNS, {**ASSISTANT, "stream": True})
    if way == "broken":
        with pytest.raises(Disconnected):
            stream.rest()
    else:
        stream.reads(3)
    if way == "closed":
        stream.closes()
    elif way == "forgotten":
        del stream
        gc.collect()
    assert [text_of(message) for message in service.messages()] == ["Paris"]


@READS
def test_a_stream_that_only_the_collector_can_reach_was_left_as_well(reads):
    service = Service("runs: [{reply: Paris}]")
    service.asks("POST", MESSAGES, HELLO)
    stream = service.opens("POST", RUNS, {**ASSISTANT, "stream": True})
    first, *_ = stream.reads(3)
    stream.itself = stream  # as an async generator and the SDK's stream hold each other
    assert service.backend.is_streaming
    del stream
    reads(service, first[1])
    assert status_of(service) == "completed"
    assert not service.backend.is_streaming


def test_the_collector_is_sent_twice_for_a_stream_that_somebody_holds(monkeypatch):
    collections = []
    monkeypatch.setattr(gc, "collect", lambda: collections.append("again"))
    service, _ = started("runs: [{steps: [calls: [f], reply: a]}]", stream=True)
    run = service.stage.created[0].object
    stream = service.opens("POST", f"{place(run)}/submit_tool_outputs", submission(stream=True, call_1="1"))
    for _ in range(5):
        service.messages()
        stream.reads(1)
    assert collections == ["again"] * 2


def test_a_stream_is_open_until_its_run_is_at_rest():
    service = Service("runs: [{reply: Paris}]")
    assert not service.backend.is_streaming
    stream = service.opens("POST", RUNS, {**ASSISTANT, "stream": True})
    assert service.backend.is_streaming
    stream.rest()
    assert not service.backend.is_streaming


def test_a_stream_of_which_nothing_was_read_is_left_as_well():
    service = Service("runs: [{reply: Paris}]")
    service.opens("POST", RUNS, {**ASSISTANT, "stream": True})
    gc.collect()
    assert [text_of(message) for message in service.messages()] == ["Paris"]


@pytest.mark.parametrize(("poll", "tries"), [("", 2), ("poll: 3,", 6), ("poll: [in_progress],", 1), ("poll: 0,", 0)])
@pytest.mark.parametrize(
    ("path", "body", "refusal"),
    [(MESSAGES, HELLO, REFUSED_MESSAGE), (RUNS, ASSISTANT, REFUSED_RUN), (THREAD, {"metadata": {}}, REFUSED_CHANGE)],
    ids=["message", "run", "change"],
)
def test_who_tries_again_until_the_thread_is_free_is_refused_as_often_as_poll_says(poll, tries, path, body, refusal):
    service, run = started(f"runs: [{{{poll} reply: a}}, {{reply: b}}]")
    for _ in range(tries):
        assert service.refused("POST", path, body) == (400, refusal.format(run["id"]))
    service.asks("POST", path, body)
    assert service.status == 200


def test_who_changes_a_run_until_it_is_at_rest_is_refused_as_often_as_poll_says():
    service, run = started("runs: [{reply: a}]")
    for status in ("queued", "in_progress"):
        refusal = f"Cannot update run with status '{status}'."
        assert service.refused("POST", place(run), {"metadata": {"a": "b"}}) == (400, refusal)
    assert service.asks("POST", place(run), {"metadata": {"a": "b"}})["metadata"] == {"a": "b"}


def test_a_refused_request_and_a_retrieve_are_looks_alike():
    service, run = started("runs: [{reply: a}]")
    assert service.refused("POST", MESSAGES, HELLO)[0] == 400
    assert service.polls(run, 2) == "in_progress completed"


def test_a_run_that_waits_for_outputs_refuses_for_as_long_as_it_waits():
    service, run = started("runs: [{steps: [calls: [f], reply: a]}]")
    for _ in range(10):
        assert service.refused("POST", MESSAGES, HELLO) == (400, REFUSED_MESSAGE.format(run["id"]))
    service.submits(run, call_1="1")
    service.finishes(run)
    service.asks("POST", MESSAGES, HELLO)
    assert service.status == 200


def test_a_run_that_expires_while_it_waits_frees_its_thread():
    service, _run = started("runs: [{calls: [f], expire: true}]")
    refusals = 0
    while service.asks("POST", MESSAGES, HELLO) and service.status == 400:
        refusals += 1
    assert (refusals, status_of(service)) == (3, "expired")


@pytest.mark.parametrize("status", ["queued", "in_progress"])
def test_a_stuck_run_refuses_for_ever(status):
    service, run = started(f"runs: [{{stuck: {status}}}]")
    for _ in range(20):
        assert service.refused("POST", MESSAGES, HELLO)[0] == 400
    assert service.polls(run) == status


def test_a_run_stuck_in_cancelling_never_ends_once_it_was_cancelled():
    service, run = started("runs: [{reply: a, stuck: cancelling}]")
    assert service.polls(run, 4) == "queued in_progress in_progress in_progress"
    assert service.cancels(run)["status"] == "cancelling"
    service.messages()
    assert service.polls(run, 5) == " ".join(["cancelling"] * 5)
    assert service.refused("POST", MESSAGES, HELLO) == (400, REFUSED_MESSAGE.format(run["id"]))
    assert service.refused("POST", f"{place(run)}/cancel")[0] == 400


def test_a_read_finds_a_cancelled_run_cancelled():
    service, run = started("runs: [{reply: a}]")
    service.cancels(run)
    service.messages()
    assert status_of(service) == "cancelled"


@pytest.mark.parametrize(
    ("method", "path"), [("GET", THREAD), ("GET", "/assistants/asst_1"), ("POST", "/threads"), ("GET", RUNS)]
)
def test_with_poll_0_a_run_is_at_rest_at_the_next_request_of_any_kind(method, path):
    service, _ = started("runs: [{poll: 0, reply: a}]")
    assert status_of(service) == "queued"
    service.asks(method, path)
    assert status_of(service) == "completed"


def test_with_poll_0_outputs_can_be_submitted_at_once():
    service, run = started("runs: [{poll: 0, steps: [calls: [f], reply: a]}]")
    assert service.submits(run, call_1="1")["status"] == "queued"
    service.asks("GET", THREAD)
    assert (status_of(service), service.stage.instant) == ("completed", [])


def test_polls_alone_move_a_run_where_the_cassette_says_so():
    service, run = started("defaults: {advance: polls}\nruns: [{reply: a}]")
    for _ in range(5):
        assert [text_of(message) for message in service.messages()] == ["Hello"]
        assert service.refused("POST", MESSAGES, HELLO)[0] == 400
    assert service.polls(run, 3) == "queued in_progress completed"
    assert [text_of(message) for message in service.messages()] == ["Hello", "a"]


@pytest.mark.parametrize(
    ("status", "status_without_cancel"),
    [("cancelling", "in_progress"), ("queued", "queued"), ("in_progress", "in_progress")],
)
def test_an_ending_has_the_status_of_a_run_that_nobody_cancels(status, status_without_cancel):
    assert Ending(RunStatus(status), is_stuck=True).without_cancel == status_without_cancel
