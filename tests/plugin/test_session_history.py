"""What a session shows about what happened: runs, requests, tool outputs, what is left."""

import httpx
import httpx2
import pytest
import respx

KEY = "sk-proj-0123456789-not-a-key"
HEADERS = {
    "OpenAI-Beta": "assistants=v2",
    "Authorization": f"Bearer {KEY}",
    "api-key": KEY,
    "Cookie": f"session={KEY}",
    "OpenAI-Organization": "org-secret",
    "X-Custom": KEY,
}
ROOT = "https://api.openai.com/v1"


@pytest.fixture
def client():
    with httpx2.Client(base_url=ROOT, headers=HEADERS) as client:
        yield client


def finished(client, run):
    while run["status"] in ("queued", "in_progress"):
        run = client.get(f"/threads/{run['thread_id']}/runs/{run['id']}").json()
    return run


def converse(client):
    """Two rounds of tools in one run."""
    thread = client.post("/threads", json={"messages": [{"role": "user", "content": "Trip?"}]}).json()
    body = {"assistant_id": "asst_1", "metadata": {"user": "ada"}}
    run = finished(client, client.post(f"/threads/{thread['id']}/runs", json=body).json())
    while run["status"] == "requires_action":
        calls = run["required_action"]["submit_tool_outputs"]["tool_calls"]
        outputs = [{"tool_call_id": call["id"], "output": f"out of {call['id']}"} for call in calls]
        path = f"/threads/{thread['id']}/runs/{run['id']}/submit_tool_outputs"
        run = finished(client, client.post(path, json={"tool_outputs": outputs}).json())
    return thread, run


@pytest.fixture
def trip(runmock, client):
    runmock.calls(("look", {"at": 1}), ("look", {"at": 2}), ("book", {})).calls(pay={}).reply("Booked.")
    return converse(client)


def test_a_run_has_its_ids_its_request_and_its_state(runmock, trip):
    thread, run = trip
    (view,) = runmock.runs
    assert (view.id, view.thread_id, view.status) == (run["id"], thread["id"], "completed")
    assert view.request == {"assistant_id": "asst_1", "metadata": {"user": "ada"}}
    assert view.usage == run["usage"]
    assert view.usage["total_tokens"] > 0


def test_tool_outputs_are_listed_by_name(runmock, trip):
    expected = {"look": ["out of call_1", "out of call_2"], "book": "out of call_3", "pay": "out of call_4"}
    assert runmock.runs[0].tool_outputs == expected
    assert runmock.tool_outputs == expected


def test_messages_are_those_that_the_run_wrote(runmock, trip):
    (message,) = runmock.runs[0].messages
    assert message["content"] == [{"type": "text", "text": {"value": "Booked.", "annotations": []}}]
    assert message["run_id"] == runmock.runs[0].id


def test_tool_outputs_of_several_runs_come_together(runmock, client):
    for _ in range(2):
        runmock.calls(look={}).reply("Seen.")
    runmock.calls(book={}).reply("Booked.")
    for _ in range(3):
        converse(client)
    assert [run.tool_outputs for run in runmock.runs] == [{"look": "out of call_1"}] * 2 + [{"book": "out of call_1"}]
    assert runmock.tool_outputs == {"look": ["out of call_1"] * 2, "book": "out of call_1"}


def test_a_run_that_goes_on_has_its_current_state(runmock, client):
    runmock.calls(look={})
    run = client.post("/threads/thread_1/runs", json={"assistant_id": "asst_1"}).json()
    assert (runmock.runs[0].status, runmock.runs[0].usage, runmock.runs[0].messages) == ("queued", None, [])
    finished(client, run)
    assert (runmock.runs[0].status, runmock.runs[0].tool_outputs) == ("requires_action", {})


def test_requests_are_listed_in_order(runmock, trip):
    thread, run = trip
    path = f"/threads/{thread['id']}/runs/{run['id']}"
    sent = [(request.method, request.path, request.operation) for request in runmock.requests]
    assert sent[:3] == [
        ("POST", "/threads", "create_thread"),
        ("POST", f"/threads/{thread['id']}/runs", "create_run"),
        ("GET", path, "retrieve_run"),
    ]
    assert ("POST", f"{path}/submit_tool_outputs", "submit_tool_outputs") in sent
    assert runmock.requests[0].json == {"messages": [{"role": "user", "content": "Trip?"}]}
    assert runmock.requests[2].json is None


