"""A real server on 127.0.0.1 that streams a run, or whatever a test sets."""

import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from upstream import events


class _Streams(BaseHTTPRequestHandler):
    """Answers every POST with the stream `server.pieces`, `server.every` seconds between them."""

    protocol_version = "HTTP/1.1"

    def do_POST(self):
        self.rfile.read(int(self.headers.get("content-length") or 0))
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.send_header("transfer-encoding", "chunked")
        self.end_headers()
        for piece in self.server.pieces:
            time.sleep(self.server.every)
            self.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
        self.wfile.write(b"0\r\n\r\n")

    def log_message(self, *arguments):
        """Print nothing."""


@pytest.fixture(scope="session")
def _server():
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Streams)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def upstream_server(_server):
    """Its API root; it streams as fast as it can."""
    _server.every, _server.pieces = 0, events(3)
    return f"http://127.0.0.1:{_server.server_port}/v1"


@pytest.fixture
def slow_server(_server):
    """Its API root; an event comes every 100 ms."""
    _server.every, _server.pieces = 0.1, events(3)
    return f"http://127.0.0.1:{_server.server_port}/v1"


@pytest.fixture
def streaming_server(_server):
    """Its API root, once a test has set what to stream."""

    def streams(pieces):
        _server.every, _server.pieces = 0, pieces
        return f"http://127.0.0.1:{_server.server_port}/v1"

    return streams
