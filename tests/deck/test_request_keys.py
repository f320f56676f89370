"""The keys of requests: equal requests have the same one, and no other request has it."""

import json

import pytest

from runmock.apis import registry
from runmock.core.http.exchange import Request
from runmock.core.replay.matching import request_key
from runmock.deck.request_keys import LONGEST, RequestKeys

RUNS = "/v1/threads/thread_1/runs"


def read(method="POST", path=RUNS, body=b'{"assistant_id": "asst_1"}', query=None):
    return registry.identified(Request(method, "api.openai.com", path, query or {}, {}, body))


def test_equal_requests_have_the_same_key():
    keys = RequestKeys()
    first = keys.of(read())
    assert first == request_key(read().operation, {}, {"assistant_id": "asst_1"})
    assert keys.of(read()) is first


@pytest.mark.parametrize(
    "other",
    [
        read("GET", f"{RUNS}/run_1", b""),
        read(path="/v1/threads/thread_2/runs"),
        read(body=b'{"assistant_id": "asst_2"}'),
        read(body=b'{"assistant_id": "asst_1", "stream": true}'),
        read(query={"include[]": ("all",)}),
        read(body=b"{no JSON"),
        read(body=b""),
        read(body=b"  "),
        read()._replace(body=None),
        read(body=json.dumps({"assistant_id": "asst_1", "instructions": "x" * LONGEST}).encode()),
    ],
)
def test_another_request_has_the_key_that_it_has_alone(other):
    keys = RequestKeys()
    keys.of(read())
    for _ in range(2):
        assert keys.of(other) == request_key(other.operation, other.request.query, other.body)
        assert keys.of(read()).body == {"assistant_id": "asst_1"}


def test_an_operation_that_was_identified_anew_has_a_key_of_its_own():
    keys, first = RequestKeys(), read()
    again = first._replace(operation=first.operation._replace())
    assert keys.of(first) == keys.of(again)
    assert keys.of(again) is not keys.of(first)


def test_of_many_requests_each_has_its_key():
    keys = RequestKeys()
    numbers = [*range(20), *range(20)]
    made = [keys.of(read(body=json.dumps({"assistant_id": f"asst_{number}"}).encode())) for number in numbers]
    assert [key.body["assistant_id"] for key in made] == [f"asst_{number}" for number in numbers]
