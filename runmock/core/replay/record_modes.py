"""Record modes as a table: what happens to a request, by the mode, whether the file exists, and whether it matches."""

from __future__ import annotations

from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping


class RecordMode(StrEnum):
    """The modes of `--runmock-record`."""

    NONE = "none"
    ONCE = "once"
    NEW_EPISODES = "new_episodes"
    ALL = "all"
    REWRITE = "rewrite"
    VERIFY = "verify"


RecordModeName: TypeAlias = Literal["none", "once", "new_episodes", "all", "rewrite", "verify"]
"""Their names as a type: editors complete it."""


class Action(StrEnum):
    """What is done with a request."""

    REPLAY = "replay"
    RECORD = "record"
    COMPARE = "compare"
    """Send it to upstream as well, and compare the answers."""
    REFUSE = "refuse"
    """A miss."""


TABLE: Mapping[tuple[RecordMode, bool, bool], Action] = {
    # (mode, the file existed when pytest started, the cassette has a match)
    (RecordMode.NONE, False, False): Action.REFUSE,
    (RecordMode.NONE, False, True): Action.REPLAY,
    (RecordMode.NONE, True, False): Action.REFUSE,
    (RecordMode.NONE, True, True): Action.REPLAY,
    (RecordMode.ONCE, False, False): Action.RECORD,
    (RecordMode.ONCE, False, True): Action.REPLAY,
    (RecordMode.ONCE, True, False): Action.REFUSE,
    (RecordMode.ONCE, True, True): Action.REPLAY,
    (RecordMode.NEW_EPISODES, False, False): Action.RECORD,
    (RecordMode.NEW_EPISODES, False, True): Action.REPLAY,
    (RecordMode.NEW_EPISODES, True, False): Action.RECORD,
    (RecordMode.NEW_EPISODES, True, True): Action.REPLAY,
    (RecordMode.ALL, False, False): Action.RECORD,
    (RecordMode.ALL, False, True): Action.RECORD,
    (RecordMode.ALL, True, False): Action.RECORD,
    (RecordMode.ALL, True, True): Action.RECORD,
    (RecordMode.REWRITE, False, False): Action.RECORD,
    (RecordMode.REWRITE, False, True): Action.RECORD,
    (RecordMode.REWRITE, True, False): Action.RECORD,
    (RecordMode.REWRITE, True, True): Action.RECORD,
    (RecordMode.VERIFY, False, False): Action.REFUSE,
    (RecordMode.VERIFY, False, True): Action.COMPARE,
    (RecordMode.VERIFY, True, False): Action.REFUSE,
    (RecordMode.VERIFY, True, True): Action.COMPARE,
}


class Actions(NamedTuple):
    """What a mode does with a request that the cassette answers, and with one that it does not answer."""

    match: Action
    no_match: Action


def actions(mode: RecordMode, *, existed: bool) -> Actions:
    """The two actions of a mode; `existed`: the file was there when pytest started."""
    return Actions(TABLE[mode, existed, True], TABLE[mode, existed, False])


@cache
def can_record(mode: RecordMode, *, existed: bool) -> bool:
    """Whether anything may be recorded in a mode."""
    return Action.RECORD in actions(mode, existed=existed)


def needs_new_file(mode: RecordMode) -> bool:
    """Whether a mode records only into a cassette that was not there before."""
    return can_record(mode, existed=False) and not can_record(mode, existed=True)


SHARED: Mapping[RecordMode, RecordMode] = {RecordMode.REWRITE: RecordMode.ALL}
"""The modes that are another one for a cassette that several tests use: one uses what another one does not."""


def in_shared_cassette(mode: RecordMode) -> RecordMode:
    """The mode for a cassette that several tests use."""
    return SHARED.get(mode, mode)


def can_ask_upstream(mode: RecordMode) -> bool:
    """Whether any request may go on to upstream in a mode, for some cassette."""
    return asks_upstream(mode, existed=False) or asks_upstream(mode, existed=True)


@cache
def asks_upstream(mode: RecordMode, *, existed: bool) -> bool:
    """Whether any request may go on to upstream in a mode."""
    return not {Action.RECORD, Action.COMPARE}.isdisjoint(actions(mode, existed=existed))
