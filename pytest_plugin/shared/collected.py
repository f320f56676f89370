"""Errors in the cassettes of fixtures that `runmock_session` has made, as far as they are known at collection."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from pytest_runmock import settings
from pytest_runmock.cassettes.collected import mode_of
from pytest_runmock.shared import cassettes, users
from pytest_runmock.shared.definition import NAME

from runmock.core.errors import RunmockError

if TYPE_CHECKING:
    from pytest_runmock.shared.cassettes import SharedCassettes
    from pytest_runmock.shared.definition import Definition

    from runmock.core.replay.record_modes import RecordMode


def first_error(item: pytest.Item) -> str | None:
    """Return the text of the first error in the cassettes of the fixtures that a test requests; None without one."""
    for fixture, definition in users.fixtures_of(item):
        try:
            found(item.config, definition, fixture)
        except (RunmockError, pytest.UsageError, OSError) as error:
            return str(error)
    return None


def found(config: pytest.Config, definition: Definition, fixture: str) -> tuple[RecordMode, SharedCassettes]:
    """Return the record mode and the cassettes of a fixture. Raises RunmockError, pytest.UsageError and OSError."""
    keywords = settings.merged_keywords(definition.label(config, fixture), None, [definition.keywords], NAME)
    mode = mode_of(config, keywords)
    return mode, cassettes.find(config, definition, fixture, mode, keywords, test="")
