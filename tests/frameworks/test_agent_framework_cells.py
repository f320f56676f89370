"""The cells of Microsoft's Agent Framework: its client of the Responses API, run and streamed."""

import contextlib

import pytest
import trip
from framework_faults import QUESTION, cells_of

agent_framework = trip.framework("agent_framework", "agent-framework")
clients = trip.framework("agent_framework.openai", "agent-framework")
openai = trip.framework("openai", "agent-framework")


async def run(agent, question, **options):
    """The response of a run."""
    return await agent.run(question, **options)


async def run_streamed(agent, question, **options):
    """The response of a run whose updates are read; the last of them repeats the text, so they are not joined here."""
    stream = agent.run(question, stream=True, **options)
    assert [update async for update in stream]
    return await stream.get_final_response()


@contextlib.asynccontextmanager
async def agent_with(*functions, **options):
    """An agent with these tools."""
    async with openai.AsyncOpenAI(timeout=1) as sdk:
        client = clients.OpenAIChatClient(trip.MODEL, async_client=sdk)
        yield agent_framework.Agent(client, trip.INSTRUCTIONS, tools=functions, default_options=options)


def by_agent(ask, **options):
    """The conversation in a session of an agent."""

    async def have(tools):
        functions = [agent_framework.tool(tools.get_weather), agent_framework.tool(tools.book_trip)]
        async with agent_with(*functions, **options) as agent:
            session = agent.create_session()
            return [(await ask(agent, question, session=session)).text for question in trip.QUESTIONS]

    return have


STATES = {"default": ({}, (trip.previous,)), "store=False": ({"store": False}, (trip.history, trip.unstored))}
WAYS = {"run": (run, trip.unstreamed), "streamed": (run_streamed, trip.streamed)}
CELLS = {
    f"{state}, {way}": trip.Cell(by_agent(ask, **options), (*proofs, proof))
    for state, (options, proofs) in STATES.items()
    for way, (ask, proof) in WAYS.items()
}


@pytest.mark.parametrize("cell", CELLS)
def test_agent_framework(plays, cell):
    plays(CELLS[cell])


def is_whole(response):
    """For a response, or that of `get_final_response()` of a stream."""
    return response.finish_reason == "stop"


async def answered(ask):
    """The text of an answer, and whether it is whole."""
    async with agent_with() as agent:
        response = await ask(agent, QUESTION)
    return response.text, is_whole(response)


ASKS = {"agent.run(stream=True)": [run_streamed], "agent.run()": [run]}


@pytest.mark.parametrize("cell", cells_of("agent-framework", ASKS), ids=str)
def test_agent_framework_under_faults(goes_wrong, cell):
    goes_wrong(cell, answered)
