"""How a script refuses a call."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runmock.apis.service import refusals
from runmock.apis.service.refusals import Refused

if TYPE_CHECKING:
    from runmock.apis.service.call import Call
    from runmock.core.script.script import HttpError


def refused_by(error: HttpError, call: Call) -> Refused:
    """The refusal of a call by a script's `http:`."""
    if error.is_sunset:
        return Refused(refusals.sunset("POST", f"/v1{call.path}"), error.headers)
    wait = () if error.retry_after is None else (("retry-after", error.retry_after),)
    fields = {"message": error.message, "code": error.error, "type": error.type, "param": error.param}
    refusal = refusals.scripted(error.status, **fields)
    if error.is_verbatim:
        refusal = refusals.Verbatim(error.status, refusal.message, body=error.body)
    return Refused(refusal, (*wait, *error.headers))
