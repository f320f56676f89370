"""What is refused before a handler sees a request, by the host that it goes to: the address, the header, the schema."""

import json

import pytest

from runmock.core.http.exchange import Request
from runmock.deck.deck import Deck
from runmock.deck.options import Options
from runmock.tape.reading.cassette import cassette_from

BETA = "assistants=v2"
NO_BETA = (
    "You must provide the 'OpenAI-Beta' header to access the Assistants API. "
    "Please try again by setting the header 'OpenAI-Beta: assistants=v2'."
)
OLD_BETA = (
    "The v1 Assistants API has been deprecated. Please try again by setting the header 'OpenAI-Beta: assistants=v2'. "
    "See the migration guide for more information: https://platform.openai.com/docs/assistants/migration."
)
AZURE_404 = {"error": {"code": "404", "message": "Resource not found"}}
VERSION = {"api-version": ("2024-05-01-preview",)}

OPENAI, REGION, GATEWAY = "api.openai.com", "eu.api.openai.com", "gateway.example"
AZURE, FOUNDRY = "mine.openai.azure.com", "mine.services.ai.azure.com"


def deck(script="runs: [{reply: a}]", **options):
    made = Deck(Options(**options))
    if script:
        made.load(cassette_from(script))
    return made


def asks(host, path, body=None, *, machine=None, beta=BETA, method="POST", query=None, is_served=False):
    """The status and the JSON of an answer."""
    headers = {} if beta is None else {"openai-beta": beta}
    content = b"" if body is None else json.dumps(body).encode()
    request = Request(method, host, path, query or {}, headers, content, is_served=is_served)
    reply = (machine or deck()).answer(request)
    return reply.status, json.loads(reply.body())


def refused(message, param=None, code=None, status=400):
    return status, {"error": {"message": message, "type": "invalid_request_error", "param": param, "code": code}}


PLACES = {
    "OpenAI": {"host": OPENAI, "root": "/v1"},
    "OpenAI in Europe": {"host": REGION, "root": "/v1"},
    "Azure": {"host": AZURE, "root": "/openai", "query": VERSION},
    "Azure's newer root": {"host": AZURE, "root": "/openai/v1"},
    "Foundry": {"host": FOUNDRY, "root": "/api/projects/p", "query": {"api-version": ("v1",)}},
    "serve": {"host": "127.0.0.1:8765", "root": "/v1", "is_served": True},
    "serve as Azure": {"host": "127.0.0.1:8765", "root": "/openai", "query": VERSION, "is_served": True},
    "a gateway": {"host": GATEWAY, "root": "/v1"},
    "a gateway to Azure": {"host": GATEWAY, "root": "/openai"},
    "a local server": {"host": "127.0.0.1", "root": "/v1"},
}
"""Where a request goes to."""
ELSEWHERE = {"a gateway", "a gateway to Azure", "a local server"}
OF_OPENAI = {"OpenAI", "OpenAI in Europe", "serve"}


def at(place, path, body=None, **options):
    where = dict(PLACES[place])
    return asks(where.pop("host"), where.pop("root") + path, body, **where, **options)


@pytest.mark.parametrize("place", PLACES)
def test_an_unknown_parameter_passes_where_neither_openai_nor_azure_answers(place):
    answer = at(place, "/threads", {"custom_llm_provider": "openai"})
    if place in ELSEWHERE:
        assert answer[0] == 200
    else:
        assert answer == refused(
            "Unknown parameter: 'custom_llm_provider'.", "custom_llm_provider", "unknown_parameter"
        )


@pytest.mark.parametrize(("beta", "text"), [("assistants=v1", OLD_BETA), ("assistants=v3", NO_BETA), ("", NO_BETA)])
@pytest.mark.parametrize("place", PLACES)
def test_a_beta_header_that_the_service_does_not_know_passes_there_too(place, beta, text):
    answer = at(place, "/threads", {}, beta=beta)
    if place in ELSEWHERE:
        assert answer[0] == 200
    else:
        assert answer == refused(text, code="invalid_beta")


@pytest.mark.parametrize("place", PLACES)
def test_a_beta_header_is_missed_but_for_azures_addresses(place):
    answer = at(place, "/threads", {}, beta=None)
    if "Azure" in place or place == "Foundry":
        assert answer[0] == 200
    else:
        assert answer == refused(NO_BETA, code="invalid_beta")


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("thread_id", ["undefined", "None", "1234", "asst_1"])
def test_an_id_that_no_thread_has_is_refused_by_openai(place, thread_id):
    answer = at(place, f"/threads/{thread_id}/messages", method="GET")
    if place in OF_OPENAI:
        text = f"Invalid 'thread_id': '{thread_id}'. Expected an ID that begins with 'thread'."
        assert answer == refused(text, "thread_id", "invalid_value")
    else:
        assert answer[0] == 200


ODD_IDS = [
    ("threads: [{id: conversation-7}]", 200),
    ("ids: strict", 404),
    ("ids: strict\nthreads: [{id: conversation-7}]", 200),
]


@pytest.mark.parametrize(("head", "status"), ODD_IDS)
def test_an_odd_id_that_a_cassette_has_is_known_and_where_ids_are_strict_it_is_not_found(head, status):
    machine = deck(f"{head}\nruns: [{{reply: a}}]")
    assert asks(OPENAI, "/v1/threads/conversation-7", method="GET", machine=machine)[0] == status


def test_a_thread_id_comes_after_the_schema():
    """An empty id once made a path of `/threads//messages`, and `messages` a thread's id: openai-node#902."""
    answer = asks(OPENAI, "/v1/threads/messages", {"role": "user", "content": "Hi"})
    assert answer == refused("Unknown parameter: 'role'.", "role", "unknown_parameter")


