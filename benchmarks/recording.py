"""Recording from an upstream in a process of its own, beside the same client without a recorder."""

import contextlib
import gc
import json
import subprocess
import sys
import tempfile
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import openai
from contenders import library
from playing import CREATE, stream_body

EVENTS, SLOW_EVENTS, PAUSE_S = 1_000, 10, 0.01


class Upstream(BaseHTTPRequestHandler):
    """Streams a run: below `/slow` an event every 10 ms, elsewhere at full speed; the parts go out one by one."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_POST(self):
        self.rfile.read(int(self.headers.get("content-length") or 0))
        is_slow = self.path.startswith("/slow")
        self.send_response(200)
        self.send_header("content-type", "text/event-stream; charset=utf-8")
        self.send_header("transfer-encoding", "chunked")
        self.end_headers()
        for frame in stream_body(SLOW_EVENTS if is_slow else EVENTS).split(b"\n\n"):
            if frame:
                time.sleep(PAUSE_S * is_slow)
                self.wfile.write(b"%x\r\n%s\n\n\r\n" % (len(frame) + 2, frame))
        self.wfile.write(b"0\r\n\r\n")

    def log_message(self, *arguments):
        """Say nothing."""

    def handle(self):
        with contextlib.suppress(ConnectionError):  # a client that has heard enough
            super().handle()


@contextlib.contextmanager
def runmock(path):
    import runmock

    with runmock.use_cassette(path, record_mode="all"):
        yield


@contextlib.contextmanager
def vcrpy(path):
    import vcr

    with vcr.VCR(record_mode="all").use_cassette(str(path)):
        yield


RECORDERS = {"floor": lambda _: contextlib.nullcontext(), "runmock": runmock, "vcrpy": vcrpy}


class Recorded:
    """Rounds with a new cassette each; `ask(client)` tells seconds, or None for all of the time, writing included."""

    def __init__(self, who, below, ask):
        self.recorder, self.ask = RECORDERS[who], ask
        self.process = subprocess.Popen(
            [sys.executable, __file__], stdout=subprocess.PIPE, stdin=subprocess.PIPE, text=True
        )
        url = f"http://127.0.0.1:{json.loads(self.process.stdout.readline())}/{below}/v1"
        http_client = library.Client(timeout=60)
        self.client = openai.OpenAI(api_key="not-a-key", base_url=url, max_retries=0, http_client=http_client)
        self.ask(self.client)  # the connection is made

    def round(self):
        with tempfile.TemporaryDirectory() as folder:
            gc.collect()  # what other rounds have left behind is no part of it
            began = time.perf_counter()
            with self.recorder(Path(folder, "x.yaml")):
                told = self.ask(self.client)
            return told or time.perf_counter() - began


def stream(client):
    return client.beta.threads.runs.create(thread_id="thread_1", stream=True, **CREATE)


def first_of(client):
    began = time.perf_counter()
    events = iter(stream(client))
    next(events)
    took = time.perf_counter() - began
    list(events)
    return took


def all_of(client):
    list(stream(client))


def first_event(who):
    return Recorded(who, "slow", first_of)


def whole(who):
    return Recorded(who, "fast", all_of)


if __name__ == "__main__":
    with ThreadingHTTPServer(("127.0.0.1", 0), Upstream) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        print(server.server_port, flush=True)
        sys.stdin.read()  # until whoever started it has ended
