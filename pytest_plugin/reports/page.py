"""The report as a page: every test that played, with its conversations."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from pytest_runmock.reports.results import summed_up

from runmock.viewer.page import page_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pytest_runmock.reports.results import Result

    from runmock.core.http.exchange import JSON


def page_text(results: Sequence[Result], name: str) -> str:
    """The page as HTML; `name` is the project's."""
    documents: list[str] = []
    tests: list[JSON] = []
    for result in results:
        number = None
        if result.document is not None:
            number = len(documents)
            documents.append(result.document)
        tests.append(
            {
                "id": result.id,
                "outcome": result.outcome,
                "seconds": round(result.seconds, 4),
                "mode": result.mode,
                "runs": result.runs,
                "requests": result.requests,
                "cassettes": result.cassettes,
                "problems": result.problems,
                "document": number,
            }
        )
    about = [summed_up(results), time.strftime("%Y-%m-%d %H:%M")]
    page = {"source": "tests", "title": f"Tests of {name}", "about": about, "findings": [], "tests": tests}
    return page_of(page, documents)
