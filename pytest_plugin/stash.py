"""The keys under which the plugin keeps something on a test, or on the config, while tests run."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pytest_runmock.played import Played
    from pytest_runmock.shared.shared_session import SharedSession

PLAYED: pytest.StashKey[Played] = pytest.StashKey()
"""The session of a test, and how its phases went; missing for a test without a session."""
SHARED: pytest.StashKey[list[SharedSession]] = pytest.StashKey()
"""On the config: the sessions of `runmock_session` that are open, or that have ended with the current test."""
ONCE = "runmock_text"
"""The attribute of an exception with its text, which is shown once for all tests that the exception fails."""
