"""Moves a run on when nobody reads its stream.

The service's runs go on by themselves. Here nothing happens between two requests, so a request makes up for the time
that has passed before it:

- Looks find each status as often as the script's `poll` says. Looks are: to retrieve or list runs, and a request that
  the run refuses because it is active.
- Reading messages or steps brings the run to rest, as if the application had waited long enough; but not while its
  stream is open, for then the stream moves it.
- A run whose script says `poll: 0` is at rest at the next request of any kind.

With `advance: polls` in a cassette's defaults only looks move its runs.
"""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING

from runmock.core.engine.run_status import AT_REST, TERMINAL, RunStatus

if TYPE_CHECKING:
    from runmock.core.engine.played_run import PlayedRun
    from runmock.core.engine.stage import Stage

MOST_GC_PASSES = 2
"""At most this many reads of messages or steps run the garbage collector for one open stream."""


def look(run: PlayedRun) -> None:
    """Move a run on when its status has lasted as many looks as the script says, and count a look at it."""
    move_on(run)
    run.looks += 1


def move_on(run: PlayedRun) -> None:
    """Move a run on when its status has lasted as many looks as the script says."""
    if run.ends_while_waiting and run.looks:
        end_while_waiting(run)
    while run.status not in AT_REST and run.looks >= _lasts(run, run.status):
        before = run.status
        run.advance_past(before)
        if run.status is before:
            break


def look_refused(run: PlayedRun) -> None:
    """Count a request that an active run refuses as a look, unless only polls move the run."""
    if not run.script.moves_by_looks:
        look(run)


def _lasts(run: PlayedRun, status: RunStatus) -> int:
    return 1 if status is RunStatus.CANCELLING else run.script.polls.count(status)


def end_while_waiting(run: PlayedRun) -> None:
    """End a run whose outputs the application did not submit: it expires, or is cancelled elsewhere."""
    run.finish_answer()
    run.ends_while_waiting = False
    run.advance_until(*TERMINAL)


def settle(run: PlayedRun) -> None:
    """Bring a run to rest, unless its stream is open; a stuck run goes as far as it ever will."""
    if run.unread is None and not run.script.moves_by_looks:
        run.advance_until(*AT_REST)


def settle_for_reading(run: PlayedRun | None) -> None:
    """Bring the run of a conversation to rest, because its messages or steps are read.

    A stream that the application left without closing it exists until the garbage collector runs, so it runs here: the
    answer must not depend on when it runs by itself. That takes time, so it stops for a stream that is still held after
    two passes: then the application reads messages while it streams.
    """
    if run is None:
        return
    if run.unread is not None and run.status not in AT_REST and run.gc_passes < MOST_GC_PASSES:
        run.gc_passes += 1
        gc.collect()
    settle(run)


def pass_time(stage: Stage) -> None:
    """Bring runs that take no time (`poll: 0`) to rest, because a new request has come."""
    for run in stage.instant:
        settle(run)
    stage.instant = [run for run in stage.instant if run.status not in TERMINAL]
