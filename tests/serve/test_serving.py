"""`runmock serve` from outside: what it prints, how it ends, and the SDK against it."""

import signal

import openai
import pytest


def client_of(served, **more):
    return openai.OpenAI(base_url=served.base_url, api_key="any", max_retries=0, **more)


def test_with_no_cassette_every_run_gets_the_stock_reply(stock):
    client = client_of(stock)
    thread = client.beta.threads.create(messages=[{"role": "user", "content": "Hi"}])
    run = client.beta.threads.runs.create_and_poll(thread_id=thread.id, assistant_id="asst_mine")
    assert run.status == "completed"
    newest = client.beta.threads.messages.list(thread.id).data[0]
    assert newest.content[0].text.value == "Hello! How can I assist you today?"


@pytest.mark.parametrize("with_signal", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_cleanly(serve, with_signal):
    printed, code = serve().end(with_signal)
    assert code == 0
    assert printed.splitlines()[-1] == "ended"
