"""How a run goes on while nobody reads its stream.

The service's runs go on by themselves. Here nothing happens between two requests, so a request makes up for the time
that has passed before it:

- A look sees each status as often as the script's `poll` says. Looks are: to retrieve or list runs, and a request that
  the run refuses because it is active.
- Reading messages or steps brings the run to rest, as somebody who has waited long enough finds it; but not while its
  stream is open, for then the stream moves it.
- A run whose script says `poll: 0` is at rest at the next request of any kind.

`advance: polls` in a cassette's defaults leaves looks alone to move its runs.
"""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING

from runmock.core.engine.run_status import AT_REST, TERMINAL, RunStatus

if TYPE_CHECKING:
    from runmock.core.assistants.memory import Memory, PlayedRun, StoredThread

MOST_SEARCHES = 2
"""So many reads of messages or steps look whether anybody holds the stream that is open."""


def look(run: PlayedRun) -> None:
    """Let a run go on as a look sees it; the script says how many looks a status lasts."""
    if run.ends_while_waiting and run.seen:
        end_unasked(run)
    while run.status not in AT_REST and run.seen >= _lasts(run, run.status):
        before = run.status
        run.advance_past(before)
        if run.status is before:
            break
    run.seen += 1


def look_refused(run: PlayedRun) -> None:
    """A request has come that an active run refuses: it is a look as well, where not only polls are."""
    if not run.script.moves_by_looks:
        look(run)


def _lasts(run: PlayedRun, status: RunStatus) -> int:
    return 1 if status is RunStatus.CANCELLING else run.script.polls.count(status)


def end_unasked(run: PlayedRun) -> None:
    """What happens while the application does not submit: the run expires, or is cancelled elsewhere."""
    run.finish_answer()
    run.ends_while_waiting = False
    run.advance_until(*TERMINAL)


def settle(run: PlayedRun) -> None:
    """Let a run come to rest, unless its stream is open; a stuck one goes as far as it ever will."""
    if run.unread is None and not run.script.moves_by_looks:
        run.advance_until(*AT_REST)


def read(thread: StoredThread) -> None:
    """What is on a thread is read: its run comes to rest.

    A stream that the application left without closing it is there until the garbage collector comes, so it comes now:
    what is read must not depend on when it comes by itself. It takes its time, so not for a stream that was still held
    when it came before: somebody reads messages beside it.
    """
    run = thread.active
    if run is None:
        return
    if run.unread is not None and run.status not in AT_REST and run.searches < MOST_SEARCHES:
        run.searches += 1
        gc.collect()
    settle(run)


def pass_time(memory: Memory) -> None:
    """A request has come: runs that take no time at all are at rest by now."""
    if memory.instant:
        for run in memory.instant:
            settle(run)
        memory.instant = [run for run in memory.instant if run.status not in TERMINAL]
