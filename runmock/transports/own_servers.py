"""The servers that sessions of this process run for other processes.

A request of this process to such a server goes there, whichever session its sender belongs to: it is answered once, by
the session whose address it has, and a session that records does not send it on to itself.
"""

from __future__ import annotations

from threading import Lock
from typing import ClassVar
from urllib.parse import urlsplit

HOSTS = frozenset({"127.0.0.1", "localhost"})


class OwnServers:
    """The ports of the servers, each on 127.0.0.1."""

    ports: ClassVar[frozenset[int]] = frozenset()
    _lock: ClassVar[Lock] = Lock()

    @classmethod
    def add(cls, port: int) -> None:
        """A server answers there from now on."""
        with cls._lock:
            cls.ports |= {port}

    @classmethod
    def remove(cls, port: int) -> None:
        """The server there has ended."""
        with cls._lock:
            cls.ports -= {port}

    @classmethod
    def has(cls, host: str | None, port: int | None) -> bool:
        """Whether such a server answers at a host and port."""
        return port in cls.ports and host in HOSTS

    @classmethod
    def have(cls, url: str) -> bool:
        """Whether a URL is one of such a server."""
        try:
            parts = urlsplit(url)
            return cls.has(parts.hostname, parts.port)
        except ValueError:
            return False
