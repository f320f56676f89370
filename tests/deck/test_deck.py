"""The deck: cassettes in, requests in, replies out, and what is left."""

import json
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from runmock.apis import registry
from runmock.apis.registry import identify, incoming
from runmock.apis.service.claims import Claim
from runmock.core.engine.pace import Pace
from runmock.core.errors import OutputMismatch, ScriptError, UnmatchedRequest
from runmock.core.http.exchange import Request
from runmock.core.http.sse import EventDecoder
from runmock.core.report.leftovers import Leftover
from runmock.deck.deck import Deck
from runmock.deck.options import Options
from runmock.tape.reading.cassette import cassette_from
from runmock.tape.reading.script import run_from

HEADERS = {"openai-beta": "assistants=v2", "authorization": "Bearer sk-secret", "user-agent": "OpenAI/Python 3.54.0"}
RUNS = "/threads/thread_1/runs"
CREATE = {"assistant_id": "asst_1"}
RECORDED = """
interactions:
  - {request: POST /threads, json: {id: thread_9, object: thread}}
  - request: POST /threads/thread_9/runs
    body: {assistant_id: asst_9}
    json: {id: run_9, object: thread.run, thread_id: thread_9, status: queued}
"""


def deck(*cassettes, missing=None, **options):
    made = Deck(Options(**options), missing)
    for number, cassette in enumerate(cassettes):
        made.load(cassette_from(cassette, f"{'ab'[number]}.yaml"))
    return made


def request(method, path, body=None, root="/v1", raw=b"", **options):
    content = raw if body is None else json.dumps(body).encode()
    return Request(method, path=root + path, body=content, **{"host": "api.openai.com", "headers": HEADERS} | options)


def asks(machine, *arguments, **options):
    """The status and the JSON of an answer."""
    reply = machine.answer(request(*arguments, **options))
    return reply.status, json.loads(b"".join(frame.data for frame in reply.frames))


def streams(machine, *arguments):
    """The events of a stream."""
    decoder = EventDecoder()
    frames = machine.answer(request(*arguments)).frames
    return [(event.name, event.json()) for frame in frames for event in decoder.feed(frame.data)]


def test_a_recording_is_tried_before_the_script():
    machine = deck("runs: [{reply: a}]", RECORDED)
    assert asks(machine, "POST", "/threads")[1]["id"] == "thread_9"
    assert asks(machine, "POST", "/threads")[1]["id"] != "thread_9"
    assert asks(machine, "POST", "/threads/thread_9/runs", {"assistant_id": "asst_9"})[1]["id"] == "run_9"
    assert asks(machine, "POST", RUNS, CREATE)[1]["status"] == "queued"
    assert machine.leftovers() == []


def test_recordings_are_tried_in_the_order_in_which_they_came():
    machine = deck(*(f"interactions: [{{request: POST /threads, json: {{id: thread_{name}}}}}]" for name in "ab"))
    assert [asks(machine, "POST", "/threads")[1]["id"] for _ in range(2)] == ["thread_a", "thread_b"]


def test_what_is_left_is_listed_by_cassette():
    machine = deck("runs: [{reply: a}]", RECORDED)
    assert machine.leftovers() == [
        Leftover("b.yaml", "interaction 0, line 3: POST /threads (create_thread)"),
        Leftover("b.yaml", "interaction 1, line 4: POST /threads/thread_9/runs (create_run)"),
        Leftover("a.yaml", 'run 0, line 1: reply "a"'),
    ]


def test_without_any_cassette_the_service_answers_but_creates_no_run():
    machine = deck()
    assert asks(machine, "POST", "/threads", {})[0] == 200
    with pytest.raises(UnmatchedRequest) as caught:
        asks(machine, "POST", RUNS, CREATE)
    assert str(caught.value) == (
        "nothing says what the assistant does: there is no script, no recording and no verb\n"
        "  sent      POST /threads/thread_1/runs  (create_run)\n"
        "  cassette  none   mode none\n"
        "  played    nothing\n"
        '  to answer it: runmock.reply("Hello!")'
    )


