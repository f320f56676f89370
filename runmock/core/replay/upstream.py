"""The API root to record from, and the services where the Assistants API was switched off."""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase
from urllib.parse import urlsplit

from runmock.core.errors import UsageError

RETIRED = ("api.openai.com", "*.openai.azure.com")
"""Hosts where the Assistants API was switched off (docs/protocol/status.md)."""


@dataclass(frozen=True, slots=True)
class Upstream:
    """An API root: `https`, `gateway.example:8443`, `/v1`."""

    scheme: str
    netloc: str
    path: str

    @classmethod
    def read(cls, url: str) -> Upstream:
        """An API root from its URL. Raises UsageError for another text, and for a service that was switched off."""
        try:
            root = urlsplit(str(url))
            host, _ = root.hostname, root.port
        except ValueError:
            host = None
        if host is None or root.scheme not in {"http", "https"} or not host:
            raise UsageError(f"upstream {url!r} is not a URL; name an API root, as https://gateway.example/v1")
        if is_retired(host):
            raise UsageError(retirement(host))
        return cls(root.scheme, root.netloc, root.path.rstrip("/"))

    @property
    def root(self) -> str:
        """The API root as a URL, without a slash at the end."""
        return f"{self.scheme}://{self.netloc}{self.path}"

    def url(self, path: str, query: str = "") -> str:
        """The URL of a path below the root."""
        return f"{self.root}{path}{'?' if query else ''}{query}"


def is_retired(host: str) -> bool:
    """Whether the Assistants API was switched off at a host."""
    return any(fnmatchcase(host.lower().rstrip("."), name) for name in RETIRED)


def retirement(host: str) -> str:
    """The message why nothing can be recorded at a host, and what to do."""
    return (
        f"nothing can be recorded from {host}: the Assistants API was switched off there on 2026-08-26. "
        "Name a server that still speaks it: an Azure AI Foundry project, a gateway, a server of your own"
    )
