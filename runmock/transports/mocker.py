"""Puts runmock between every httpx and httpx2 client and its transport, through respx's patching machinery.

Every name that is borrowed from another library stands in this file: `respx.mocks.Mocker` (it patches and counts the
users of the patch) and `_transport_for_url` of the clients of httpx and httpx2, which sees every transport (default,
custom, mounted, aiohttp-backed) and clients made earlier. `tests/edges/test_borrowed_names.py` fails first when a
library changes one of them.
"""

from __future__ import annotations

import importlib
from abc import ABC
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, ClassVar

from respx.mocks import Mocker

from runmock.transports.transport import InterceptingTransport, Layer

if TYPE_CHECKING:
    from collections.abc import Callable

LIBRARIES = ("httpx", "httpx2")
CLIENTS = ("Client", "AsyncClient")
METHOD = "_transport_for_url"


class RunmockMocker(Mocker, ABC):
    """Patches the clients once, however many sessions are open; `layers` are the open ones, the innermost last.

    ABC stands among the bases so that respx does not register the class: a name in its registry can be taken only
    once in a process, and pytest's own `pytester` imports this module anew for every run that it starts in process.
    """

    name: ClassVar[str] = "runmock"
    routers: ClassVar[list[Any]] = []
    _patches: ClassVar[list[Any]] = []
    targets: ClassVar[list[str]] = []
    target_methods: ClassVar[list[str]] = [METHOD]
    layers: ClassVar[list[Layer]] = []

    @classmethod
    def open(cls, layer: Layer) -> None:
        """Intercept for one more session."""
        cls.layers.append(layer)
        cls.targets = client_classes()
        cls.start()

    @classmethod
    def shut(cls, layer: Layer) -> None:
        """A session has ended; the last one takes the patches away."""
        cls.layers.remove(layer)
        if not cls.layers:
            cls.stop(force=True)

    @classmethod
    def mock(cls, spec: Callable[..., Any]) -> Callable[..., Any]:
        """The method that takes the place of `_transport_for_url`, which is `spec`."""

        def _transport_for_url(client: Any, *args: Any, **options: Any) -> InterceptingTransport:
            return InterceptingTransport(cls.layers, spec(client, *args, **options))

        return _transport_for_url


def client_classes() -> list[str]:
    """The client classes of the libraries that are installed, each class once: `alias_httpx()` makes two names one."""
    found: dict[type, str] = {}
    for library in LIBRARIES:
        if find_spec(library) is not None:
            module = importlib.import_module(f"{library}._client")
            for client in CLIENTS:
                found.setdefault(getattr(module, client), f"{library}._client.{client}")
    return list(found.values())