def test_with_a_recording_only_nothing_is_made_up():
    machine = deck(RECORDED)
    asks(machine, "POST", "/threads")
    with pytest.raises(UnmatchedRequest) as caught:
        asks(machine, "POST", "/threads/thread_9/runs", {"assistant_id": "asst_1"})
    assert str(caught.value) == (
        "nothing left on the cassette for this request\n"
        "  sent      POST /threads/thread_9/runs  (create_run)\n"
        "  cassette  a.yaml   mode none\n"
        "  nearest   interaction 1, line 4: operation, thread_id and stream agree; assistant_id differs\n"
        "              cassette  asst_9\n"
        "              sent      asst_1\n"
        "  played    0 create_thread"
    )


def test_a_cassette_that_is_not_there_is_named():
    machine = deck(missing="x.yaml", ways_out=(("to record it", "pytest --runmock-record=once x.py"),))
    with pytest.raises(UnmatchedRequest) as caught:
        asks(machine, "POST", "/threads", {})
    assert str(caught.value) == (
        "the cassette of this test does not exist\n"
        "  sent      POST /threads  (create_thread)\n"
        "  cassette  x.yaml (does not exist)   mode none\n"
        "  played    nothing\n"
        "  to answer it: write x.yaml\n"
        "runmock: 1\n"
        "runs:\n"
        "  - reply: Hello!\n"
        "  to record it: pytest --runmock-record=once x.py"
    )


def test_a_script_that_was_used_up_is_named_with_what_was_played():
    machine = deck("runs: [{reply: a}]")
    asks(machine, "POST", RUNS, CREATE)
    with pytest.raises(UnmatchedRequest, match="played    run 0"):
        asks(machine, "POST", "/threads/runs", CREATE)


def test_a_request_outside_the_family_is_a_miss():
    with pytest.raises(UnmatchedRequest, match=r"sent      GET https://api.openai.com/v1/batches  \(batches\)"):
        asks(deck("runs: [{reply: a}]"), "GET", "/batches")


def test_every_failure_is_kept():
    machine = deck("runs: [{calls: [f], outputs: ['1']}, {calls: [f]}]")
    _, run = asks(machine, "POST", RUNS, CREATE)
    for _ in range(3):
        asks(machine, "GET", f"{RUNS}/{run['id']}")
    outputs = {"tool_outputs": [{"tool_call_id": "call_1", "output": "2"}]}
    with pytest.raises(OutputMismatch) as mismatch:
        asks(machine, "POST", f"{RUNS}/{run['id']}/submit_tool_outputs", outputs)
    with pytest.raises(ScriptError) as caught:
        asks(machine, "POST", "/threads/runs", {**CREATE, "tools": []})
    with pytest.raises(UnmatchedRequest) as miss:
        asks(machine, "GET", "/batches")
    assert machine.failures == [mismatch.value, caught.value, miss.value]


@pytest.mark.parametrize(
    ("body", "hint"),
    [
        (b"{", "Expecting property name enclosed in double quotes: line 1 column 2 (char 1)"),
        (b"\xff", "'utf-8' codec can't decode byte 0xff in position 0: invalid start byte"),
        (b'{"a": "\\ud800"}', "'utf-8' codec can't encode character '\\ud800' in position 7: surrogates not allowed"),
    ],
)
def test_a_body_that_is_no_json_is_refused_as_the_service_does(body, hint):
    status, answer = asks(deck("runs: [{reply: a}]"), "POST", "/threads", raw=body)
    assert (status, answer["error"]["message"]) == (
        400,
        f"We could not parse the JSON body of your request. (HINT: {hint}) The body must be a JSON object.",
    )


@pytest.mark.parametrize(
    ("headers", "root", "refused"),
    [
        ({}, "/v1", "You must provide the 'OpenAI-Beta' header"),
        ({"openai-beta": "assistants=v1 "}, "/v1", "The v1 Assistants API has been deprecated."),
        ({"openai-beta": "assistants=v3"}, "/v1", "You must provide the 'OpenAI-Beta' header"),
        ({}, "/openai", None),
        ({}, "/api/projects/x", None),
    ],
)
def test_the_beta_header_is_needed_but_for_azure(headers, root, refused):
    status, answer = asks(deck("runs: [{reply: a}]"), "POST", "/threads", {}, root=root, headers=headers)
    if refused is None:
        assert status == 200
    else:
        assert (status, answer["error"]["message"].startswith(refused)) == (400, True)


