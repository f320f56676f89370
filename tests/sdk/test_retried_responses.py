"""What the SDK sends again has its answer again, and uses no further scripted run."""

import openai
import pytest

import runmock

HI = {"model": "gpt-4o", "input": "Hello"}


def test_a_create_whose_answer_never_comes_is_tried_again_and_is_the_same(client, sleeps):
    with runmock.use_cassette(script="runs: [{reply: Hi, stuck: in_progress}, {reply: Bye}]") as session:
        with pytest.raises(openai.APITimeoutError):
            client.responses.create(**HI)
        assert len(sleeps) == 2
        assert client.responses.create(**HI).output_text == "Bye"
        assert [len(run.responses) for run in session.runs] == [1, 1]


@pytest.mark.parametrize("stream", [False, True])
def test_a_create_that_a_script_refuses_gets_the_run_behind_it(client, sleeps, stream):
    with runmock.use_cassette(script="runs: [{reply: Hi}, {http: 500, times: 2}, {reply: Bye}]"):
        assert client.responses.create(**HI).output_text == "Hi"
        answer = client.responses.create(**HI, stream=stream)
        assert ([*answer][-1].response if stream else answer).output_text == "Bye"
        assert len(sleeps) == 2


@pytest.mark.parametrize("stream", [False, True])
def test_a_create_that_says_that_it_is_sent_again_is_the_same(client, stream):
    again = {"x-stainless-retry-count": "1"}
    with runmock.use_cassette(script="runs: [{reply: Hi}, {reply: Bye}]"):
        found = [client.responses.create(**HI, stream=stream, extra_headers=more) for more in ({}, again, {})]
        found = [[*answer][-1].response if stream else answer for answer in found]
    assert [answer.output_text for answer in found] == ["Hi", "Hi", "Bye"]
    assert found[0].id == found[1].id
