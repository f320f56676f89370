"""Holds a request against the models of its operation, as the service does: the first fault is its refusal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from runmock.apis.service import refusals
from runmock.apis.service.provider import Provider
from runmock.apis.service.requests.model import OPENAI
from runmock.apis.service.requests.validation_errors import refusal
from runmock.core.http.media_types import media_type

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydantic_core import ErrorDetails

    from runmock.apis.service.refusals import ServiceRefusal
    from runmock.apis.service.requests.model import Params
    from runmock.apis.service.requests.queries import Query
    from runmock.core.api import Incoming
    from runmock.core.http.exchange import Reply, Request

AZURE_ONLY = frozenset({"tool_resources", "data_source", "data_sources", "configuration", "agent", "agent_reference"})
"""Where Azure has members of its own: its tools (azure_ai_search, mcp ...) have resources, files a source of data.

Responses may name an agent of a project.
"""


NO_UNICODE = refusals.not_json("a string is not valid Unicode.")


def check(  # noqa: PLR0913 - two models with what each checks, and whose rules they are
    body_model: type[Params] | None,
    body: Any,
    query_model: type[Query] | None,
    query: Mapping[str, tuple[str, ...]],
    provider: Provider,
    *,
    lenient: bool,
    no_unicode: ServiceRefusal = NO_UNICODE,
) -> ServiceRefusal | None:
    """The service's refusal of the first fault, or None; `body` is parsed JSON, None for an empty one.

    A model that is None checks nothing. Gateways and compatible servers have parameters of their own, so unknown ones
    pass there.
    """
    context = OPENAI if provider is Provider.OPENAI and not lenient else None
    faults: list[ErrorDetails] = []
    if body_model is not None:
        faults += _faults(body_model, {} if body is None else body, context)
    faults = [fault for fault in faults if not _passes(fault, provider)]
    if query and not faults and query_model is not None:
        faults += _faults(query_model, query_model.read(query), context)
    return refusal(faults, no_unicode) if faults else None


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


def malformed(incoming: Incoming) -> Reply | None:
    """The service's 400 for a body that is not JSON, or whose content type is not; None when it is fine."""
    if incoming.problem is None and incoming.request.headers.get("content-type") == "application/json":
        return None
    refusal = content_refusal(incoming.request, incoming.problem)
    return None if refusal is None else refusal.reply()


def content_refusal(request: Request, fault: str | None) -> ServiceRefusal | None:
    """The service's 400 when a body is not JSON (`fault` says why), or its content type is not; else None."""
    if fault is not None:
        return refusals.not_json(fault)
    content_type = request.headers.get("content-type", "")
    is_json = not content_type or media_type(content_type).endswith("json")
    return None if is_json or not request.body.strip() else refusals.not_json_by_name(content_type)
