"""What other processes need to reach a session: its server, started when somebody first asks for it."""

from __future__ import annotations

import os
from threading import Lock
from typing import TYPE_CHECKING

from runmock.core.errors import UsageError
from runmock.transports.own_servers import HOSTS, OwnServers
from runmock.transports.patching.layers import standing

if TYPE_CHECKING:
    from collections.abc import Mapping

    from runmock.serve.session_server import SessionServer
    from runmock.transports.patching.layers import Layer

DIRECT = (*sorted(HOSTS), "::1")
"""Hosts that no proxy has to reach for a child."""
API_VERSION = "2024-05-01-preview"
"""Of Azure's API, where the environment names none; the clients of Azure do not start without one."""


class OtherProcesses:
    """The server of one session; mutable: there is one from the first use until the session is closed."""

    def __init__(self, layer: Layer) -> None:
        self._layer = layer
        self._is_open = False
        self._server: SessionServer | None = None
        self._lock = Lock()

    def open(self) -> None:
        """The session begins."""
        self._is_open = True

    def close(self) -> None:
        """The session ends, and its server with it."""
        with self._lock:
            server, self._server, self._is_open = self._server, None, False
        if server is not None:
            server.close()
            OwnServers.remove(server.port)

    @property
    def base_url(self) -> str:
        """The API root of the server. Raises UsageError."""
        return f"{self._running().url}/v1"

    def environment(self, present: Mapping[str, str] = os.environ) -> dict[str, str]:
        """What points a child to the server, for a child that has the `present` environment too. Raises UsageError."""
        server = self._running()
        return {
            "OPENAI_BASE_URL": f"{server.url}/v1",
            "OPENAI_API_KEY": server.key,
            "AZURE_OPENAI_ENDPOINT": server.url,
            "AZURE_OPENAI_API_KEY": server.key,
            "OPENAI_API_VERSION": present.get("OPENAI_API_VERSION") or API_VERSION,
            "PROJECT_ENDPOINT": f"{server.url}/api/projects/runmock",
            **_without_proxy(present),
        }

    def _running(self) -> SessionServer:
        with self._lock:
            if not self._is_open:
                raise UsageError(
                    "base_url and child_env are those of an open session, and this session is not open: it has ended, "
                    "or has not begun; use the session of the test that runs now, or runmock_session for a wider scope"
                )
            if self._server is None:
                self._server = self._started()
                OwnServers.add(self._server.port)
            return self._server

    def _started(self) -> SessionServer:
        try:
            from runmock.serve.session_server import SessionServer
        except ImportError as error:
            raise UsageError(
                "base_url and child_env need a server, and "
                f"{str(error.name).partition('.')[0]} is not installed: pip install 'runmock[serve]'"
            ) from None
        server = SessionServer(self._layer.deck, self._layer.routes)
        with standing(self._layer.place):
            server.start()
        return server


def _without_proxy(present: Mapping[str, str]) -> dict[str, str]:
    """NO_PROXY with this machine's names; also in lower case where that is set, because it wins over the other one."""
    names = [name for name in ("NO_PROXY", "no_proxy") if name == "NO_PROXY" or present.get(name)]
    before = present.get("no_proxy") or present.get("NO_PROXY", "")
    known = [name.strip() for name in before.split(",") if name.strip()]
    value = before if "*" in known else ",".join([*known, *(name for name in DIRECT if name not in known)])
    return dict.fromkeys(names, value)
