"""What to do about a request that nothing answers, ready to paste; and what a refusal of a whole transport says."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from runmock.core.claims import is_of_client

if TYPE_CHECKING:
    from runmock.core.exchange import Request
    from runmock.core.matching import Expectation


def origin(request: Request) -> str:
    """Where a request goes, and who sends it; empty for a host of the service."""
    is_by_client = bool(request.elsewhere) and is_of_client(request)
    return f"{request.elsewhere}, by an OpenAI client" if is_by_client else request.elsewhere


def of_elsewhere(request: Request, test: str) -> tuple[tuple[str, str], ...]:
    """For a request to a host that is none of the service's: let it through, or answer it.

    `test` is how pytest is told the test on the command line; empty where that has no say.
    """
    allowed = f"allow_hosts=[{json.dumps(request.host, ensure_ascii=False)}]"
    command = f", or pytest --runmock-allow-hosts={request.host} {test}" if test else ""
    url = json.dumps(f"{request.elsewhere}{request.path}", ensure_ascii=False)
    route = f"runmock.router.{request.method.lower()}({url}).respond(json={{}})"
    return (("to let it through", allowed + command), ("to answer it", route))


def by_itself(sent: Expectation, transport: str, host: str | None = None) -> str:
    """The text of a refusal: a client's own transport wraps another, and reaches the network past it.

    `host` is the one that it opens a connection to, if that is known.
    """
    rows = [
        ("sent", f"{sent.method} {sent.path}  ({sent.label})"),
        ("through", f"{transport}, which opens a connection by itself, past the transport that it wraps"),
    ]
    lines = ["the client's own transport reaches the network", *(f"  {name:<8}  {value}" for name, value in rows)]
    way_out = "let it send through the transport that it wraps, or give the client another one in tests"
    allowed = [] if host is None else [f"  to let that connection through: allow_hosts=[{json.dumps(host)}]"]
    return "\n".join([*lines, f"  to mend it: {way_out}", *allowed])
