"""What to do about a request that nothing answers, ready to paste."""

import pytest

from runmock.core.exchange import Request
from runmock.core.matching import expectation
from runmock.core.ways_out import by_itself, of_elsewhere, origin


def elsewhere(host="litellm", origin="http://litellm:4000", method="POST"):
    return Request(method, host, "/v1/chat/completions", elsewhere=origin)


def test_a_host_may_be_let_through_or_a_route_answers():
    assert of_elsewhere(elsewhere(), "") == (
        ("to let it through", 'allow_hosts=["litellm"]'),
        ("to answer it", 'runmock.router.post("http://litellm:4000/v1/chat/completions").respond(json={})'),
    )


def test_under_pytest_the_command_line_lets_it_through_too():
    (_, let_through), _ = of_elsewhere(elsewhere(), "test_a.py::test_b")
    assert let_through == 'allow_hosts=["litellm"], or pytest --runmock-allow-hosts=litellm test_a.py::test_b'


@pytest.mark.parametrize("method", ["GET", "DELETE", "PATCH"])
def test_the_route_is_of_the_requests_method(method):
    assert of_elsewhere(elsewhere(method=method), "")[1][1].startswith(f"runmock.router.{method.lower()}(")


def test_an_address_of_ipv6_is_written_as_each_wants_it():
    let_through, route = (text for _, text in of_elsewhere(elsewhere("::1", "http://[::1]:4000"), ""))
    assert let_through == 'allow_hosts=["::1"]'
    assert '"http://[::1]:4000/v1/chat/completions"' in route


def test_a_name_that_is_not_ascii_is_written_as_people_write_it():
    let_through, _ = (
        text for _, text in of_elsewhere(elsewhere("b\u00fccher.example", "http://xn--bcher-kva.example"), "")
    )
    assert let_through == 'allow_hosts=["b\u00fccher.example"]'


@pytest.mark.parametrize(
    ("where", "agent", "text"),
    [
        ("http://litellm:4000", "OpenAI/Python 3.57.0", "http://litellm:4000, by an OpenAI client"),
        ("http://litellm:4000", "python-httpx/0.28.1", "http://litellm:4000"),
        ("", "OpenAI/Python 3.57.0", ""),
    ],
)
def test_where_a_request_goes_and_who_sends_it(where, agent, text):
    assert origin(Request("GET", "litellm", "/v1/models", headers={"user-agent": agent}, elsewhere=where)) == text


def test_a_transport_that_goes_past_what_it_wraps_is_named():
    sent = expectation("POST", "/v1/threads/runs", {}, {"stream": True})
    assert by_itself(sent, "app.Opens") == (
        "the client's own transport reaches the network\n"
        "  sent      POST /threads/runs  (create_thread_and_run, stream)\n"
        "  through   app.Opens, which opens a connection by itself, past the transport that it wraps\n"
        "  to mend it: let it send through the transport that it wraps, or give the client another one in tests"
    )


def test_the_host_that_it_goes_to_can_be_allowed():
    sent = expectation("POST", "/v1/threads/runs", {}, {})
    lines = by_itself(sent, "app.Opens", "127.0.0.1").splitlines()
    assert lines[-1] == '  to let that connection through: allow_hosts=["127.0.0.1"]'
    assert lines[:-1] == by_itself(sent, "app.Opens").splitlines()
