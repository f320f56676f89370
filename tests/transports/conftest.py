"""A real server on 127.0.0.1, and clients of every kind."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest


class _Echo(BaseHTTPRequestHandler):
    """Answers with the request that it got."""

    protocol_version = "HTTP/1.1"

    def _answer(self):
        sent = self.rfile.read(int(self.headers.get("content-length") or 0))
        while self.headers.get("transfer-encoding") == "chunked" and (size := int(self.rfile.readline(), 16)):
            sent += self.rfile.read(size + 2)[:-2]
        body = f"{self.command} {self.path} {sent.decode()}".encode()
        self.server.heard.append((self.command, self.path))
        self.send_response(200)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST = do_DELETE = _answer  # noqa: N815 - the names that http.server asks for

    def log_message(self, *arguments):
        """Print nothing."""


@pytest.fixture(scope="session")
def _server():
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Echo)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def server(_server, monkeypatch):
    """The address of a real server; `heard` is what reached it."""
    monkeypatch.delenv("OPENAI_BASE_URL", raising=False)
    _server.heard = []
    _server.url = f"http://127.0.0.1:{_server.server_port}"
    return _server


@pytest.fixture
def project_with_both(pytester):
    """Run pytest, with every plugin that is installed, on one module of tests."""

    def run(text, *arguments):
        pytester.makepyfile(test_both=text)
        pytester.makeini("[pytest]\nasyncio_default_fixture_loop_scope = function\nfilterwarnings = default\n")
        return pytester.runpytest_inprocess("-p", "no:randomly", "-p", "no:cacheprovider", *arguments)

    return run
