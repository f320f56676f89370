"""Plan a trip: the assistant asks for the weather of several cities at once; all are looked up at the same time."""

import asyncio
import json
from typing import Any

import httpx
from openai import AsyncOpenAI
from openai.types.beta.function_tool_param import FunctionToolParam
from openai.types.beta.threads import RequiredActionFunctionToolCall
from openai.types.beta.threads.run_submit_tool_outputs_params import ToolOutput

ASSISTANT_ID = "asst_trips"
WEATHER_SERVICE = "https://weather.example"
CITY: dict[str, object] = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
TOOLS: list[FunctionToolParam] = [{"type": "function", "function": {"name": "get_weather", "parameters": CITY}}]


async def plan(client: AsyncOpenAI, question: str) -> str:
    """The assistant's advice. Raises RuntimeError when its run does not complete."""
    runs = client.beta.threads.runs
    thread = await client.beta.threads.create(messages=[{"role": "user", "content": question}])
    async with httpx.AsyncClient(base_url=WEATHER_SERVICE) as weather:
        run = await runs.create_and_poll(thread_id=thread.id, assistant_id=ASSISTANT_ID, tools=TOOLS)
        while run.required_action:
            calls = run.required_action.submit_tool_outputs.tool_calls
            outputs = await asyncio.gather(*(output_of(call, weather) for call in calls))
            run = await runs.submit_tool_outputs_and_poll(run_id=run.id, thread_id=thread.id, tool_outputs=outputs)
    if run.status != "completed":
        raise RuntimeError(f"the run is {run.status}")
    newest = (await client.beta.threads.messages.list(thread.id, limit=1)).data[0]
    return "".join(part.text.value for part in newest.content if part.type == "text")


async def output_of(call: RequiredActionFunctionToolCall, weather: httpx.AsyncClient) -> ToolOutput:
    """The weather, or why there is none: the assistant can go on with both."""
    try:
        response = await weather.get("/now", params=json.loads(call.function.arguments))
        output: Any = response.raise_for_status().json()
    except httpx.HTTPError as error:
        output = {"error": type(error).__name__}
    return {"tool_call_id": call.id, "output": json.dumps(output)}
