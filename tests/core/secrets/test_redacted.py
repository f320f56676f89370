import json

import pytest

from runmock.apis.registry import identify
from runmock.core.replay.matching import MATCHERS, request_key
from runmock.core.secrets.redacted import may_hold, redacted, redacted_query

HEX = "9f3c07ba5d1e84620ba7c9d35e18f246"
REQ = "req_0123456789abcdef0123456789abcdef"


def key(path="/v1/threads", query=None, body=None):
    return request_key(identify("POST", path), query or {}, body).key(MATCHERS)


BODIES = [
    {"metadata": {"password": "hunter2"}},
    {"metadata": {"key": HEX}},
    {"messages": [{"role": "user", "content": "log in with password=hunter2"}]},
    {"tool_outputs": [{"tool_call_id": "call_1", "output": json.dumps({"token": HEX, "n": 1})}]},
    {"instructions": f"ask about {REQ}"},
    {"multipart": [{"name": "api_key", "value": HEX}]},
    f"grant_type=x&client_secret={HEX}",
    {"org-Zx9qLm2Vt7Rw4Kp8Nd3HcJ6y": 1},
]


@pytest.mark.parametrize("body", BODIES, ids=[str(body)[:30] for body in BODIES])
def test_a_request_matches_what_is_kept_of_it(body):
    kept = redacted(body)
    assert kept != body
    assert redacted(kept) == kept
    assert key(body=kept) == key(body=body)


def test_requests_that_differ_in_something_else_do_not_match():
    assert key(body={"password": "hunter2", "a": 1}) != key(body={"password": "hunter2", "a": 2})


def test_a_path_matches_what_is_kept_of_it():
    path = "/v1/organization/projects/proj_Zx9qLm2Vt7Rw4Kp8Nd3HcJ6y/users"
    assert redacted(path) == "/v1/organization/projects/proj_redacted/users"
    assert key(redacted(path)) == key(path)
    assert request_key(identify("GET", path), {}, None).path == "/organization/projects/proj_redacted/users"


@pytest.mark.parametrize(
    ("query", "kept"),
    [
        ({"api-key": ("a", "b")}, {"api-key": ("redacted", "redacted")}),
        ({"sig": ("abc",), "limit": ("2",)}, {"sig": ("redacted",), "limit": ("2",)}),
        ({"url": ("https://a?password=hunter2",)}, {"url": ("https://a?password=redacted",)}),
        ({"userPassword": ("swordfish",)}, {"userPassword": ("redacted",)}),
        ({"q": (REQ, "b")}, {"q": ("req_redacted", "b")}),
        ({"order": ("asc",), "after": ("msg_Zx9qLm2Vt7Rw4Kp8Nd3HcJ6y",)}, None),
    ],
)
def test_a_query_matches_what_is_kept_of_it(query, kept):
    assert redacted_query(query) == (kept or query)
    assert key(query=redacted_query(query)) == key(query=query)


@pytest.mark.parametrize("value", [None, 3, [], {}, "", {"a": [None, 1.5, "text", {"max_tokens": 2}]}])
def test_what_has_nothing_secret_stays_the_same_object(value):
    assert redacted(value) is value


@pytest.mark.parametrize(
    "text",
    [
        "password=a",
        "Pwd = a",
        '\\"api_key\\": a',
        "{'token': 'a'}",
        "passphrase:a",
        "tokens=1",
        "request id",
        "x-Request-Id",
        "redis://:a@b",
        "REQ_1",
        "Basic abc",
        "api key provided: a",
        "key\\t= a",
    ],
)
def test_a_quick_look_finds_where_something_may_be(text):
    assert may_hold(text)


@pytest.mark.parametrize(
    "text", ["", "the key to a password is no secret", "a request to https://a.example/b", "a = b"]
)
def test_a_quick_look_finds_where_nothing_is(text):
    assert not may_hold(text)
