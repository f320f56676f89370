"""Opens the session of a fixture that `runmock_session` has made, and closes it at the end of the fixture's scope."""

from __future__ import annotations

import os
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import pytest
from pytest_runmock import settings, stash
from pytest_runmock.cassettes import created, names
from pytest_runmock.cassettes.loading import shorten
from pytest_runmock.cassettes.named import existed
from pytest_runmock.orphans import suite
from pytest_runmock.playing import options_of
from pytest_runmock.reports import seen, wanted
from pytest_runmock.set_up_errors import refuse_parameter
from pytest_runmock.shared import cassettes
from pytest_runmock.shared.definition import NAME
from pytest_runmock.shared.refusing import is_refused, reason
from pytest_runmock.shared.shared_session import SharedSession

from runmock.core.errors import RunmockError
from runmock.core.replay.record_modes import can_ask_upstream
from runmock.core.replay.ways_out import Access
from runmock.session.disabled import DisabledSession
from runmock.session.session import Session
from runmock.transports.patching.layers import SCOPES

if TYPE_CHECKING:
    from pytest_runmock.shared.definition import Definition


def opened(definition: Definition, request: pytest.FixtureRequest) -> Session:
    """Return the open session of a fixture; it is closed at the end of the fixture's scope.

    Where runmock is disabled, the session is not started. An error fails the tests that use the fixture.
    """
    config = request.config
    if not hasattr(config.option, "runmock_record"):
        _fail(f"{NAME} needs the plugin of runmock, which is not loaded; load it with -p pytest_runmock")
    if settings.is_disabled(config):
        return DisabledSession()
    try:
        refuse_parameter(request)
        shared = _prepared(definition, request)
    except (RunmockError, pytest.UsageError, OSError) as error:
        _fail(str(error))
    config.stash.setdefault(stash.SHARED, []).append(shared)
    request.addfinalizer(partial(_close, shared))
    return shared.session.start(SCOPES.index(request.scope))


def _close(shared: SharedSession) -> None:
    shared.session.stop()
    shared.has_ended = True


def _fail(text: str) -> NoReturn:
    __tracebackhide__ = True
    failure = pytest.fail.Exception(text, pytrace=False)
    setattr(failure, stash.ONCE, text)
    raise failure from None


def _prepared(definition: Definition, request: pytest.FixtureRequest) -> SharedSession:
    """Return the session, not yet open, with its cassettes loaded. Raises RunmockError and pytest.UsageError."""
    config, fixture = request.config, str(request.fixturename)
    label = definition.label(config, fixture)
    keywords = settings.merged_keywords(label, _runmock_config(definition, request), [definition.keywords], NAME)
    test = _tests_of(request.node)
    session_options = options_of(
        config,
        keywords,
        record_mode=str(settings.value(config, "record", keywords)),
        test=test,
        to_record="pytest",
        access=Access(fixture, f"with the fixture {fixture}"),
    )
    found = cassettes.find(config, definition, fixture, session_options.mode, keywords, test=test)
    first = None
    if found.first is not None and can_ask_upstream(session_options.mode):
        first = Path(shorten(found.first, config))
    was_there = first is not None and existed(config, first)
    session = Session(session_options, None, first, was_there, is_own=not definition.cassettes)
    if session.deck.records and is_refused(config, definition):
        text = reason(config, definition, fixture)
        created.refuse_to_write(config, text)
        raise pytest.UsageError(text)
    for cassette in found.cassettes:
        session.deck.load(cassette)
    if wanted.wants_page(config):
        seen.begin(session)
    path = first if session.deck.records else None
    paths = tuple(cassette.path for cassette in found.cassettes) or (() if path is None else (str(path),))
    unused = settings.unused(config, keywords)
    return SharedSession(definition, fixture, request.node, session, paths, path, unused)


def _runmock_config(definition: Definition, request: pytest.FixtureRequest) -> Any:
    """Return the value of the user's `runmock_config`; None where there is none.

    Raises pytest.UsageError when its scope is narrower than that of the session.
    """
    item = request._pyfuncitem  # noqa: SLF001 - pytest has no other name for the first test of a wider scope
    overriding = names.overriding(item, "runmock_config")
    if overriding is None:
        return None
    scope = overriding.scope
    if SCOPES.index(scope) > SCOPES.index(definition.scope):
        raise pytest.UsageError(
            f"{definition.label(request.config, str(request.fixturename))} has the scope {definition.scope}, and "
            f"runmock_config only {scope}\n"
            f'  to fix it: @pytest.fixture(scope="{definition.scope}") above runmock_config'
        )
    return request.getfixturevalue("runmock_config")


def _tests_of(node: Any) -> str:
    """Return the argument for pytest that runs the tests of a scope."""
    nodeid = node.nodeid
    if not nodeid or nodeid == ".":
        return os.curdir
    return suite.on_the_command_line(node.config, nodeid)
