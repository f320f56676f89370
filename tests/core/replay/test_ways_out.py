"""What to do about a request that nothing answers, ready to paste."""

from urllib.parse import urlencode

import pytest

from runmock.apis.registry import identify
from runmock.core.http.exchange import Request
from runmock.core.replay.matching import request_key
from runmock.core.replay.record_modes import RecordMode
from runmock.core.replay.ways_out import (
    IN_A_TEST,
    Access,
    Place,
    by_entry,
    by_file,
    by_script,
    by_verb,
    met_by,
    refused_bypass,
    to_let_through,
    to_record,
    url_of,
)
from runmock.core.script.patterns import satisfies
from runmock.core.secrets.redacted import REDACTED


def elsewhere(host="litellm", origin="http://litellm:4000", method="POST", path="/v1/chat/completions", **more):
    return Request(method, host, path, elsewhere=origin, **more)


def test_a_host_may_be_let_through():
    assert to_let_through(elsewhere(), "") == ("to let it through", 'allow_hosts=["litellm"]')


def test_under_pytest_the_command_line_lets_it_through_too():
    _, let_through = to_let_through(elsewhere(), "test_a.py::test_b")
    assert let_through == 'allow_hosts=["litellm"], or pytest --runmock-allow-hosts=litellm test_a.py::test_b'


def test_an_address_of_ipv6_is_written_as_each_wants_it():
    request = elsewhere("::1", "http://[::1]:4000")
    assert to_let_through(request, "")[1] == 'allow_hosts=["::1"]'


def test_a_name_that_is_not_ascii_is_written_as_people_write_it():
    request = elsewhere("b\u00fccher.example", "http://xn--bcher-kva.example")
    assert to_let_through(request, "")[1] == 'allow_hosts=["b\u00fccher.example"]'


@pytest.mark.parametrize(
    ("request_", "url"),
    [
        (elsewhere(path="/v1/x"), "http://litellm:4000/v1/x"),
        (Request("GET", "api.openai.com", "/v1/models"), "https://api.openai.com/v1/models"),
        (Request("GET", "localhost", "/v1/models", is_served=True), "/v1/models"),
        (elsewhere(path="/v1/x", query={"api-key": ("abc",), "a": ("1", "2")}), "http://litellm:4000/v1/x?KEY&a=1&a=2"),
    ],
)
def test_the_url_has_no_secret(request_, url):
    assert url_of(request_) == url.replace("KEY", urlencode({"api-key": REDACTED}, safe="()/:,[]"))


FACTS = {"last_message": "Hi", "model": "gpt-4o"}


@pytest.mark.parametrize(
    ("facts", "conditions", "verbs"),
    [
        (None, None, 'runmock.reply("Hello!")'),
        (FACTS, {"model": "gpt-4o"}, "runmock.when(model='gpt-4o').reply(\"Hello!\")"),
        (FACTS, {"model": "gpt-x"}, "runmock.when(last_message='Hi').reply(\"Hello!\")"),
        (None, {"model": "gpt-x"}, "runmock.when(model='gpt-x').reply(\"Hello!\")"),
    ],
)
def test_a_verb_answers_just_this_request(facts, conditions, verbs):
    assert by_verb(IN_A_TEST, facts, conditions) == ("to answer it", verbs)


def test_where_the_session_is_not_at_hand_its_name_is_shown():
    of_block = Access("session", "with use_cassette(...) as session")
    aim = "to answer it, with use_cassette(...) as session"
    assert by_verb(of_block, None) == (aim, 'session.reply("Hello!")')
    assert by_verb(of_block, FACTS, {"model": "gpt-4o"})[1] == "session.when(model='gpt-4o').reply(\"Hello!\")"


def test_who_has_no_session_gives_a_script():
    assert by_script() == ("to answer it", 'script={"runs": [{"reply": "Hello!"}]}')


@pytest.mark.parametrize("text", ["Hi", "/a/", "/a(b/", "a" * 100, "two\nlines", "a (b) [c] $5?"])
def test_the_conditions_are_met_by_the_request_that_they_are_made_for(text):
    (condition,) = met_by({"last_message": text}).values()
    assert satisfies(text, condition)
    assert len(condition) < 100


def test_an_entry_is_indented_as_the_entry_beside_it():
    assert by_entry("a.yaml", Place(7, 2), {"last_message": "Hi"})[1] == (
        'put this into a.yaml, as line 7\n  - match: {last_message: "Hi"}\n    reply: Hello!'
    )
    assert by_entry("a.yaml", Place(7, 0), None)[1] == "put this into a.yaml, as line 7\n- reply: Hello!"


def test_the_first_entry_adds_its_key():
    assert by_entry("a.yaml", Place(7, 2, needs_key=True), None)[1] == (
        "put this into a.yaml, as line 7\nruns:\n  - reply: Hello!"
    )


def test_an_entry_goes_into_a_line_behind_the_entry_beside_it():
    assert by_entry("a.yaml", Place(7, 12, ", "), None)[1] == (
        'put this into a.yaml, line 7, behind column 12\n, {"reply": "Hello!"}'
    )


def test_without_a_place_an_entry_is_what_python_reads():
    assert by_entry("the mapping of load()", None, {"last_message": "Hi"})[1] == (
        'add this to runs in the mapping of load()\n{"match": {"last_message": "Hi"}, "reply": "Hello!"}'
    )


def test_a_cassette_that_is_missing_is_written_whole():
    assert by_file("a.yaml")[1] == "write a.yaml\nrunmock: 1\nruns:\n  - reply: Hello!"


@pytest.mark.parametrize(
    ("upstream", "option"),
    [(None, ""), ("URL", " --runmock-upstream=URL"), ("http://a/v1?x", " --runmock-upstream='http://a/v1?x'")],
)
def test_the_command_that_records_names_the_upstream(upstream, option):
    command = to_record("pytest", "a.py::b", RecordMode.ALL, upstream)[1]
    assert command == f"pytest --runmock-record=all{option} a.py::b"


@pytest.mark.parametrize(("upstream", "option"), [(None, ""), ("URL", ', upstream="URL"')])
def test_outside_of_pytest_keywords_record(upstream, option):
    keywords = to_record("use_cassette", "", RecordMode.NEW_EPISODES, upstream)[1]
    assert keywords == f'use_cassette(..., record_mode="new_episodes"{option})'


def test_a_transport_that_goes_past_what_it_wraps_is_named():
    sent = request_key(identify("POST", "/v1/threads/runs"), {}, {"stream": True})
    assert refused_bypass(sent, "app.Opens") == (
        "the client's own transport reaches the network\n"
        "  sent      POST /threads/runs  (create_thread_and_run, stream)\n"
        "  through   app.Opens, which opens a connection by itself, past the transport that it wraps\n"
        "  to fix it: let it send through the transport that it wraps, or give the client another one in tests"
    )


def test_the_host_that_it_goes_to_can_be_allowed():
    sent = request_key(identify("POST", "/v1/threads/runs"), {}, {})
    lines = refused_bypass(sent, "app.Opens", "127.0.0.1").splitlines()
    assert lines[-1] == '  to let that connection through: allow_hosts=["127.0.0.1"]'
    assert lines[:-1] == refused_bypass(sent, "app.Opens").splitlines()
