"""What the service would refuse with 400, before it looks at any thread or run: the schema of a request."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from runmock.apis.assistants.operations import BY_NAME
from runmock.apis.assistants.requests.model import OPENAI
from runmock.apis.assistants.requests.validation_errors import refusal
from runmock.apis.service.provider import Provider

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydantic_core import ErrorDetails

    from runmock.apis.assistants.requests.model import Params
    from runmock.apis.service.refusals import ServiceRefusal


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
    row = BY_NAME[operation]
    body_model, query_model = row.models(lenient=True) if lenient else (row.body, row.query)
    context = OPENAI if provider is Provider.OPENAI and not lenient else None
    faults: list[ErrorDetails] = []
    if body_model is not None:
        faults += _faults(body_model, {} if body is None else body, context)
    faults = [fault for fault in faults if not _passes(fault, provider)]
    if query and not faults and query_model is not None:
        faults += _faults(query_model, query_model.read(query), context)
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