def test_no_key_cookie_or_organisation_is_kept(runmock, trip):
    kept = repr(runmock.requests) + repr(runmock.runs) + repr(vars(runmock)) + repr(runmock.deck)
    assert KEY not in kept
    assert "org-secret" not in kept
    headers = runmock.requests[0].headers
    assert headers["authorization"] == headers["api-key"] == headers["cookie"] == headers["x-custom"] == "(redacted)"
    assert headers["openai-beta"] == "assistants=v2"
    assert headers["content-type"] == "application/json"


def test_a_missed_request_is_listed_too(runmock, client):
    from runmock import Session, UnmatchedRequest

    with_nothing = Session().start()
    try:
        with pytest.raises(UnmatchedRequest):
            client.post("/batches", json={"a": 1})
    finally:
        with_nothing.stop()
    assert [(request.operation, request.json) for request in with_nothing.requests] == [("POST /batches", {"a": 1})]
    assert [str(request).splitlines()[0] for request in with_nothing.failures] == [
        "batches is another API than Assistants and Responses, and nothing answers it"
    ]


def test_recorded_runs_are_shown_as_scripted_runs_are(runmock, client):
    call = {"id": "call_1", "type": "function", "function": {"name": "look", "arguments": "{}"}}
    action = {"type": "submit_tool_outputs", "submit_tool_outputs": {"tool_calls": [call]}}
    run = {"id": "run_1", "object": "thread.run", "thread_id": "thread_1"}
    message = {"id": "msg_1", "object": "thread.message", "run_id": "run_1"}
    usage = {"total_tokens": 3}
    output = [{"tool_call_id": "call_1", "output": "seen"}]
    recorded = [
        {
            "request": "POST /threads/thread_1/runs",
            "body": {"assistant_id": "asst_1"},
            "json": {**run, "status": "requires_action", "required_action": action},
        },
        {
            "request": "POST /threads/thread_1/runs/run_1/submit_tool_outputs",
            "body": {"tool_outputs": output},
            "json": {**run, "status": "completed", "usage": usage},
        },
        {"request": "GET /threads/thread_1/messages", "json": {"object": "list", "data": [message]}},
    ]
    runmock.load({"interactions": recorded})
    client.post("/threads/thread_1/runs", json={"assistant_id": "asst_1"})
    client.post("/threads/thread_1/runs/run_1/submit_tool_outputs", json={"tool_outputs": output})
    client.get("/threads/thread_1/messages")
    (view,) = runmock.runs
    assert (view.id, view.thread_id, view.status, view.usage) == ("run_1", "thread_1", "completed", usage)
    assert (view.request, view.tool_outputs, view.messages) == ({"assistant_id": "asst_1"}, {"look": "seen"}, [message])


def test_assert_all_played_names_what_is_left(runmock, client):
    runmock.reply("first")
    runmock.reply("second")
    client.post("/threads/runs", json={"assistant_id": "asst_1"})
    with pytest.raises(AssertionError) as error:
        runmock.assert_all_played()
    assert str(error.value) == (
        "runmock: not everything on the cassette was played\n"
        "  inline\n"
        '    run 1: reply "second"\n'
        "  to allow it: @pytest.mark.runmock(allow_unplayed=True), or --runmock-unused=warn"
    )
    client.post("/threads/runs", json={"assistant_id": "asst_1"})
    runmock.assert_all_played()


def test_what_it_gives_are_copies(runmock, client):
    client.post("/threads", json={})
    for views in (runmock.runs, runmock.requests, runmock.failures):
        views.append(None)
    assert (runmock.runs, len(runmock.requests), runmock.failures) == ([], 1, [])


def test_the_router_is_respxs(runmock):
    assert type(runmock.router) is respx.Router
    route = runmock.router.get("https://weather.example/paris").respond(json={"degrees": 21})
    assert httpx.get("https://weather.example/paris").json() == {"degrees": 21}
    assert httpx2.get("https://weather.example/paris").json() == {"degrees": 21}
    assert route.call_count == 2
    assert runmock.requests == []


def test_a_session_is_shown_by_what_went_through_it(project):
    project.test("""
        def test_a(runmock):
            runmock.reply("a")
            app.ask()
            assert runmock.runs[1].status == "completed"
    """)
    ran = project.run()
    ran.counts(failed=1)
    ran.shows("runmock = <runmock session: 1 run, 6 requests>")
