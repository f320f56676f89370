"""The cells of LangChain's model on the Responses API, in the loop of an application."""

import contextlib

import pytest
import trip
from framework_faults import QUESTION, cells_of

langchain_openai = trip.framework("langchain_openai", "langchain")
openai = trip.framework("openai", "langchain")
messages = trip.framework("langchain_core.messages", "langchain")


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


@contextlib.asynccontextmanager
async def model_with(**options):
    """A model; its connections end with it."""
    with openai.DefaultHttpxClient() as http:
        async with openai.DefaultAsyncHttpxClient() as async_http:
            clients = {"http_client": http, "http_async_client": async_http}
            yield langchain_openai.ChatOpenAI(model=trip.MODEL, use_responses_api=True, timeout=1, **clients, **options)


def by_model(respond, **options):
    """The conversation of a model."""

    async def have(tools):
        async with model_with(**options) as model:
            return await loop(model.bind_tools([tools.get_weather, tools.book_trip]), respond, tools)

    return have


async def loop(model, respond, tools):
    """The conversation, kept as messages."""
    so_far, answers = [messages.SystemMessage(trip.INSTRUCTIONS)], []
    for question in trip.QUESTIONS:
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
    "history": ({}, (trip.history,)),
    "use_previous_response_id": ({"use_previous_response_id": True}, (trip.previous,)),
    "store=False": ({"store": False}, (trip.history, trip.unstored)),
}
WAYS = {invoke: trip.unstreamed, stream: trip.streamed, ainvoke: trip.unstreamed, astream: trip.streamed}
CELLS = {
    f"{state}, {respond.__name__}": trip.Cell(by_model(respond, **options), (*proofs, proof))
    for state, (options, proofs) in STATES.items()
    for respond, proof in WAYS.items()
}


@pytest.mark.parametrize("cell", CELLS)
def test_langchain(plays, cell):
    plays(CELLS[cell])


def is_whole(message):
    """For a message, or the sum of all chunks of a stream."""
    return message.response_metadata.get("status") == "completed"


def says_nothing(chunk):
    """True of half an answer, too."""
    return chunk.chunk_position == "last"


async def answered(respond):
    """The text of an answer, and whether it is whole."""
    async with model_with() as model:
        message = await respond(model, [messages.HumanMessage(QUESTION)])
    assert not isinstance(message, messages.AIMessageChunk) or says_nothing(message)
    return message.text, is_whole(message)


ASKS = {"model.stream()": [stream, astream], "model.invoke()": [invoke, ainvoke]}


@pytest.mark.parametrize("cell", cells_of("langchain", ASKS), ids=str)
def test_langchain_under_faults(goes_wrong, cell):
    goes_wrong(cell, answered)
