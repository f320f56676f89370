"""A live API on 127.0.0.1 to record from: a deck behind the standard library's server."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

from runmock.core.http.exchange import Request
from runmock.deck.deck import Deck
from runmock.deck.options import Options
from runmock.tape.reading.cassette import cassette_from


class _Speaks(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def _answer(self):
        path, _, query = self.path.partition("?")
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        self.server.heard.append(f"{self.command} {path}")
        query_values = {name: tuple(values) for name, values in parse_qs(query).items()}
        headers = {name.lower(): value for name, value in self.headers.items()}
        reply = self.server.deck.answer(Request(self.command, "live", path, query_values, headers, body))
        whole = b"".join(frame.data for frame in reply.frames)
        self.send_response(reply.status)
        for name, value in (*reply.headers, ("content-length", str(len(whole))), ("connection", "close")):
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(whole)

    do_GET = do_POST = do_DELETE = _answer  # noqa: N815 - the names that http.server asks for

    def log_message(self, *arguments):
        """Print nothing."""


class Live:
    """The server; `heard` are the requests that reached it."""

    def __init__(self):
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), _Speaks)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}/v1"
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        self.thread.start()
        self.plays()

    def plays(self, script=None):
        """From now on: a script, or stock replies without one."""
        self.server.heard = []
        self.server.deck = Deck(Options(is_stock=script is None))
        if script is not None:
            self.server.deck.load(cassette_from(script))

    @property
    def heard(self):
        return self.server.heard

    def end(self):
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()
