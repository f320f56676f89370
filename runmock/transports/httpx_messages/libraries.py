"""httpx and httpx2, which have the same names; only one of them may be installed."""

from __future__ import annotations

import sys
from functools import cache
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from types import ModuleType

    import httpx

    HttpRequest: TypeAlias = httpx.Request
    """A request of httpx, or one of httpx2, which has the same shape."""
    HttpResponse: TypeAlias = httpx.Response


LIBRARIES = ("httpx", "httpx2")


def library_of(request: HttpRequest) -> ModuleType:
    """The module that a request comes from: httpx or httpx2."""
    kind: Any = type(request)
    return sys.modules[_library_of(kind)]


@cache
def _library_of(kind: type) -> str:
    names = (base.__module__.partition(".")[0] for base in kind.__mro__)
    return next(name for name in names if name in LIBRARIES)
