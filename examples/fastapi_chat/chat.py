"""A chat: each question starts a run, and its answer goes to the browser piece by piece, as server-sent events."""

import logging
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Annotated

from fastapi import Body, FastAPI
from fastapi.responses import FileResponse
from fastapi.sse import EventSourceResponse, ServerSentEvent
from openai import AsyncOpenAI

ASSISTANT_ID = "asst_chat"
logger = logging.getLogger(__name__)
client = AsyncOpenAI()
app = FastAPI()


@app.get("/")
async def page() -> FileResponse:
    return FileResponse(Path(__file__).with_name("page.html"))


@app.post("/chats")
async def start_chat() -> dict[str, str]:
    return {"id": (await client.beta.threads.create()).id}


@app.post("/chats/{chat_id}/questions", response_class=EventSourceResponse)
async def ask(chat_id: str, question: Annotated[str, Body(embed=True)]) -> AsyncIterator[ServerSentEvent]:
    """Events `text` with the pieces of the answer, then one event `done` or `error`."""
    problem = ""
    try:
        await client.beta.threads.messages.create(chat_id, role="user", content=question)
        async with client.beta.threads.runs.stream(thread_id=chat_id, assistant_id=ASSISTANT_ID) as stream:
            async for piece in stream.text_deltas:
                yield ServerSentEvent(event="text", data=piece)
            run = stream.current_run
        if run and run.status in {"queued", "in_progress"}:
            problem = "The answer broke off."
            await client.beta.threads.runs.cancel(run.id, thread_id=chat_id)  # an active run would block the chat
        elif not run or run.status != "completed":
            problem = "The assistant could not answer."
    except Exception:  # not only OpenAIError: the SDK lets some errors of its HTTP library through
        logger.exception("chat %s: no answer", chat_id)
        problem = "The assistant is not available. Please try again later."
    yield ServerSentEvent(event="error" if problem else "done", data=problem)
