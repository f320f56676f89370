"""How a deck plays, read and checked from a marker's keywords and from settings."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from runmock.apis.service.claims import host_name
from runmock.core.engine.pace import Pace
from runmock.core.errors import UsageError, did_you_mean
from runmock.core.replay.matching import MATCHERS
from runmock.core.replay.record_modes import RecordMode, can_record
from runmock.core.replay.upstream import Upstream
from runmock.core.replay.ways_out import IN_A_TEST, Access

if TYPE_CHECKING:
    from collections.abc import Mapping

    from runmock.recording.before_record import BeforeRecord


@dataclass(frozen=True, slots=True)
class Options:
    """How a deck plays; `ways_out` are the last lines of a miss: what to do, and the command that does it."""

    mode: RecordMode = RecordMode.NONE
    requested_mode: RecordMode | None = None
    """The mode that the user chose; CI may put another one in force."""
    pace: Pace = field(default_factory=Pace)
    match_on: tuple[str, ...] = MATCHERS
    allow_truncated: bool = False
    hosts: tuple[str, ...] = ()
    allow_hosts: tuple[str, ...] = ()
    """Hosts that requests are let through to, except for requests that runmock answers itself."""
    test: str = ""
    """The test's node id on pytest's command line; empty outside of pytest."""
    ways_out: tuple[tuple[str, str], ...] = ()
    to_record: str = ""
    """The command or function that records, without its arguments; empty where nothing records."""
    names_upstream: bool = False
    """Whether that command has to contain the API root again, because it came from the command line."""
    access: Access = IN_A_TEST
    """How code that is pasted from a message refers to the session."""
    remembers: int | None = None
    """How many requests and failures are kept; None keeps them all."""
    upstream: Upstream | None = None
    """The API root to record from; None records from where the application's requests go."""
    before_record: BeforeRecord | None = None
    is_stock: bool = False
    """Without any cassette, answer every request of the Assistants API: stock replies, and objects for unknown ids."""

    @property
    def mode_text(self) -> str:
        """The mode for messages, and why it is not the one that the user chose."""
        if self.requested_mode in {None, self.mode}:
            return str(self.mode)
        return f"{self.mode} (not {self.requested_mode}: CI is set, so only the command line can record)"


def options(  # noqa: PLR0913 - the marker's keywords
    *,
    record_mode: str = "none",
    pace: str | float | None = None,
    match_on: Iterable[str] | None = None,
    allow_truncated: bool = False,
    hosts: Iterable[str] | None = (),
    allow_hosts: Iterable[str] | None = (),
    upstream: str | None = None,
    before_record: BeforeRecord | None = None,
    is_commanded: bool = False,
    test: str = "",
    to_record: str = "",
    names_upstream: bool = False,
    access: Access = IN_A_TEST,
) -> Options:
    """A deck's options from keywords; `is_commanded`: the mode comes from the command line, and applies under CI too.

    Raises UsageError for an unknown value.
    """
    try:
        mode = RecordMode(record_mode)
    except ValueError:
        hint = did_you_mean(str(record_mode), RecordMode)
        modes = ", ".join(RecordMode)
        raise UsageError(f"record_mode {record_mode!r} is not known; the modes are {modes}{hint}") from None
    if before_record is not None and not callable(before_record):
        raise UsageError(f"before_record is a function that takes an interaction, not {before_record!r}")
    return Options(
        mode=mode if is_commanded else effective(mode),
        requested_mode=mode,
        pace=Pace.read(pace),
        match_on=_matchers(match_on),
        allow_truncated=allow_truncated,
        hosts=_hosts("hosts", hosts),
        allow_hosts=_hosts("allow_hosts", allow_hosts),
        test=test,
        upstream=None if upstream is None else Upstream.read(upstream),
        before_record=before_record,
        to_record=to_record,
        names_upstream=names_upstream,
        access=access,
    )


def _matchers(names: Any) -> tuple[str, ...]:
    """The names of matchers, checked; None means all of them. Raises UsageError."""
    if names is None:
        return MATCHERS
    if isinstance(names, str) or not isinstance(names, Iterable):
        hint = f"; write match_on=[{names!r}]" if names in MATCHERS else ""
        raise UsageError(f"match_on is a list of matchers, as in ['operation', 'body'], not {names!r}{hint}")
    matchers = tuple(names)
    for name in matchers:
        if name not in MATCHERS:
            hint = did_you_mean(str(name), MATCHERS)
            raise UsageError(f"match_on {name!r} is not known; the matchers are {', '.join(MATCHERS)}{hint}")
    return matchers


def _hosts(keyword: str, names: Any) -> tuple[str, ...]:
    """The names of hosts in the form that requests have; none for None. Raises UsageError."""
    if names is None:
        return ()
    if isinstance(names, str):
        raise UsageError(f"{keyword} is a list of names, not the text {names!r}; write {keyword}=[{names!r}]")
    if isinstance(names, bytes) or not isinstance(names, Iterable):
        raise UsageError(f"{keyword} is a list of names, as in ['gateway.example'], not {names!r}")
    return tuple(_host(keyword, name) for name in names)


def _host(keyword: str, name: Any) -> str:
    """A host's name in the form that requests have. Raises UsageError for a URL, a path, and for a port in `hosts`."""
    if not isinstance(name, str):
        raise UsageError(f"{keyword}: {name!r} is not a text; write a host's name, as in 'gateway.example'")
    host = name.strip().lower()
    if keyword == "allow_hosts" and (with_port := _WITH_PORT.fullmatch(host)) is not None:
        host = with_port[1] or with_port[2]
    host = host_name(host)
    is_ipv6 = host.count(":") > 1 and set(host) <= set("0123456789abcdef:.")
    if not host or (set(host) & _IN_NO_HOST and not is_ipv6):
        left_out = "scheme and path" if keyword == "allow_hosts" else "scheme, port and path"
        raise UsageError(
            f"{keyword}: {name!r} is not the name of a host; leave out {left_out}, as in 'gateway.example'"
        )
    return host


_IN_NO_HOST = frozenset(":/@[], ")
_WITH_PORT = re.compile(r"\[([0-9a-f:.]+)\](?::\d*)?|([^:/@\[\]]+):(?:\d*|\*)")
"""Ports are ignored for `allow_hosts`, because people paste them from URLs."""


def effective(mode: RecordMode, environment: Mapping[str, str] = os.environ) -> RecordMode:
    """The mode when the command line does not set it: under CI a recording mode becomes `none`."""
    if not can_record(mode, existed=False):
        return mode
    word = environment.get("CI", "").lower()
    return RecordMode.NONE if WORDS.get(word, word != "") else mode


WORDS = {**dict.fromkeys(("yes", "true", "on", "1"), True), **dict.fromkeys(("no", "false", "off", "0"), False)}
"""Words for yes and no. The plugin's own are the same; it has them without runmock."""
