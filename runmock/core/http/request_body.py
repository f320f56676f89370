"""A request's body as recordings keep it and as it is compared; both come from here, so that they are equal."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from runmock.core.http.multipart import ANY_UPLOAD, BINARY, is_multipart, upload

if TYPE_CHECKING:
    from runmock.core.api import Incoming
    from runmock.core.http.exchange import Request


def kept_body(incoming: Incoming) -> Any:
    """The body: JSON, an upload by its parts, a text, or other bytes by size and digest; None for an empty body.

    An upload with an empty body was recorded without it, and matches any upload.
    """
    request = incoming.request
    if not request.body.strip():
        return ANY_UPLOAD if is_multipart(request.headers.get("content-type", "")) else None
    return incoming.body if incoming.problem is None else unparsed_body(request)


def unparsed_body(request: Request) -> Any:
    """A body that is not JSON: an upload by its parts, a text, or other bytes by size and digest."""
    sent = upload(request.body, request.headers.get("content-type", ""))
    if sent is not None:
        return sent
    try:
        return request.body.decode()
    except UnicodeDecodeError:
        return {BINARY: {"size": len(request.body), "sha256": hashlib.sha256(request.body).hexdigest()}}