def test_what_the_schema_of_a_request_forbids_is_refused_before_a_run_is_used():
    machine = deck("runs: [{reply: a}]")
    status, answer = asks(machine, "POST", RUNS, {})
    assert (status, answer["error"]["message"]) == (400, "Missing required parameter: 'assistant_id'.")
    assert len(machine.leftovers()) == 1


def test_a_recording_is_played_to_any_request_without_a_look_at_the_schema():
    machine = deck("interactions: [{request: POST /threads, body: {odd: 1}, json: {id: thread_1}}]")
    assert asks(machine, "POST", "/threads", {"odd": 1}, headers={})[0] == 200


@pytest.mark.parametrize("odd", [1, [1], ["x", None], {"tool_call_id": "a"}, [{"tool_call_id": ["a"]}], None])
def test_odd_tool_outputs_are_a_miss_or_a_refusal_and_never_a_crash(odd):
    path = f"{RUNS}/run_1/submit_tool_outputs"
    assert asks(deck("runs: [{calls: [f]}]"), "POST", path, {"tool_outputs": odd})[0] == 400
    recorded = f"interactions: [{{request: POST {path}, body: {{tool_outputs: [{{tool_call_id: a, output: b}}]}}, json: {{}}}}]"
    with pytest.raises(UnmatchedRequest):
        asks(deck(recorded), "POST", path, {"tool_outputs": odd})


@pytest.mark.parametrize(
    ("host", "headers", "path", "claimed"),
    [
        ("api.openai.com", {}, "/v1/models", True),
        ("API.OpenAI.com", {}, "/v1/models", True),
        ("me.openai.azure.com", {}, "/openai/x", True),
        ("me.services.ai.azure.com", {}, "/x", True),
        ("gateway.example", {}, "/v1/threads", False),
        ("gateway.example", HEADERS, "/v1/threads", True),
        ("gateway.example", HEADERS, "/v1/models", True),
        ("gateway.example", {"openai-beta": "assistants=v2"}, "/v1/models", False),
        ("gateway.example", {"openai-beta": "realtime=v1"}, "/v1/threads", False),
        ("mine.example", {}, "/x", True),
        ("evil-api.openai.com.example", {}, "/v1/threads", False),
    ],
)
def test_which_requests_are_claimed(host, headers, path, claimed):
    machine = deck(hosts=("*.mine.example", "mine.example"))
    assert (machine.claim(incoming(Request("POST", host, path, headers=headers))) is not Claim.NONE) is claimed


def test_which_requests_are_of_the_family():
    assert identify("POST", "/any/threads").is_played
    assert not identify("PUT", "/any/threads").is_played


def test_a_request_that_goes_past_runmock_is_refused_and_kept():
    machine = deck("runs: [{reply: a}]")
    with pytest.raises(UnmatchedRequest, match="the client's own transport reaches the network"):
        machine.refuse(incoming(request("POST", "/threads")), "app.Opens")
    assert [type(kept) for kept in machine.failures] == [UnmatchedRequest]
    assert [kept.operation for kept in machine.requests] == ["create_thread"]


def test_a_miss_on_another_host_shows_how_to_let_it_through():
    machine = deck(test="test_a.py::test_b")
    agent = {"user-agent": "OpenAI/Python 3.57.0"}
    sent = request("POST", "/chat/completions", elsewhere="http://litellm:4000", host="litellm", headers=agent)
    with pytest.raises(UnmatchedRequest) as raised:
        machine.answer(sent)
    assert str(raised.value) == (
        "chat.completions is another API than Assistants and Responses, and nothing answers it\n"
        "  sent      POST http://litellm:4000/v1/chat/completions  (chat.completions, by an OpenAI client)\n"
        "  cassette  none   mode none\n"
        "  played    nothing\n"
        '  to let it through: allow_hosts=["litellm"], or pytest --runmock-allow-hosts=litellm test_a.py::test_b\n'
        '  to answer it: runmock.router.post("http://litellm:4000/v1/chat/completions").respond(json={'
        "'id': 'chatcmpl-1', 'object': 'chat.completion', 'created': 0, 'model': 'gpt-4o', 'choices': [{'index': 0, "
        "'finish_reason': 'stop', 'message': {'role': 'assistant', 'content': 'Hello!'}}]})"
    )


