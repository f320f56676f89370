"""Azure AI Foundry's own client, azure-ai-agents, which has its own HTTP stack and models.

Its bearer policy refuses plain http, so the client is given a key and the policy that sends it: what its own options
`credential` and `authentication_policy` are for. Nothing else differs from an application's code. The other way is
`enforce_https=False` with every single call.
"""

import json
import time
from pathlib import Path

import httpx
import pytest
from browsing import absent

try:
    from azure.ai.agents import AgentsClient
    from azure.ai.agents.models import AgentEventHandler, FunctionTool, ListSortOrder, MessageRole, ToolOutput, ToolSet
    from azure.core.credentials import AccessToken, AzureKeyCredential
    from azure.core.exceptions import HttpResponseError, ResourceNotFoundError, ServiceRequestError
    from azure.core.pipeline.policies import AzureKeyCredentialPolicy
except ImportError:
    AgentsClient, AgentEventHandler = None, object

CASSETTES = Path(__file__).parents[2] / "cassettes"
WEATHER = {"Paris": "21 degrees", "Oslo": "-4 degrees"}  # its auto calls fail at an output that is a JSON number
TOOLS = """
runs:
- steps:
  - calls: [get_weather: {city: Paris}, get_weather: {city: Oslo}]
    outputs: [21 degrees, -4 degrees]
  - reply: Paris is warmer.
"""


def get_weather(city: str) -> str:
    """The weather in a city.

    :param city: The city's name.
    :return: Degrees.
    """
    return WEATHER[city]


@pytest.fixture
def foundry():
    """A client of a server: `foundry(served)`; by default it does not try again."""
    if AgentsClient is None:
        absent("the package azure-ai-agents")
    opened = []

    def connected(served, key="any", **more):
        credential = AzureKeyCredential(key)
        policy = AzureKeyCredentialPolicy(credential, "Authorization", prefix="Bearer")
        options = {"credential": credential, "authentication_policy": policy, "retry_total": 0, **more}
        client = AgentsClient(f"{served.url}/api/projects/p", **options)
        opened.append(client)
        return client

    yield connected
    for client in opened:
        client.close()


class AtSession:
    """A session as a server: the address of its project."""

    def __init__(self, session):
        self.url = session.child_env["PROJECT_ENDPOINT"].removesuffix("/api/projects/runmock")


def test_the_project_endpoint_of_a_session_answers(runmock, foundry):
    runmock.reply("Hello!")
    client = foundry(AtSession(runmock), key=runmock.child_env["AZURE_OPENAI_API_KEY"])
    _, thread = asked(client)
    run = client.runs.create_and_process(thread_id=thread.id, agent_id="asst_1", polling_interval=0)
    assert run.status == "completed"
    answer = client.messages.get_last_message_text_by_role(thread_id=thread.id, role=MessageRole.AGENT)
    assert answer.text.value == "Hello!"
    assert {request.operation for request in runmock.requests} >= {"create_run", "create_message"}


def asked(client, text="Hi", **options):
    """An agent and a thread with a question."""
    agent = client.create_agent(model="gpt-4o", name="weather", instructions="Be brief.", **options)
    thread = client.threads.create()
    client.messages.create(thread_id=thread.id, role=MessageRole.USER, content=text)
    return agent, thread


def answer(client, thread):
    newest = client.messages.get_last_message_text_by_role(thread_id=thread.id, role=MessageRole.AGENT)
    return newest.text.value


def test_a_text_is_polled(foundry, stock):
    client = foundry(stock)
    agent, thread = asked(client)
    run = client.runs.create_and_process(thread_id=thread.id, agent_id=agent.id, polling_interval=0)
    assert (run.status, run.agent_id, run.instructions) == ("completed", agent.id, "Be brief.")
    assert answer(client, thread) == "Hello! How can I assist you today?"
    roles = [message.role for message in client.messages.list(thread_id=thread.id, order=ListSortOrder.ASCENDING)]
    assert roles == [MessageRole.USER, MessageRole.AGENT]
    [step] = client.run_steps.list(thread_id=thread.id, run_id=run.id)
    assert (step.type, step.status) == ("message_creation", "completed")


class StreamNotes(AgentEventHandler):
    """What a stream sent. Its base class swallows what a handler raises, so `unexpected` is to be looked at."""

    def __init__(self):
        super().__init__()
        self.deltas, self.statuses, self.steps, self.unexpected, self.is_done = [], [], [], [], False

    def on_message_delta(self, delta):
        self.deltas.append(delta.text)

    def on_thread_run(self, run):
        self.statuses.append(run.status)

    def on_run_step(self, step):
        self.steps.append((step.type, step.status))

    def on_error(self, data):
        self.unexpected.append(data)

    def on_unhandled_event(self, event_type, event_data):
        self.unexpected.append((event_type, event_data))

    def on_done(self):
        self.is_done = True


