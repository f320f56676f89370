"""What `runmock_session` was called with, and how its fixtures are recognised."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Literal, TypeAlias

    import pytest

    ScopeName: TypeAlias = Literal["session", "package", "module", "class", "function"]

NAME = "runmock_session"
OF_FIXTURE = "runmock_definition"
"""The attribute of a fixture's function with its definition."""


@dataclass(frozen=True, eq=False)
class Definition:
    """The arguments of one call of `runmock_session`, and where it stands."""

    cassettes: tuple[str | os.PathLike[str], ...]
    scope: ScopeName
    keywords: Mapping[str, Any]
    file: str
    """The file whose code has called it."""
    of_class: str
    """The name of the class in whose body it was called, with a dot behind it; empty for a module."""

    def label(self, config: pytest.Config, fixture: str) -> str:
        """Return the fixture's name and file, for messages."""
        return f"the fixture {fixture} of {os.path.relpath(self.file, config.rootpath)}"


def definition_of(fixturedef: Any) -> Definition | None:
    """Return the definition of a fixture that `runmock_session` has made; None for all others."""
    function = fixturedef.func
    found: Definition | None = getattr(function, OF_FIXTURE, None)
    return found or getattr(getattr(function, "__wrapped__", None), OF_FIXTURE, None)