def test_requests_are_remembered_without_their_secrets():
    machine = deck("runs: [{reply: a}]")
    asks(machine, "POST", "/threads", {"metadata": {"a": "b"}}, headers={**HEADERS, "x-stainless-os": "Linux"})
    with pytest.raises(UnmatchedRequest):
        asks(machine, "GET", "/batches")
    known, missed = machine.requests
    assert (known.method, known.path, known.operation, known.json) == (
        "POST",
        "/threads",
        "create_thread",
        {"metadata": {"a": "b"}},
    )
    assert known.headers == {**HEADERS, "authorization": "(redacted)", "x-stainless-os": "Linux"}
    assert (missed.operation, missed.json) == ("GET /batches", None)
    assert HEADERS["authorization"] not in repr(machine)


def test_equal_headers_are_remembered_once():
    machine = deck("runs: [{reply: a}]")
    asks(machine, "POST", "/threads", {}, headers=HEADERS)
    asks(machine, "POST", "/threads", {}, headers={**HEADERS, "authorization": "Bearer another"})
    asks(machine, "POST", "/threads", {}, headers={**HEADERS, "user-agent": "me"})
    first, second, third = (entry.headers for entry in machine.requests)
    assert first is second
    assert third == {**first, "user-agent": "me"}


def test_the_headers_of_many_requests_are_remembered_with_each():
    machine = deck("runs: [{reply: a}]")
    sent = [{**HEADERS, "content-number": str(number % 12)} for number in range(30)]
    for headers in [*sent, *sent]:
        asks(machine, "POST", "/threads", {}, headers=headers)
    assert [entry.headers["content-number"] for entry in machine.requests] == [
        one["content-number"] for one in sent
    ] * 2
    assert "sk-secret" not in str([entry.headers for entry in machine.requests])


def test_the_runs_of_a_session_are_the_replayed_runs_then_the_scripted_runs():
    machine = deck("runs: [{reply: a}]", RECORDED)
    _, scripted = asks(machine, "POST", RUNS, CREATE)
    asks(machine, "POST", "/threads/thread_9/runs", {"assistant_id": "asst_9"})
    assert [run.id for run in machine.runs] == ["run_9", scripted["id"]]


def test_a_run_can_be_scripted_and_rescripted_until_it_is_used():
    machine = deck()
    first, second = (run_from({"reply": text}, 0) for text in "ab")
    machine.script(first)
    assert machine.rescript(first, second)
    streamed = streams(machine, "POST", RUNS, {**CREATE, "stream": True})
    (message,) = [data for name, data in streamed if name == "thread.message.completed"]
    assert message["content"][0]["text"]["value"] == "b"
    assert not machine.rescript(second, first)


def test_the_pace_counts_for_scripts_and_recordings():
    machine = deck(
        "runs: [{reply: a, pace: 20ms}]",
        "interactions: [{request: POST /threads/runs, body: {assistant_id: x, stream: true}, pace: {first: 20ms}, stream: [done]}]",
        pace=Pace.read("2x"),
    )
    for path, body in ((RUNS, CREATE), ("/threads/runs", {"assistant_id": "x"})):
        reply = machine.answer(request("POST", path, {**body, "stream": True}))
        assert {frame.after_ms for frame in reply.frames} == {10}


