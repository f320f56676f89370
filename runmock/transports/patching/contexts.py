"""One TLS context for all clients that use the default one: making it is slow, and a replay opens no connection.

It is the library's own default context, so a client that outlives its session is as safe with it as without. The
private name that this depends on is `create_ssl_context` in the libraries' `_transports.default`;
`tests/transports/test_contexts.py` fails first when a library changes it.
"""

from __future__ import annotations

import functools
import os
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable

MODULE = "_transports.default"
FUNCTION = "create_ssl_context"
DEFAULT = {"verify": True, "cert": None}
ENVIRONMENT = ("SSL_CERT_FILE", "SSL_CERT_DIR", "SSLKEYLOGFILE")
"""Variables on which the default context depends."""


def shared(
    original: Callable[..., ssl.SSLContext], made: dict[Any, ssl.SSLContext], is_wanted: Callable[[], bool]
) -> Callable[..., ssl.SSLContext]:
    """A replacement for a library's function: it makes the default context once, and any other one each time."""

    @functools.wraps(original)
    def create_ssl_context(*args: Any, **options: Any) -> ssl.SSLContext:
        trusts_environment = options.get("trust_env")
        if args or options != {**DEFAULT, "trust_env": trusts_environment} or not is_wanted():
            return original(*args, **options)
        key = original.__module__, trusts_environment, *(os.environ.get(name) for name in ENVIRONMENT)
        if key not in made:
            made[key] = original(**options)
        return made[key]

    return create_ssl_context
