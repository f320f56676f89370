"""The command itself: what it prints, how it ends, and errors in one line."""

import re
import signal
import socket
import subprocess
import sys

import httpx
import openai
import pytest


@pytest.fixture
def refused():
    """Run `runmock serve` with arguments that it refuses; its exit code and what it printed."""

    def run(*arguments):
        command = [sys.executable, "-m", "runmock", "serve", *map(str, arguments)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
        return done.returncode, done.stdout + done.stderr

    return run


def test_it_prints_where_it_is_what_it_plays_and_how_to_end_it(serve, cassette):
    script = cassette("runs: [{reply: a}, {reply: b}]", "script.yaml")
    recording = cassette(
        "interactions:\n- request: POST /threads\n  body: {}\n  json: {id: thread_1, object: thread}\n",
        "recording.yaml",
    )
    empty = cassette("threads: [{id: thread_9}]", "empty.yaml")
    served = serve(script, recording, empty)
    printed, code = served.end()
    assert code == 0
    assert printed.splitlines() == [
        f"{served.url}/ shows what comes in; Ctrl-C ends it",
        f"  {script}: 2 runs",
        f"  {recording}: 1 recorded interaction",
        f"  {empty}: nothing to play",
        "ended",
    ]


def test_with_no_cassette_it_prints_what_runs_get(serve):
    printed, _ = serve().end()
    assert '  no cassette: every run gets a stock reply, "Hello! How can I assist you today?"' in printed.splitlines()


def test_of_a_folder_it_prints_how_many_cassettes_can_be_loaded(serve, cassette):
    folder = cassette("runs: [{reply: Hi}]").parent
    cassette("runs: [{reply: Hi}]", "y.yaml")
    printed, _ = serve(folder).end()
    expected = '  no cassette: every run gets a stock reply, "Hello! How can I assist you today?"; 2 cassettes can be '
    assert f"{expected}loaded on the page" in printed


def test_the_log_names_each_request_by_operation(serve, cassette, connect):
    path = cassette("runs: [{reply: Hi}]")
    served = serve(path, "--log")
    client = connect(served)
    threads = client.beta.threads
    thread = threads.create()
    list(threads.runs.create(thread_id=thread.id, assistant_id="asst_1", stream=True))
    httpx.get(f"{served.url}/v1/threads/thread_1", headers={"openai-beta": "assistants=v1"})
    with pytest.raises(openai.InternalServerError):
        threads.runs.create(thread_id=thread.id, assistant_id="asst_1")
    with pytest.raises(openai.InternalServerError):
        client.batches.list()
    lines = [re.sub(r"^\d\d:\d\d:\d\d| +\d+ ms(?=  )", "", line) for line in served.end()[0].splitlines()[2:-1]]
    assert [line for line in lines if not line.startswith(" " * 10)] == [
        "  create_thread           200  POST /v1/threads",
        f"  create_run              200, 12 events  POST /v1/threads/{thread.id}/runs",
        "  retrieve_thread         400  GET /v1/threads/thread_1",
        f"  create_run              501  POST /v1/threads/{thread.id}/runs",
        "  (no operation)          501  GET /v1/batches",
    ]
    assert lines[4] == "          nothing left on the cassette for this request"


@pytest.mark.parametrize("with_signal", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_cleanly(serve, with_signal):
    printed, code = serve().end(with_signal)
    assert (code, printed.splitlines()[-1]) == (0, "ended")


def test_a_signal_ends_it_though_a_page_listens_and_a_stream_never_ends(serve, cassette):
    served = serve(cassette("runs: [{reply: Hi}]"), "--pace", "60s")
    body = {"assistant_id": "asst_1", "stream": True}
    with (
        httpx.stream("GET", f"{served.url}/_runmock/feed") as feed,
        httpx.stream(
            "POST", f"{served.base_url}/threads/runs", json=body, headers={"openai-beta": "assistants=v2"}
        ) as stream,
    ):
        assert (feed.status_code, stream.status_code) == (200, 200)
        printed, code = served.end(signal.SIGINT)
    assert (code, printed.splitlines()[-1]) == (0, "ended")
    assert "Traceback" not in printed


def test_a_stream_that_the_end_of_the_server_cuts_short_is_marked(serve, cassette, connect):
    served = serve(cassette("runs: [{reply: Hi}]"), "--pace", "60s", "--log")
    client = connect(served)
    stream = client.beta.threads.create_and_run(assistant_id="asst_1", stream=True)
    printed, code = served.end()
    with pytest.raises(openai.APIError, match="the server ended before the stream"):
        next(iter(stream))
    assert (code, printed.splitlines()[-2:]) == (0, ["          the server ended before the stream", "ended"])


def test_a_port_in_use_is_one_clear_line(refused):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        assert refused("--port", port) == (
            1,
            f"Error: port {port} is taken; name another with --port, 0 takes a free one\n",
        )


def test_a_cassette_that_cannot_be_read_is_one_clear_line(refused, cassette):
    broken = cassette("runs: [{repply: Hi}]")
    code, printed = refused("--port", 0, broken)
    assert (code, len(printed.splitlines())) == (1, 1)
    assert printed.startswith(f"Error: {broken}:2:9: ")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("nowhere.yaml",), "nowhere.yaml: there is no such cassette"),
        (("--pace", "fast"), "pace 'fast' is not known; give 0, recorded, 2x (twice as fast as recorded) or 20ms"),
        (("--host", "no.such.host.invalid"), "cannot listen on no.such.host.invalid port 0: "),
        (("--port", "99999"), "port 99999 is not a port; they go from 0 to 65535"),
    ],
)
def test_what_it_cannot_do_is_one_clear_line(refused, arguments, message):
    port = () if "--port" in arguments else ("--port", "0")
    code, printed = refused(*port, *arguments)
    assert (code, len(printed.splitlines())) == (1, 1)
    assert printed.startswith(f"Error: {message}")


def test_its_help_has_examples(refused):
    code, printed = refused("--help")
    assert code == 0
    assert "runmock serve cassettes/weather.yaml --pace recorded" in " ".join(printed.split())


def test_beyond_loopback_without_a_key_it_warns(serve):
    printed, _ = serve("--host", "0.0.0.0").end()
    assert "anyone who can reach this machine can use it; --api-key KEY asks for a key" in printed


def test_it_listens_on_ipv6_too(serve):
    served = serve("--host", "::1")
    assert served.url.startswith("http://[::1]:")
    assert httpx.get(f"{served.url}/_runmock/state").status_code == 200