@pytest.mark.parametrize(("path", "body"), [(RUNS, CREATE), ("/threads/runs", {"assistant_id": "x"})])
def test_a_stream_may_be_closed_before_its_end_and_twice(path, body):
    machine = deck(
        "runs: [{reply: a}]",
        "interactions: [{request: POST /threads/runs, body: {assistant_id: x, stream: true}, stream: [error: {}, done]}]",
    )
    frames = machine.answer(request("POST", path, {**body, "stream": True})).frames
    assert next(iter(frames)).data.startswith(b"event: ")
    frames.close()
    frames.close()
    assert list(frames) == []


def test_an_error_that_shows_while_a_stream_is_read_is_raised_there():
    machine = deck("runs: [{reply: $metadata.x}]")
    with pytest.raises(ScriptError) as caught:
        streams(machine, "POST", RUNS, {**CREATE, "stream": True})
    assert str(caught.value) == "the reply has '$metadata.x', but the run has these metadata: none"


THREADS, RUNS_EACH = 16, 3


def test_many_threads_share_a_deck_as_they_share_the_service():
    """Each has a conversation of its own; their streams interleave; each gets its own script, and ids are unique."""
    entries = [
        f"  - {{match: {{metadata: {{who: w{who}-{number}}}}}, calls: [f, g], reply: 'w{who}-{number} $outputs.f $outputs.g'}}"
        for who in range(THREADS)
        for number in range(RUNS_EACH)
    ]
    machine = deck("runs:\n" + "\n".join(entries))
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    start, received, errors = threading.Barrier(THREADS), {}, []

    def converse(who):
        try:
            start.wait()
            _, thread = asks(machine, "POST", "/threads", {})
            received[who] = [one_run(machine, thread["id"], f"w{who}-{number}") for number in range(RUNS_EACH)]
        except BaseException as error:  # noqa: BLE001 - raised below, in the test's own thread
            errors.append(error)

    workers = [threading.Thread(target=converse, args=(who,)) for who in range(THREADS)]
    try:
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
    finally:
        sys.setswitchinterval(before)
    assert errors == []
    events = [event for conversation in received.values() for event in conversation]
    assert {text for _, text in events} == {
        f"w{who}-{number} a b" for who in range(THREADS) for number in range(RUNS_EACH)
    }
    assert len({run_id for run_id, _ in events}) == THREADS * RUNS_EACH
    assert [text.split("-")[0] for who in received for _, text in received[who]] == [
        f"w{who}" for who in received for _ in range(RUNS_EACH)
    ]
    assert (machine.leftovers(), machine.failures) == ([], [])


def one_run(machine, thread_id, who):
    """The id of a run that was streamed to its end, and the text of its message."""
    events = streams(
        machine, "POST", f"/threads/{thread_id}/runs", {**CREATE, "stream": True, "metadata": {"who": who}}
    )
    run = events[-2][1]
    calls = run["required_action"]["submit_tool_outputs"]["tool_calls"]
    outputs = [{"tool_call_id": call["id"], "output": text} for call, text in zip(calls, "ab", strict=True)]
    path = f"/threads/{thread_id}/runs/{run['id']}"
    events = streams(machine, "POST", f"{path}/submit_tool_outputs", {"stream": True, "tool_outputs": outputs})
    assert [name for name, _ in events][-2:] == ["thread.run.completed", "done"]
    _, listed = asks(machine, "GET", f"/threads/{thread_id}/messages", query={"run_id": (run["id"],)})
    (message,) = listed["data"]
    return run["id"], message["content"][0]["text"]["value"]


def test_a_failure_while_a_stream_is_read_is_kept():
    machine = deck("runs: [{reply: 'For $metadata.customer'}]")
    frames = iter(machine.answer(request("POST", RUNS, CREATE | {"stream": True})).frames)
    with pytest.raises(ScriptError, match="customer") as raised:
        list(frames)
    assert machine.failures == [raised.value]


def test_a_request_whose_body_is_no_json_is_looked_back_on_too():
    machine = deck("runs: [{reply: a}]")
    asks(machine, "POST", RUNS, raw=b"{")
    assert [(entry.operation, entry.json) for entry in machine.requests] == [("create_run", None)]


