"""Real traffic of Responses that goes by a client in odd pieces: recorded in full, played, and recorded again."""

from urllib.parse import urlsplit

import httpx2
import pytest
from exchanges import bytes_of, exchanges, is_played
from ids import Ids
from test_importing_archives import FILES, name_of

import runmock

PIECE = 997
"""The bytes of a piece: events and characters are cut anywhere."""
KEPT = {"content-type", "retry-after"}


class Service:
    """Answers as a recording does, one exchange after the other; mutable: it goes on."""

    def __init__(self, originals):
        self.left = iter(originals)

    def __call__(self, request):
        original = next(self.left)
        headers = {name: value for name, value in original.headers.items() if name in KEPT}
        body = original.received
        pieces = (body[start : start + PIECE] for start in range(0, len(body), PIECE))
        return httpx2.Response(original.status, headers=headers, content=pieces)


def converse(originals, client, ids=None):
    """The answers to the requests of a recording; `ids`: the application was told the aliases."""
    for original in originals:
        body, url = bytes_of(original.sent), original.uri
        if ids is not None:
            body, url = ids.aliased(body.decode()).encode(), ids.aliased(url)
        headers = {"content-type": original.sent_as, "user-agent": "OpenAI/Python 3.57.0"}
        yield original, client.request(original.method, url, content=body, headers=headers)


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_what_goes_by_is_recorded_in_full(path, tmp_path):
    originals, cassette = list(exchanges(path)), tmp_path / "recorded.yaml"
    hosts = sorted({urlsplit(original.uri).hostname for original in originals})

    def record(mode):
        client = httpx2.Client(transport=httpx2.MockTransport(Service(originals)))
        with client, runmock.use_cassette(cassette, record_mode=mode, hosts=hosts):
            for original, answer in converse(originals, client):
                assert (answer.status_code, answer.content) == (original.status, original.received)

    record("once")
    ids = Ids()
    with httpx2.Client() as client, runmock.use_cassette(cassette, hosts=hosts, allow_unplayed=False):
        for original, answer in converse(originals, client, ids):
            assert answer.status_code == original.status
            assert is_played(original, answer.content, ids) if original.is_value else answer.content == original.body
    before = cassette.read_bytes()
    record("all")
    assert cassette.read_bytes() == before
