"""Whose a request is, row by row."""

import pytest

from runmock.apis.registry import incoming
from runmock.apis.service.claims import Claim, claim, collection, host_name, is_among
from runmock.core.http.exchange import Request

BETA = {"openai-beta": "assistants=v2"}
GENERATED = {"x-stainless-lang": "python", "x-stainless-package-version": "3.57.0"}
SDK = {"user-agent": "OpenAI/Python 3.57.0", **GENERATED}
CHAT, RUNS = "/v1/chat/completions", "/v1/threads/runs"


def whose(host, path, headers, **options):
    return claim(incoming(Request("POST", host, path, headers=headers)), **options)


@pytest.mark.parametrize(
    "agent",
    [
        "OpenAI/Python 3.57.0",
        "AsyncOpenAI/Python 1.109.1",
        "AzureOpenAI/Python 2.54.0",
        "AsyncAzureOpenAI/Python 2.54.0",
        "OpenAI/JS 4.104.0",
        "AzureOpenAI/JS 6.1.0",
        "_ModuleClient/Python 3.57.0",
        "_AzureModuleClient/Python 3.57.0",
        "AIProjectClient azsdk-python-ai-projects/1.0.0 OpenAI/Python 2.54.0",
        "my-app/1.0 (OpenAI/Python 3.57.0)",
        "my-app/1.0,OpenAI/Python 3.57.0",
    ],
)
def test_an_openai_client_is_known_by_its_user_agent_on_every_host_and_path(agent):
    assert whose("litellm", CHAT, {"user-agent": agent}) is Claim.CLIENT
    assert whose("litellm", "/anything", {"user-agent": agent}) is Claim.CLIENT
    assert whose("litellm", RUNS, {"user-agent": agent}) is Claim.FAMILY


@pytest.mark.parametrize(
    "agent", ["Groq/Python 1.7.0", "Anthropic/Python 2.14.0", "python-httpx/0.28.1", "NotOpenAI", "my-openai/1.0", ""]
)
def test_whoever_has_another_user_agent_is_not(agent):
    assert whose("litellm", CHAT, {"user-agent": agent}) is Claim.NONE


@pytest.mark.parametrize("agent", ["TracedOpenAI/Python 3.57.0", "AsyncBedrockOpenAI/Python 3.57.0"])
def test_a_subclass_of_the_sdks_client_has_its_own_name_and_is_known_by_the_headers_beside(agent):
    assert whose("litellm", CHAT, {"user-agent": agent, **GENERATED}) is Claim.CLIENT
    assert whose("litellm", CHAT, {"user-agent": agent}) is Claim.NONE


@pytest.mark.parametrize("path", [CHAT, "/v1/files", "/v1/responses", RUNS])
def test_a_subclass_with_any_name_is_known_where_the_applications_classes_are_known(path):
    headers = {"user-agent": "GatewayClient/Python 3.57.0", **GENERATED}
    known = whose("litellm", path, headers, clients=lambda: {"GatewayClient"})
    assert known is (Claim.FAMILY if path in {RUNS, "/v1/responses"} else Claim.CLIENT)
    assert whose("litellm", path, headers, clients=lambda: {"OpenAI"}) is Claim.NONE


@pytest.mark.parametrize("path", ["/v1/responses", "/openai/v1/responses", "/v2/models/uploads", RUNS])
def test_a_user_agent_that_another_sdk_has_made_is_no_frameworks(path):
    """It has the version of the SDK that `x-stainless-package-version` has."""
    made = {"x-stainless-lang": "python", "x-stainless-package-version": "1.7.0"}
    assert whose("gateway", path, {"user-agent": "Groq/Python 1.7.0", **made}) is Claim.NONE
    assert whose("gateway", path, {"user-agent": "Agents/Python 0.14.0", **made}) is not Claim.NONE


