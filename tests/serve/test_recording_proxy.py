"""`runmock record`: what goes by is kept, and nothing else changes."""

import gzip
import json
import signal
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
import openai
import pytest
from click.testing import CliRunner
from live import Live

import runmock
from runmock.cli import main
from runmock.tape.reading.cassette import load_cassette

TOOLS = [{"type": "function", "function": {"name": "get_weather"}}]
KEY = "sk-proj-abcdefghijklmnopqrstuvwxyz"
SCRIPT = """
runs:
- match: {last_message: /warm/}
  steps:
  - calls: [get_weather: {city: Paris}]
  - reply: [It, ' is', ' 21.']
- reply: Hello again.
"""


def converse(client):
    """A conversation with a stream, a tool and a poll; what the application got."""
    threads = client.beta.threads
    thread = threads.create(messages=[{"role": "user", "content": "How warm?"}])
    run = None
    received = []
    for event in threads.runs.create(thread_id=thread.id, assistant_id="asst_mine", tools=TOOLS, stream=True):
        received.append(event.event)
        run = event.data
    outputs = [{"tool_call_id": call.id, "output": "21"} for call in run.required_action.submit_tool_outputs.tool_calls]
    with threads.runs.submit_tool_outputs_stream(run_id=run.id, thread_id=thread.id, tool_outputs=outputs) as stream:
        received += list(stream.text_deltas)
    run = threads.create_and_run_poll(
        assistant_id="asst_mine", thread={"messages": [{"role": "user", "content": "Hi"}]}
    )
    received.append(threads.messages.list(run.thread_id).data[0].content[0].text.value)
    with pytest.raises(openai.NotFoundError):
        threads.runs.retrieve("run_none", thread_id=thread.id)
    return received


def wait_for(path):
    for _ in range(200):
        if path.exists():
            return
        time.sleep(0.05)


@pytest.fixture
def record(serve, tmp_path):
    """A proxy in front of an upstream: `record(served.base_url)` gives it; its cassette is `tape`."""

    def started(upstream, path=tmp_path / "tape.yaml"):
        return serve("--upstream", upstream, "-o", path, command="record")

    return started


def refused(*arguments):
    """What `runmock record` prints, and its exit code, when it refuses its arguments and so never listens."""
    return CliRunner().invoke(main, ["record", *map(str, arguments)])


@pytest.fixture
def tape(tmp_path):
    return tmp_path / "tape.yaml"


@pytest.fixture(scope="module")
def live():
    """An upstream in this process; `plays(script)` begins anew."""
    live = Live()
    yield live
    live.end()


def test_what_was_recorded_plays(record, live, connect, tape):
    live.plays(SCRIPT)
    proxy = record(live.url)
    received = converse(connect(proxy, api_key=KEY))
    printed, code = proxy.end(signal.SIGINT)
    assert (code, printed.splitlines()[-1]) == (0, f"wrote {tape}")
    request_count = len(live.heard)
    with runmock.use_cassette(tape), openai.OpenAI(base_url=proxy.base_url, api_key="another", max_retries=0) as client:
        assert converse(client) == received
    assert len(live.heard) == request_count
    text = tape.read_text()
    assert f'upstream: "{live.url}", sdk: openai {openai.__version__}' in text
    assert KEY not in text
    assert not tape.with_name("tape.yaml.partial").exists()


def test_each_request_has_its_line(stock, record, connect):
    proxy = record(stock.base_url)
    connect(proxy).beta.threads.create()
    printed, _ = proxy.end()
    lines = printed.splitlines()
    assert lines[0].startswith("recording http://127.0.0.1:")
    assert lines[1].split()[1:3] == ["create_thread", "200"]


def test_the_pace_of_events_is_kept(serve_here, record, cassette, connect, tape):
    upstream = serve_here(cassette("runs: [{reply: Hi}]"), "--pace", "50ms")
    proxy = record(upstream.base_url)
    assert len(list(connect(proxy).beta.threads.create_and_run(assistant_id="asst_1", stream=True))) == 12
    proxy.end()
    (interaction,) = load_cassette(tape).interactions
    assert interaction.pace.gap_ms > 40  # a busy machine may be late, never early


def test_the_same_again_leaves_the_file_as_it_was(record, live, connect, tape):
    messages, written = [], []
    for _ in range(2):
        live.plays(SCRIPT)
        proxy = record(live.url)
        converse(connect(proxy))
        messages.append(proxy.end()[0].splitlines()[-1])
        written.append(tape.read_bytes())
    assert messages == [f"wrote {tape}", f"unchanged: {tape}"]
    assert written[0] == written[1]


