"""The addresses of servers that sessions run for other processes."""

import pytest

from runmock.transports.own_servers import OwnServers


@pytest.fixture
def server():
    OwnServers.add(4711)
    yield
    OwnServers.remove(4711)
    assert OwnServers.ports == frozenset()


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://127.0.0.1:4711/v1", True),
        ("http://localhost:4711", True),
        ("http://127.0.0.1:4712/v1", False),
        ("http://127.0.0.1/v1", False),
        ("http://gateway.example:4711/v1", False),
        ("http://127.0.0.1:none/v1", False),
        ("http://[", False),
        ("", False),
    ],
)
def test_an_address_is_a_servers_by_host_and_port(server, url, expected):
    assert OwnServers.have(url) is expected


def test_without_a_server_no_address_is_one():
    assert not OwnServers.have("http://127.0.0.1:4711/v1")
