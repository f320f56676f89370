"""The refusals of the service that depend on a request's headers only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runmock.apis.service import refusals
from runmock.apis.service.claims import BETA

if TYPE_CHECKING:
    from runmock.core.http.exchange import Request


CURRENT_BETA = "assistants=v2"
"""The value of the beta header that the service takes."""


def beta_refusal(request: Request, *, is_needed: bool, takes_any: bool) -> refusals.ServiceRefusal | None:
    """The service's 400 when the beta header is missing, or names the retired version or an unknown one; else None.

    `takes_any`: any value is accepted. Where proxies have joined several values, one right value is enough.
    """
    header = request.headers.get(BETA)
    if header is None:
        return refusals.no_beta_header() if is_needed else None
    values = [value.strip() for value in header.split(",")]
    if takes_any or CURRENT_BETA in values:
        return None
    return refusals.old_beta_header() if "assistants=v1" in values else refusals.no_beta_header()
