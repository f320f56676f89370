"""Finds out whether all tests that may use a session ran in it, and whether others may use its cassette.

After a run of a part of the tests, leftovers say nothing, and a recording must not drop what it did not use.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_runmock import settings
from pytest_runmock.cassettes import uncollected
from pytest_runmock.shared import users

if TYPE_CHECKING:
    from pytest_runmock.shared.shared_session import SharedSession


def not_run(shared: SharedSession) -> str | None:
    """Return the reason why not all tests that may use a session ran in it; None when all did.

    A test may be deselected, skipped, on another worker of xdist, or in a file that was not collected.
    """
    for test in shared.tests():
        if test not in shared.results:
            return f"{test} did not run"
    place = os.path.realpath(_place(shared))
    collected = shared.config.stash[users.FILES]
    for path in uncollected.files_with_others(shared.config, collected):
        if path == place or path.startswith(f"{place}{os.sep}"):
            return f"not all tests of {os.path.relpath(path, shared.config.rootpath)} were collected"
    return None


def _place(shared: SharedSession) -> Path:
    """Return the file or the folder whose tests are in the scope of a session."""
    file = Path(shared.definition.file)
    if shared.node.nodeid in {"", "."}:  # the whole run: those tests that see the fixture
        return file.parent if file.name == "conftest.py" else shared.config.rootpath
    return Path(shared.node.path)


def other_user(shared: SharedSession) -> str | None:
    """Return why other tests than those that ran in a session may use its cassette; None when none may."""
    all_users = users.of(shared.config, shared.definition)
    if elsewhere := all_users.keys() - {*shared.tests()}:
        return f"{min(elsewhere)} uses it too"
    for name in shared.definition.cassettes[:1]:
        if settings.count_of_tests_naming(shared.config, name) > len(all_users):
            return "the mark of another test names it too"
        for path, _ in uncollected.naming(shared.config, name):
            return f"not all tests of {os.path.relpath(path, shared.config.rootpath)} were collected"
    return not_run(shared)
