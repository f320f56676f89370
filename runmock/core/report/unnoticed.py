"""A run that ended badly, and an application that did nothing about it: a test that passes then says little."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from runmock.core.api import READS, Role
from runmock.core.engine.run_status import UNWELCOME
from runmock.core.http.exchange import REFUSED

if TYPE_CHECKING:
    from collections.abc import Collection

    from runmock.core.report.activity import Activity, AppRequest


class Unnoticed(NamedTuple):
    """How a run ended that ended badly, when nothing shows that the application noticed it."""

    run_id: str
    status: str
    was_read: bool
    """Whether the application read what the run had written, after it had ended."""


def unnoticed(activity: Activity, answer_ids: Collection[str]) -> Unnoticed | None:
    """The bad end of the run with these ids, as the application was told of it.

    None where it was not told, has raised an exception, got one from its SDK, or has cancelled the run itself.
    """
    activity.learn()
    own = [request for request in activity.requests if request.run_id in answer_ids]
    told = [request for request in own if request.run_status in UNWELCOME]
    if not told or any(Role.CANCELS in request.roles for request in own):
        return None
    if any(request.was_noticed or request.status >= REFUSED for request in told):
        return None
    first = told[0]
    was_read = not READS.isdisjoint(first.roles) or any(_reads(later, first) for later in activity.after(first))
    return Unnoticed(first.facts.run_id or str(first.run_id), str(first.run_status), was_read)


def _reads(later: AppRequest, told: AppRequest) -> bool:
    is_of_run = later.run_id == told.run_id or later.conversation_id == told.conversation_id is not None
    return is_of_run and not later.roles.isdisjoint({*READS, Role.READS_OUTPUT})
