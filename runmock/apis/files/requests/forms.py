"""The fields of a multipart body as a mapping: texts, files as parts; `a[b]` is the field b of a mapping a."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from runmock.core.http.multipart import sent_parts

if TYPE_CHECKING:
    from runmock.core.http.exchange import JSON, Request

_WITHIN = re.compile(r"(?P<outer>[^\[\]]+)\[(?P<inner>[^\[\]]+)\]")


def fields_of(request: Request) -> JSON:
    """The fields of a request's body; none when it is not multipart."""
    fields: dict[str, Any] = {}
    for part in sent_parts(request.body, request.headers.get("content-type", "")):
        value = part.text if part.filename is None else None
        name = part.name or ""
        if (within := _WITHIN.fullmatch(name)) is not None:
            fields.setdefault(within["outer"], {})[within["inner"]] = value
        else:
            fields[name] = part if value is None or name in FILES else value
    return fields


FILES = frozenset({"file", "data"})
"""The fields that are files, whether or not their part has a file's name."""
