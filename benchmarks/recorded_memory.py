"""The peak memory of recording 50 MB: a stream, a JSON body, a file; beside the same client without a recorder.

`python benchmarks/recorded_memory.py KIND WHO WAY URL` prints the peak of one recording, in MB.
"""

import asyncio
import subprocess
import sys
import tempfile
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import openai
from contenders import CannotError
from memory import MB, peak_mb
from playing import CREATE, stream_body
from recording import RECORDERS

EVENTS, LETTERS = 10_000, 5_000
FILE_SIZE = 50 * MB
WORDS = "".join(f"word{number} is one of many, " for number in range(250))[: LETTERS - 1]


def of_stream(events=EVENTS):
    return "text/event-stream; charset=utf-8", stream_body(events, padding=WORDS)


def of_json(events=EVENTS):
    part = b'{"id": "msg_%d", "object": "thread.message", "text": "%s"}'
    parts = b",".join(part % (number, WORDS.encode()) for number in range(events))
    return "application/json", b'{"object": "list", "data": [%s]}' % parts


def of_file(events=EVENTS):
    return "application/octet-stream", b"\x89\xff" * (FILE_SIZE // 2 * events // EVENTS)


BODIES = {"stream": of_stream, "json": of_json, "file": of_file}


class Upstream(BaseHTTPRequestHandler):
    """Answers each request below `/KIND/EVENTS` with a body of that kind."""

    protocol_version = "HTTP/1.1"

    def do_POST(self):
        self.rfile.read(int(self.headers.get("content-length") or 0))
        _, kind, events, *_ = self.path.split("/")
        content_type, body = BODIES[kind](int(events))
        self.send_response(200)
        self.send_header("content-type", content_type)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        self.do_POST()

    def log_message(self, *arguments):
        """Say nothing."""


def ask(client, kind):
    """Read an answer as applications do; nothing of it is kept."""
    if kind == "stream":
        for _ in client.beta.threads.runs.create(thread_id="thread_1", stream=True, **CREATE):
            pass
    elif kind == "json":
        client.get("/threads/thread_1/messages", cast_to=object)
    else:
        client.files.content("file-1").read()


async def ask_async(client, kind):
    if kind == "stream":
        async for _ in await client.beta.threads.runs.create(thread_id="thread_1", stream=True, **CREATE):
            pass
    elif kind == "json":
        await client.get("/threads/thread_1/messages", cast_to=object)
    else:
        (await client.files.content("file-1")).read()


def recorded(kind, who, way, url, events):
    base = f"{url}/{kind}/{events}/v1"
    with tempfile.TemporaryDirectory() as folder, RECORDERS[who](Path(folder, "x.yaml")):
        if way == "sync":
            ask(openai.OpenAI(api_key="not-a-key", base_url=base, max_retries=0, timeout=600), kind)
        else:
            client = openai.AsyncOpenAI(api_key="not-a-key", base_url=base, max_retries=0, timeout=600)
            asyncio.run(ask_async(client, kind))


class Peak:
    """Rounds that tell how much more memory a recording needs than the client alone, as times the body's size."""

    def __init__(self, who, kind, way):
        self.who, self.kind, self.way = who, kind, way
        self.size = len(BODIES[kind]()[1])
        self.process = subprocess.Popen(
            [sys.executable, __file__], stdout=subprocess.PIPE, stdin=subprocess.PIPE, text=True
        )
        self.url = f"http://127.0.0.1:{self.process.stdout.readline().strip()}"

    def round(self):
        return (self._peak(self.who) - self._peak("floor")) * MB / self.size

    def _peak(self, who):
        command = [sys.executable, __file__, self.kind, who, self.way, self.url]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise CannotError(done.stderr.strip().rpartition("\n")[2])
        return float(done.stdout)


def peak(kind, way="sync"):
    """What `prepare` of a workload is: `Workload("...", peak("stream"), 2.0, who=RECORDERS, unit=Unit.ITSELF)`."""
    return lambda who: Peak(who, kind, way)


def main():
    if len(sys.argv) == 1:
        with ThreadingHTTPServer(("127.0.0.1", 0), Upstream) as server:
            threading.Thread(target=server.serve_forever, daemon=True).start()
            print(server.server_port, flush=True)
            sys.stdin.read()  # until whoever started it has ended
        return
    kind, who, way, url = sys.argv[1:]
    recorded(kind, who, way, url, 10)  # everything is imported
    before = peak_mb()
    recorded(kind, who, way, url, EVENTS)
    print(peak_mb() - before)


if __name__ == "__main__":
    main()
