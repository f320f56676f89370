"""The text of a miss: the request, the cassettes, the nearest entry, what was played, and what mends it."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from runmock.core.replay.mismatches import Mismatch, parts_that_differ
from runmock.core.script.conditions import conditions_of, unmet
from runmock.core.script.patterns import as_pattern, as_regex

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from runmock.core.replay.matching import RequestKey
    from runmock.core.replay.player import Player
    from runmock.core.script.playlist import Playlist
    from runmock.core.script.script import ScriptedRun

MOST_PLACES = 5
"""A miss shows at most this many places in a long value; the others are counted."""
LATEST = 12
"""A miss lists at most this many of the latest played requests."""
NOTHING_LEFT = "nothing left on the cassette for this request"
NO_SCRIPT = "nothing says what the assistant does: there is no script, no recording and no verb"
ONLY_WHEN = "when() needs a verb after it, such as reply(): nothing says what the run does"
NO_MATCH = "no scripted run matches this request"
MISSING = "the cassette of this test does not exist"
NOT_SCRIPTED = "no script answers this request, but an interaction on a cassette can"
NO_ROUTE = "no route of runmock.router answers this request"


@dataclass(frozen=True, slots=True)
class Miss:
    """Everything that the message of a miss contains."""

    sent: RequestKey
    cassettes: tuple[str, ...]
    mode: str
    players: tuple[Player, ...]
    played: tuple[str, ...]
    """The latest requests that were answered."""
    playlist: Playlist | None = None
    facts: Mapping[str, Any] | None = None
    """What a request that creates a run is matched by; None for other requests."""
    forgotten: int = 0
    """How many requests were answered before those in `played`."""
    ways_out: tuple[tuple[str, str], ...] = ()
    """Pairs of an aim, as `to record it`, and the command that does it."""
    compared: RequestKey | None = None
    """The request as it was compared with recordings, where `before_record` has changed it."""
    headline: str = NOTHING_LEFT
    """The first line, which names the case."""
    url: str = ""
    """The whole URL of a request of an API that scripts do not play."""
    name: str = ""
    """The name of such a request, and who sends it."""
    api: str = ""
    """The name of the request's API, where it has to be said."""
    near_route: tuple[tuple[str, str], ...] = ()
    """Rows of the message: the router's nearest route, and where it differs; none where no route was asked."""

    def text(self) -> str:
        """The whole message: which case it is, a row for each fact, and what mends it."""
        rows = [
            ("sent", self._sent()),
            *([("api", self.api)] if self.api else ()),
            ("cassette", f"{', '.join(self.cassettes) or 'none'}   mode {self.mode}"),
            *self.near_route,
            *(self._nearest() if self.headline in {NOTHING_LEFT, NO_MATCH} else ()),
            ("played", self._played()),
        ]
        lines = [self.headline, *(f"  {name:<8}  {value}" for name, value in rows)]
        lines += [f"  {aim}: {command}" for aim, command in self.ways_out]
        return "\n".join(lines)

    def _sent(self) -> str:
        if not self.url:
            return self.sent.line
        return f"{self.sent.method} {self.url}" + (f"  ({self.name})" if self.name else "")

    def _played(self) -> str:
        """The row of answered requests, the number of older ones first."""
        more = f"{self.forgotten:,} before, then " if self.forgotten else ""
        return more + ", ".join(self.played) if self.played else "nothing"

    def _nearest(self) -> list[tuple[str, str]]:
        if self.playlist is not None and self.facts is not None:
            rows = _nearest_script(self.playlist, self.facts)
            if rows or not any(player.tracks for player in self.players):
                return rows or [("nearest", "none: every scripted run was used")]
        found = [near for player in self.players if (near := player.nearest(self.compared or self.sent)) is not None]
        if not found:
            return [("nearest", "none")]
        track, comparison = max(found, key=lambda pair: pair[1].score)
        if not comparison.differ:
            return [("nearest", f"{track.place}: the same request, but it was played already")]
        if comparison.differ[0].field == "operation":
            return _rows(track.place, (), comparison.differ[:1])  # of other fields there is nothing to compare
        return _rows(track.place, comparison.agree, comparison.differ)


def _nearest_script(playlist: Playlist, facts: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Rows about the waiting scripted run with the fewest conditions that the request does not meet."""
    best: tuple[int, list[tuple[str, str]]] | None = None
    for run in (*playlist.matching, *playlist.in_order):
        missed, expected = unmet(run, facts), conditions_of(run)
        met = tuple(name for name in expected if name in facts and name not in missed)
        if best is None or -len(missed) > best[0]:
            differ = tuple(Mismatch.of(name, expected[name], facts.get(name)) for name in missed)
            place = f"run {run.source.index}" + (f", line {run.source.line}" if run.source.line else "")
            hints = [row for name in missed if (row := _near_miss(name, run, expected[name], facts.get(name)))]
            best = (-len(missed), [*_rows(place, met, differ, is_condition=True), *hints])
    return [] if best is None else best[1]


def _near_miss(name: str, run: ScriptedRun, expected: Any, actual: Any) -> tuple[str, str] | None:
    """A hint with a pattern that would match: where a literal is a part of the text, or differs only in case."""
    if not isinstance(expected, str) or not isinstance(actual, str) or not expected:
        return None
    pattern = as_regex(expected)
    plain = as_pattern(expected) if pattern is None else pattern.pattern
    for written, flags in ((f"/{plain}/", re.NOFLAG), (f"/{plain}/i", re.IGNORECASE)):
        if re.search(plain, actual, flags):
            why = "a text without slashes has to be the same" if pattern is None else "upper and lower case differ"
            return "", f"  to match it: {_condition(name, written, run)}  ({why})"
    return None


def _condition(name: str, pattern: str, run: ScriptedRun) -> str:
    """A condition in the syntax of the run's source: an argument of `when()`, an entry of a mapping, a line of YAML."""
    if run.source.line is None:
        is_verb = run.source.cassette == "inline"
        return f"{name}={pattern!r}" if is_verb else f"{json.dumps(name)}: {json.dumps(pattern, ensure_ascii=False)}"
    is_plain = _PLAIN.fullmatch(pattern) is not None
    quoted = pattern.replace("'", "''")
    return f"{name}: {pattern}" if is_plain else f"{name}: '{quoted}'"


_PLAIN = re.compile(r"/[\w .\\?!()|+*^$/-]*")
"""A pattern that YAML reads without quotes, also within braces."""


def _rows(
    place: str, agree: Sequence[str], differ: Sequence[Mismatch], *, is_condition: bool = False
) -> list[tuple[str, str]]:
    names = [mismatch.field for mismatch in differ]
    parts = []
    if agree:
        parts.append(f"{_and(agree)} {'agree' if len(agree) > 1 else 'agrees'}")
    parts.append(f"{_and(names)} {_verb(names)}")
    rows = [("nearest", f"{place}: {'; '.join(parts)}")]
    for mismatch in differ:
        places = parts_that_differ(mismatch, is_condition=is_condition)
        for part in places[:MOST_PLACES]:
            where = "" if part.where == mismatch.field and len(differ) == 1 else f"{part.where}: "
            rows += [("", f"  {where}cassette  {part.cassette}"), ("", f"  {where}sent      {part.sent}")]
        if len(places) > MOST_PLACES:
            rows.append(("", f"  and {len(places) - MOST_PLACES:,} more places in {mismatch.field}"))
    return rows


def _verb(names: Sequence[str]) -> str:
    return "differ" if len(names) > 1 or names[0].endswith("s") else "differs"


def _and(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
