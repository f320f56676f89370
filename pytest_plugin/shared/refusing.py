"""Refuses to record in a scope whose tests several workers of xdist run.

Each worker would have a session of its own, and record the set-up again: the cassette would hold it several times, and
no run would play it. Of a module or a class that depends on how xdist distributes the tests. Then the whole run of
pytest writes no cassette. This is found when the tests are collected, which every worker does before it runs one; what
only a fixture says (`runmock_config`) is found when that fixture runs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from pytest_runmock.cassettes import created
from pytest_runmock.cassettes.named import existed
from pytest_runmock.shared import users
from pytest_runmock.shared.collected import found

from runmock.core.errors import RunmockError
from runmock.core.replay.record_modes import can_record

if TYPE_CHECKING:
    from pytest_runmock.shared.definition import Definition

WIDE = ("package", "session")
"""The scopes whose tests xdist distributes over several workers, whatever `--dist` says."""
NARROW = ("module", "class")
"""The scopes whose tests stay together with `--dist loadscope` and `--dist loadfile`."""
TOGETHER = ("loadscope", "loadfile", "no")
DISTRIBUTION = "runmock_distribution"
"""The key of `workerinput` under which a worker of xdist gets `--dist`, which its own options do not have."""


def is_refused(config: pytest.Config, definition: Definition) -> bool:
    """Whether a fixture may not record in this process."""
    if not hasattr(config, "workerinput"):
        return False
    return definition.scope in WIDE or (
        definition.scope in NARROW
        and config.workerinput.get(DISTRIBUTION) not in TOGETHER
        and len(users.of(config, definition)) > 1
    )


def reason(config: pytest.Config, definition: Definition, fixture: str) -> str:
    """Return why a fixture may not record, and how to record."""
    return (
        f"nothing is written: {definition.label(config, fixture)} records in the scope {definition.scope}, "
        "and each worker of xdist has a session of its own\n"
        f"  to record it: leave out -n, or set -n 0{OR_TOGETHER if definition.scope in NARROW else ''}"
    )


OR_TOGETHER = "\n  or           keep the tests of a file together: --dist loadfile"


def check(session: pytest.Session) -> None:
    """After the collection in a worker: let nothing be written if the fixture of a test may not record."""
    seen: set[Definition] = set()
    for item in session.items:
        for fixture, definition in users.fixtures_of(item):
            if definition not in seen and is_refused(session.config, definition):
                seen.add(definition)
                if _would_record(session.config, definition, fixture):
                    created.refuse_to_write(session.config, reason(session.config, definition, fixture))
                    return


def _would_record(config: pytest.Config, definition: Definition, fixture: str) -> bool:
    """Whether a fixture would record, as far as that is known at collection; an error is told when the fixture runs."""
    try:
        mode, cassettes = found(config, definition, fixture)
    except (RunmockError, pytest.UsageError, OSError):
        return False
    return cassettes.first is not None and can_record(mode, existed=existed(config, cassettes.first))
