"""`runmock serve` with 200 clients streaming at once, beside a bare uvicorn application that sends the same bytes.

Both are servers of one process, asked over plain sockets, so that no client library is measured.
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
