"""The API root to record from, and the hosts where an API was switched off."""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from runmock.core.errors import UsageError

if TYPE_CHECKING:
    from runmock.core.api import Api


@dataclass(frozen=True, slots=True)
class Upstream:
    """An API root: `https`, `gateway.example:8443`, `/v1`."""

    scheme: str
    netloc: str
    path: str

    @classmethod
    def read(cls, url: str) -> Upstream:
        """An API root from its URL. Raises UsageError for another text."""
        try:
            root = urlsplit(str(url))
            host, _ = root.hostname, root.port
        except ValueError:
            host = None
        if host is None or root.scheme not in {"http", "https"} or not host:
            raise UsageError(f"upstream {url!r} is not a URL; name an API root, as https://gateway.example/v1")
        return cls(root.scheme, root.netloc, root.path.rstrip("/"))

    @property
    def host(self) -> str:
        """The name of the host, without its port."""
        return urlsplit(f"//{self.netloc}").hostname or ""

    @property
    def root(self) -> str:
        """The API root as a URL, without a slash at the end."""
        return f"{self.scheme}://{self.netloc}{self.path}"

    def url(self, path: str, query: str = "") -> str:
        """The URL of a path below the root."""
        return f"{self.root}{path}{'?' if query else ''}{query}"


def is_retired(api: Api, host: str) -> bool:
    """Whether an API was switched off at a host."""
    name = host.lower().rstrip(".")
    return api.retirement is not None and any(fnmatchcase(name, one) for one in api.retirement.hosts)


def retirement(api: Api, host: str) -> str | None:
    """The message why nothing of an API can be recorded at a host, and what to do; None where it is spoken there."""
    if api.retirement is None or not is_retired(api, host):
        return None
    return (
        f"nothing can be recorded from {host}: the {api.name} API was switched off there on {api.retirement.on}. "
        "Name a server that still speaks it: an Azure AI Foundry project, a gateway, a server of your own"
    )
