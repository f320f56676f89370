"""Options as people write them: a marker's keywords, a setting's words, read and checked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runmock.core.errors import UsageError
from runmock.core.matching import MATCHERS
from runmock.core.modes import TABLE, Action, RecordMode
from runmock.core.tempo import Tempo
from runmock.deck import Options

if TYPE_CHECKING:
    from collections.abc import Iterable


def options(  # noqa: PLR0913 - the marker's keywords
    *,
    record_mode: str = "none",
    pace: str | float | None = None,
    match_on: Iterable[str] | None = None,
    allow_truncated: bool = False,
    hosts: Iterable[str] = (),
    ways_out: Iterable[tuple[str, str]] = (),
) -> Options:
    """A deck's options from words as people write them. Raises UsageError for what is not known."""
    if record_mode not in list(RecordMode):
        raise UsageError(f"record mode {record_mode!r} is not known; the modes are {', '.join(RecordMode)}")
    matchers = MATCHERS if match_on is None else tuple(match_on)
    for name in matchers:
        if name not in MATCHERS:
            raise UsageError(f"match_on {name!r} is not known; the matchers are {', '.join(MATCHERS)}")
    if isinstance(hosts, str):
        raise UsageError(f"hosts is a list of names, not the text {hosts!r}; write hosts=[{hosts!r}]")
    return Options(
        mode=RecordMode(record_mode),
        tempo=Tempo.read(pace),
        match_on=matchers,
        allow_truncated=allow_truncated,
        hosts=tuple(_host(one) for one in hosts),
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


def check_playable(mode: RecordMode, *, exists: bool) -> None:
    """Raise UsageError when a mode would record: this version plays only."""
    if TABLE[mode, exists, False] is not Action.REFUSE or TABLE[mode, exists, True] is not Action.REPLAY:
        raise UsageError(f"record mode {mode} would record, and this version of runmock plays only; use mode none")
