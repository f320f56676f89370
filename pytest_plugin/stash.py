"""The keys under which the plugin keeps something on a test while it runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pytest_runmock.played import Played

PLAYED: pytest.StashKey[Played] = pytest.StashKey()
"""The session of a test, and how its phases went; missing for a test without a session."""