def listened(client, thread, agent_id):
    """What a run's stream sent, to its end."""
    with client.runs.stream(thread_id=thread.id, agent_id=agent_id, event_handler=StreamNotes()) as handler:
        handler.until_done()
    assert handler.is_done
    assert handler.unexpected == []
    return handler


def test_a_text_is_streamed(foundry, serve_here, cassette):
    client = foundry(serve_here(cassette("runs: [{reply: [Hello, ' Ada', '!']}]")))
    agent, thread = asked(client)
    handler = listened(client, thread, agent.id)
    assert handler.deltas == ["Hello", " Ada", "!"]
    assert handler.statuses == ["queued", "queued", "in_progress", "completed"]
    assert handler.steps[-1] == ("message_creation", "completed")
    assert answer(client, thread) == "Hello Ada!"


def test_a_stream_is_read_without_a_handler(foundry, stock):
    client = foundry(stock)
    agent, thread = asked(client)
    with client.runs.stream(thread_id=thread.id, agent_id=agent.id) as events:
        names = [name for name, _, _ in events]
    assert (names[0], names[-2:]) == ("thread.run.created", ["thread.run.completed", "done"])


def test_a_thread_and_its_run_are_made_at_once(foundry, stock):
    client = foundry(stock)
    question = {"messages": [{"role": "user", "content": "Hi"}]}
    run = client.create_thread_and_process_run(agent_id="asst_1", thread=question, polling_interval=0)
    assert (run.status, run.agent_id) == ("completed", "asst_1")


def test_every_event_of_built_in_tools_is_known_to_its_models(foundry, serve_here):
    client = foundry(serve_here(*(CASSETTES / f"{name}.yaml" for name in ("code_interpreter", "file_search"))))
    for expected in ("code_interpreter", "file_search"):
        _, thread = asked(client)
        handler = listened(client, thread, "asst_1")
        assert handler.statuses[-1] == "completed"
        [run] = client.runs.list(thread_id=thread.id)
        _, step = client.run_steps.list(thread_id=thread.id, run_id=run.id)
        [call] = step.step_details.tool_calls
        assert (call.type, step.agent_id) == (expected, "asst_1")


def test_function_tools_are_called_by_hand(foundry, serve_here, cassette):
    client = foundry(serve_here(cassette(TOOLS)))
    agent, thread = asked(client, tools=FunctionTool({get_weather}).definitions)
    run = client.runs.create(thread_id=thread.id, agent_id=agent.id)
    while run.status in ("queued", "in_progress"):
        run = client.runs.get(thread_id=thread.id, run_id=run.id)
    assert run.status == "requires_action"
    calls = run.required_action.submit_tool_outputs.tool_calls
    outputs = [
        ToolOutput(tool_call_id=call.id, output=get_weather(**json.loads(call.function.arguments))) for call in calls
    ]
    run = client.runs.submit_tool_outputs(thread_id=thread.id, run_id=run.id, tool_outputs=outputs)
    while run.status in ("queued", "in_progress"):
        run = client.runs.get(thread_id=thread.id, run_id=run.id)
    assert (run.status, answer(client, thread)) == ("completed", "Paris is warmer.")


def test_function_tools_are_called_by_the_client(foundry, serve_here, cassette):
    client = foundry(serve_here(cassette(TOOLS)))
    tools = ToolSet()
    tools.add(FunctionTool({get_weather}))
    agent, thread = asked(client, toolset=tools)
    client.enable_auto_function_calls(tools)
    run = client.runs.create_and_process(thread_id=thread.id, agent_id=agent.id, polling_interval=0)
    assert (run.status, answer(client, thread)) == ("completed", "Paris is warmer.")


def test_function_tools_are_called_in_a_stream(foundry, serve_here, cassette):
    client = foundry(serve_here(cassette(TOOLS)))
    tools = ToolSet()
    tools.add(FunctionTool({get_weather}))
    agent, thread = asked(client, toolset=tools)
    client.enable_auto_function_calls(tools)
    handler = listened(client, thread, agent.id)
    assert "".join(handler.deltas) == "Paris is warmer."
    assert "requires_action" in handler.statuses
    assert handler.statuses[-1] == "completed"


def test_with_no_cassette_a_tool_that_must_be_called_is_called(foundry, stock):
    client = foundry(stock)
    tools = FunctionTool({get_weather})
    agent, thread = asked(client, tools=tools.definitions)
    run = client.runs.create(thread_id=thread.id, agent_id=agent.id, tool_choice="required")
    while run.status in ("queued", "in_progress"):
        run = client.runs.get(thread_id=thread.id, run_id=run.id)
    [call] = run.required_action.submit_tool_outputs.tool_calls
    assert (call.function.name, json.loads(call.function.arguments)) == ("get_weather", {"city": "city"})


