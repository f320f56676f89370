"""The session of a test: opens it with the test's cassettes, closes it, and fails the test for leftovers and misses."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from pytest_runmock import set_up_errors, settings, stash, summary
from pytest_runmock.cassettes import finding, names
from pytest_runmock.cassettes.loading import shorten
from pytest_runmock.cassettes.named import existed
from pytest_runmock.chaos import passes
from pytest_runmock.marks import cassettes_named
from pytest_runmock.orphans import suite
from pytest_runmock.played import Played, text_of_unreported
from pytest_runmock.reports import seen, wanted

from runmock.core.errors import RunmockError
from runmock.core.replay.record_modes import RecordMode, can_ask_upstream, can_record, in_shared_cassette
from runmock.core.replay.ways_out import IN_A_TEST, Access
from runmock.core.report.leftovers import report as leftovers_report
from runmock.deck.options import options
from runmock.session.disabled import DisabledSession
from runmock.session.session import Session
from runmock.tape.files.file_names import printable
from runmock.transports.patching.layers import NARROWEST, OUTERMOST

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping

    from runmock.deck.options import Options

TO_IGNORE = "@pytest.mark.runmock(allow_unplayed=True), or --runmock-unused=ignore"
OF_FIXTURE = Access(how="with the fixture runmock")
OPTIONS_OF_SESSION = ("match_on", "allow_truncated", "before_record")


def play(request: pytest.FixtureRequest) -> Generator[Session]:
    """Yield the open session of a test; afterwards fail the test for unreported misses, or for leftovers.

    Where runmock is disabled, the session is not started, and nothing is judged. An error in the set-up is noted, and
    fails the test later.
    """
    item: pytest.Item = request.node
    if settings.is_disabled(item.config):
        yield DisabledSession()
        return
    try:
        keywords = settings.keywords(item, *_custom_values(request, "runmock_config"))
        is_guarded = settings.is_guarded(item)
        unused = "ignore" if is_guarded else settings.unused(item.config, keywords)
        played = _prepare(request, keywords)
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


def options_of(  # noqa: PLR0913 - what differs between a test and a fixture
    config: pytest.Config, keywords: Mapping[str, Any], *, record_mode: str, test: str, to_record: str, access: Access
) -> Options:
    """Return the options of a session from its keywords and the settings. Raises UsageError and pytest.UsageError."""
    return options(
        record_mode=record_mode,
        is_commanded=settings.is_mode_on_command_line(config),
        pace=settings.value(config, "pace", keywords),
        upstream=settings.value(config, "upstream", keywords) or None,
        hosts=keywords.get("hosts") or (),
        allow_hosts=settings.allowed_hosts(config, keywords) or (),
        test=test,
        to_record=to_record,
        names_upstream=bool(config.getoption("--runmock-upstream")),
        access=access,
        **{key: keywords[key] for key in OPTIONS_OF_SESSION if keywords.get(key) is not None},
    )


def _custom_values(request: pytest.FixtureRequest, *fixtures: str) -> list[Any]:
    """Return the values of fixtures of runmock that the user has overridden or the test requests; None for others."""
    custom = {*request.fixturenames, *names.place_of(request.node).overridden}
    return [request.getfixturevalue(name) if name in custom else None for name in fixtures]


def _prepare(request: pytest.FixtureRequest, keywords: Mapping[str, Any]) -> Played:
    """Return a test's session, not yet open, with its cassettes loaded. Raises RunmockError and pytest.UsageError."""
    item: pytest.Item = request.node
    folder, name = _custom_values(request, "runmock_cassette_dir", "runmock_cassette_name")
    trial, is_guarded = passes.trial_of(item), settings.is_guarded(item)
    first_mark_it = "mark the test with @pytest.mark.runmock, then " if is_guarded else ""
    session_options = options_of(
        item.config,
        keywords,
        record_mode=RecordMode.NONE if trial or is_guarded else str(settings.value(item.config, "record", keywords)),
        test=suite.on_the_command_line(item.config, item.nodeid),
        to_record=f"{first_mark_it}pytest",
        access=IN_A_TEST if names.takes_fixture(item) else OF_FIXTURE,
    )
    test_cassettes = finding.find(item, keywords, session_options.mode, folder, name)
    if test_cassettes.is_shared:
        session_options = replace(session_options, mode=in_shared_cassette(session_options.mode))
    is_asked_for = item.get_closest_marker("runmock") is not None
    missing = (
        printable(shorten(test_cassettes.missing, item.config)) if test_cassettes.missing and is_asked_for else None
    )
    first = None
    if test_cassettes.first is not None and can_ask_upstream(session_options.mode):
        first = Path(shorten(test_cassettes.first, item.config))
    was_there = first is not None and existed(item.config, first)
    has_own = folder is None and name is None and not test_cassettes.is_shared
    is_own = first is not None and has_own and not cassettes_named(item)
    session = Session(session_options, missing, first, was_there, is_own=is_own)
    for cassette in test_cassettes.cassettes:
        session.deck.load(cassette)
    if wanted.files(item.config):
        seen.begin(session)
    if trial is not None:
        session.bring_chaos(trial.chaos(item.nodeid), trial.name)
    paths = tuple(cassette.path for cassette in test_cassettes.cassettes)
    path = first if session.deck.records else None
    sharing = None
    if test_cassettes.sharing and first is not None and can_record(session_options.mode, existed=False):
        sharing = summary.sharing(str(first), test_cassettes.sharing)
    elif test_cassettes.other_user is not None:
        sharing = summary.kept(str(first), test_cassettes.other_user)
    paths = paths or (() if path is None else (str(path),))
    is_strict = keywords.get("allow_unplayed") is not None and not keywords["allow_unplayed"]
    from_outside: frozenset[str] = frozenset() if is_strict else test_cassettes.from_outside
    return Played(session, paths, path, sharing, has_old_name=bool(test_cassettes.sharing), from_outside=from_outside)


def judge(item: pytest.Item, played: Played, unused: str) -> None:
    """Fail a test for misses that pytest has not reported, else for leftovers if the test's body passed.

    `unused` says what leftovers do: `ignore`, `warn` or `fail`. They are ignored while a test records. A run of a chaos
    pass is not judged here.
    """
    if passes.trial_of(item) is not None:
        return  # its result was reported when the body ended
    if unreported := played.unreported_failures():
        pytest.fail(text_of_unreported(unreported), pytrace=False)
    if not played.passed.get("call") or unused == "ignore" or played.session.deck.records or played.has_old_name:
        return
    deck = played.session.deck
    if own_leftovers := [
        leftover for leftover in deck.leftovers() if leftover.is_begun or leftover.cassette not in played.from_outside
    ]:
        played.has_left, takers = True, deck.takers
        if unused == "warn":
            item.warn(pytest.PytestWarning(leftovers_report(own_leftovers, TO_IGNORE, takers=takers)))
        else:
            pytest.fail(leftovers_report(own_leftovers, takers=takers), pytrace=False)
