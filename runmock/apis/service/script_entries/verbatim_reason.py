"""Why something stands in a script as it was recorded."""

from __future__ import annotations

from typing import NamedTuple


class VerbatimReason(NamedTuple):
    """Fulfils `core.api_documents.VerbatimReason`."""

    place: int
    why: str
    key: str
