"""A support bot with two tools. Errors of a tool go to the assistant; a run that goes wrong goes to a person."""

import json
import logging
from collections.abc import Callable

from openai import OpenAI, Stream
from openai.types.beta import AssistantStreamEvent
from openai.types.beta.function_tool_param import FunctionToolParam
from openai.types.beta.threads import RequiredActionFunctionToolCall, Run
from openai.types.beta.threads.run_submit_tool_outputs_params import ToolOutput

ASSISTANT_ID = "asst_support"
SORRY = "Sorry, I cannot help you now. A colleague will write to you."
TOTALS = {"A-17": 40.0}  # in euros, by order
logger = logging.getLogger(__name__)


def find_order(order: str) -> object:
    return {"order": order, "total": TOTALS[order]}


def refund(order: str, amount: float) -> object:
    if amount > TOTALS[order]:
        raise ValueError("the amount is more than the total of the order")
    return {"refunded": amount}


TOOLS: dict[str, Callable[..., object]] = {"find_order": find_order, "refund": refund}
OFFERED: list[FunctionToolParam] = [{"type": "function", "function": {"name": name}} for name in TOOLS]


def help_customer(client: OpenAI, question: str) -> str:
    """The answer of the assistant, or `SORRY`."""
    try:
        return answer(client, question)
    except Exception:
        logger.exception("no answer to %r", question)
        return SORRY


def answer(client: OpenAI, question: str) -> str:
    runs = client.beta.threads.runs
    thread_id = client.beta.threads.create(messages=[{"role": "user", "content": question}]).id
    run = last_state(runs.create(thread_id, assistant_id=ASSISTANT_ID, tools=OFFERED, stream=True))
    while run.required_action:
        outputs = [output_of(call) for call in run.required_action.submit_tool_outputs.tool_calls]
        run = last_state(runs.submit_tool_outputs(run.id, thread_id=thread_id, tool_outputs=outputs, stream=True))
    if run.status != "completed":
        raise RuntimeError(f"{run.id} is {run.status}: {run.last_error}")
    newest = client.beta.threads.messages.list(thread_id, limit=1).data[0]
    return "".join(part.text.value for part in newest.content if part.type == "text")


def last_state(stream: Stream[AssistantStreamEvent]) -> Run:
    """The run as the last event about it has it; a stream that breaks off leaves it active."""
    with stream:
        return [event.data for event in stream if isinstance(event.data, Run)][-1]


def output_of(call: RequiredActionFunctionToolCall) -> ToolOutput:
    """What a tool returned, or what is wrong with its call: the assistant may call it again, or explain it."""
    try:
        output = TOOLS[call.function.name](**json.loads(call.function.arguments))
    except (LookupError, TypeError, ValueError) as error:
        output = {"error": f"{type(error).__name__}: {error}"}
    return {"tool_call_id": call.id, "output": json.dumps(output)}
