"""What is refused in the items and ids of a request; the SDK meets every refusal in tests/sdk/test_refused_responses.py."""

import pytest
from response_conversation import Responses

from runmock.apis.responses.api import RESPONSES
from runmock.core.api import Incoming
from runmock.core.engine.chaos import Chaos
from runmock.core.engine.experiments import EXPERIMENTS
from runmock.core.http.exchange import Request

THINKS = "runs: [{reasoning: Hm., reply: Yes.}, {reply: Bye}]"
QUESTION = {"role": "user", "content": "And?"}


def lost(item_id):
    text = (
        f"Item with id '{item_id}' not found. Items are not persisted when `store` is set to false. Try again with "
        "`store` set to true, or remove this item from your input."
    )
    return 404, text, "input", None


def alone(item_id):
    text = f"Item '{item_id}' of type 'reasoning' was provided without its required following item."
    return 400, text, "input", None


def refused(service, items, **options):
    return service.refused("POST", "/responses", {"input": items, **options})


@pytest.mark.parametrize("kind", [{"type": "item_reference"}, {}])
def test_a_reference_needs_an_item_that_is_stored(kind):
    service = Responses(THINKS)
    made = service.creates(store=False)["output"][1]["id"]
    assert refused(service, [{**kind, "id": made}]) == lost(made)


def test_reasoning_needs_to_be_stored_or_given():
    service = Responses(THINKS)
    thought, message = service.creates(store=False)["output"]
    items = [{**thought, "encrypted_content": None}, message, QUESTION]
    assert refused(service, items) == lost(thought["id"])
    assert service.creates([thought, message, QUESTION])["status"] == "completed"


@pytest.mark.parametrize("rest", [[], [QUESTION], [{"role": "assistant", "content": "No."}, QUESTION]])
def test_stored_reasoning_needs_what_followed_it(rest):
    service = Responses(THINKS)
    thought = service.creates()["output"][0]
    assert refused(service, [thought, *rest]) == alone(thought["id"])


@pytest.mark.parametrize(
    "rest",
    [
        [],
        [QUESTION],
        [{"type": "function_call_output", "call_id": "call_1", "output": "1"}],
        [{"type": "mcp_approval_response", "approve": True}],
    ],
)
def test_other_reasoning_needs_something_that_a_model_made(rest):
    thought = {"type": "reasoning", "id": "rs_1", "summary": [], "encrypted_content": "x"}
    assert refused(Responses(THINKS), [thought, *rest]) == alone("rs_1")


def test_reasoning_whose_response_was_deleted_is_not_there():
    service = Responses(THINKS)
    made = service.creates()
    service.asks("DELETE", f"/responses/{made['id']}")
    assert refused(service, [*made["output"], QUESTION]) == lost(made["output"][0]["id"])


def test_ids_have_letters_of_ids():
    error = Responses(THINKS).refused("POST", "/responses", {"previous_response_id": "@results.search"})
    assert (error[0], *error[2:]) == (400, "previous_response_id", "invalid_value")
    assert error[1] == (
        "Invalid 'previous_response_id': '@results.search'. Expected an ID that contains letters, numbers, underscores, "
        "or dashes, but this value contained additional characters."
    )
    gateway = Responses(THINKS, host="gateway.example")
    assert gateway.refused("POST", "/responses", {"previous_response_id": "@results.search"})[3] == (
        "previous_response_not_found"
    )


def test_a_body_that_is_not_json_is_refused_in_the_words_of_this_api():
    operation = RESPONSES.identify("POST", "/v1/responses")
    sent = Request("POST", "api.openai.com", "/v1/responses", headers={"content-type": "application/json"}, body=b"{")
    assert RESPONSES.malformed(Incoming(sent, operation)) is None
    reply = RESPONSES.malformed(Incoming(sent, operation, problem="no end"))
    assert (reply.status, b'"code":"invalid_json"' in reply.body().replace(b" ", b"")) == (400, True)


