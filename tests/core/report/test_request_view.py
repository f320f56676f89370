"""How a request of a session is shown where an assertion fails."""

import pytest

from runmock.core.report.request_view import RequestView


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (None, "RequestView(GET /threads/thread_1/runs/run_1, retrieve_run)"),
        ({"a": [1, "b"]}, "RequestView(GET /threads/thread_1/runs/run_1, retrieve_run, json={'a': [1, 'b']})"),
        ({}, "RequestView(GET /threads/thread_1/runs/run_1, retrieve_run, json={})"),
        ("x" * 200, f"RequestView(GET /threads/thread_1/runs/run_1, retrieve_run, json='{'x' * 119}...)"),
    ],
)
def test_a_request_is_shown_in_one_line_without_its_headers(body, text):
    view = RequestView("GET", "/threads/thread_1/runs/run_1", "retrieve_run", body, {"authorization": "(redacted)"})
    assert repr(view) == text
