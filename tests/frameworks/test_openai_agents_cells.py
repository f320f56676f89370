"""The cells of the OpenAI Agents SDK: what its runner sends of the conversation so far, run and streamed."""

import contextlib

import pytest
from trip import (
    INSTRUCTIONS,
    MODEL,
    QUESTIONS,
    Cell,
    conversation,
    framework,
    history,
    previous,
    streamed,
    unstreamed,
)

agents = framework("agents", "openai-agents")
openai = framework("openai", "openai-agents")


async def run(agent, question, **state):
    """A run; its result."""
    return await agents.Runner.run(agent, question, **state)


async def run_streamed(agent, question, **state):
    """A run whose events are read."""
    result = agents.Runner.run_streamed(agent, question, **state)
    async for _ in result.stream_events():
        pass
    return result


def by_agent(have, how):
    """The conversation of an agent; `have(sdk, ask)` has it, `ask(question, **state)` gives a run's result."""

    async def started(tools):
        functions = [agents.function_tool(tools.get_weather), agents.function_tool(tools.book_trip)]
        async with openai.AsyncOpenAI() as sdk:
            model = agents.OpenAIResponsesModel(MODEL, sdk)
            agent = agents.Agent("Planner", instructions=INSTRUCTIONS, model=model, tools=functions)
            with agents.trace("trip", disabled=True):
                return await have(sdk, lambda question, **state: how(agent, question, **state))

    return started


async def with_history(_, ask):
    """The application keeps the items."""
    items, answers = [], []
    for question in QUESTIONS:
        result = await ask([*items, {"role": "user", "content": question}])
        items = result.to_input_list()
        answers.append(result.final_output)
    return answers


async def with_previous(_, ask):
    """The runner continues the last response."""
    first = await ask(QUESTIONS[0], auto_previous_response_id=True)
    second = await ask(QUESTIONS[1], previous_response_id=first.last_response_id)
    return [first.final_output, second.final_output]


async def in_conversation(sdk, ask):
    """The service keeps the items."""
    made = await sdk.conversations.create()
    return [(await ask(question, conversation_id=made.id)).final_output for question in QUESTIONS]


async def in_session(_, ask):
    """A session of the runner keeps the items."""
    with contextlib.closing(agents.SQLiteSession("trip")) as session:
        return [(await ask(question, session=session)).final_output for question in QUESTIONS]


async def in_session_of_the_service(sdk, ask):
    """A session that keeps the items in a conversation, and reads them from there."""
    session = agents.OpenAIConversationsSession(openai_client=sdk)
    return [(await ask(question, session=session)).final_output for question in QUESTIONS]


STATES = {
    "history": (with_history, history),
    "previous_response_id": (with_previous, previous),
    "conversation_id": (in_conversation, conversation),
    "session": (in_session, history),
    "session in a conversation": (in_session_of_the_service, history),
}
HOW = {"run": (run, unstreamed), "streamed": (run_streamed, streamed)}
CELLS = {
    f"{state}, {how}": Cell(by_agent(have, asked), (is_state, is_how))
    for state, (have, is_state) in STATES.items()
    for how, (asked, is_how) in HOW.items()
}


@pytest.mark.parametrize("cell", CELLS)
def test_openai_agents(plays, cell):
    plays(CELLS[cell])
