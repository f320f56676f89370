"""A create that the SDK sends again has the same answer again; the next scripted run waits for the next request."""

import json

import pytest
from response_conversation import TOOLS, Responses, answers, calls_of, events, text_of

from runmock.core.engine.stage import NothingScripted
from runmock.core.http.exchange import Disconnected

AGAIN = {"x-stainless-retry-count": "1"}
CALLS = "runs: [{steps: [{calls: [{get_weather: {}}]}, {calls: [{get_weather: {}}]}, {reply: Warm.}]}]"
ONE_BY_ONE = "runs: [{reply: first}, {reply: second}, {reply: third}]"


def create(service, body, headers=()):
    return service.replies("POST", "/responses", {"model": "gpt-4o", "tools": TOOLS, **body}, headers)


def asks(service, headers=(), **body):
    """The answer to a create, which is the same wherever nothing else is said."""
    return json.loads(create(service, {"input": "Hi", **body}, headers).body())


def test_a_first_create_that_is_sent_again_uses_no_run():
    service = Responses(ONE_BY_ONE)
    first = asks(service)
    assert asks(service, AGAIN) == first
    assert asks(service, {"x-stainless-retry-count": "2"}) == first
    assert text_of(asks(service, {"x-stainless-retry-count": "0"})) == "second"
    assert text_of(asks(service)) == "third"


def test_the_same_create_of_its_own_accord_gets_the_next_run():
    service = Responses(ONE_BY_ONE)
    assert [text_of(asks(service)) for _ in range(3)] == ["first", "second", "third"]


def test_a_retry_of_another_request_in_between_finds_its_own_answer():
    service = Responses(ONE_BY_ONE)
    one, other = asks(service, input="a"), asks(service, input="b")
    assert asks(service, AGAIN, input="a") == one
    assert asks(service, AGAIN, input="b") == other
    assert text_of(asks(service, AGAIN, input="c")) == "third"


def test_a_retry_after_a_refusal_gets_the_run_behind_it():
    service = Responses("runs: [{reply: first}, {http: 429}, {reply: second}]")
    asks(service)
    assert asks(service)["error"]["code"] == "rate_limit_exceeded"
    assert text_of(asks(service, AGAIN)) == "second"


def test_a_continuation_that_is_sent_again_is_the_same_response():
    service = Responses(CALLS)
    first = asks(service)
    body = {"input": answers(first, "21"), "previous_response_id": first["id"]}
    second = asks(service, **body)
    assert asks(service, AGAIN, **body) == second
    assert calls_of(second)[0]["call_id"] == "call_2"
    assert len(service.backend.memory.runs[0].responses) == 2


def test_outputs_with_a_question_behind_them_that_are_sent_again_continue_again():
    service = Responses("runs: [{calls: [{get_weather: {}}], reply: Warm.}, {reply: Another.}]")
    first = asks(service)
    body = {"input": [*answers(first, "21"), {"role": "user", "content": "And?"}], "previous_response_id": first["id"]}
    assert text_of(asks(service, **body)) == "Warm."
    assert text_of(asks(service, AGAIN, **body)) == "Warm."
    assert text_of(asks(service, **body)) == "Another."


def test_a_stream_that_is_sent_again_has_the_same_events():
    service = Responses(ONE_BY_ONE)
    body = {"input": "Hi", "stream": True}
    broken = create(service, body)
    next(iter(broken.frames))
    broken.frames.close()
    whole = events(create(service, body, AGAIN).frames)
    assert whole[-1][1]["response"]["output"][0]["content"][0]["text"] == "first"
    response_id = whole[0][1]["response"]["id"]
    assert service.asks("GET", f"/responses/{response_id}")["status"] == "completed"
    assert text_of(service.creates(previous_response_id=response_id)) == "second"


BROKEN = "{reply: One two three, disconnect: {after: 5}}"


def stream_text(reply):
    """The text of the deltas of a stream, up to where it breaks off."""
    try:
        found = events(reply.frames)
    except Disconnected:
        return None
    return "".join(data["delta"] for name, data in found if name == "response.output_text.delta")


def test_a_stream_that_broke_off_is_whole_when_it_is_created_again_and_nothing_else_is_left():
    service = Responses(f"runs: [{BROKEN}]")
    body = {"input": "Hi", "stream": True}
    assert [stream_text(create(service, body)) for _ in range(2)] == [None, "One two three"]
    with pytest.raises(NothingScripted):
        create(service, body)


def test_a_stream_that_broke_off_leaves_the_next_run_to_who_creates_again():
    service = Responses(f"runs: [{BROKEN}, {{reply: Again}}]")
    body = {"input": "Hi", "stream": True}
    assert [stream_text(create(service, body)) for _ in range(2)] == [None, "Again"]


@pytest.mark.parametrize("other", [{"input": "Hello", "stream": True}, {"input": "Hi"}])
def test_another_request_than_the_one_that_broke_off_is_a_miss(other):
    service = Responses(f"runs: [{BROKEN}]")
    assert stream_text(create(service, {"input": "Hi", "stream": True})) is None
    with pytest.raises(NothingScripted):
        create(service, other)


def test_a_request_after_a_refusal_is_a_miss():
    service = Responses("runs: [{http: 429}]")
    body = {"input": "Hi", "stream": True}
    assert create(service, body).status == 429
    with pytest.raises(NothingScripted):
        create(service, body)


def test_a_stream_that_is_sent_again_and_not_stored_stays_so():
    service = Responses(ONE_BY_ONE)
    body = {"input": "Hi", "stream": True, "store": False}
    events(create(service, body).frames)
    whole = events(create(service, body, AGAIN).frames)
    assert service.refused("GET", f"/responses/{whole[0][1]['response']['id']}")[0] == 404
    assert service.left == 2
