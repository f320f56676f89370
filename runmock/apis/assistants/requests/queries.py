"""The queries of lists of messages and run steps, and of what may be included."""

from __future__ import annotations

from typing import Literal

from runmock.apis.service.requests.queries import LenientListQuery, ListQuery, Query


class IncludeQuery(Query):
    """What the answer about a run step may include."""

    include: list[Literal["step_details.tool_calls[*].file_search.results[*].content"]] | None = None


class ListMessagesQuery(ListQuery):
    """A page of messages, maybe of one run."""

    run_id: str | None = None


class ListRunStepsQuery(ListQuery, IncludeQuery):
    """A page of run steps."""


class LenientListRunStepsQuery(LenientListQuery, IncludeQuery):
    """A page of run steps for a lenient server."""