def test_a_script_for_an_assistant_answers_who_names_none_and_the_session_says_so():
    script = "runs: [{match: {assistant_id: asst_1}, reply: a}, {match: {assistant_id: asst_1}, reply: b}, {reply: c}]"
    service = Responses(script)
    assert service.creates(prompt={"id": "pmpt_1"})["output"][0]["content"][0]["text"] == "c"
    assert service.stage.warnings == []
    assert service.creates()["output"][0]["content"][0]["text"] == "a"
    [warning] = service.stage.warnings
    assert warning == (
        "inline:1: assistant_id: asst_1 in its match was left out of account, because the request of the Responses API "
        "names no prompt and no agent"
    )
    assert service.creates(prompt={"id": "asst_1"})["output"][0]["content"][0]["text"] == "b"


@pytest.mark.parametrize("who", [{"agent": {"name": "rain"}}, {"agent_reference": {"name": "rain"}}])
def test_a_script_for_an_agent_answers_who_names_it(who):
    service = Responses("runs: [{match: {assistant_id: rain}, reply: a}]", host="x.services.ai.azure.com")
    assert service.creates(**who)["status"] == "completed"
    assert service.stage.warnings == []
    assert Responses("runs: []").refused("POST", "/responses", who)[3] == "unknown_parameter"


def test_a_script_for_an_agent_answers_at_its_own_address():
    service = Responses(
        "runs: [{match: {assistant_id: rain}, calls: [{get_time: {}}]}]", host="x.services.ai.azure.com"
    )
    path = "/api/projects/p/agents/rain/endpoint/protocols/openai/responses"
    operation = RESPONSES.identify("POST", path)
    sent = Request("POST", service.host, path)
    reply = service.backend.answer(Incoming(sent, operation, {"input": "Hi", "tool_choice": {"type": "shell"}}))
    assert (reply.status, service.stage.warnings, service.left) == (200, [], 0)


def test_the_end_of_assistants_does_not_strike():
    service = Responses("runs: [{sunset: true}, {reply: a}]")
    assert service.creates()["status"] == "completed"
    assert service.left == 0


def test_a_history_without_one_of_the_calls_is_refused_as_one_without_its_output():
    service = Responses("runs: [{calls: [{get_weather: {}}, {get_weather: {}}], reply: Hi}]")
    calls = service.creates("a")["output"]
    history = [QUESTION, calls[0], {"type": "function_call_output", "call_id": "call_1", "output": "21"}]
    assert refused(service, history) == (400, "No tool output found for function call call_2.", "input", None)


def test_an_output_of_a_program_needs_no_call():
    service = Responses("runs: [{reply: a}]")
    output = {"type": "function_call_output", "call_id": None, "name": "get_weather", "output": "21"}
    assert service.creates([QUESTION, output])["status"] == "completed"


def test_a_script_refuses_a_continuation_in_the_services_words():
    script = "{steps: [{calls: [{get_weather: {}}]}, {http: 400, error: conversation_locked}, {reply: Hi}]}"
    service = Responses(f"runs: [{{http: 400, error: model_not_found}}, {{http: 400, message: No.}}, {script}]")
    assert refused(service, "a", model="gpt-9")[1:3] == ("The requested model 'gpt-9' does not exist.", "model")
    assert refused(service, "a")[1:] == ("No.", None, None)
    first = service.creates("a")
    output = [{"type": "function_call_output", "call_id": "call_1", "output": "21"}]
    assert refused(service, output, previous_response_id=first["id"]) == (
        400,
        "Another process is currently operating on this conversation. Please retry in a few seconds.",
        "conversation",
        "conversation_locked",
    )
    assert service.continues(first, "21")["status"] == "completed"


def test_a_chaos_pass_refuses_a_create_once_and_ends_a_run_otherwise():
    service = Responses(THINKS)
    service.stage.chaos = Chaos(EXPERIMENTS["http_429_once"])
    assert refused(service, "Hi")[0] == 429
    assert service.creates()["status"] == "completed"
    service = Responses("runs: [{reply: One two three}]")
    service.stage.chaos = Chaos(EXPERIMENTS["fail"])
    assert service.creates()["status"] == "failed"
    assert service.creates()["output"][0]["content"][0]["text"] == "One two three"
