"""What is refused for a request's headers alone."""

import pytest

from runmock.apis.assistants.requests.request_headers import beta_refusal
from runmock.apis.service import refusals
from runmock.core.http.exchange import Request

NONE, OLD = refusals.no_beta_header(), refusals.old_beta_header()

VALUES = [
    ("assistants=v2", None),
    ("  assistants=v2 ", None),
    ("assistants=v2, realtime=v1", None),
    ("assistants=v1, assistants=v2", None),
    ("assistants=v1", OLD),
    ("realtime=v1,assistants=v1", OLD),
    ("assistants=v3", NONE),
    ("assistants", NONE),
    ("realtime=v1", NONE),
    ("v2", NONE),
    ("", NONE),
]


@pytest.mark.parametrize(("value", "refusal"), VALUES)
@pytest.mark.parametrize("is_needed", [True, False])
def test_a_beta_header_names_a_version_that_there_is(value, refusal, is_needed):
    request = Request("POST", "api.openai.com", "/v1/threads", headers={"openai-beta": value})
    assert beta_refusal(request, is_needed=is_needed, takes_any=False) == refusal
    assert beta_refusal(request, is_needed=is_needed, takes_any=True) is None


@pytest.mark.parametrize("takes_any", [True, False])
def test_a_beta_header_is_missed_where_it_is_needed(takes_any):
    request = Request("POST", "api.openai.com", "/v1/threads")
    assert beta_refusal(request, is_needed=True, takes_any=takes_any) == NONE
    assert beta_refusal(request, is_needed=False, takes_any=takes_any) is None
