"""The SDK's warnings that the Assistants API is deprecated: one line at the end instead of three for each call.

Nothing is filtered while tests run, so every filter of the user's counts: `error` raises, `ignore` hides. Where one of
them lets these warnings through (`default`, `always`), they are shown as pytest shows warnings.
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
"""What the SDK says of its methods; the second of those of `client.beta.assistants`, in some versions."""
CATEGORIES = frozenset({"", "Warning", "DeprecationWarning", "builtins.Warning", "builtins.DeprecationWarning"})
"""How filters name the category of these warnings, or one above it."""
SHOWING = frozenset({"default", "always", "all", "module", "once"})
"""The actions that let a warning through."""
SHOWN = "runmock_shows_deprecations"
"""The attribute of a test's report."""
_WARNING = re.compile(r"DeprecationWarning: (?:The Assistants API is deprecated|deprecated\n.*\bassistants\b)")


def note(item: pytest.Item, report: pytest.TestReport) -> None:
    """Say on a test's report that a mark of the test shows these warnings; xdist takes it to the other process."""
    if _are_wanted(_filters_of(item)):
        setattr(report, SHOWN, True)


def fold(session: pytest.Session) -> None:
    """Take these warnings from those that pytest is going to show, and keep how many they were."""
    reporter: Any = session.config.pluginmanager.get_plugin("terminalreporter")
    found = reporter.stats["warnings"]
    ours = [one for one in found if _WARNING.search(one.message)]
    if not ours or _are_wanted(_filters(session.config)):
        return
    wanted = {one.nodeid for reports in reporter.stats.values() for one in reports if hasattr(one, SHOWN)}
    ours = [one for one in ours if one.nodeid not in wanted]
    if not ours:
        return
    session.config.stash[settings.DEPRECATIONS] = len(ours)
    reporter.stats["warnings"] = [one for one in found if one not in ours]
    if not reporter.stats["warnings"]:
        del reporter.stats["warnings"]  # an empty list would make the last line yellow


def tell(reporter: pytest.TerminalReporter) -> None:
    """Write the line."""
    count = reporter.config.stash[settings.DEPRECATIONS]
    warnings = "1 warning" if count == 1 else f"{count} warnings"
    reporter.write_line(f'openai: {warnings} "The Assistants API is deprecated" (filterwarnings = default shows them)')


def _filters_of(item: pytest.Item) -> Iterator[tuple[str, bool]]:
    return ((str(line), False) for mark in item.iter_markers("filterwarnings") for line in mark.args)


def _filters(config: pytest.Config) -> Iterator[tuple[str, bool]]:
    """Every filter of the user's, and whether its message is a plain text, no regular expression."""
    yield from ((line, False) for line in config.getini("filterwarnings"))
    yield from ((line, True) for line in getattr(config.known_args_namespace, "pythonwarnings", None) or ())
    yield from ((line, True) for line in sys.warnoptions)


def _are_wanted(filters: Iterable[tuple[str, bool]]) -> bool:
    """Whether one of the filters lets these warnings through."""
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
