"""`runmock_session`, which makes a fixture.

A module that calls it is imported before any test plays, so this module imports only what checks the arguments.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pytest
from pytest_runmock.shared.definition import NAME, OF_FIXTURE, Definition

if TYPE_CHECKING:
    from types import FrameType
    from typing import Unpack

    from pytest_runmock.shared.definition import ScopeName

    from runmock.session.keywords import Keywords
    from runmock.session.session import Session

_SCOPES = ("function", "class", "module", "package", "session")


def runmock_session(
    *cassettes: str | os.PathLike[str], scope: ScopeName = "module", **keywords: Unpack[Keywords]
) -> object:
    """Make a pytest fixture: one session for all tests of a class, a module, a package, or the whole run.

        # conftest.py, or a module of tests
        shared = runmock_session("setup", scope="module")


        @pytest.fixture(scope="module")
        def assistant(shared):
            assistant = client.beta.assistants.create(model="gpt-4o")
            yield assistant
            client.beta.assistants.delete(assistant.id)


        def test_it(assistant): ...

    The fixture's value is a `Session`, as the fixture `runmock` is. Set-up and teardown of fixtures that request it
    play in it, and so do tests without a session of their own. `scope` is "function", "class", "module", "package" or
    "session". The cassettes are found by their names as those of the marker are, beside the file that calls this
    function. A recording goes into the first one; without a name into `cassettes/<file>/<fixture>.runmock.yaml` there.

    The session ends with its scope. What was not played then is one error at the last test of the scope, if all tests
    that request the fixture ran and passed. A recording is written if all tests that used the session passed.

    The keywords are those of the marker without `chaos`, with the same checks. `runmock_config`, if it is of the same
    scope or a wider one, and the options of the command line count too.

    Raises UsageError for a wrong argument.
    """
    __tracebackhide__ = True
    _check(cassettes, scope, keywords)
    caller = sys._getframe(1)  # noqa: SLF001 - as logging and warnings do
    file = os.path.abspath(caller.f_code.co_filename)  # noqa: PTH100 - it takes `..` out
    definition = Definition(cassettes, scope, keywords, file, _class_around(caller))

    def open_session(*_instance: object, request: pytest.FixtureRequest) -> Session:
        """A session of `runmock_session`, which is open until the scope of the fixture ends."""
        from pytest_runmock.shared.opening import opened

        return opened(definition, request)

    open_session.__name__ = open_session.__qualname__ = NAME  # pytest names it when a fixture is called directly
    open_session.__module__ = str(caller.f_globals.get("__name__", open_session.__module__))
    setattr(open_session, OF_FIXTURE, definition)
    # Static: pytest warns of methods of an instance with a wider scope, and the fixture may stand in a class.
    return pytest.fixture(scope=scope)(staticmethod(open_session))


def _check(cassettes: tuple[Any, ...], scope: Any, keywords: Mapping[str, Any]) -> None:
    """Raise UsageError for a wrong argument."""
    __tracebackhide__ = True
    from runmock.core.errors import UsageError, did_you_mean
    from runmock.session.keywords import KNOWN, checked
    from runmock.tape.files.search import is_text

    for cassette in cassettes:
        if not isinstance(cassette, str | os.PathLike) or is_text(cassette):
            is_script = isinstance(cassette, str | Mapping)
            hint = "; a script goes into script=" if is_script else f"; it makes a fixture itself: shared = {NAME}(...)"
            raise UsageError(f"{NAME} takes the names of cassettes, not {cassette!r}{hint}")
    if scope not in _SCOPES:
        hint = did_you_mean(scope, _SCOPES) if isinstance(scope, str) else ""
        raise UsageError(f"{NAME}: the scope {scope!r} is not known; the scopes are {', '.join(_SCOPES)}{hint}")
    for keyword in keywords:
        if keyword not in KNOWN and (hint := did_you_mean(keyword, ["scope"])):
            raise UsageError(f"{NAME} has no keyword {keyword!r}{hint}")
    checked(NAME, keywords)


def _class_around(caller: FrameType) -> str:
    """Return the name of the class in whose body a call stands, with a dot behind it; else the empty text."""
    name, is_body = caller.f_locals.get("__qualname__"), "__module__" in caller.f_locals
    return f"{name}." if is_body and isinstance(name, str) else ""
