"""Servers, asked over plain sockets, so that no client library is measured.

`runmock serve` with 200 clients streaming at once stands beside a bare uvicorn application that sends the same bytes;
both are servers of one process. The server of a session, `base_url`, stands beside `runmock serve`: another process
calls both, one call after the other. What its start and its end cost stands beside a session without it.
"""

import asyncio
import gc
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from contenders import CannotError

import runmock

CLIENTS, DELTAS = 200, 100
RUNS = 40
"""So many rounds' worth of scripted runs."""
BODY = json.dumps({"assistant_id": "asst_1", "thread": {}, "stream": True})
REQUEST = (
    f"POST /v1/threads/runs HTTP/1.1\r\nHost: x\r\nOpenAI-Beta: assistants=v2\r\nConnection: close\r\n"
    f"Content-Type: application/json\r\nContent-Length: {len(BODY)}\r\n\r\n{BODY}"
).encode()

BARE = """
import pathlib, socket, sys, uvicorn

frames = [frame + b"\\n\\n" for frame in pathlib.Path(sys.argv[1]).read_bytes().split(b"\\n\\n") if frame]
HEAD = [(b"content-type", b"text/event-stream; charset=utf-8")]


async def app(scope, receive, send):
    await receive()
    await send({"type": "http.response.start", "status": 200, "headers": HEAD})
    for frame in frames:
        await send({"type": "http.response.body", "body": frame, "more_body": True})
    await send({"type": "http.response.body", "body": b"", "more_body": False})


listening = socket.create_server(("127.0.0.1", 0), backlog=2048)
listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
print(listening.getsockname()[1], flush=True)
uvicorn.Server(uvicorn.Config(app, http="h11", lifespan="off", access_log=False, log_level="error")).run([listening])
"""


async def stream(port):
    """The bytes of one client's stream, without its head."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(REQUEST)
    answer = await reader.read()
    writer.close()
    return answer


async def everybody(port):
    began = time.perf_counter()
    streams = await asyncio.gather(*(stream(port) for _ in range(CLIENTS)))
    took = time.perf_counter() - began
    if len({one.count(b"event: ") for one in streams}) != 1:
        raise CannotError("a stream is not whole")
    return took


def body(answer):
    """The body of a chunked answer."""
    _, _, rest = answer.partition(b"\r\n\r\n")
    parts = []
    while rest:
        length, _, rest = rest.partition(b"\r\n")
        parts.append(rest[: int(length, 16)])
        rest = rest[int(length, 16) + 2 :]
    return b"".join(parts)


class Serving:
    """Rounds of all clients at once."""

    def __init__(self, who):
        self.folder = tempfile.TemporaryDirectory()
        cassette, frames, bare = (Path(self.folder.name, name) for name in ("x.yaml", "frames", "bare.py"))
        words = ", ".join(["word"] * DELTAS)
        cassette.write_text("runmock: 1\nruns:\n" + f"- reply: [{words}]\n" * (CLIENTS * RUNS + 1))
        self.started = [self.start("-m", "runmock", "serve", "--port", "0", cassette)]
        self.port = int(self.said().rpartition(":")[2].removesuffix("/v1"))
        if who == "floor":
            frames.write_bytes(body(asyncio.run(stream(self.port))))
            bare.write_text(BARE)
            self.started.append(self.start(bare, frames))
            self.port = int(self.said())
            self.started[0].terminate()

    def start(self, *arguments):
        return subprocess.Popen([sys.executable, *map(str, arguments)], stdout=subprocess.PIPE, text=True)

    def said(self):
        return self.started[-1].stdout.readline().strip()

    def round(self):
        gc.collect()  # what other rounds have left behind is no part of it
        return asyncio.run(everybody(self.port))

    def __del__(self):
        for one in self.started:
            one.kill()


CALLS = 300
CALLER = """
import http.client, sys, time

port, key, calls = int(sys.argv[1]), sys.argv[2], int(sys.argv[3])
headers = {"OpenAI-Beta": "assistants=v2", "Content-Type": "application/json", "Authorization": f"Bearer {key}"}
connection = http.client.HTTPConnection("127.0.0.1", port)
began = time.perf_counter()
for _ in range(calls):
    connection.request("POST", "/v1/threads/runs", '{"assistant_id": "asst_1", "thread": {}}', headers)
    answer = connection.getresponse()
    answer.read()
    if answer.status != 200:
        sys.exit(f"a call was refused: {answer.status}")
print(time.perf_counter() - began)
"""


class Calls:
    """Rounds of calls of another process, to the server of a session, or to `runmock serve`."""

    def __init__(self, who):
        self.who, self.folder = who, tempfile.TemporaryDirectory()
        self.cassette = Path(self.folder.name, "x.yaml")
        self.cassette.write_text("runmock: 1\nruns:\n" + "- reply: word\n" * CALLS)

    def round(self):
        gc.collect()
        if self.who != "floor":
            with runmock.use_cassette(self.cassette) as session:
                environment = session.child_env
                return self.called(environment["OPENAI_BASE_URL"], environment["OPENAI_API_KEY"])
        serve = [sys.executable, "-m", "runmock", "serve", "--port", "0", "--api-key", "any", str(self.cassette)]
        with subprocess.Popen(serve, stdout=subprocess.PIPE, text=True) as serving:
            try:
                return self.called(serving.stdout.readline().strip(), "any")
            finally:
                serving.terminate()

    def called(self, base_url, key):
        port = base_url.rpartition(":")[2].removesuffix("/v1")
        command = [sys.executable, "-c", CALLER, port, key, str(CALLS)]
        return float(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


class Started:
    """A session from its beginning to its end, with its `base_url`, or without it."""

    def __init__(self, who):
        self.who = who

    def round(self):
        began = time.perf_counter()
        for _ in range(STARTS):
            with runmock.use_cassette() as session:
                if self.who != "floor":
                    session.base_url  # noqa: B018 - the use starts the server
        return time.perf_counter() - began


STARTS = 50
"""So many sessions in a round."""
