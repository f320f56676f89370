"""What mends a request that no script answers: a route of the router."""

import openai
import pytest

import runmock
from runmock.core.http.exchange import Request
from runmock.core.replay.ways_out import IN_A_TEST, Access
from runmock.deck.remedies import by_route, sender


def elsewhere(host="litellm", origin="http://litellm:4000", method="POST", path="/v1/chat/completions", **more):
    return Request(method, host, path, elsewhere=origin, **more)


@pytest.mark.parametrize("method", ["GET", "DELETE", "PATCH"])
def test_the_route_is_of_the_requests_method(method):
    route = f'runmock.router.{method.lower()}("http://litellm:4000/v1/x").respond(json={{}})'
    assert by_route(elsewhere(method=method, path="/v1/x"), None, IN_A_TEST) == ("to answer it", route)


@pytest.mark.parametrize(
    ("where", "agent", "text"),
    [
        ("http://litellm:4000", "OpenAI/Python 3.57.0", "by an OpenAI client"),
        ("http://litellm:4000", "python-httpx/0.28.1", ""),
        ("", "OpenAI/Python 3.57.0", ""),
    ],
)
def test_who_sends_a_request(where, agent, text):
    assert sender(Request("GET", "litellm", "/v1/models", headers={"user-agent": agent}, elsewhere=where)) == text


def test_a_route_has_an_address_of_ipv6_in_brackets():
    request = elsewhere("::1", "http://[::1]:4000")
    assert '"http://[::1]:4000/v1/chat/completions"' in by_route(request, {}, IN_A_TEST)[1]


def test_a_route_begins_with_the_name_of_the_session():
    of_block = Access("session", "with use_cassette(...) as session")
    route = 'session.router.get("http://litellm:4000/v1/x").respond(json={})'
    aim = "to answer it, with use_cassette(...) as session"
    assert by_route(elsewhere(method="GET", path="/v1/x"), None, of_block) == (aim, route)


def counted(client):
    return client.responses.input_tokens.count(model="gpt-4o", input="Hi").input_tokens


def test_what_no_script_answers_is_answered_by_the_interaction_or_the_route_of_its_miss(tmp_path):
    cassette = tmp_path / "x.yaml"
    cassette.write_text("runmock: 1\nruns: [{reply: Hi}]\n")
    with openai.OpenAI(api_key="any") as client:
        with runmock.use_cassette(cassette, allow_unplayed=True) as session:
            with pytest.raises(runmock.UnmatchedRequest) as raised:
                counted(client)
            *_, aim, interaction, route = str(raised.value).splitlines()
            assert aim == f"  to answer it: add this to interactions in {cassette}"
            eval(route.partition(": ")[2], {"session": session})
            assert counted(client) == 12
        cassette.write_text(f"runmock: 1\ninteractions:\n- {interaction}\n")
        with runmock.use_cassette(cassette):
            assert counted(client) == 12


def test_without_a_file_only_the_route_is_named():
    with (
        openai.OpenAI(api_key="any") as client,
        runmock.use_cassette(script={"runs": []}),
        pytest.raises(runmock.UnmatchedRequest) as raised,
    ):
        client.responses.compact(model="gpt-4o", input="Hi")
    lines = str(raised.value).splitlines()
    assert lines[0] == "no script answers this request, but an interaction on a cassette can"
    assert [line.partition(", ")[0] for line in lines[-1:]] == ["  to answer it"]
