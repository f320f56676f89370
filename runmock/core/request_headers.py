"""What the service refuses for a request's headers alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runmock.core import refusals
from runmock.core.media import media_type

if TYPE_CHECKING:
    from runmock.core.exchange import Request

BETA = "openai-beta"
"""The header that every request of the family carries."""


def content_refusal(request: Request, fault: str | None) -> refusals.Refusal | None:
    """The service's 400 when a body is not JSON, or does not say that it is; outside the family it may be a file."""
    if fault is not None:
        return refusals.not_json(fault)
    content_type = request.headers.get("content-type", "")
    is_json = not content_type or media_type(content_type).endswith("json")
    return None if is_json or not request.body.strip() else refusals.not_json_by_name(content_type)


def beta_refusal(request: Request) -> refusals.Refusal | None:
    """The service's 400 when the beta header is missing or of the retired version."""
    header = request.headers.get(BETA)
    if header is None:
        return refusals.no_beta_header()
    return refusals.old_beta_header() if header.strip() == "assistants=v1" else None
