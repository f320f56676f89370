"""What the service refuses for a request's headers alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runmock.core.assistants import refusals
from runmock.core.http.media_types import media_type

if TYPE_CHECKING:
    from runmock.core.http.exchange import Request

BETA = "openai-beta"
"""The header that every request of the family carries."""


def content_refusal(request: Request, fault: str | None) -> refusals.ServiceRefusal | None:
    """The service's 400 when a body is not JSON, or does not say that it is; outside the family it may be a file."""
    if fault is not None:
        return refusals.not_json(fault)
    content_type = request.headers.get("content-type", "")
    is_json = not content_type or media_type(content_type).endswith("json")
    return None if is_json or not request.body.strip() else refusals.not_json_by_name(content_type)


def beta_refusal(request: Request, *, is_needed: bool, takes_any: bool) -> refusals.ServiceRefusal | None:
    """The service's 400 when the beta header is missing, of the retired version, or of none that there is.

    `takes_any`: a header that is there may say what it likes. Where proxies have joined several, one of them counts.
    """
    header = request.headers.get(BETA)
    if header is None:
        return refusals.no_beta_header() if is_needed else None
    values = [value.strip() for value in header.split(",")]
    if takes_any or "assistants=v2" in values:
        return None
    return refusals.old_beta_header() if "assistants=v1" in values else refusals.no_beta_header()