def test_a_stream_that_is_closed_early_leaves_the_run_to_its_polls():
    machine = deck("runs: [{reply: a}]")
    frames = machine.answer(request("POST", RUNS, CREATE | {"stream": True})).frames
    next(iter(frames))
    frames.close()
    (run,) = machine.runs
    statuses = [asks(machine, "GET", f"{RUNS}/{run.id}")[1]["status"] for _ in range(3)]
    assert statuses == ["queued", "in_progress", "completed"]


def test_what_a_test_does_to_what_it_looks_at_reaches_nobody():
    cassette = cassette_from(RECORDED, "shared.yaml")
    for _ in range(2):
        machine = Deck()
        machine.load(cassette)
        asks(machine, "POST", "/threads/thread_9/runs", {"assistant_id": "asst_9"})
        (run,) = machine.runs
        assert run.request == {"assistant_id": "asst_9"}
        run.request["assistant_id"] = "poison"


def test_the_usage_that_a_test_changes_is_not_that_of_the_next_run():
    for _ in range(2):
        machine = deck("runs: [{cancel: true}]")
        list(machine.answer(request("POST", RUNS, CREATE | {"stream": True})).frames)
        (run,) = machine.runs
        assert run.usage["prompt_token_details"] == {"cached_tokens": 0}
        run.usage["prompt_token_details"]["cached_tokens"] = 777


def test_a_file_that_is_sent_elsewhere_is_no_broken_json_but_a_miss():
    machine = deck("runs: [{reply: a}]")
    with pytest.raises(UnmatchedRequest, match=r"POST https://api\.openai\.com/v1/audio/transcriptions"):
        asks(machine, "POST", "/audio/transcriptions", raw=b"--boundary\r\nsome file")


def test_a_file_that_was_recorded_plays():
    machine = deck("interactions: [{request: POST /audio/transcriptions, json: {id: file-1, object: file}}]")
    assert asks(machine, "POST", "/audio/transcriptions", raw=b"--boundary\r\nsome file") == (
        200,
        {"id": "file-1", "object": "file"},
    )


def test_what_runmock_cannot_play_fails_the_test_and_is_no_error_that_the_sdk_retries():
    machine = deck("runs: [{reply: a, run: {metadata: [1]}}]")
    with pytest.raises(ScriptError, match="runmock cannot play this: TypeError: ") as raised:
        asks(machine, "POST", RUNS, CREATE)
    assert machine.failures == [raised.value]


def test_what_runmock_cannot_play_in_a_stream_fails_the_test_too():
    machine = deck("runs: [{reply: '$metadata.k', run: {metadata: {k: 5}}}]")
    with pytest.raises(ScriptError, match="runmock cannot play this: TypeError: ") as raised:
        list(machine.answer(request("POST", RUNS, CREATE | {"stream": True})).frames)
    assert machine.failures == [raised.value]


def test_no_key_is_in_the_repr_of_a_request():
    assert "sk-secret" not in repr(request("POST", RUNS, CREATE | {"key": "sk-secret"}))


CHECKED = """
runs:
  - calls: [get_weather: {}]
    outputs: ["22"]
    reply: b
"""


def test_outputs_that_are_checked_and_never_come_are_left_over():
    machine = deck(CHECKED)
    list(machine.answer(request("POST", RUNS, CREATE | {"stream": True})).frames)
    assert machine.leftovers() == [
        Leftover("a.yaml", "run 0, line 3: outputs for call_1 were never submitted", is_begun=True)
    ]


def test_outputs_that_came_are_not_left_over_nor_those_that_nobody_checks():
    for script in (CHECKED, "runs: [{calls: [get_weather: {}], reply: b}]"):
        machine = deck(script)
        list(machine.answer(request("POST", RUNS, CREATE | {"stream": True})).frames)
        if "outputs" in script:
            body = {"tool_outputs": [{"tool_call_id": "call_1", "output": "22"}]}
            asks(machine, "POST", f"{RUNS}/{machine.runs[0].id}/submit_tool_outputs", body)
        assert machine.leftovers() == []


