"""The session of one test: opened with its cassettes, closed at its end, and judged by what is left and what failed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from pytest_runmock import cassettes, names, set_up_errors, settings, stash, summary
from pytest_runmock.chaos import passes
from pytest_runmock.marks import cassettes_named
from pytest_runmock.orphans import suite
from pytest_runmock.played import Played

from runmock.core.errors import RunmockError
from runmock.core.replay.record_modes import RecordMode, can_record
from runmock.core.replay.ways_out import IN_A_TEST, Access
from runmock.core.report.leftovers import MOST
from runmock.core.report.leftovers import report as leftovers_report
from runmock.deck.options import options
from runmock.session.session import Session
from runmock.tape.files.file_names import printable
from runmock.transports.patching.layers import NARROWEST, OUTERMOST

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping

TO_IGNORE = "@pytest.mark.runmock(allow_unplayed=True), or --runmock-unused=ignore"
OF_FIXTURE = Access(how="with the fixture runmock")
OPTIONS_OF_SESSION = ("match_on", "allow_truncated", "before_record")


def play(request: pytest.FixtureRequest) -> Generator[Session]:
    """Open a test's session, and at its end fail the test for what it does not know yet."""
    item: pytest.Item = request.node
    if settings.is_disabled(item.config):
        yield Session()
        return
    try:
        said = settings.keywords(item, _overridden(request, "runmock_config"))
        is_guarded = settings.is_guarded(item)
        unused = "ignore" if is_guarded else settings.unused(item.config, said)
        played = _played(request, said)
    except (RunmockError, pytest.UsageError, OSError) as error:
        set_up_errors.note(item, str(error))
        yield from set_up_errors.play_nothing()
        return
    item.stash[stash.PLAYED] = played
    try:
        yield played.session.start(OUTERMOST if is_guarded else NARROWEST)
    finally:
        played.session.stop()
    judge(item, played, unused)


def _overridden(request: pytest.FixtureRequest, name: str) -> Any:
    """The value of a fixture of ours that the user has put another in the place of, or given a parameter; else None."""
    is_asked_for = name in request.fixturenames or name in names.place_of(request.node).overridden
    return request.getfixturevalue(name) if is_asked_for else None


def _played(request: pytest.FixtureRequest, said: Mapping[str, Any]) -> Played:
    item: pytest.Item = request.node
    folder, name = (_overridden(request, one) for one in ("runmock_cassette_dir", "runmock_cassette_name"))
    trial, is_guarded = passes.trial_of(item), settings.is_guarded(item)
    first_mark_it = "mark the test with @pytest.mark.runmock, then " if is_guarded else ""
    given = options(
        record_mode=RecordMode.NONE if trial or is_guarded else str(settings.value(item.config, "record", said)),
        is_commanded=settings.commands_recording(item.config),
        pace=settings.value(item.config, "pace", said),
        upstream=settings.value(item.config, "upstream", said) or None,
        hosts=said.get("hosts") or (),
        allow_hosts=settings.allowed_hosts(item.config, said) or (),
        test=suite.on_the_command_line(item.config, item.nodeid),
        to_record=f"{first_mark_it}pytest",
        names_upstream=bool(item.config.getoption("--runmock-upstream")),
        access=IN_A_TEST if names.takes_fixture(item) else OF_FIXTURE,
        **{key: said[key] for key in OPTIONS_OF_SESSION if said.get(key) is not None},
    )
    found = cassettes.find(item, said, given.mode, folder, name)
    if found.is_shared and given.mode is RecordMode.REWRITE:
        given = replace(given, mode=RecordMode.ALL)  # what this test does not use, another does
    is_asked_for = item.get_closest_marker("runmock") is not None
    missing = printable(cassettes.shorten(found.missing, item.config)) if found.missing and is_asked_for else None
    first = None
    if found.first is not None and given.mode is not RecordMode.NONE:
        first = Path(cassettes.shorten(found.first, item.config))
    existed = first is not None and cassettes.existed(item.config, first)
    is_own = folder is None and name is None and not cassettes_named(item) and not found.is_shared
    session = Session(given, missing, first, existed, is_own=is_own)
    for cassette in found.cassettes:
        session.deck.load(cassette)
    if trial is not None:
        session.bring_chaos(trial.chaos(item.nodeid))
    paths = tuple(cassette.path for cassette in found.cassettes)
    path = first if session.deck.records else None
    sharing = None
    if found.sharing and first is not None and can_record(given.mode, existed=False):
        sharing = summary.sharing(str(first), found.sharing)
    paths = paths or (() if path is None else (str(path),))
    is_strict = said.get("allow_unplayed") is not None and not said["allow_unplayed"]
    from_outside = frozenset[str]() if is_strict else found.from_outside
    return Played(session, paths, path, sharing, has_old_name=bool(found.sharing), from_outside=from_outside)


def judge(item: pytest.Item, played: Played, unused: str) -> None:
    """Fail the test for failures that it did not tell, else for leftovers when it passed."""
    if passes.trial_of(item) is not None:
        return  # what came of it was told when the body ended
    if untold := played.untold():
        texts = [f"runmock.{type(failure).__name__}: {failure}" for failure in untold]
        head = "runmock: the application swallowed what failed it, or it happened in another thread"
        more = [f"and {len(texts) - MOST:,} more"] if len(texts) > MOST else []
        pytest.fail("\n\n".join([head, *texts[:MOST], *more]), pytrace=False)
    if not played.passed.get("call") or unused == "ignore" or played.session.deck.records or played.has_old_name:
        return
    found = played.session.deck.leftovers()
    if left := [one for one in found if one.is_begun or one.cassette not in played.from_outside]:
        if unused == "warn":
            item.warn(pytest.PytestWarning(leftovers_report(left, TO_IGNORE)))
        else:
            pytest.fail(leftovers_report(left), pytrace=False)
