"""The cells of the OpenAI Agents SDK: what its runner sends of the conversation so far, run and streamed."""

import contextlib

import pytest
import trip
from framework_faults import QUESTION, cells_of

agents = trip.framework("agents", "openai-agents")
openai = trip.framework("openai", "openai-agents")


async def run(agent, question, **state):
    """A run; its result."""
    return await agents.Runner.run(agent, question, **state)


async def run_streamed(agent, question, **state):
    """A run whose events are read."""
    result = agents.Runner.run_streamed(agent, question, **state)
    async for _ in result.stream_events():
        pass
    return result


@contextlib.asynccontextmanager
async def agent_with(*functions):
    """An agent with these tools, and its client."""
    async with openai.AsyncOpenAI(timeout=1) as sdk:
        model = agents.OpenAIResponsesModel(trip.MODEL, sdk)
        with agents.trace("trip", disabled=True):
            yield sdk, agents.Agent("Planner", instructions=trip.INSTRUCTIONS, model=model, tools=list(functions))


def by_agent(have, how):
    """The conversation of an agent; `have(sdk, ask)` has it, `ask(question, **state)` gives a run's result."""

    async def started(tools):
        functions = [agents.function_tool(tools.get_weather), agents.function_tool(tools.book_trip)]
        async with agent_with(*functions) as (sdk, agent):
            return await have(sdk, lambda question, **state: how(agent, question, **state))

    return started


async def with_history(_, ask):
    """The application keeps the items."""
    items, answers = [], []
    for question in trip.QUESTIONS:
        result = await ask([*items, {"role": "user", "content": question}])
        items = result.to_input_list()
        answers.append(result.final_output)
    return answers


async def with_previous(_, ask):
    """The runner continues the last response."""
    first = await ask(trip.QUESTIONS[0], auto_previous_response_id=True)
    second = await ask(trip.QUESTIONS[1], previous_response_id=first.last_response_id)
    return [first.final_output, second.final_output]


async def in_conversation(sdk, ask):
    """The service keeps the items."""
    made = await sdk.conversations.create()
    return [(await ask(question, conversation_id=made.id)).final_output for question in trip.QUESTIONS]


async def in_session(_, ask):
    """A session of the runner keeps the items."""
    with contextlib.closing(agents.SQLiteSession("trip")) as session:
        return [(await ask(question, session=session)).final_output for question in trip.QUESTIONS]


async def in_session_of_the_service(sdk, ask):
    """A session that keeps the items in a conversation, and reads them from there."""
    session = agents.OpenAIConversationsSession(openai_client=sdk)
    return [(await ask(question, session=session)).final_output for question in trip.QUESTIONS]


STATES = {
    "history": (with_history, trip.history),
    "previous_response_id": (with_previous, trip.previous),
    "conversation_id": (in_conversation, trip.conversation),
    "session": (in_session, trip.history),
    "session in a conversation": (in_session_of_the_service, trip.history),
}
HOW = {"run": (run, trip.unstreamed), "streamed": (run_streamed, trip.streamed)}
CELLS = {
    f"{state}, {how}": trip.Cell(by_agent(have, asked), (is_state, is_how))
    for state, (have, is_state) in STATES.items()
    for how, (asked, is_how) in HOW.items()
}


@pytest.mark.parametrize("cell", CELLS)
def test_openai_agents(plays, cell):
    plays(CELLS[cell])


async def answered(how):
    """The text of an answer; nobody has to look whether it is whole."""
    async with agent_with() as (_, agent):
        return (await how(agent, QUESTION)).final_output, True


ASKS = {"Runner.run_streamed()": [run_streamed], "Runner.run()": [run]}


@pytest.mark.parametrize("cell", cells_of("openai-agents", ASKS), ids=str)
def test_openai_agents_under_faults(goes_wrong, cell):
    goes_wrong(cell, answered)
