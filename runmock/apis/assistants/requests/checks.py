"""The service's checks of a request before a handler gets it, in its order: the address, the header, the schema.

Recordings are not checked here: a recorded answer is replayed, whatever was sent.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from runmock.apis.assistants.operations import BY_NAME
from runmock.apis.assistants.requests.request_headers import CURRENT_BETA, beta_refusal
from runmock.apis.service import refusals
from runmock.apis.service.claims import BETA
from runmock.apis.service.provider import Provider
from runmock.apis.service.requests import checking
from runmock.apis.service.roots import is_azure

if TYPE_CHECKING:
    from collections.abc import Mapping

    from runmock.apis.assistants.state import Memory
    from runmock.apis.service.refusals import ServiceRefusal
    from runmock.core.api import Operation
    from runmock.core.http.exchange import Reply, Request


UNSUPPORTED_MODELS = ("gpt-5-mini", "gpt-5-mini-2025-08-07", "gpt-5.1", "gpt-3.5-turbo-0301")
"""Models that OpenAI refuses here, as far as it is known (docs/protocol/errors.md#what-is-not-found)."""


def refused(request: Request, operation: Operation, body: Any, memory: Memory, provider: Provider) -> Reply | None:
    """The refusal of a request by `provider`, None when it is taken; `body` is parsed JSON.

    With no cassette at all every address and every id is accepted.
    """
    is_stock = memory.stage.is_stock
    if provider is Provider.AZURE and not is_stock and _is_unknown_to_azure(request, operation.root):
        return refusals.azure_not_found()
    is_needed = provider is not Provider.AZURE and not is_azure(operation.root)
    found = None
    if request.headers.get(BETA) != CURRENT_BETA:
        found = beta_refusal(request, is_needed=is_needed, takes_any=provider is Provider.OTHER)
    found = found or check(operation.name, body, request.query, lenient=is_stock, provider=provider)
    if found is None and provider is not Provider.OTHER and not is_stock:
        found = _wrong_value(operation, body if isinstance(body, dict) else {}, memory, provider)
    return None if found is None else found.reply()


def _is_unknown_to_azure(request: Request, root: str) -> bool:
    """Whether an address does not exist on Azure.

    Assistants are below its own roots, belong to no deployment, and a version has to be named.
    """
    if not is_azure(root) or "/deployments/" in root:
        return True
    return not (any(request.query.get("api-version", ())) or root.endswith("/openai/v1"))


def _wrong_value(
    operation: Operation, body: Mapping[str, Any], memory: Memory, provider: Provider
) -> ServiceRefusal | None:
    """The refusal of an id or a model that the service does not take; None when it takes all of them.

    Refused are an empty assistant id, as from a missing setting, and at OpenAI an id that no thread can have (where ids
    are strict such a thread is simply not found), and some models. Any other text is accepted as an assistant's id; the
    service wants them to begin with `asst` (azure-sdk-for-net#55454, ai-agent-evals#62 and #71).
    """
    if body.get("assistant_id") == "":
        return refusals.wrong_id("assistant_id", "", "asst")
    if provider is not Provider.OPENAI:
        return None
    thread_id = operation.ids.get("thread_id", "thread")
    is_known = thread_id.startswith("thread") or thread_id in memory.threads
    if not is_known and memory.stage.mode != "strict":
        return refusals.wrong_id("thread_id", thread_id, "thread")
    model = body.get("model")
    return refusals.unsupported_model(model) if model in UNSUPPORTED_MODELS else None


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
    body_model, query_model = row.body, row.query
    if lenient:
        body_model, query_model = row.lenient_body or body_model, row.lenient_query or query_model
    return checking.check(body_model, body, query_model, query, provider, lenient=lenient)
