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
        VerbError,
    )
    from runmock.core.report.request_view import RequestView
    from runmock.core.report.run_views import RunView
    from runmock.core.report.verdicts import Verdict
    from runmock.session.session import Session
    from runmock.session.use_cassette import transport, use_cassette

    __version__: str

__all__ = [
    "CassetteError",
    "CassetteNotFoundError",
    "OutputMismatch",
    "RequestView",
    "RunView",
    "RunmockError",
    "RunmockFailure",
    "ScriptError",
    "Session",
    "UnmatchedRequest",
    "UsageError",
    "VerbError",
    "Verdict",
    "transport",
    "use_cassette",
]

_HOME = dict.fromkeys(__all__, "runmock.core.errors") | {
    "RequestView": "runmock.core.report.request_view",
    "RunView": "runmock.core.report.run_views",
    "Session": "runmock.session.session",
    "Verdict": "runmock.core.report.verdicts",
    "transport": "runmock.session.use_cassette",
    "use_cassette": "runmock.session.use_cassette",
}


def __getattr__(name: str) -> Any:
    if name == "__version__":
        from importlib.metadata import version

        return version("runmock")
    if name not in _HOME:
        raise AttributeError(f"module 'runmock' has no attribute {name!r}")
    value = getattr(importlib.import_module(_HOME[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__, "__version__"})
