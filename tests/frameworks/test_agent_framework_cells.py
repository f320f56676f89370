"""The cells of Microsoft's Agent Framework: its client of the Responses API, run and streamed."""

import pytest
from trip import (
    INSTRUCTIONS,
    MODEL,
    QUESTIONS,
    Cell,
    framework,
    history,
    previous,
    streamed,
    unstored,
    unstreamed,
)

agent_framework = framework("agent_framework", "agent-framework")
clients = framework("agent_framework.openai", "agent-framework")
openai = framework("openai", "agent-framework")


async def run(agent, question, **options):
    """The text of a run."""
    return (await agent.run(question, **options)).text


async def run_streamed(agent, question, **options):
    """The text of a run whose updates are read; the last of them repeats the text, so they are not joined here."""
    stream = agent.run(question, stream=True, **options)
    assert [update async for update in stream]
    return (await stream.get_final_response()).text


def by_agent(ask, **options):
    """The conversation in a session of an agent."""

    async def have(tools):
        functions = [agent_framework.tool(tools.get_weather), agent_framework.tool(tools.book_trip)]
        async with openai.AsyncOpenAI() as sdk:
            client = clients.OpenAIChatClient(MODEL, async_client=sdk)
            agent = agent_framework.Agent(client, INSTRUCTIONS, tools=functions, default_options=options)
            session = agent.create_session()
            return [await ask(agent, question, session=session) for question in QUESTIONS]

    return have


STATES = {"default": ({}, (previous,)), "store=False": ({"store": False}, (history, unstored))}
WAYS = {"run": (run, unstreamed), "streamed": (run_streamed, streamed)}
CELLS = {
    f"{state}, {way}": Cell(by_agent(ask, **options), (*proofs, proof))
    for state, (options, proofs) in STATES.items()
    for way, (ask, proof) in WAYS.items()
}


@pytest.mark.parametrize("cell", CELLS)
def test_agent_framework(plays, cell):
    plays(CELLS[cell])