def test_a_worse_recording_never_replaces_a_better_recording(record, live, connect, tape):
    live.plays("runs: [{reply: Hi}, {http: 500, error: server_error}]")
    proxy = record(live.url)
    connect(proxy).beta.threads.create_and_run(assistant_id="asst_1")
    proxy.end()
    before = tape.read_bytes()
    proxy = record(live.url)
    with pytest.raises(openai.InternalServerError):
        connect(proxy).beta.threads.create_and_run(assistant_id="asst_1")
    printed, code = proxy.end()
    assert code == 1
    assert (
        f"Error: {tape}: the cassette stays as it was: in this recording POST /threads/runs was answered with 500\n"
        f"what was recorded is in {tape}.partial, without anything secret\n"
    ) in printed
    assert tape.read_bytes() == before
    assert "status: 500" in tape.with_name("tape.yaml.partial").read_text()


def test_a_dead_upstream_is_reported_and_costs_nothing(record, connect, tape):
    tape.write_text("runmock: 1\ninteractions:\n- {request: POST /threads, json: {id: thread_1}}\n")
    before = tape.read_bytes()
    proxy = record("http://127.0.0.1:9/v1")
    with pytest.raises(openai.InternalServerError, match=r"upstream 127\.0\.0\.1:9 cannot be reached"):
        connect(proxy, max_retries=2).beta.threads.create()
    printed, code = proxy.end()
    assert (code, printed.splitlines()[-1]) == (0, f"unchanged: {tape}")
    assert printed.count("create_thread") == 1
    assert tape.read_bytes() == before


def test_a_secret_in_a_body_refuses_the_file_and_what_was_recorded_is_beside_it_without_the_secret(
    stock, record, connect, tape
):
    proxy = record(stock.base_url)
    client = connect(proxy, api_key=KEY)
    client.beta.threads.create(metadata={"note": f"my key is {KEY}"})
    client.beta.threads.create(messages=[{"role": "user", "content": "ghp_abcdefghijklmnopqrstuvwxyz0123"}])
    client.beta.threads.create()
    printed, code = proxy.end()
    assert code == 1
    assert (
        f"Error: {tape}: nothing was written: POST /threads or its answer holds an OpenAI key, a key of the environment; "
        "take it out with --before-record FILE.py:FUNCTION\n"
        f"what was recorded is in {tape}.partial, without anything secret\n"
    ) in printed
    assert not tape.exists()
    text = tape.with_name("tape.yaml.partial").read_text()
    assert (KEY in text, "ghp_" in text, text.count("request:")) == (False, False, 3)
    assert 'note: "my key is redacted"' in text or "note: my key is redacted" in text


def test_a_kill_before_it_was_refused_leaves_no_secret_either(stock, record, connect, tape):
    proxy = record(stock.base_url)
    connect(proxy, api_key=KEY).beta.threads.create(metadata={"note": KEY})
    partial = tape.with_name("tape.yaml.partial")
    wait_for(partial)
    proxy.process.kill()
    assert KEY not in partial.read_text()


SCRIPTED = """\
# ours
runmock: 1
defaults: {model: gpt-4o} # as in production
runs:
  - match: {last_message: /never/}
    reply: no # not yet
"""


def test_what_people_wrote_into_the_file_stays(record, live, connect, tape):
    tape.write_text(SCRIPTED)
    live.plays(SCRIPT)
    proxy = record(live.url)
    received = converse(connect(proxy))
    printed, code = proxy.end()
    assert (code, printed.splitlines()[-1]) == (0, f"wrote {tape}")
    assert tape.read_text().startswith(SCRIPTED)
    assert len(load_cassette(tape).script.runs) == 1
    with runmock.use_cassette(tape), openai.OpenAI(base_url=proxy.base_url, api_key="another", max_retries=0) as client:
        assert converse(client) == received


def test_conversations_of_an_earlier_recording_stay(record, live, connect, tape):
    for question in ("How warm?", "How cold?"):
        live.plays("runs: [{reply: Hi}]")
        proxy = record(live.url)
        thread = {"messages": [{"role": "user", "content": question}]}
        connect(proxy).beta.threads.create_and_run(assistant_id="asst_1", thread=thread)
        assert proxy.end()[1] == 0
    questions = [
        interaction.body["thread"]["messages"][0]["content"] for interaction in load_cassette(tape).interactions
    ]
    assert questions == ["How warm?", "How cold?"]