@pytest.mark.parametrize("agent", ["Agents/Python 0.14.0", "pydantic-ai/2.1.0", "agent-framework-python/1.0.0"])
@pytest.mark.parametrize(
    ("path", "claimed"),
    [
        ("/v1/responses", Claim.FAMILY),
        ("/v1/responses/resp_1/cancel", Claim.FAMILY),
        ("/responses", Claim.FAMILY),
        ("/any/prefix/conversations/conv_1/items", Claim.FAMILY),
        ("/openai/v1/responses", Claim.FAMILY),
        ("/v1/account/gateway/openai/responses", Claim.FAMILY),
        ("/litellm/openai/deployments/gpt-4o/responses", Claim.CLIENT),
        ("/v1//responses", Claim.CLIENT),
        ("/api/projects/mine/openai/v1/conversations", Claim.FAMILY),
        ("/v1/vector_stores/vs_1/files", Claim.CLIENT),
        ("/v1/uploads/upload_1/parts", Claim.CLIENT),
        ("/v1/threads/thread_1/likes", Claim.CLIENT),
        ("/v1/assistants", Claim.FAMILY),
        ("/v1/threads/runs", Claim.FAMILY),
        ("/v1/chat/completions", Claim.NONE),
        ("/v1/files", Claim.NONE),
        ("/v1/models", Claim.NONE),
        ("/v1/messages", Claim.NONE),
        ("/v1/sessions/sesn_1/threads/thread_1", Claim.NONE),
        ("/v1/my_responses", Claim.NONE),
    ],
)
def test_a_framework_with_a_user_agent_of_its_own_is_known_by_x_stainless_on_a_path_of_the_apis(agent, path, claimed):
    assert whose("litellm", path, {"user-agent": agent, **GENERATED}) is claimed
    assert whose("litellm", path, {"user-agent": agent}) is Claim.NONE


@pytest.mark.parametrize(
    ("path", "headers", "claimed"),
    [
        (RUNS, BETA, Claim.FAMILY),
        (RUNS, {"openai-beta": "realtime=v1"}, Claim.NONE),
        (RUNS, {"openai-beta": "realtime=v1, assistants=v2"}, Claim.FAMILY),
        (RUNS, {}, Claim.NONE),
        ("/v1/vector_stores/vs_1", BETA, Claim.CLIENT),
        ("/v1/threads/thread_1/likes", BETA, Claim.NONE),
        ("/weather", BETA, Claim.NONE),
    ],
)
def test_whoever_is_no_client_of_the_sdk_is_known_by_the_beta_header(path, headers, claimed):
    assert whose("litellm", path, headers) is claimed


@pytest.mark.parametrize(
    ("host", "claimed"),
    [
        ("api.openai.com", Claim.HOST),
        ("API.OpenAI.com.", Claim.HOST),
        ("me.openai.azure.com", Claim.HOST),
        ("me.services.ai.azure.com", Claim.HOST),
        ("mine.example", Claim.HOST),
        ("of.environment", Claim.HOST),
        ("api.openai.com.example", Claim.NONE),
    ],
)
def test_whoever_is_not_known_otherwise_is_known_by_the_host(host, claimed):
    hosts = {"hosts": ("mine.example",), "more_hosts": lambda: ("of.environment",)}
    assert whose(host, CHAT, {}, **hosts) is claimed
    is_ours = claimed is Claim.HOST
    assert whose(host, RUNS, {}, **hosts) is (Claim.FAMILY if is_ours else Claim.NONE)
    assert whose(host, CHAT, SDK, **hosts) is (Claim.HOST if is_ours else Claim.CLIENT)


@pytest.mark.parametrize("allowed", ["litellm", "*", "lite*"])
def test_a_host_that_is_allowed_gets_what_runmock_does_not_answer_itself(allowed):
    assert whose("litellm", CHAT, SDK, allowed=(allowed,)) is Claim.ALLOWED
    assert whose("litellm", CHAT, {}, allowed=(allowed,)) is Claim.ALLOWED
    assert whose("litellm", RUNS, SDK, allowed=(allowed,)) is Claim.FAMILY
    assert whose("litellm", RUNS, BETA, allowed=(allowed,)) is Claim.FAMILY


def test_a_host_of_the_service_is_allowed_only_by_name():
    assert whose("api.openai.com", CHAT, SDK, allowed=("litellm",)) is Claim.HOST
    assert whose("api.openai.com", CHAT, SDK, allowed=("*",)) is Claim.ALLOWED


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (" Gateway.Example. ", "gateway.example"),
        ("*.xn--bcher-kva.example", "*.b\u00fccher.example"),
        ("B\u00dcCHER.example", "b\u00fccher.example"),
        ("xn--\u00fc.example", "xn--\u00fc.example"),
        ("::1", "::1"),
    ],
)
def test_a_hosts_name_is_compared_in_one_spelling(text, name):
    assert host_name(text) == name
    assert is_among(text.replace("*", "a"), (name,))


def test_a_collection_follows_the_last_root():
    assert collection("/v1/v1/threads") == "threads"
    assert collection("/v1") is None
