import pytest
from conversation import ASSISTANT, RUNS, Service, calls_of, names, place, text_of

from runmock.core.errors import ScriptError

F = {"type": "function", "function": {"name": "f"}}
G = {"type": "function", "function": {"name": "g"}}
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


def test_a_new_thread_tells_its_resources_when_it_has_some():
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
def test_a_scripted_refusal_comes_as_often_as_it_says_then_the_next_run(path):
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
    assert service.backend.runs == []


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


@pytest.mark.parametrize("given", [{"tools": [F]}, {}])
def test_a_script_may_use_what_the_assistant_offers(given):
    service = Service("runs: [{calls: [f]}]")
    assistant = service.asks("POST", "/assistants", {"model": "gpt-4o", "tools": [F]})
    assert service.creates(assistant_id=assistant["id"], **given)["status"] == "queued"


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
        f"  mend it   use one of these names in the script, or give the run or its assistant the tool {missing}"
    )


def test_a_tool_that_a_known_assistant_does_not_have_is_an_error_of_the_script():
    service = Service("assistants: [{id: asst_1}]\nruns: [{calls: [f]}]")
    with pytest.raises(ScriptError, match="offered   no tools at all, by assistant asst_1"):
        service.creates()


def test_an_assistant_that_was_made_up_has_whatever_tool_is_used_until_it_is_told_its_tools():
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


def test_a_condition_on_instructions_sees_the_additional_ones_too():
    service = Service("runs: [{match: {instructions: /brief.*French/s}, reply: a}]")
    service.creates(instructions="Be brief.", additional_instructions="Speak French.")
    assert service.left == 0
