"""The cells of LangChain's model on the Responses API, in the loop of an application."""

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

langchain_openai = framework("langchain_openai", "langchain")
openai = framework("openai", "langchain")
messages = framework("langchain_core.messages", "langchain")


async def invoke(model, so_far):
    """The model's message."""
    return model.invoke(so_far)


async def ainvoke(model, so_far):
    """The same, by the async client."""
    return await model.ainvoke(so_far)


async def stream(model, so_far):
    """The model's message, put together from its chunks."""
    first, *others = model.stream(so_far)
    return sum(others, first)


async def astream(model, so_far):
    """The same, by the async client."""
    first, *others = [chunk async for chunk in model.astream(so_far)]
    return sum(others, first)


def by_model(respond, **options):
    """The conversation of a model; its connections end with it."""

    async def have(tools):
        with openai.DefaultHttpxClient() as http:
            async with openai.DefaultAsyncHttpxClient() as async_http:
                clients = {"http_client": http, "http_async_client": async_http}
                model = langchain_openai.ChatOpenAI(model=MODEL, use_responses_api=True, **clients, **options)
                return await loop(model.bind_tools([tools.get_weather, tools.book_trip]), respond, tools)

    return have


async def loop(model, respond, tools):
    """The conversation, kept as messages."""
    so_far, answers = [messages.SystemMessage(INSTRUCTIONS)], []
    for question in QUESTIONS:
        so_far.append(messages.HumanMessage(question))
        while isinstance(so_far[-1], messages.HumanMessage | messages.ToolMessage):
            message = await respond(model, so_far)
            outputs = [
                messages.ToolMessage(tools.call(call["name"], call["args"]), tool_call_id=call["id"])
                for call in message.tool_calls
            ]
            so_far += [message, *outputs]
        answers.append(message.text)
    return answers


STATES = {
    "history": ({}, (history,)),
    "use_previous_response_id": ({"use_previous_response_id": True}, (previous,)),
    "store=False": ({"store": False}, (history, unstored)),
}
WAYS = {invoke: unstreamed, stream: streamed, ainvoke: unstreamed, astream: streamed}
CELLS = {
    f"{state}, {respond.__name__}": Cell(by_model(respond, **options), (*proofs, proof))
    for state, (options, proofs) in STATES.items()
    for respond, proof in WAYS.items()
}


@pytest.mark.parametrize("cell", CELLS)
def test_langchain(plays, cell):
    plays(CELLS[cell])
