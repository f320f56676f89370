"""The cells of Pydantic AI's model on the Responses API: run and streamed."""

import contextlib

import pytest
import trip
from framework_faults import QUESTION, cells_of

pydantic_ai = trip.framework("pydantic_ai", "pydantic-ai")
models = trip.framework("pydantic_ai.models.openai", "pydantic-ai")
providers = trip.framework("pydantic_ai.providers.openai", "pydantic-ai")
openai = trip.framework("openai", "pydantic-ai")

NEW = "a new conversation"


class Model(models.OpenAIResponsesModel):
    """Asks at once again for a response that is made in the background."""

    def continuation_delay(self, response):
        return 0


@contextlib.asynccontextmanager
async def agent_with(*functions):
    """An agent with these tools, and its client."""
    async with openai.AsyncOpenAI(timeout=1) as sdk:
        model = Model(trip.MODEL, provider=providers.OpenAIProvider(openai_client=sdk))
        yield sdk, pydantic_ai.Agent(model, instructions=trip.INSTRUCTIONS, tools=functions)


def by_agent(how, **settings):
    """The conversation of an agent; the application keeps its messages."""

    async def have(tools):
        async with agent_with(tools.get_weather, tools.book_trip) as (sdk, agent):
            used = dict(settings)
            if used.get("openai_conversation_id") == NEW:
                used["openai_conversation_id"] = (await sdk.conversations.create()).id
            so_far, answers = [], []
            for question in trip.QUESTIONS:
                answer, result = await how(agent, question, message_history=so_far, model_settings=used)
                so_far = result.all_messages()
                answers.append(answer)
            return answers

    return have


async def run(agent, question, **options):
    """A run: its answer, and its result."""
    result = await agent.run(question, **options)
    return result.output, result


async def run_stream(agent, question, **options):
    """The same, streamed."""
    async with agent.run_stream(question, **options) as result:
        answer = "".join([piece async for piece in result.stream_text(delta=True)])
        return answer, result


STATES = {
    "default": ({}, (trip.history,)),
    "previous_response_id": ({"openai_previous_response_id": "auto"}, (trip.previous,)),
    "conversation": ({"openai_conversation_id": NEW}, (trip.conversation,)),
    "background": ({"openai_background": True}, (trip.background,)),
    "store=False": ({"openai_store": False}, (trip.history, trip.unstored)),
}
HOW = {run: trip.unstreamed, run_stream: trip.streamed}
CELLS = {
    f"{state}, {how.__name__}": trip.Cell(by_agent(how, **settings), (*proofs, proof))
    for state, (settings, proofs) in STATES.items()
    for how, proof in HOW.items()
}


@pytest.mark.parametrize("cell", CELLS)
def test_pydantic_ai(plays, cell):
    plays(CELLS[cell])


def is_whole(result):
    """For a result, or that of a stream that was read to its end."""
    return result.response.finish_reason == "stop"


def says_nothing(result):
    """True of half an answer, too."""
    return result.response.state == "complete"


async def answered(how):
    """The text of an answer, and whether it is whole."""
    async with agent_with() as (_, agent):
        text, result = await how(agent, QUESTION)
    assert says_nothing(result)
    return text, is_whole(result)


ASKS = {"agent.run_stream()": [run_stream], "agent.run()": [run]}


@pytest.mark.parametrize("cell", cells_of("pydantic-ai", ASKS), ids=str)
def test_pydantic_ai_under_faults(goes_wrong, cell):
    goes_wrong(cell, answered)
