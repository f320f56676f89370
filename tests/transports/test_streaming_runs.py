"""A run moves on as its stream is read."""

import httpx
import httpx2
import pytest

from runmock import Session

BETA = {"OpenAI-Beta": "assistants=v2"}
URL = "https://api.openai.com/v1/threads/thread_1/runs"
BODY = {"assistant_id": "asst_1", "stream": True}
LIBRARIES = pytest.mark.parametrize("library", [httpx, httpx2], ids=["httpx", "httpx2"])


@pytest.fixture
def session():
    session = Session().start()
    yield session
    session.stop()


@LIBRARIES
def test_a_run_stands_where_its_reader_is(session, library):
    session.reply("Hel", "lo")
    with library.Client() as client, client.stream("POST", URL, json=BODY, headers=BETA) as response:
        statuses = [
            (line, session.runs[0].status) for line in response.iter_lines() if line.startswith("event: thread.run.")
        ]
    assert [pair for pair in statuses if ".step." not in pair[0]] == [
        ("event: thread.run.created", "queued"),
        ("event: thread.run.queued", "queued"),
        ("event: thread.run.in_progress", "in_progress"),
        ("event: thread.run.completed", "completed"),
    ]


def test_a_run_that_is_read_no_further_goes_on_for_those_who_poll(session):
    session.reply("Hello")
    with httpx2.Client(headers=BETA) as client:
        with client.stream("POST", URL, json=BODY) as response:
            next(response.iter_lines())
        path = f"{URL}/{session.runs[0].id}"
        statuses = [client.get(path).json()["status"] for _ in range(4)]
    assert statuses[-1] == "completed"


def test_a_stream_may_be_read_on_after_its_session_has_ended():
    session = Session().start()
    session.reply("Hello")
    with httpx2.Client(headers=BETA) as client, client.stream("POST", URL, json=BODY) as response:
        session.stop()
        assert "event: thread.run.completed" in list(response.iter_lines())


def test_two_threads_read_two_streams_at_once(session):
    from concurrent.futures import ThreadPoolExecutor

    def read(number):
        url = f"https://api.openai.com/v1/threads/thread_{number}/runs"
        with httpx2.Client(headers=BETA) as client, client.stream("POST", url, json=BODY) as response:
            return sum(line == "event: thread.message.delta" for line in response.iter_lines())

    for _ in range(8):
        session.reply(*"abcdefgh")
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(read, range(8))) == [8] * 8
    assert {run.status for run in session.runs} == {"completed"}
