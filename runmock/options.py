"""How a deck plays, and how people write it: a marker's keywords, a setting's words, read and checked."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from runmock.core.errors import UsageError
from runmock.core.matching import MATCHERS
from runmock.core.modes import RecordMode, can_record
from runmock.core.tempo import Tempo
from runmock.core.upstream import Upstream

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from runmock.recording.before_record import BeforeRecord


@dataclass(frozen=True, slots=True)
class Options:
    """How a deck plays; `ways_out` are the last lines of a miss: what to do, and the command that does it."""

    mode: RecordMode = RecordMode.NONE
    asked: RecordMode | None = None
    """The mode that was asked for, where another one is in force."""
    tempo: Tempo = field(default_factory=Tempo)
    match_on: tuple[str, ...] = MATCHERS
    allow_truncated: bool = False
    hosts: tuple[str, ...] = ()
    ways_out: tuple[tuple[str, str], ...] = ()
    ways_out_elsewhere: tuple[tuple[str, str], ...] = ()
    """More of them, for requests outside of the Assistants family."""
    remembers: int | None = None
    """So many requests and failures are kept for a look back; None keeps them all."""
    upstream: Upstream | None = None
    """The API root to record from; None records from where the application's requests go."""
    before_record: BeforeRecord | None = None
    is_stock: bool = False
    """With no cassette at all, answer every request of the family: stock replies, and objects for whatever ids."""

    @property
    def told_mode(self) -> str:
        """The mode for messages, and why it is not the one that was asked for."""
        if self.asked in {None, self.mode}:
            return str(self.mode)
        return f"{self.mode} (not {self.asked}: CI is set, and the command line is silent)"


def options(  # noqa: PLR0913 - the marker's keywords
    *,
    record_mode: str = "none",
    pace: str | float | None = None,
    match_on: Iterable[str] | None = None,
    allow_truncated: bool = False,
    hosts: Iterable[str] = (),
    upstream: str | None = None,
    before_record: BeforeRecord | None = None,
    is_commanded: bool = False,
    ways_out: Iterable[tuple[str, str]] = (),
) -> Options:
    """A deck's options from words as people write them; `is_commanded`: the command line itself says the mode.

    Raises UsageError for what is not known.
    """
    if record_mode not in list(RecordMode):
        raise UsageError(f"record mode {record_mode!r} is not known; the modes are {', '.join(RecordMode)}")
    matchers = MATCHERS if match_on is None else tuple(match_on)
    for name in matchers:
        if name not in MATCHERS:
            raise UsageError(f"match_on {name!r} is not known; the matchers are {', '.join(MATCHERS)}")
    if isinstance(hosts, str):
        raise UsageError(f"hosts is a list of names, not the text {hosts!r}; write hosts=[{hosts!r}]")
    if before_record is not None and not callable(before_record):
        raise UsageError(f"before_record is a function that takes an interaction, not {before_record!r}")
    mode = RecordMode(record_mode)
    return Options(
        mode=mode if is_commanded else effective(mode),
        asked=mode,
        tempo=Tempo.read(pace),
        match_on=matchers,
        allow_truncated=allow_truncated,
        hosts=tuple(_host(one) for one in hosts),
        upstream=None if upstream is None else Upstream.read(upstream),
        before_record=before_record,
        ways_out=tuple(ways_out),
        ways_out_elsewhere=(("to answer it", "a route of runmock.router, which is a respx router"),),
    )


def _host(name: str) -> str:
    """A host's name as requests have it. Raises UsageError for a URL, a port or a path."""
    host = name.lower().rstrip(".")
    is_ipv6 = host.count(":") > 1 and set(host) <= set("0123456789abcdef:.")
    if not host or (set(host) & set(":/@[]") and not is_ipv6):
        raise UsageError(f"hosts: {name!r} is no host's name; leave out scheme, port and path, as in 'gateway.example'")
    return host


def effective(mode: RecordMode, environment: Mapping[str, str] = os.environ) -> RecordMode:
    """The mode when the command line did not say it: under CI nothing is recorded by accident."""
    is_ci = environment.get("CI", "").lower() not in _NO
    return RecordMode.NONE if is_ci and can_record(mode, existed=False) else mode


_NO = frozenset({"", "0", "false", "no", "off"})
