"""What the plugin keeps at a test while it runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pytest_runmock.played import Played

PLAYED: pytest.StashKey[Played] = pytest.StashKey()
"""Its session, and how its phases went; there is none for a test that runmock does not play for."""