def test_a_run_that_fails_has_the_reason(foundry, serve_here, cassette):
    client = foundry(serve_here(cassette("runs: [{fail: rate_limit_exceeded}]")))
    agent, thread = asked(client)
    run = client.runs.create_and_process(thread_id=thread.id, agent_id=agent.id, polling_interval=0)
    assert (run.status, run.last_error.code) == ("failed", "rate_limit_exceeded")


def test_agents_are_listed_in_pages_updated_and_deleted(foundry, serve_here, cassette):
    client = foundry(serve_here(cassette("runs: []")))
    made = [client.create_agent(model="gpt-4o", name=f"agent {number}").id for number in range(5)]
    assert [agent.id for agent in client.list_agents(limit=2, order=ListSortOrder.ASCENDING)] == made
    assert client.update_agent(made[0], name="first").name == "first"
    client.delete_agent(made[0])
    with pytest.raises(ResourceNotFoundError):
        client.get_agent(made[0])
    assert len(list(client.list_agents())) == 4


def test_a_refusal_has_the_services_text(foundry, serve_here):
    client = foundry(serve_here("--api-key", "sesame"), key="wrong")
    with pytest.raises(HttpResponseError) as raised:
        client.threads.create()
    assert (raised.value.status_code, raised.value.error.code) == (401, "invalid_api_key")


def test_what_is_not_there_is_a_404(foundry, serve_here, cassette):
    client = foundry(serve_here(cassette("runs: []")))
    thread = client.threads.create()
    with pytest.raises(ResourceNotFoundError) as raised:
        client.runs.get(thread_id=thread.id, run_id="run_none")
    assert (raised.value.status_code, raised.value.error.message) == (404, "No run found with id 'run_none'.")


def test_a_miss_is_reported_once_though_the_client_would_try_again(foundry, serve_here, cassette):
    served = serve_here(cassette("runs: []"))
    client = foundry(served, retry_total=3)
    agent, thread = asked(client)
    with pytest.raises(HttpResponseError, match="nothing left on the cassette for this request") as raised:
        client.runs.create(thread_id=thread.id, agent_id=agent.id)
    assert (raised.value.status_code, raised.value.error.code) == (501, "unmatched_request")
    answered = [request["status"] for request in httpx.get(f"{served.url}/_runmock/state").json()["requests"]]
    assert answered.count(501) == 1


class Signed:
    """A credential as azure-identity's are: it gives tokens."""

    def get_token(self, *scopes, **options):
        return AccessToken("token", int(time.time()) + 3600)


def test_its_own_policy_wants_https_or_a_word_with_each_call(foundry, stock):
    client = foundry(stock, credential=Signed(), authentication_policy=None)
    with pytest.raises(ServiceRequestError, match="not permitted for non-TLS"):
        client.threads.create()
    assert client.threads.create(enforce_https=False).id.startswith("thread_")


def test_a_run_can_be_cancelled(foundry, serve_here, cassette):
    client = foundry(serve_here(cassette("runs: [{stuck: in_progress}]")))
    agent, thread = asked(client)
    run = client.runs.create(thread_id=thread.id, agent_id=agent.id)
    assert client.runs.cancel(thread_id=thread.id, run_id=run.id).status == "cancelling"
    client.runs.get(thread_id=thread.id, run_id=run.id)
    assert client.runs.get(thread_id=thread.id, run_id=run.id).status == "cancelled"


def test_the_async_client_does_the_same(foundry, serve_here, cassette):
    import asyncio

    pytest.importorskip("aiohttp", reason="azure-core's async transport is aiohttp's")
    from azure.ai.agents.aio import AgentsClient as AsyncAgentsClient

    served = serve_here(cassette("runs: [{reply: Hi}]"))

    async def converse():
        credential = AzureKeyCredential("any")
        policy = AzureKeyCredentialPolicy(credential, "Authorization", prefix="Bearer")
        endpoint = f"{served.url}/api/projects/p"
        async with AsyncAgentsClient(endpoint, credential, authentication_policy=policy) as client:
            agent = await client.create_agent(model="gpt-4o", name="a")
            thread = await client.threads.create()
            run = await client.runs.create_and_process(thread_id=thread.id, agent_id=agent.id, polling_interval=0)
            newest = await client.messages.get_last_message_text_by_role(thread_id=thread.id, role=MessageRole.AGENT)
            return run.status, newest.text.value

    assert asyncio.run(converse()) == ("completed", "Hi")
