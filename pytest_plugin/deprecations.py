"""Replaces the SDK's warnings that the Assistants API is deprecated by one line at the end: each call gives three.

Nothing is filtered while tests run, so every filter of the user works: `error` raises, `ignore` hides. When a filter
shows these warnings (`default`, `always`), they stay in pytest's list of warnings.
"""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING, Any

from pytest_runmock import settings

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import pytest

TEXTS = ("The Assistants API is deprecated in favor of the Responses API", "deprecated")
"""The SDK's texts; some versions have the second one for the methods of `client.beta.assistants`."""
CATEGORIES = frozenset({"", "Warning", "DeprecationWarning", "builtins.Warning", "builtins.DeprecationWarning"})
"""The categories in filters that match these warnings."""
SHOWING = frozenset({"default", "always", "all", "module", "once"})
"""The actions that let a warning through."""
SHOWN = "runmock_shows_deprecations"
"""The attribute of a test's report that says: a mark of the test shows these warnings."""
_WARNING = re.compile(r"DeprecationWarning: (?:The Assistants API is deprecated|deprecated\n.*\bassistants\b)")


def note_if_shown(item: pytest.Item, report: pytest.TestReport) -> None:
    """Set `SHOWN` on a test's report if a mark of the test shows the SDK's deprecation warnings.

    pytest-xdist sends the report, with this attribute, to the process that prints the summary.
    """
    if _let_through(_filters_of(item)):
        setattr(report, SHOWN, True)


def take_from_warnings(session: pytest.Session) -> None:
    """Take these warnings from pytest's list of warnings, and keep their number for the line."""
    reporter: Any = session.config.pluginmanager.get_plugin("terminalreporter")
    warnings = reporter.stats["warnings"]
    ours = [warning for warning in warnings if _WARNING.search(warning.message)]
    if not ours or _let_through(_filters(session.config)):
        return
    shown_ids = {
        warning.nodeid for reports in reporter.stats.values() for warning in reports if hasattr(warning, SHOWN)
    }
    ours = [warning for warning in ours if warning.nodeid not in shown_ids]
    if not ours:
        return
    session.config.stash[settings.DEPRECATIONS] = len(ours)
    reporter.stats["warnings"] = [warning for warning in warnings if warning not in ours]
    if not reporter.stats["warnings"]:
        del reporter.stats["warnings"]  # an empty list would make the last line yellow


def write(reporter: pytest.TerminalReporter) -> None:
    """Write the line with the number of warnings."""
    count = reporter.config.stash[settings.DEPRECATIONS]
    warnings = "1 warning" if count == 1 else f"{count} warnings"
    reporter.write_line(f'openai: {warnings} "The Assistants API is deprecated" (filterwarnings = default shows them)')


def _filters_of(item: pytest.Item) -> Iterator[tuple[str, bool]]:
    return ((str(line), False) for mark in item.iter_markers("filterwarnings") for line in mark.args)


def _filters(config: pytest.Config) -> Iterator[tuple[str, bool]]:
    """Yield every filter of the user, and whether its message is a plain text instead of a regular expression."""
    yield from ((line, False) for line in config.getini("filterwarnings"))
    yield from ((line, True) for line in getattr(config.known_args_namespace, "pythonwarnings", None) or ())
    yield from ((line, True) for line in sys.warnoptions)


def _let_through(filters: Iterable[tuple[str, bool]]) -> bool:
    """Whether one of the filters shows these warnings."""
    for line, is_plain in filters:
        action, message, category, *_ = (*(part.strip() for part in line.split(":")), "", "")
        pattern = re.escape(message) if is_plain else message
        if (
            action in SHOWING
            and category in CATEGORIES
            and any(re.match(pattern, text, re.IGNORECASE) for text in TEXTS)
        ):
            return True
    return False
