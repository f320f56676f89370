"""What handlers read of a call."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from runmock.apis.service.call import Call

CONTENT_OF_RESULTS = "step_details.tool_calls[*].file_search.results[*].content"
"""The one value that `include[]` may have."""


def includes_content(call: Call) -> bool:
    """Whether file search results come with their content."""
    query = call.query
    return CONTENT_OF_RESULTS in query.get("include[]", ()) or CONTENT_OF_RESULTS in query.get("include", ())
