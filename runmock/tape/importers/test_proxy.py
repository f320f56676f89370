"""Session records of the Azure SDKs' test proxy: JSON, streams as lists of their lines."""

from __future__ import annotations

from typing import Any

from runmock.tape.importers.parts import Imported, bytes_of, headers_of, take_of, wanted


def imported(document: Any) -> Imported:
    """The takes of a session record. Raises CassetteError."""
    takes = []
    for number, one in enumerate(wanted(document, "Entries", list, "the file")):
        where = f"entry {number}"
        takes.append(
            take_of(
                wanted(one, "RequestMethod", str, where),
                wanted(one, "RequestUri", str, where),
                _body(one.get("RequestBody")),
                wanted(one, "StatusCode", int, where),
                tuple(pair for pair in headers_of(one.get("ResponseHeaders") or {}) if pair[0] != "content-encoding"),
                _body(one.get("ResponseBody")),
            )
        )
    return Imported(tuple(takes))


def _body(body: Any) -> bytes:
    """Lines, when all of the list are texts; else JSON."""
    if isinstance(body, list) and all(isinstance(line, str) for line in body):
        return "".join(body).encode()
    return bytes_of(body)
