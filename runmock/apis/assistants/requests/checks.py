"""What the service would refuse with 400, before it looks at any thread or run: the schema of a request."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from pydantic import ValidationError

from runmock.apis.assistants.requests import assistants, messages, queries, runs, threads
from runmock.apis.assistants.requests.model import OPENAI
from runmock.apis.assistants.requests.validation_errors import refusal
from runmock.core.assistants.provider import Provider

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydantic_core import ErrorDetails

    from runmock.apis.assistants.requests.model import Params
    from runmock.core.assistants.refusals import ServiceRefusal


class BodyShape(NamedTuple):
    """The models of an operation's body and query; None is not checked."""

    body: type[Params] | None = None
    query: type[queries.Query] | None = None


SHAPES: dict[str, BodyShape] = {
    "create_assistant": BodyShape(body=assistants.CreateAssistant),
    "list_assistants": BodyShape(query=queries.ListQuery),
    "modify_assistant": BodyShape(body=assistants.ModifyAssistant),
    "create_thread": BodyShape(body=threads.CreateThread),
    "create_thread_and_run": BodyShape(body=runs.CreateThreadAndRun),
    "modify_thread": BodyShape(body=threads.ModifyThread),
    "create_message": BodyShape(body=messages.CreateMessage),
    "list_messages": BodyShape(query=queries.ListMessagesQuery),
    "modify_message": BodyShape(body=messages.ModifyMessage),
    "create_run": BodyShape(body=runs.CreateRun, query=queries.IncludeQuery),
    "list_runs": BodyShape(query=queries.ListQuery),
    "modify_run": BodyShape(body=runs.ModifyRun),
    "submit_tool_outputs": BodyShape(body=runs.SubmitToolOutputs),
    "list_run_steps": BodyShape(query=queries.ListRunStepsQuery),
    "retrieve_run_step": BodyShape(query=queries.IncludeQuery),
}
"""By operation. The others have nothing to judge: retrieve, delete, and cancel, whose body is empty."""

LENIENT: dict[str, BodyShape] = SHAPES | {
    "list_assistants": BodyShape(query=queries.LenientListQuery),
    "list_messages": BodyShape(query=queries.LenientListQuery),
    "list_runs": BodyShape(query=queries.LenientListQuery),
    "submit_tool_outputs": BodyShape(body=runs.LenientSubmitToolOutputs),
    "list_run_steps": BodyShape(query=queries.LenientListRunStepsQuery),
}
"""The same for a server that takes `limit=0` and tool outputs with members missing."""


AZURE_ONLY = frozenset({"tool_resources", "data_source"})
"""Where Azure has members of its own: its tools (azure_ai_search, mcp ...) have resources, attachments a source."""


def check(
    operation: str,
    body: Any,
    query: Mapping[str, tuple[str, ...]],
    *,
    lenient: bool = False,
    provider: Provider = Provider.OPENAI,
) -> ServiceRefusal | None:
    """Give the service's refusal of the first fault, or None; `body` is parsed JSON, None for an empty one.

    Gateways and compatible servers have parameters of their own, so unknown ones pass there.
    """
    shape = (LENIENT if lenient else SHAPES).get(operation, BodyShape())
    context = OPENAI if provider is Provider.OPENAI and not lenient else None
    faults: list[ErrorDetails] = []
    if shape.body is not None:
        faults += _faults(shape.body, {} if body is None else body, context)
    faults = [fault for fault in faults if not _passes(fault, provider)]
    if not faults and shape.query is not None:
        faults += _faults(shape.query, shape.query.read(query), context)
    return refusal(faults) if faults else None


def _passes(fault: ErrorDetails, provider: Provider) -> bool:
    """Whether a fault is none at this provider: a parameter that OpenAI does not have and the provider may have."""
    if fault["type"] != "extra_forbidden" or provider is Provider.OPENAI:
        return False
    return provider is Provider.OTHER or not AZURE_ONLY.isdisjoint(fault["loc"])


def _faults(model: type[Params], value: Any, context: dict[str, bool] | None) -> list[ErrorDetails]:
    try:
        model.model_validate(value, context=context)
    except ValidationError as invalid:
        return invalid.errors(include_url=False)
    return []