MODELS = {
    "create_assistant": ("/assistants", {}),
    "modify_assistant": ("/assistants/asst_1", {}),
    "create_run": ("/threads/thread_1/runs", {"assistant_id": "asst_1"}),
    "create_thread_and_run": ("/threads/runs", {"assistant_id": "asst_1"}),
}


@pytest.mark.parametrize("operation", MODELS)
@pytest.mark.parametrize("model", ["gpt-5-mini", "gpt-5.1", "gpt-3.5-turbo-0301"])
def test_a_model_that_is_not_for_assistants_is_refused_by_openai(operation, model):
    path, body = MODELS[operation]
    text = f"The requested model '{model}' cannot be used with the Assistants API."
    for place in PLACES:
        answer = at(place, path, {**body, "model": model})
        assert answer == refused(text, "model", "unsupported_model") if place in OF_OPENAI else answer[0] == 200


@pytest.mark.parametrize("operation", MODELS)
@pytest.mark.parametrize("model", ["gpt-4o", "gpt-5", "gpt-5-mini-of-ours"])
def test_other_models_pass(operation, model):
    path, body = MODELS[operation]
    assert at("OpenAI", path, {**body, "model": model})[0] == 200


@pytest.mark.parametrize("path", ["/threads/thread_1/runs", "/threads/runs"])
@pytest.mark.parametrize("place", PLACES)
def test_an_empty_id_of_an_assistant_is_refused_by_openai_and_azure(place, path):
    answer = at(place, path, {"assistant_id": ""})
    if place in ELSEWHERE:
        assert answer[0] == 200
    else:
        text = "Invalid 'assistant_id': ''. Expected an ID that begins with 'asst'."
        assert answer == refused(text, "assistant_id", "invalid_value")
    assert at(place, path, {"assistant_id": "mine"})[0] == 200


WRONG_ADDRESSES = [
    (AZURE, "/openai/deployments/gpt-4o/threads", VERSION),
    (AZURE, "/openai/deployments/gpt-4o/threads/thread_1/runs", VERSION),
    (AZURE, "/openai/deployments/gpt-4o/assistants", VERSION),
    (AZURE, "/openai/threads", {}),
    (AZURE, "/openai/threads", {"api-version": ("",)}),
    (AZURE, "/openai/threads", {"api_version": ("2024-05-01-preview",)}),
    (AZURE, "/v1/threads", {}),
    (AZURE, "/threads", {}),
    (AZURE, "/v1/threads", VERSION),
    (AZURE, "/threads", VERSION),
    (FOUNDRY, "/threads", {"api-version": ("v1",)}),
    (FOUNDRY, "/api/projects/p/threads", {}),
    (FOUNDRY, "/openai/deployments/gpt-4o/threads", VERSION),
]


@pytest.mark.parametrize(
    ("host", "path", "query"), WRONG_ADDRESSES, ids=[f"{row[1]}{row[2]}" for row in WRONG_ADDRESSES]
)
def test_azure_has_nothing_at_such_an_address(host, path, query):
    """Not even for what would be refused otherwise; and no run is used up."""
    machine = deck("runs: [{reply: a}]")
    assert asks(host, path, {"odd": 1}, query=query, machine=machine, beta="assistants=v1") == (404, AZURE_404)
    assert len(machine.leftovers()) == 1
    is_openais = {"/v1/threads": False, "/threads": False}.get(path, True)
    served = asks("localhost", path, {}, query=query, is_served=True)
    assert (served == (404, AZURE_404)) == is_openais


RIGHT_ADDRESSES = [
    (AZURE, "/openai/threads", VERSION),
    (AZURE, "/openai/v1/threads", {}),
    (AZURE, "/openai/v1/threads", {"api-version": ("preview",)}),
    (FOUNDRY, "/api/projects/p/threads", {"api-version": ("v1",)}),
    (FOUNDRY, "/api/projects/p/openai/v1/threads", {}),
    (FOUNDRY, "/openai/v1/threads", {}),
    (GATEWAY, "/openai/deployments/gpt-4o/threads", {}),
    (GATEWAY, "/openai/threads", {}),
    (OPENAI, "/openai/threads", {}),
]


@pytest.mark.parametrize(
    ("host", "path", "query"), RIGHT_ADDRESSES, ids=[f"{row[0]}{row[1]}" for row in RIGHT_ADDRESSES]
)
def test_the_right_addresses_are_answered_and_others_have_addresses_of_their_own(host, path, query):
    assert asks(host, path, {}, query=query)[0] == 200


def test_with_no_cassette_any_address_and_any_id_will_do():
    machine = deck(None, is_stock=True)
    for path in ("/openai/deployments/gpt-4o/threads", "/openai/threads", "/v1/threads"):
        assert asks("127.0.0.1", path, {}, machine=machine, is_served=True)[0] == 200
    assert asks("127.0.0.1", "/v1/threads/mine", method="GET", machine=machine, is_served=True)[0] == 200
    assert asks("127.0.0.1", "/v1/assistants", {"model": "gpt-5-mini"}, machine=machine, is_served=True)[0] == 200


def test_requests_to_a_recording_are_not_checked():
    recorded = "interactions: [{request: POST /threads/t/runs, body: {odd: 1, model: gpt-5.1}, json: {id: run_1}}]"
    for host, root in ((AZURE, "/openai/deployments/d"), (OPENAI, "/v1")):
        answer = asks(host, f"{root}/threads/t/runs", {"odd": 1, "model": "gpt-5.1"}, machine=deck(recorded), beta="")
        assert answer == (200, {"id": "run_1"})
