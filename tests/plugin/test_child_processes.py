"""`base_url` and `child_env` in tests of pytest: misses fail them, recordings are written, whatever runs them."""

import pytest

import runmock.serve.session_server

IMPORTED_ONCE = runmock.serve.session_server
"""Each run of pytest in this process would import it anew."""

CHILD = """
import json, os, sys, urllib.request

def ask(text="Hello"):
    body = {"assistant_id": "asst_1", "thread": {"messages": [{"role": "user", "content": text}]}}
    request = urllib.request.Request(
        f"{os.environ['OPENAI_BASE_URL']}/threads/runs",
        json.dumps(body).encode(),
        {
            "Authorization": f"Bearer {os.environ['OPENAI_API_KEY']}",
            "OpenAI-Beta": "assistants=v2",
            "Content-Type": "application/json",
        },
    )
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)["status"]

if __name__ == "__main__":
    try:
        print(ask(*sys.argv[1:]))
    except urllib.error.HTTPError as error:
        print(error.code)
"""

ASK = """
import os, subprocess, sys

def ask(session, *text):
    environment = {**os.environ, **session.child_env}
    command = [sys.executable, "child.py", *text]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout.strip()
"""


@pytest.fixture
def children(project):
    """A project with a child process that asks once: `ask(session)` in its tests."""
    project.write("child.py", CHILD)
    project.write("children.py", ASK)
    return project


def test_a_child_plays_the_cassette_of_its_test(children):
    children.replies("cassettes/hello.yaml", "Hello!")
    children.test("""
        from children import ask

        @pytest.mark.runmock("hello")
        def test_it(runmock):
            assert ask(runmock) == "queued"
            assert [run.status for run in runmock.runs] == ["queued"]
    """)
    children.run().counts(passed=1)


def test_a_miss_in_a_child_fails_its_test(children):
    children.test("""
        from children import ask

        def test_it(runmock):
            runmock.when(last_message="Hello").reply("Hi.")
            assert ask(runmock) == "queued"
            assert ask(runmock, "Bye") == "501"

        def test_the_next(runmock):
            runmock.reply("Hi.")
            assert ask(runmock) == "queued"
    """)
    ran = children.run()
    ran.counts(passed=2, errors=1)
    ran.shows("""
        runmock: the application swallowed this failure, or it happened in another thread or process

        runmock.UnmatchedRequest: nothing left on the cassette for this request
          sent      POST /threads/runs  (create_thread_and_run)
    """)
    assert "sk-runmock-" not in ran.text


def test_what_no_child_asked_for_is_left_over(children):
    children.test("""
        def test_it(runmock):
            runmock.reply("Hi.")
            assert runmock.base_url
    """)
    ran = children.run()
    ran.counts(passed=1, errors=1)
    assert "run 0" in ran.text


def test_what_a_child_asks_is_recorded_into_the_cassette_of_its_test(children, records, live):
    children.test("""
        from children import ask

        @pytest.mark.runmock("made")
        def test_it(runmock):
            assert ask(runmock) == "queued"
    """)
    records("once").counts(passed=1)
    written = (children.path / "cassettes" / "made.runmock.yaml").read_text()
    assert "request: POST /threads/runs" in written
    assert "sk-runmock-" not in written
    asked = len(live.heard)
    children.run().counts(passed=1)
    assert len(live.heard) == asked


def test_where_runmock_is_disabled_a_child_reaches_the_service(children, monkeypatch):
    children.test("""
        import os

        def test_it(runmock):
            assert {**os.environ, **runmock.child_env} == dict(os.environ)
            assert runmock.base_url == os.environ.get("OPENAI_BASE_URL", "https://api.openai.com/v1")
    """)
    children.run("--runmock-disable").counts(passed=1)
    monkeypatch.setenv("OPENAI_BASE_URL", "http://gateway.example/v1")
    children.run("--runmock-disable").counts(passed=1)


def test_each_run_of_a_chaos_pass_has_its_server(children):
    children.test("""
        from children import ask
        addresses = []

        @pytest.mark.runmock(chaos=["http_429_once"])
        def test_it(runmock):
            runmock.reply("Hi.")
            addresses.append(runmock.base_url)
            if ask(runmock) != "queued":
                raise RuntimeError("the child was refused")

        def test_afterwards():
            assert len(set(addresses)) == 2
    """)
    ran = children.run()
    ran.counts(passed=3)


def test_workers_of_xdist_have_servers_of_their_own(children):
    children.test("""
        from children import ask

        @pytest.mark.parametrize("number", range(4))
        def test_it(runmock, number):
            runmock.reply("Hi.")
            assert ask(runmock) == "queued"
    """)
    children.spread("-n", "2").counts(passed=4)


def test_a_child_that_is_left_running_ends_neither_the_test_nor_the_next(children):
    children.write(
        "late.py",
        """
        import socket, sys, os
        from urllib.parse import urlsplit
        url = urlsplit(os.environ["OPENAI_BASE_URL"])
        connected = socket.create_connection((url.hostname, url.port))
        print("connected", flush=True)
        print(repr(connected.recv(1)), flush=True)
        """,
    )
    children.test("""
        import os, subprocess, sys
        left = []

        def test_it(runmock):
            environment = {**os.environ, **runmock.child_env}
            child = subprocess.Popen([sys.executable, "late.py"], env=environment, stdout=subprocess.PIPE, text=True)
            assert child.stdout.readline() == "connected\\n"
            left.append(child)

        def test_the_next(runmock):
            with left.pop() as child:
                assert child.stdout.readline() == "b''\\n"
                assert child.wait(10) == 0
    """)
    children.run().counts(passed=2)


def test_a_session_of_an_async_test_is_closed_with_it(children):
    children.test("""
        import asyncio
        from children import ask

        @pytest.mark.asyncio
        async def test_it(runmock):
            runmock.reply("Hi.")
            runmock.reply("Hi.")
            assert ask(runmock) == "queued"  # the loop is blocked
            assert await asyncio.to_thread(ask, runmock) == "queued"
    """)
    children.run("-W", "error").counts(passed=1)
