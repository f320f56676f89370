import json

import pytest
from conversation import ASSISTANT, RUNS, Service, calls_of, names, place, text_of

from runmock.apis.service.provider import Provider
from runmock.core.errors import ScriptError

F = {"type": "function", "function": {"name": "f"}}
G = {"type": "function", "function": {"name": "g"}}
MADE_UP = (
    "\n  or allow  a call of a tool that is not offered: unoffered: true beside 'calls', calls(..., unoffered=True)"
)
CREATORS = ["/threads/thread_1/runs", "/threads/runs"]


@pytest.mark.parametrize("path", CREATORS)
def test_a_run_is_queued_first(path):
    service = Service("runs: [{reply: a}]")
    run = service.creates(path)
    assert (run["status"], run["assistant_id"], service.left) == ("queued", "asst_1", 0)
    assert service.asks("GET", f"/threads/{run['thread_id']}")["id"] == run["thread_id"]


def test_additional_messages_are_added_to_the_thread_before_the_answer():
    service = Service("runs: [{reply: a}]")
    service.finishes(
        service.creates(additional_messages=[{"role": "user", "content": "hi"}, {"role": "assistant", "content": "ho"}])
    )
    assert [text_of(message) for message in service.messages()] == ["hi", "ho", "a"]


def test_a_new_thread_has_what_the_request_gives_it():
    service = Service("runs: [{reply: a}]")
    thread = {"messages": [{"role": "user", "content": "hi"}], "metadata": {"a": "1"}}
    run = service.finishes(service.creates("/threads/runs", thread=thread, metadata={"b": "2"}))
    path = f"/threads/{run['thread_id']}"
    assert (service.asks("GET", path)["metadata"], run["metadata"]) == ({"a": "1"}, {"b": "2"})
    assert [text_of(message) for message in service.messages(path)] == ["hi", "a"]


def test_a_new_thread_shows_its_resources_when_it_has_some():
    service = Service("runs: [{reply: a}]")
    resources = {"file_search": {"vector_store_ids": ["vs_1"]}}
    (_, thread), *_ = service.creates("/threads/runs", thread={"tool_resources": resources}, stream=True)
    assert thread["tool_resources"] == resources


@pytest.mark.parametrize("stream", [None, False, 1, "true"])
def test_only_true_asks_for_a_stream(stream):
    assert Service("runs: [{reply: a}]").creates(stream=stream)["status"] == "queued"


def test_the_script_sets_fields_of_the_run():
    service = Service("runs: [{reply: a, model: gpt-x, run: {temperature: 0.25, odd: 1}}]")
    run = service.finishes(service.creates(temperature=1, model="gpt-y"))
    assert (run["model"], run["temperature"], run["odd"]) == ("gpt-x", 0.25, 1)


def test_metadata_of_the_script_is_merged_over_that_of_the_request():
    service = Service("runs: [{reply: $metadata.a$metadata.b, metadata: {b: s}}]")
    run = service.finishes(service.creates(metadata={"a": "r", "b": "r"}))
    assert run["metadata"] == {"a": "r", "b": "s"}
    assert text_of(service.messages()[0]) == "rs"


def test_the_script_stays_as_it_is_however_the_run_is_changed():
    script = "runs: [{reply: a, metadata: {a: '1'}, run: {x: [1]}}]"
    service = Service(script, script)
    run = service.creates()
    service.asks("POST", place(run), {"metadata": {"a": "2"}})
    service.finishes(run)
    assert service.creates()["metadata"] == {"a": "1"}


@pytest.mark.parametrize("path", CREATORS)
def test_a_scripted_refusal_comes_as_often_as_the_script_says_then_the_next_run(path):
    service = Service("""
        runs:
          - {http: 429, error: slow_down, message: Slow., retry_after: 2, times: 2, headers: {x-odd: 1}}
          - reply: a
    """)
    for _ in range(2):
        answer = service.asks("POST", path, ASSISTANT)
        assert answer == {
            "error": {"message": "Slow.", "type": "invalid_request_error", "param": None, "code": "slow_down"}
        }
        assert (service.status, service.headers["retry-after"], service.headers["x-odd"]) == (429, "2", "1")
    assert service.creates(path)["status"] == "queued"


def test_a_scripted_refusal_needs_no_waiting_time():
    service = Service("runs: [{http: 500}]")
    assert service.refused("POST", RUNS, {**ASSISTANT, "stream": True})[0] == 500
    assert "retry-after" not in service.headers
    assert service.headers["content-type"] == "application/json"


