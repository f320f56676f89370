"""Queries without secrets: written so, and matched so, for both sides go through one function."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

REDACTED = "redacted"

SECRET_QUERY = re.compile(
    r"(?i)(^|[-_.])(key|apikey|api-key|token|sig|signature|secret|code|password|credential|auth)($|[-_.])|^se$|^x-amz-"
)
"""Names of query parameters whose values are not kept."""


def redacted_query(query: Mapping[str, Sequence[str]]) -> dict[str, tuple[str, ...]]:
    """A query without secrets."""
    return {
        name: tuple(REDACTED for _ in values) if SECRET_QUERY.search(name) else tuple(values)
        for name, values in query.items()
    }
