"""What a deck waits for next, as people read it: `run 3, needs last_message /Paris/`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runmock.core.engine.run_status import RunStatus
from runmock.core.replay.mismatches import shown
from runmock.core.report.leftovers import Leftover, unsent
from runmock.core.script.conditions import conditions_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from runmock.core.engine.played_run import PlayedRun
    from runmock.core.replay.track import Track
    from runmock.core.script.playlist import Playlist
    from runmock.core.script.script import ScriptedRun


def coming(
    playlist: Playlist, created: Iterable[PlayedRun], recorded: Iterable[tuple[str, Sequence[Track]]]
) -> Iterator[Leftover]:
    """What the next requests can be answered with: the first recorded request of each cassette, then runs.

    First the runs that wait for tool outputs, then those with `match:`, which go to their request whenever it comes,
    then the first one of the others. `recorded` are unplayed interactions by their cassette.
    """
    yield from (unsent(path, tracks[0]) for path, tracks in recorded if tracks)
    yield from (_waiting(run) for run in created if run.status is RunStatus.REQUIRES_ACTION)
    yield from (_needs(run) for run in (*playlist.matching, *list(playlist.in_order)[:1]))


def _waiting(run: PlayedRun) -> Leftover:
    names = ", ".join(run.calls[call_id].name for call_id in run.waiting)
    source = run.script.source
    return Leftover(source.cassette, f"run {source.index}, waits for outputs of {names}", is_begun=True)


def _needs(run: ScriptedRun) -> Leftover:
    needed = " and ".join(f"{name} {shown(value)}" for name, value in conditions_of(run).items())
    return Leftover(
        run.source.cassette, f"run {run.source.index}, {f'needs {needed}' if needed else 'for any request'}"
    )