def test_a_refused_request_leaves_no_thread_and_no_message():
    service = Service("runs: [{http: 500}, {http: 500}]")
    service.refused("POST", "/threads/runs", ASSISTANT)
    service.refused("POST", RUNS, {**ASSISTANT, "additional_messages": [{"role": "user", "content": "hi"}]})
    assert service.messages() == []
    assert service.stage.created == []


def test_a_refusal_may_name_its_parameter_and_its_type():
    service = Service("runs: [{http: 400, param: model, type: image_parse_error, message: No., error: a}]")
    refusal = service.asks("POST", RUNS, ASSISTANT)
    assert (service.status, refusal) == (
        400,
        {"error": {"message": "No.", "type": "image_parse_error", "param": "model", "code": "a"}},
    )


@pytest.mark.parametrize("body", ["{}", "[]", '{"detail": "Budget exceeded."}', '"text"', "null", "false"])
def test_a_refusal_may_have_a_body_of_its_own(body):
    script = f"runs: [{{http: 502, body: {body}, retry_after: 2, times: 2}}, {{calls: [f]}}]"
    service = Service(script)
    for _ in range(2):
        assert service.opens("POST", RUNS, ASSISTANT).text() == json.dumps(json.loads(body), indent=2)
        assert (service.status, service.headers["retry-after"]) == (502, "2")
    assert service.creates()["status"] == "queued"


def test_in_the_middle_of_a_run_it_may_too():
    service = Service("runs: [{steps: [{calls: [f]}, {http: 502, body: [gone]}, {reply: a}]}]")
    run = service.finishes(service.creates())
    assert (service.submits(run, call_1="1"), service.status) == (["gone"], 502)
    assert service.submits(run, call_1="1")["status"] == "queued"


def test_the_service_is_gone_where_the_script_says_so():
    service = Service("runs: [{sunset: true, times: 2}, {reply: a}]")
    assert service.refused("POST", RUNS, ASSISTANT) == (404, "Invalid URL (POST /v1/threads/thread_1/runs)")
    assert service.refused("POST", "/threads/runs", ASSISTANT) == (404, "Invalid URL (POST /v1/threads/runs)")
    assert service.creates()["status"] == "queued"


@pytest.mark.parametrize(
    ("script", "tools"),
    [
        ("calls: [f]", [F]),
        ("calls: [f]", [G, F]),
        ("code_interpreter: a", [{"type": "code_interpreter"}]),
        ("file_search: {}", [{"type": "file_search"}]),
        ("reply: a", []),
        ("calls: [f]", None),
    ],
)
def test_a_script_may_use_what_the_request_offers(script, tools):
    assert Service(f"runs: [{{{script}}}]").creates(tools=tools)["status"] == "queued"


@pytest.mark.parametrize("options", [{"tools": [F]}, {}])
def test_a_script_may_use_what_the_assistant_offers(options):
    service = Service("runs: [{calls: [f]}]")
    assistant = service.asks("POST", "/assistants", {"model": "gpt-4o", "tools": [F]})
    assert service.creates(assistant_id=assistant["id"], **options)["status"] == "queued"


@pytest.mark.parametrize(
    ("script", "missing"),
    [
        ("calls: [g, f]", "f"),
        ("code_interpreter: a", "code_interpreter"),
        ("file_search: {}", "file_search"),
    ],
)
def test_a_tool_that_the_request_does_not_offer_is_an_error_of_the_script(script, missing):
    service = Service(f"runs: [{{{script}}}]")
    with pytest.raises(ScriptError) as caught:
        service.creates(tools=[G])
    assert str(caught.value) == (
        f"the script uses a tool that the application does not offer: {missing}\n"
        "  script    inline:1\n"
        "  offered   g, by this run's `tools`\n"
        f"  fix it    use one of these names in the script, or give the run or its assistant the tool {missing}"
        + (MADE_UP if missing == "f" else "")
    )


def test_a_model_may_call_what_nobody_offered_where_the_script_says_so():
    service = Service("runs: [{calls: [multi_tool_use.parallel: {a: 1}, f], unoffered: true, reply: $outputs.f}]")
    run = service.finishes(service.creates(tools=[G]))
    assert [call["function"]["name"] for call in calls_of(run)] == ["multi_tool_use.parallel", "f"]
    service.submits(run, call_1="no such tool", call_2="2")
    service.finishes(run)
    assert text_of(service.messages()[-1]) == "2"


def test_unoffered_holds_for_one_round_of_calls_and_not_for_the_next():
    service = Service("runs: [{steps: [{calls: [f], unoffered: true}, {calls: [h]}]}]")
    with pytest.raises(ScriptError, match="does not offer: h\n"):
        service.creates(tools=[G])


