"""Which addresses are of this machine."""

import pytest

from runmock.serve.doorkeepers import is_loopback


@pytest.mark.parametrize(
    "url",
    ["http://localhost", "https://LOCALHOST:3000", "http://127.0.0.1:80", "http://127.1.2.3", "http://[::1]:3000/a"],
)
def test_a_page_of_this_machine(url):
    assert is_loopback(url)


@pytest.mark.parametrize(
    "url",
    [
        "null",
        "",
        "http://",
        "localhost",
        "http://evil.example",
        "http://localhost.evil.example",
        "http://localhost@evil.example",
        "http://evil.example#localhost",
        "http://evil.example\\@localhost.example",
        "http://127.0.0.1.evil.example",
        "http://10.0.0.1",
        "http://0.0.0.0",
        "http://[::2]",
        "http://[",
        "file://localhost/etc/passwd",
        "chrome-extension://localhost",
    ],
)
def test_a_page_of_another_machine(url):
    assert not is_loopback(url)
