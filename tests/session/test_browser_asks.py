"""A page in a browser asks a session: one that comes from this machine."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

PAGE = b"""<!doctype html><title>A page</title><link rel=icon href=data:,>"""
ASK = """
async ({ url, key }) => {
  const headers = { authorization: `Bearer ${key}`, "openai-beta": "assistants=v2", "content-type": "application/json" };
  const body = JSON.stringify({ assistant_id: "asst_1", stream: true });
  try {
    return await (await fetch(`${url}/threads/runs`, { method: "POST", headers, body })).text();
  } catch (error) {
    return error.name;
  }
}
"""


class _Page(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.send_header("content-type", "text/html")
        self.end_headers()
        self.wfile.write(PAGE)

    def log_message(self, *arguments):
        """Print nothing."""


@pytest.fixture
def address():
    """The address of a page on this machine."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _Page) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://localhost:{server.server_port}/"
        server.shutdown()
        thread.join()


def test_a_page_of_this_machine_reads_a_stream_and_no_other_page_does(runmock, browser, address):
    runmock.reply("Hello", " Ada", "!")
    asked = {"url": runmock.base_url, "key": runmock.child_env["OPENAI_API_KEY"]}
    page = browser.new_page()
    page.goto(address)
    assert "event: thread.message.completed" in page.evaluate(ASK, asked)
    page.goto("about:blank")
    assert page.evaluate(ASK, asked) == "TypeError"
    page.close()
    assert len(runmock.requests) == 1
