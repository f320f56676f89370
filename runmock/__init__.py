"""Record and replay the OpenAI Assistants create-run API.

The names below are loaded on first use, so that importing runmock costs next to nothing.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from runmock.core.errors import (
        CassetteError,
        CassetteNotFoundError,
        OutputMismatch,
        RunmockError,
        RunmockFailure,
        ScriptError,
        UnmatchedRequest,
        UsageError,
    )
    from runmock.session import Session
    from runmock.use import transport, use_cassette

__all__ = [
    "CassetteError",
    "CassetteNotFoundError",
    "OutputMismatch",
    "RunmockError",
    "RunmockFailure",
    "ScriptError",
    "Session",
    "UnmatchedRequest",
    "UsageError",
    "transport",
    "use_cassette",
]

_HOME = dict.fromkeys(__all__, "runmock.core.errors") | {
    "Session": "runmock.session",
    "transport": "runmock.use",
    "use_cassette": "runmock.use",
}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'runmock' has no attribute {name!r}")
    value = getattr(importlib.import_module(_HOME[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