def test_a_good_cassette_that_appears_meanwhile_is_not_replaced_by_an_error(record, live, connect, tape):
    live.plays("runs: [{http: 404, error: not_found}]")
    proxy = record(live.url)
    with pytest.raises(openai.NotFoundError):
        connect(proxy).beta.threads.create_and_run(assistant_id="asst_1")
    answer = "{id: run_1, object: thread.run, thread_id: thread_1, status: completed}"
    tape.write_text(
        f"runmock: 1\ninteractions:\n- {{request: POST /threads/runs, body: {{assistant_id: asst_1}}, json: {answer}}}\n"
    )
    before = tape.read_bytes()
    printed, code = proxy.end()
    assert (code, "in this recording POST /threads/runs was answered with 404" in printed) == (1, True)
    assert tape.read_bytes() == before


def test_a_file_that_appears_meanwhile_and_is_no_cassette_is_not_lost(stock, record, connect, tape):
    proxy = record(stock.base_url)
    connect(proxy).beta.threads.create()
    tape.write_text("my: notes")
    assert proxy.end()[1] == 1
    assert tape.read_text() == "my: notes"
    assert len(load_cassette(tape.with_name("tape.yaml.partial")).interactions) == 1


def test_a_function_of_the_users_removes_what_it_wants(serve, stock, connect, tape, tmp_path):
    hook = tmp_path / "mine.py"
    hook.write_text(
        "def clean(interaction):\n"
        "    if interaction.method == 'GET':\n        return None\n"
        "    interaction.body['metadata'] = {}\n    interaction.json['metadata'] = {}\n    return interaction\n"
    )
    how = ("--upstream", stock.base_url, "-o", tape, "--before-record", f"{hook}:clean")
    proxy = serve(*how, command="record")
    client = connect(proxy)
    client.beta.threads.retrieve(client.beta.threads.create(metadata={"who": "Ada"}).id)
    assert proxy.end()[1] == 0
    (interaction,) = load_cassette(tape).interactions
    assert (interaction.path, interaction.body["metadata"]) == ("/threads", {})


def test_an_error_in_the_users_function_is_reported_with_its_line_and_nothing_is_written(
    serve, stock, connect, tape, tmp_path
):
    hook = tmp_path / "mine.py"
    hook.write_text("def clean(interaction):\n    return interaction.nothing\n")
    how = ("--upstream", stock.base_url, "-o", tape, "--before-record", f"{hook}:clean")
    proxy = serve(*how, command="record")
    connect(proxy).beta.threads.create()
    printed, code = proxy.end()
    assert code == 1
    assert (
        "Error: before_record raised AttributeError: 'Draft' object has no attribute 'nothing'\n"
        f"  at        {hook}:2, in clean\n"
    ) in printed
    assert "Traceback" not in printed
    assert not tape.exists()


@pytest.mark.parametrize(
    ("place", "message"),
    [
        ("mine", "--before-record 'mine' names no function; write it as conftest.py:clean"),
        ("mine.py", "--before-record 'mine.py' names no function; write it as conftest.py:clean"),
        ("none.py:clean", "--before-record: none.py cannot be read: No such file or directory"),
        ("mine.py:unclean", "--before-record: mine.py has no function 'unclean'"),
        ("broken.py:clean", "--before-record: broken.py cannot be run: ZeroDivisionError: division by zero"),
    ],
)
def test_a_function_that_is_not_there_is_one_clear_line(place, message, tmp_path, monkeypatch):
    (tmp_path / "mine.py").write_text("def clean(interaction): return interaction\n")
    (tmp_path / "broken.py").write_text("1 / 0\n")
    monkeypatch.chdir(tmp_path)
    done = refused("--upstream", "http://127.0.0.1:9", "-o", "x.yaml", "--before-record", place)
    assert (done.exit_code, done.stderr) == (1, f"Error: {message}\n")


def test_what_a_killed_recording_left_is_moved_aside_and_not_lost(stock, record, connect, tape):
    partial = tape.with_name("tape.yaml.partial")
    for number in (1, 2):
        partial.write_text(f"runmock: 1\nruns: [{{reply: the {number}.}}]\n")
        proxy = record(stock.base_url)
        assert proxy.line_with("what an earlier recording left is in ").endswith(f"tape.yaml.partial.{number}")
        connect(proxy).beta.threads.create()
        assert proxy.end()[1] == 0
        assert not partial.exists()
    assert "the 1." in tape.with_name("tape.yaml.partial.1").read_text()


