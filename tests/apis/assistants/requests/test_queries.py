"""The query of a list is a page; the query of a run and its steps names what to include."""

import pytest

from runmock.apis.assistants.requests.checks import check
from runmock.apis.service.refusals import ServiceRefusal


def refused(message, param, code):
    return ServiceRefusal(400, message, "invalid_request_error", param, code)


def not_among(value, values, param):
    return refused(f"Invalid value: '{value}'. Supported values are: {values}.", param, "invalid_value")


LISTS = ["list_assistants", "list_messages", "list_runs", "list_run_steps"]


@pytest.mark.parametrize("operation", LISTS)
def test_a_list_accepts_a_page_and_ignores_unknown_parameters(operation):
    query = {"limit": ("100",), "order": ("asc",), "after": ("x",), "before": ("y",), "api-version": ("2024-05-01",)}
    assert check(operation, None, query) is None
    assert check(operation, None, {}) is None
    assert check(operation, None, {"limit": ()}) is None


@pytest.mark.parametrize("operation", LISTS)
@pytest.mark.parametrize(
    ("limit", "text", "code"),
    [
        (
            "0",
            "Invalid 'limit': integer below minimum value. Expected a value >= 1, but got 0 instead.",
            "integer_below_min_value",
        ),
        (
            "101",
            "Invalid 'limit': integer above maximum value. Expected a value <= 100, but got 101 instead.",
            "integer_above_max_value",
        ),
        (
            "ten",
            "Invalid type for 'limit': expected an integer, but got a string value that could not be converted into an integer.",
            "invalid_type",
        ),
        (
            "9" * 5000,
            "Invalid type for 'limit': expected an integer, but got a string value that could not be converted into an integer.",
            "invalid_type",
        ),
    ],
    ids=["0", "101", "ten", "huge"],
)
def test_a_list_refuses_a_limit(operation, limit, text, code):
    assert check(operation, None, {"limit": (limit,)}) == refused(text, "limit", code)


def test_a_list_refuses_an_order_and_reads_the_last_of_repeated_values():
    expected = not_among("newest", "'asc' and 'desc'", "order")
    assert check("list_runs", None, {"order": ("asc", "newest")}) == expected
    assert check("list_runs", None, {"order": ("newest", "asc")}) is None


@pytest.mark.parametrize("operation", ["create_run", "list_run_steps", "retrieve_run_step"])
def test_only_what_exists_can_be_included(operation):
    known = "step_details.tool_calls[*].file_search.results[*].content"
    body = {"assistant_id": "a"} if operation == "create_run" else None
    assert check(operation, body, {"include[]": (known, known)}) is None
    assert check(operation, body, {"include": ("usage",)}) == not_among("usage", f"'{known}'", "include[0]")


def test_a_query_is_not_checked_where_it_has_no_parameters():
    assert check("list_runs", None, {"include": ("usage",)}) is None
    assert check("retrieve_run", None, {"limit": ("ten",)}) is None


@pytest.mark.parametrize("operation", LISTS)
def test_a_lenient_server_accepts_a_limit_of_0_and_keeps_the_others(operation):
    assert check(operation, None, {"limit": ("0",)}, lenient=True) is None
    assert check(operation, None, {"limit": ("100",)}, lenient=True) is None
    assert check(operation, None, {"limit": ("-1",)}, lenient=True).code == "integer_below_min_value"
    assert check(operation, None, {"limit": ("101",)}, lenient=True).code == "integer_above_max_value"


def test_a_lenient_server_is_strict_about_what_is_included():
    assert check("list_run_steps", None, {"include[]": ("usage",)}, lenient=True).param == "include[0]"
