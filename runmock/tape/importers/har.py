"""HTTP archives (HAR), as browsers and proxies export them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from runmock.core.errors import CassetteError
from runmock.tape.importers.parts import Imported, bytes_of, from_base64, headers_of, in_order_of, take_of, wanted

if TYPE_CHECKING:
    from runmock.core.recorder import Take


def imported(document: Any) -> Imported:
    """The takes of an archive, by their times. Raises CassetteError."""
    takes: list[tuple[str, Take]] = []
    for number, one in enumerate(wanted(wanted(document, "log", dict, "the file"), "entries", list, "'log'")):
        where = f"entry {number}"
        request, response = wanted(one, "request", dict, where), wanted(one, "response", dict, where)
        url, status = wanted(request, "url", str, where), wanted(response, "status", int, where)
        if not status:
            raise CassetteError(f"{where} has no answer: {request.get('method')} {url} failed", "import")
        content = response.get("content") or {}
        body = from_base64(content["text"]) if content.get("encoding") == "base64" else bytes_of(content.get("text"))
        sent = bytes_of((request.get("postData") or {}).get("text"))
        pairs = ((header.get("name"), header.get("value")) for header in response.get("headers") or ())
        headers = tuple(pair for pair in headers_of(pairs) if pair[0] != "content-encoding")  # the text is unpacked
        take = take_of(wanted(request, "method", str, where), url, sent, status, headers, body)
        takes.append((str(one.get("startedDateTime", "")), take))
    return in_order_of(takes)
