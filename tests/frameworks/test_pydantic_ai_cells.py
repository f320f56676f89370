"""The cells of Pydantic AI's model on the Responses API: run and streamed."""

import pytest
from trip import (
    INSTRUCTIONS,
    MODEL,
    QUESTIONS,
    Cell,
    background,
    conversation,
    framework,
    history,
    previous,
    streamed,
    unstored,
    unstreamed,
)

pydantic_ai = framework("pydantic_ai", "pydantic-ai")
models = framework("pydantic_ai.models.openai", "pydantic-ai")
providers = framework("pydantic_ai.providers.openai", "pydantic-ai")
openai = framework("openai", "pydantic-ai")

NEW = "a new conversation"


class Model(models.OpenAIResponsesModel):
    """Asks at once again for a response that is made in the background."""

    def continuation_delay(self, response):
        return 0


def by_agent(how, **settings):
    """The conversation of an agent; the application keeps its messages."""

    async def have(tools):
        async with openai.AsyncOpenAI() as sdk:
            model = Model(MODEL, provider=providers.OpenAIProvider(openai_client=sdk))
            agent = pydantic_ai.Agent(model, instructions=INSTRUCTIONS, tools=[tools.get_weather, tools.book_trip])
            used = dict(settings)
            if used.get("openai_conversation_id") == NEW:
                used["openai_conversation_id"] = (await sdk.conversations.create()).id
            so_far, answers = [], []
            for question in QUESTIONS:
                answer, so_far = await how(agent, question, message_history=so_far, model_settings=used)
                answers.append(answer)
            return answers

    return have


async def run(agent, question, **options):
    """A run: its answer, and all messages after it."""
    result = await agent.run(question, **options)
    return result.output, result.all_messages()


async def run_stream(agent, question, **options):
    """The same, streamed."""
    async with agent.run_stream(question, **options) as result:
        answer = "".join([piece async for piece in result.stream_text(delta=True)])
        return answer, result.all_messages()


STATES = {
    "default": ({}, (history,)),
    "previous_response_id": ({"openai_previous_response_id": "auto"}, (previous,)),
    "conversation": ({"openai_conversation_id": NEW}, (conversation,)),
    "background": ({"openai_background": True}, (background,)),
    "store=False": ({"openai_store": False}, (history, unstored)),
}
HOW = {run: unstreamed, run_stream: streamed}
CELLS = {
    f"{state}, {how.__name__}": Cell(by_agent(how, **settings), (*proofs, proof))
    for state, (settings, proofs) in STATES.items()
    for how, proof in HOW.items()
}


@pytest.mark.parametrize("cell", CELLS)
def test_pydantic_ai(plays, cell):
    plays(CELLS[cell])
