"""HTTP archives (HAR), as browsers and proxies export them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from runmock.core.errors import CassetteError
from runmock.core.http.multipart import is_multipart
from runmock.tape.importers.parts import Imported, bytes_of, from_base64, headers_of, in_order_of, member_of, take_of

if TYPE_CHECKING:
    from runmock.core.replay.recorder import CapturedAnswer


def imported(document: Any) -> Imported:
    """The takes of an archive, by their times. Raises CassetteError."""
    takes: list[tuple[str, CapturedAnswer]] = []
    for number, entry in enumerate(member_of(member_of(document, "log", dict, "the file"), "entries", list, "'log'")):
        where = f"entry {number}"
        request, response = member_of(entry, "request", dict, where), member_of(entry, "response", dict, where)
        url, status = member_of(request, "url", str, where), member_of(response, "status", int, where)
        if not status:
            raise CassetteError(f"{where} has no answer: {request.get('method')} {url} failed", "import")
        post, content = request.get("postData") or {}, response.get("content") or {}
        if content.get("text") is None and _number(content.get("size")) > 0:
            raise CassetteError(f"{where} has no body in its answer: export the archive with content", "import")
        pairs = ((header.get("name"), header.get("value")) for header in response.get("headers") or ())
        headers = tuple(pair for pair in headers_of(pairs) if pair[0] != "content-encoding")  # the text is unpacked
        take = take_of(
            member_of(request, "method", str, where),
            url,
            _sent(post, _number(request.get("bodySize"))),
            status,
            headers,
            _body(content),
            sent_as=str(post.get("mimeType") or ""),
        )
        takes.append((str(entry.get("startedDateTime", "")), take))
    return in_order_of(takes)


def _sent(post: Any, size: int) -> bytes:
    """The body of a request; empty for an upload from which the browser has left out the files."""
    body = _body(post)
    return b"" if is_multipart(str(post.get("mimeType") or "")) and size > len(body) else body


def _number(value: Any) -> int:
    """A size as archives have it: -1 where it is not known."""
    return value if isinstance(value, int) else -1


def _body(content: Any) -> bytes:
    """The bytes of a body: a text, or base64 where it says so."""
    text = content.get("text")
    return from_base64(str(text)) if content.get("encoding") == "base64" else bytes_of(text)