def test_with_no_cassette_every_request_of_the_family_is_answered():
    machine = deck(is_stock=True)
    assert asks(machine, "POST", RUNS, CREATE)[1]["instructions"] == ""
    assert asks(machine, "GET", f"{RUNS}/run_mine")[0] == 200
    submission = {"tool_outputs": [{}]}
    assert asks(machine, "POST", f"{RUNS}/run_mine/submit_tool_outputs", submission)[1]["status"] == "queued"
    assert asks(machine, "POST", f"{RUNS}/run_mine/submit_tool_outputs", {"tool_outputs": 5})[0] == 400
    assert machine.leftovers() == []


def test_with_no_cassette_a_tool_is_called_with_arguments_that_its_schema_allows():
    parameters = {"type": "object", "properties": {"n": {"type": "integer", "minimum": 3}}, "required": ["n"]}
    tools = [{"type": "function", "function": {"name": "f", "parameters": parameters}}]
    events = streams(
        deck(is_stock=True), "POST", RUNS, CREATE | {"stream": True, "tools": tools, "tool_choice": "required"}
    )
    (call,) = events[-2][1]["required_action"]["submit_tool_outputs"]["tool_calls"]
    assert call["function"] == {"name": "f", "arguments": '{"n":3}'}


@pytest.mark.parametrize("path", ["/threads/thread_mine/messages", RUNS, f"{RUNS}/run_mine/steps", "/assistants"])
def test_a_limit_of_0_is_accepted_with_no_cassette_only(path):
    query = {"limit": ("0",)}
    assert asks(deck(is_stock=True), "GET", path, query=query)[1]["data"] == []
    assert asks(deck("runs: [{reply: a}]"), "GET", path, query=query)[0] == 400


def test_with_no_cassette_what_is_not_of_the_family_is_unknown_and_else_it_is_a_miss():
    status, answer = asks(deck(is_stock=True), "POST", "/chat/completions", {})
    assert (status, answer["error"]["message"]) == (404, "Invalid URL (POST /v1/chat/completions)")
    with pytest.raises(UnmatchedRequest):
        asks(deck("runs: [{reply: a}]"), "POST", "/chat/completions", {})


@pytest.mark.parametrize(
    ("content_type", "is_refused"),
    [
        ("text/plain", True),
        ("multipart/form-data; boundary=x", True),
        ("application/json", False),
        ("Application/JSON; charset=utf-8", False),
        ("application/merge-patch+json", False),
        ("", False),
    ],
)
def test_a_body_that_is_not_declared_as_json_is_refused(content_type, is_refused):
    headers = HEADERS | {"content-type": content_type}
    status, answer = asks(deck("runs: [{reply: a}]"), "POST", RUNS, CREATE, headers=headers)
    assert (status == 400) is is_refused
    if is_refused:
        assert answer["error"]["code"] == "unsupported_content_type"
    assert asks(deck("runs: []"), "POST", "/threads", headers=HEADERS | {"content-type": "text/plain"})[0] == 200


def test_a_deck_remembers_no_more_than_it_should():
    machine = deck("runs: [{reply: a}]", remembers=1)
    for path in ("/threads", RUNS):
        asks(machine, "POST", path, CREATE if path == RUNS else {})
    for _ in range(2):
        with pytest.raises(UnmatchedRequest):
            asks(machine, "POST", "/chat/completions", {})
    assert [entry.path for entry in machine.requests] == ["/chat/completions"]
    assert len(machine.failures) == 1


def test_a_failure_that_no_answer_raised_is_kept_too():
    played, failure = deck(), ScriptError("a route of runmock.router raised ValueError: no")
    assert played.kept(failure) is failure
    assert played.failures == [failure]


def test_threads_that_need_a_backend_first_get_the_same_one(monkeypatch):
    made = []

    class Slow:
        name = "slow"

        def backend(self, _stage):
            time.sleep(0.05)
            made.append(object())
            return made[-1]

    monkeypatch.setattr(registry, "APIS", (Slow(),))
    deck = Deck()
    with ThreadPoolExecutor(8) as threads:
        found = {id(backends["slow"]) for backends in threads.map(lambda _: deck.backends, range(8))}
    assert found == {id(made[0])}
    assert len(made) == 1