def test_a_kill_costs_little(stock, record, connect, tape):
    proxy = record(stock.base_url)
    client = connect(proxy)
    client.beta.threads.create()
    partial = tape.with_name("tape.yaml.partial")
    wait_for(partial)
    proxy.process.kill()
    assert len(load_cassette(partial).interactions) == 1
    assert not tape.exists()


def test_a_stream_that_the_client_left_is_kept_as_cut_off(serve_here, record, cassette, connect, tape):
    proxy = record(serve_here(cassette("runs: [{reply: Hi}]"), "--pace", "50ms").base_url)
    stream = connect(proxy).beta.threads.create_and_run(assistant_id="asst_1", stream=True)
    next(iter(stream))
    stream.close()
    assert proxy.line_with("the client left before the end")
    assert proxy.end()[1] == 0
    (interaction,) = load_cassette(tape).interactions
    assert (interaction.is_truncated, interaction.stream[0].name) == (True, "thread.created")


class _Upstream(BaseHTTPRequestHandler):
    """An upstream of an odd kind; `server` is the test's own."""

    def log_message(self, *arguments):
        """Print nothing."""


class _Waiting(_Upstream):
    """Sends the end of its stream only when the test has received the beginning."""

    def do_POST(self):
        self.rfile.read(int(self.headers.get("content-length") or 0))
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.end_headers()
        self.wfile.write(b'event: thread.created\ndata: {"id": "thread_abcdefghijklmn", "object": "thread"}\n\n')
        self.server.is_ended_in_time = self.server.go_on.wait(20)
        self.wfile.write(b"event: done\ndata: [DONE]\n\n")


def test_an_event_is_received_before_the_next_is_sent(record, connect):
    with listening(_Waiting) as upstream:
        upstream.go_on = threading.Event()
        proxy = record(f"http://127.0.0.1:{upstream.server_port}/v1")
        stream = connect(proxy).beta.threads.create_and_run(assistant_id="asst_1", stream=True)
        first = next(iter(stream)).event
        upstream.go_on.set()
        assert (first, list(stream)) == ("thread.created", [])
        assert upstream.is_ended_in_time


class _Closing(_Upstream):
    """Closes each stream after one event, as if that were all; to a chat it sends `[DONE]` too."""

    def do_POST(self):
        self.rfile.read(int(self.headers.get("content-length") or 0))
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.end_headers()
        self.wfile.write(
            b'data: {"choices": []}\n\ndata: [DONE]\n\n' if "chat" in self.path else b"event: x\ndata: {}\n\n"
        )


def test_a_stream_that_upstream_closes_without_its_end_is_reported_under_its_line(record, connect, tape):
    with listening(_Closing) as upstream:
        proxy = record(f"http://127.0.0.1:{upstream.server_port}/v1")
        client = connect(proxy)
        assert len(list(client.beta.threads.runs.create("thread_x", assistant_id="asst_1", stream=True))) == 1
        assert len(list(client.responses.create(model="m", input="Hi", stream=True))) == 1
        assert len(list(client.chat.completions.create(model="m", messages=[], stream=True))) == 1
        printed, _ = proxy.end()
    lines = [line.strip() for line in printed.splitlines()]
    (run,) = [number for number, line in enumerate(lines) if line.endswith("POST /v1/threads/thread_x/runs")]
    (response,) = [number for number, line in enumerate(lines) if line.endswith("POST /v1/responses")]
    assert lines[run + 1] == "upstream closed the stream of POST /threads/thread_x/runs without done"
    assert lines[response + 1] == "upstream closed the stream of POST /responses without response.completed"
    assert printed.count("upstream closed") == 2
    assert "200, 2 events" in printed
    assert [interaction.is_truncated for interaction in load_cassette(tape).interactions] == [True, True, False]


class _Packing(_Upstream):
    """Packs its answer whatever the client accepts, as some gateways do."""

    def do_POST(self):
        self.server.heard = dict(self.headers)
        self.rfile.read(int(self.headers.get("content-length") or 0))
        body = gzip.compress(json.dumps({"id": "thread_abcdefghijklmn", "object": "thread"}).encode())
        self.send_response(200)
        for name, value in {"content-type": "application/json", "content-encoding": "gzip", "x-own": "1"}.items():
            self.send_header(name, value)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


class _Breaking(_Upstream):
    """Breaks off in the middle of its answer: of a stream, or of JSON with a length."""

    def do_POST(self):
        self.rfile.read(int(self.headers.get("content-length") or 0))
        self.send_response(200)
        self.send_header("content-type", self.server.kind)
        self.send_header("content-length", "1000")
        self.end_headers()
        self.wfile.write(b'event: thread.created\ndata: {"id": "thread_abcdefghijklmn", "object": "thread"}\n\n')


