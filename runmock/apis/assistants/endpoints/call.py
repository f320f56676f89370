"""The arguments of a handler: the operation's ids, the parsed body and the query; and how a handler refuses."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from runmock.apis.service import refusals
from runmock.apis.service.provider import Provider
from runmock.apis.service.refusals import Refused

if TYPE_CHECKING:
    from collections.abc import Mapping

    from runmock.core.script.script import HttpError

CONTENT_OF_RESULTS = "step_details.tool_calls[*].file_search.results[*].content"
"""The one value that `include[]` may have."""


@dataclass(frozen=True, slots=True)
class Call:
    """One request, read: `ids` are those in the path."""

    operation: str
    ids: Mapping[str, str]
    path: str
    """The path below the API root."""
    body: Mapping[str, Any] = field(default_factory=dict)
    query: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    provider: Provider = Provider.OPENAI

    def option(self, name: str) -> str | None:
        """The last value of a query parameter, None when it is not there."""
        values = self.query.get(name)
        return values[-1] if values else None

    @property
    def includes_content(self) -> bool:
        """Whether file search results come with their content."""
        query = self.query
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
