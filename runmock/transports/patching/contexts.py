"""One TLS context for all clients that take the default one: a replay opens no connection, and making it takes long.

It is the library's own default context, so a client that outlives its session is as safe with it as without. The
private name that is borrowed for it is `create_ssl_context` in the libraries' `_transports.default`;
`tests/edges/test_contexts.py` fails first when a library changes it.
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
    """In the place of a library's function: the default context is made once; what else is asked for is made anew."""

    @functools.wraps(original)
    def create_ssl_context(*args: Any, **given: Any) -> ssl.SSLContext:
        trusts_environment = given.get("trust_env")
        if args or given != {**DEFAULT, "trust_env": trusts_environment} or not is_wanted():
            return original(*args, **given)
        key = original.__module__, trusts_environment, *(os.environ.get(name) for name in ENVIRONMENT)
        if key not in made:
            made[key] = original(**given)
        return made[key]

    return create_ssl_context