def test_a_stream_that_upstream_breaks_off_is_one_line_and_breaks_off_for_the_client(record, connect, tape):
    with listening(_Breaking) as upstream:
        upstream.kind = "text/event-stream"
        proxy = record(f"http://127.0.0.1:{upstream.server_port}/v1")
        received = []
        stream = connect(proxy).beta.threads.create_and_run(assistant_id="asst_1", stream=True)
        with pytest.raises((openai.APIConnectionError, httpx.RemoteProtocolError)):
            received.extend(event.event for event in stream)
        printed, code = proxy.end()
    assert (received, code) == (["thread.created"], 0)
    assert "Traceback" not in printed
    lines = printed.splitlines()
    assert lines[2].startswith("          upstream broke off: RemoteProtocolError: ")
    assert len(lines) == 4  # where it listens is read already: what is recorded, the request, why, what was written
    (interaction,) = load_cassette(tape).interactions
    assert interaction.is_truncated


def test_an_answer_that_upstream_breaks_off_is_a_502_with_the_reason(record, connect, tape):
    with listening(_Breaking) as upstream:
        upstream.kind = "application/json"
        proxy = record(f"http://127.0.0.1:{upstream.server_port}/v1")
        with pytest.raises(openai.InternalServerError, match="broke off in the middle of its answer"):
            connect(proxy, max_retries=2).beta.threads.create()
        printed, code = proxy.end()
    assert (code, "Traceback" in printed, printed.count("create_thread")) == (0, False, 1)
    (interaction,) = load_cassette(tape).interactions
    assert interaction.is_truncated


@contextmanager
def listening(kind):
    with ThreadingHTTPServer(("127.0.0.1", 0), kind) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def test_a_packed_answer_goes_on_as_it_came_and_is_kept_unpacked(record, tape):
    with listening(_Packing) as upstream:
        proxy = record(f"http://127.0.0.1:{upstream.server_port}/openai")
        headers = {"authorization": f"Bearer {KEY}", "openai-beta": "assistants=v2", "x-app": "1"}
        answer = httpx.post(f"{proxy.base_url}/threads?api-version=1", headers=headers, json={})
        assert (answer.json()["object"], answer.headers["x-own"]) == ("thread", "1")
        sent_headers = {name.lower(): value for name, value in upstream.heard.items()}
        assert (sent_headers["authorization"], sent_headers["x-app"]) == (f"Bearer {KEY}", "1")
        assert sent_headers["accept-encoding"] == "identity"
        proxy.end()
    assert "json: {id: thread_1, object: thread}" in tape.read_text()


@pytest.mark.parametrize(
    ("upstream", "message"),
    [
        ("gateway.example", "upstream 'gateway.example' is not a URL; name an API root, as https://gateway.example/v1"),
        ("ftp://gateway.example", "upstream 'ftp://gateway.example' is not a URL; "),
    ],
)
def test_what_cannot_be_recorded_is_one_clear_line(upstream, message, tape):
    done = refused("--upstream", upstream, "-o", tape, "--port", "0")
    assert (done.exit_code, len(done.stderr.splitlines())) == (1, 1)
    assert message in done.stderr


@pytest.mark.parametrize(
    ("upstream", "host"),
    [
        ("https://api.openai.com/v1", "api.openai.com"),
        ("https://mine.openai.azure.com/openai", "mine.openai.azure.com"),
    ],
)
def test_where_assistants_was_switched_off_its_requests_are_refused(record, tape, upstream, host):
    proxy = record(upstream)
    headers = {"OpenAI-Beta": "assistants=v2"}
    answer = httpx.post(f"{proxy.base_url}/threads", headers=headers, json={})
    said = f"nothing can be recorded from {host}: the Assistants API was switched off there on 2026-08-26. "
    assert answer.status_code == 502
    assert said in answer.json()["error"]["message"]
    assert answer.json()["error"]["message"].endswith("a server of your own, with --upstream")
    printed, _ = proxy.end()
    assert "the Assistants API was switched off there on 2026-08-26: its requests are refused" in printed
    assert not tape.exists()


def test_a_file_that_is_no_cassette_is_not_lost(tape):
    tape.write_text("my: notes")
    assert refused("--upstream", "http://127.0.0.1:9", "-o", tape).exit_code == 1
    assert tape.read_text() == "my: notes"