QUESTION = {"messages": [{"role": "user", "content": "Hi"}]}
NOTHING_TO_ANSWER = (400, "Run creation requires a Thread with a user message or an assistant with instructions.")


def made(service, **options):
    """An assistant of the application's own, and an empty thread."""
    assistant = service.asks("POST", "/assistants", {"model": "gpt-4o", **options})
    return {"assistant_id": assistant["id"]}, f"/threads/{service.asks('POST', '/threads', {})['id']}"


@pytest.mark.parametrize("instructions", [{}, {"instructions": None}, {"instructions": ""}])
def test_a_run_needs_a_question_or_instructions(instructions):
    service = Service("runs: [{reply: a}]")
    body, thread = made(service, **instructions)
    of_assistant = {"messages": [{"role": "assistant", "content": "Hello!"}]}
    assert service.refused("POST", f"{thread}/runs", body) == NOTHING_TO_ANSWER
    assert service.refused("POST", "/threads/runs", body) == NOTHING_TO_ANSWER
    assert service.refused("POST", "/threads/runs", {**body, "thread": of_assistant}) == NOTHING_TO_ANSWER
    assert service.left == 1
    service.asks("POST", f"{thread}/messages", QUESTION["messages"][0])
    assert service.asks("POST", f"{thread}/runs", body)["status"] == "queued"


@pytest.mark.parametrize(
    "own",
    [
        {"additional_messages": QUESTION["messages"]},
        {"instructions": "Say hello."},
        {"additional_instructions": "Say hello."},
    ],
)
def test_a_run_may_have_a_message_or_instructions_itself(own):
    service = Service("runs: [{reply: a}]")
    body, thread = made(service)
    assert service.asks("POST", f"{thread}/runs", {**body, **own})["status"] == "queued"


def test_instructions_of_the_assistant_are_enough():
    service = Service("runs: [{reply: a}]")
    body, thread = made(service, instructions="Say hello.")
    assert service.asks("POST", f"{thread}/runs", body)["status"] == "queued"


@pytest.mark.parametrize("head", ["", "assistants: [{id: asst_1}]"])
def test_what_nobody_made_here_may_have_them(head):
    """An assistant of somebody else's, or a cassette's; a thread from before."""
    assert Service(f"{head}\nruns: [{{reply: a}}]").creates("/threads/runs")["status"] == "queued"
    service = Service("runs: [{reply: a}]")
    body, _ = made(service)
    assert service.asks("POST", RUNS, body)["status"] == "queued"


@pytest.mark.parametrize("provider", [Provider.AZURE, Provider.OTHER])
def test_other_providers_need_no_question(provider):
    service = Service("runs: [{reply: a}]", provider=provider)
    body, thread = made(service)
    assert service.asks("POST", f"{thread}/runs", body)["status"] == "queued"


def test_with_no_cassette_no_question_is_needed():
    service = Service(is_stock=True)
    body, thread = made(service)
    assert service.asks("POST", f"{thread}/runs", body)["status"] == "queued"


def test_a_tool_that_a_known_assistant_does_not_have_is_an_error_of_the_script():
    service = Service("assistants: [{id: asst_1}]\nruns: [{calls: [f]}]")
    with pytest.raises(ScriptError, match="offered   no tools at all, by assistant asst_1"):
        service.creates()


def test_an_implied_assistant_has_whatever_tool_is_used_until_its_tools_are_set():
    service = Service("runs: [{calls: [f]}, {calls: [f]}]")
    waiting = service.finishes(service.creates())
    assert [call["function"]["name"] for call in calls_of(waiting)] == ["f"]
    service.asks("POST", "/assistants/asst_1", {"tools": [G]})
    with pytest.raises(ScriptError):
        service.creates("/threads/runs")


def test_include_belongs_to_the_request_that_has_it():
    service = Service("runs: [{file_search: {results: [{text: a}]}, calls: [f], reply: b}]")
    run = service.creates()
    assert names(service.submits(service.finishes(run), stream=True, call_1="1")).endswith("done")
    assert "content" not in service.steps(run)[0]["step_details"]["tool_calls"][0]["file_search"]["results"][0]


def test_a_condition_on_instructions_covers_the_additional_instructions_too():
    service = Service("runs: [{match: {instructions: /brief.*French/s}, reply: a}]")
    service.creates(instructions="Be brief.", additional_instructions="Speak French.")
    assert service.left == 0
