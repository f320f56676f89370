"""What handlers read of a call, and how a script refuses one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runmock.apis.service import refusals
from runmock.apis.service.refusals import Refused

if TYPE_CHECKING:
    from runmock.apis.service.call import Call
    from runmock.core.script.script import HttpError

CONTENT_OF_RESULTS = "step_details.tool_calls[*].file_search.results[*].content"
"""The one value that `include[]` may have."""


def includes_content(call: Call) -> bool:
    """Whether file search results come with their content."""
    query = call.query
    return CONTENT_OF_RESULTS in query.get("include[]", ()) or CONTENT_OF_RESULTS in query.get("include", ())


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
