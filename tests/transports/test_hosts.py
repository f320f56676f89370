"""Which hosts are runmock's: those that were named, and the one that the environment names."""

import httpx2
import pytest

import runmock
from runmock import UnmatchedRequest, UsageError, use_cassette


@pytest.mark.parametrize("host", ["Gateway.Example", "gateway.example."])
def test_a_host_may_be_written_as_people_write_it(host):
    with use_cassette(hosts=[host]), pytest.raises(UnmatchedRequest):
        httpx2.get("https://gateway.example/v1/chat/completions")


@pytest.mark.parametrize("url", ["https://api.openai.com./v1/batches", "https://API.OpenAI.com:443/v1/batches"])
def test_the_same_host_in_other_words_is_not_let_out(url):
    with use_cassette(), pytest.raises(UnmatchedRequest):
        httpx2.get(url)


def test_a_host_may_be_an_address_of_ipv6():
    with use_cassette(hosts=["::1"]), pytest.raises(UnmatchedRequest):
        httpx2.get("http://[::1]/v1/batches")


@pytest.mark.parametrize("host", ["https://gateway.example/v1", "gateway.example:8080", "[::1]", ""])
def test_what_is_no_hosts_name_is_refused(host):
    with pytest.raises(UsageError) as raised:
        use_cassette(hosts=[host])
    assert str(raised.value) == (
        f"use_cassette: hosts: {host!r} is not the name of a host; leave out scheme, port and path, as in 'gateway.example'"
    )


def test_a_single_text_is_no_list_of_hosts():
    with pytest.raises(UsageError) as raised:
        use_cassette(hosts="gateway.example")
    assert (
        str(raised.value)
        == "use_cassette: hosts is a list of names, not the text 'gateway.example'; write hosts=['gateway.example']"
    )


@pytest.mark.parametrize("keyword", ["hosts", "allow_hosts"])
@pytest.mark.parametrize(
    ("value", "text"),
    [
        (4000, "{} is a list of names, as in ['gateway.example'], not 4000"),
        (True, "{} is a list of names, as in ['gateway.example'], not True"),
        (b"litellm", "{} is a list of names, as in ['gateway.example'], not b'litellm'"),
        ([None], "{}: None is not a text; write a host's name, as in 'gateway.example'"),
        ([["a"]], "{}: ['a'] is not a text; write a host's name, as in 'gateway.example'"),
    ],
)
def test_what_is_no_list_of_texts_is_refused(keyword, value, text):
    with pytest.raises(UsageError) as raised:
        use_cassette(**{keyword: value})
    assert str(raised.value) == f"use_cassette: {text.format(keyword)}"


@pytest.mark.parametrize("host", ["litellm,other", "litellm other"])
def test_two_names_in_one_text_are_refused(host):
    with pytest.raises(UsageError, match="is not the name of a host"):
        use_cassette(hosts=[host])


def test_none_sets_nothing():
    assert use_cassette(hosts=None, allow_hosts=None)._playing.options.hosts == ()


@pytest.mark.parametrize("written", ["b\u00fccher.invalid", "xn--bcher-kva.invalid", "B\u00dcCHER.invalid"])
@pytest.mark.parametrize("sent", ["b\u00fccher.invalid", "xn--bcher-kva.invalid"])
def test_a_name_that_is_not_ascii_may_be_written_in_both_ways(written, sent):
    with use_cassette(hosts=[written]), pytest.raises(UnmatchedRequest):
        httpx2.get(f"https://{sent}/v1/batches")


@pytest.mark.parametrize("url", ["http://xn--bcher-kva.invalid/v1", "http://b\u00fccher.invalid./v1"])
def test_the_environment_may_write_it_in_both_ways(monkeypatch, url):
    monkeypatch.setenv("OPENAI_BASE_URL", url)
    with use_cassette(), pytest.raises(UnmatchedRequest):
        httpx2.get("http://b\u00fccher.invalid/v1/batches")


def test_the_environments_host_counts_from_when_it_is_set(monkeypatch):
    with use_cassette():
        monkeypatch.setenv("OPENAI_BASE_URL", "https://gw.example/v1")
        with pytest.raises(UnmatchedRequest):
            httpx2.post("https://gw.example/v1/chat/completions", json={})


def test_an_environment_that_names_no_host_hurts_nobody(monkeypatch):
    monkeypatch.setenv("OPENAI_BASE_URL", "http://[::1")
    with use_cassette(), pytest.raises(UnmatchedRequest):
        httpx2.get("https://api.openai.com/v1/batches")


def test_a_client_with_a_cassette_of_its_own_keeps_it_within_a_session(tmp_path):
    cassette = tmp_path / "own.yaml"
    cassette.write_text("runmock: 1\nruns: [{reply: mine}]\n")
    with use_cassette() as session:
        client = httpx2.Client(transport=runmock.transport(cassette), headers={"OpenAI-Beta": "assistants=v2"})
        created = client.post("https://api.openai.com/v1/threads/runs", json={"assistant_id": "asst_1"})
    assert created.json()["object"] == "thread.run"
    assert session.requests == []


def test_a_subclass_of_a_request_is_answered_by_its_library():
    class Signed(httpx2.Request):
        pass

    with use_cassette() as session, httpx2.Client() as client:
        session.reply("Hello!")
        request = Signed("POST", "https://api.openai.com/v1/threads", headers={"OpenAI-Beta": "assistants=v2"})
        assert client.send(request).json()["object"] == "thread"
