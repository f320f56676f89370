"""The cassettes of tests that were just collected: their names are noted, and errors in them are found."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from pytest_runmock import settings
from pytest_runmock.cassettes import created
from pytest_runmock.cassettes.finding import find
from pytest_runmock.cassettes.names import note_old_names

from runmock.core.errors import RunmockError
from runmock.core.replay.record_modes import RecordMode
from runmock.deck.options import effective

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def mode_of(config: pytest.Config, keywords: Mapping[str, Any]) -> RecordMode:
    """Return the record mode of a test with these keywords, as far as it is known at collection."""
    mode = RecordMode(settings.value(config, "record", keywords))
    return mode if settings.is_mode_on_command_line(config) else effective(mode)


def note_collected(items: Sequence[pytest.Item]) -> None:
    """Note the names of collected tests, and read their cassettes before a test runs; errors are shown at set-up.

    A cassette of a test that is deselected later is used all the same (orphans/orphans.py).
    """
    note_old_names(items)
    created.begin(items[0].config)
    for item in items:
        error_in(item)


def error_in(item: pytest.Item) -> str | None:
    """Return the text of an error in a test's cassettes or markers, as far as it is known at collection; else None."""
    try:
        keywords = settings.keywords(item)
        find(item, keywords, mode_of(item.config, keywords))
    except (RunmockError, pytest.UsageError) as error:
        return str(error)
    except OSError as error:
        return f"{item.nodeid}: {error}"
    return None
