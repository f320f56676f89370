"""Which API is recorded at which host: the Assistants API was switched off at some of them, and no other one."""

import pytest
from upstream import Upstream, client

import runmock

SERVICE, AZURE = "https://api.openai.com/v1", "https://mine.openai.azure.com/openai/v1"
FOUNDRY = "https://mine.services.ai.azure.com/api/projects/p"
HOSTS = [SERVICE, AZURE, FOUNDRY, f"{FOUNDRY}/openai/v1", "http://gateway.example/v1", "http://127.0.0.1:4000/v1"]
GATEWAYS = ["gateway.example", "127.0.0.1"]
"""Named, because in the tests their clients have transports of their own, which would answer for files and models."""
OFF = {SERVICE: "api.openai.com", AZURE: "mine.openai.azure.com"}
AS_V1 = {FOUNDRY: {"default_query": {"api-version": "v1"}}}
SCRIPT = "runs: [{reply: Hello}]"


def assistants(sdk):
    thread = sdk.beta.threads.create(messages=[{"role": "user", "content": "Hi"}])
    sdk.beta.threads.runs.create_and_poll(thread_id=thread.id, assistant_id="asst_mine")
    return sdk.beta.threads.messages.list(thread.id).data[0].content[0].text.value


def responses(sdk):
    return sdk.responses.create(model="gpt-4o", input="Hi").output_text


def streamed_responses(sdk):
    with sdk.responses.stream(model="gpt-4o", input="Hi") as stream:
        return stream.get_final_response().output_text


def conversations(sdk):
    conversation = sdk.conversations.create(items=[{"role": "user", "content": "Hi"}])
    return [item.type for item in sdk.conversations.items.list(conversation.id)]


def files(sdk):
    uploaded = sdk.files.create(file=("a.txt", b"A goat."), purpose="user_data")
    return sdk.files.retrieve(uploaded.id).filename


def vector_stores(sdk):
    store = sdk.vector_stores.create(name="animals")
    return sdk.vector_stores.retrieve(store.id).name


def models(sdk):
    return sdk.models.retrieve("gpt-4o").id


OTHERS = [responses, streamed_responses, conversations, files, vector_stores, models]


@pytest.fixture
def path(tmp_path):
    return tmp_path / "hosts.yaml"


@pytest.fixture(params=["as the client's address", "as upstream"])
def recorded(path, request):
    """Record what an application does at an API root, which is the client's own or that of `upstream=`."""

    def run(ask, root):
        is_own = request.param.endswith("address")
        service = Upstream(SCRIPT)
        with (
            client(service, root if is_own else "http://gateway.example/v1", **AS_V1.get(root, {})) as sdk,
            runmock.use_cassette(path, record_mode="once", hosts=GATEWAYS, **({} if is_own else {"upstream": root})),
        ):
            return ask(sdk), service.heard

    return run


@pytest.mark.parametrize("root", HOSTS)
@pytest.mark.parametrize("ask", OTHERS)
def test_what_lives_is_recorded_at_every_host(path, recorded, ask, root):
    received, heard = recorded(ask, root)
    assert all(url.startswith(root) for _, url, _ in heard)
    assert heard
    with client(None, root, **AS_V1.get(root, {})) as sdk, runmock.use_cassette(path, hosts=GATEWAYS):
        assert ask(sdk) == received
    assert f'upstream: "{root}"' in path.read_text()


@pytest.mark.parametrize("root", [root for root in HOSTS if root != f"{FOUNDRY}/openai/v1"])
def test_assistants_is_recorded_where_it_is_still_spoken(path, recorded, root):
    if root in OFF:
        with pytest.raises(runmock.UnmatchedRequest) as raised:
            recorded(assistants, root)
        said = f"nothing can be recorded from {OFF[root]}: the Assistants API was switched off there on 2026-08-26. "
        assert said in str(raised.value)
        assert not path.exists()
        return
    assert recorded(assistants, root)[0] == "Hello"
    with client(None, root, **AS_V1.get(root, {})) as sdk, runmock.use_cassette(path):
        assert assistants(sdk) == "Hello"


@pytest.mark.parametrize("root", OFF)
def test_after_a_refused_assistant_the_rest_is_recorded_all_the_same(path, root):
    with client(Upstream(SCRIPT), root) as sdk, runmock.use_cassette(path, record_mode="once"):
        with pytest.raises(runmock.UnmatchedRequest):
            sdk.beta.assistants.create(model="gpt-4o")
        received = [ask(sdk) for ask in OTHERS if ask is not streamed_responses]
    assert received[0] == "Hello"
    assert "assistants" not in path.read_text()
