"""Verdicts: what looks like a defect of the application, by its requests; each rule is a row of a table.

A verdict is never about a single request that went wrong, but about what the application did next.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING

from runmock.core.api import READS, Role
from runmock.core.engine.run_status import AT_REST, TERMINAL, UNWELCOME, RunState, RunStatus
from runmock.core.report.activity import StreamEnd

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from runmock.core.report.activity import Activity, AppRequest

NO_FAILURE = frozenset({"read_while_active"})
"""Kinds that `assert_resilient` ignores: an application that waits long enough works all the same."""
_ANSWERS = frozenset({Role.SUBMITS_OUTPUTS, Role.CANCELS})
"""What a run that waits for tool outputs needs."""
MOST_LOOKS_AFTER_END = 2
"""Some clients retrieve a finished run once more, or twice (docs/protocol/clients.md#polls)."""
QUICK_POLLS = 3
TOLERANCE = 0.9
"""An application that waits this part of the required time has waited long enough: clocks and sleeps are not exact."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Something that the application did and that looks like a defect."""

    kind: str
    message: str
    run_id: str | None = None
    operation: str = ""

    def __str__(self) -> str:
        """`truncated_accepted: the stream of run_1 ended ...`."""
        return f"{self.kind}: {self.message}"


def verdicts(activity: Activity) -> list[Verdict]:
    """Every verdict on what was done so far, rule by rule."""
    if not activity.requests:
        return []
    activity.learn()
    return [
        Verdict(kind, message, request.facts.run_id or request.run_id, request.operation)
        for kind, rule in RULES.items()
        for request, message in rule(activity)
    ]


def _truncated_accepted(activity: Activity) -> Iterator[tuple[AppRequest, str]]:
    for request in activity.requests:
        if request.end is StreamEnd.CUT and not request.was_noticed and not _looked_after(activity, request):
            yield (
                request,
                f"the stream of {request.run_id} ended before its run, and nothing asked for the run's status",
            )


def _looked_after(activity: Activity, request: AppRequest) -> bool:
    return any(
        (Role.SHOWS_STATUS in later.roles and request.run_id in {later.run_id, None})
        or (Role.LISTS_RUNS in later.roles and later.conversation_id == request.conversation_id)
        or (Role.CREATES_RUN in later.roles and request.run_id not in later.facts.continues)
        for later in activity.after(request)
    )


def _retried_too_early(activity: Activity) -> Iterator[tuple[AppRequest, str]]:
    for request in activity.requests:
        if request.wait_ms is None:
            continue
        again = next((later for later in activity.after(request) if later.operation == request.operation), None)
        # The SDK's own retries wait, as long as the wait is one that it accepts.
        if again is None or again.is_sdk_retry:
            continue
        waited_ms = again.at_ms - request.at_ms
        if waited_ms < request.wait_ms * TOLERANCE:
            waited, required = f"{waited_ms:.0f} ms", f"{request.wait_ms:.0f} ms"
            yield again, f"{request.operation} was sent again after {waited}, but Retry-After asks for {required}"


def _polled_after_end(activity: Activity) -> Iterator[tuple[AppRequest, str]]:
    ended: set[str] = set()
    for run_id, group in itertools.groupby(
        activity.requests, key=lambda request: request.run_id if Role.RETRIEVES_RUN in request.roles else None
    ):
        requests = list(group)
        if run_id is not None:
            known = run_id in ended
            late = list(itertools.dropwhile(lambda request: request.run_status not in TERMINAL, requests))
            looks = len(requests) if known else max(len(late) - 1, 0)
            if looks > MOST_LOOKS_AFTER_END:
                yield requests[-1], f"{run_id} had ended, and was retrieved {looks} times in a row"
        ended |= {
            request.run_id for request in requests if request.run_id is not None and request.run_status in TERMINAL
        }


def _outputs_never_submitted(activity: Activity) -> Iterator[tuple[AppRequest, str]]:
    last: dict[str, AppRequest] = {
        request.run_id: request
        for request in activity.requests
        if request.run_id is not None and request.run_status is not None
    }
    for run_id, request in last.items():
        if request.run_status is RunStatus.REQUIRES_ACTION and not any(
            later.run_id == run_id and not _ANSWERS.isdisjoint(later.roles) for later in activity.after(request)
        ):
            yield request, f"{run_id} waits for tool outputs, and nothing submits them or cancels it"
    awaiting = {request.run_id: request for request in activity.requests if request.facts.awaits_outputs}
    for answer_id, request in awaiting.items():
        if not any(answer_id in later.facts.submits for later in activity.after(request)):
            yield request, f"{answer_id} waits for tool outputs, and nothing submits them"


def _submitted_after_expiry(activity: Activity) -> Iterator[tuple[AppRequest, str]]:
    for request in activity.requests:
        if (
            Role.SUBMITS_OUTPUTS in request.roles
            and request.status >= 400  # noqa: PLR2004
            and request.run_status is RunStatus.EXPIRED
        ):
            yield request, f"the outputs for {request.run_id} came when the run had expired"


def _polled_without_pause(activity: Activity) -> Iterator[tuple[AppRequest, str]]:
    quick: dict[str, int] = {}
    before: AppRequest | None = None
    for request in activity.requests:
        is_next = before is not None and Role.RETRIEVES_RUN in request.roles & before.roles
        if before is not None and is_next and request.run_id == before.run_id and before.run_status not in TERMINAL:
            gap_ms = request.at_ms - before.at_ms
            if request.run_id is not None and gap_ms < before.poll_ms / 2:
                quick[request.run_id] = quick.get(request.run_id, 0) + 1
                if quick[request.run_id] == QUICK_POLLS:
                    yield request, f"{request.run_id} was retrieved again and again without a pause ({gap_ms:.0f} ms)"
        before = request


def _ignored_ending(activity: Activity) -> Iterator[tuple[AppRequest, str]]:
    for request in activity.requests:
        if request.run_status not in UNWELCOME or request.was_noticed or request.status >= 400:  # noqa: PLR2004 - HTTP's own boundary
            continue
        earlier = itertools.takewhile(lambda other, request=request: other is not request, activity.requests)  # type: ignore[misc]
        if Role.CANCELS in request.roles or any(
            other.run_id == request.run_id and (other.run_status is request.run_status or Role.CANCELS in other.roles)
            for other in earlier
        ):
            continue  # known from an earlier answer, or requested by the application
        if any(request.run_id in other.facts.continues for other in activity.after(request)):
            yield request, f"{request.run_id} ended {request.run_status}, and was continued as if it had completed"
            continue
        later = itertools.takewhile(lambda other: Role.CREATES_RUN not in other.roles, activity.after(request))
        if any(
            Role.READS_MESSAGES in other.roles and other.conversation_id == request.conversation_id
            for other in (request, *later)
        ):
            yield (
                request,
                f"{request.run_id} ended {request.run_status}, and its messages were read as if it had completed",
            )


def _stream_left_open(activity: Activity) -> Iterator[tuple[AppRequest, str]]:
    for request in activity.requests:
        if request.is_left_open:
            yield request, f"the stream of {request.run_id} was neither read to its end nor closed"


def _read_while_active(activity: Activity) -> Iterator[tuple[AppRequest, str]]:
    unlooked: dict[str | None, str] = {}
    """By conversation: its run, whose state the application does not know."""
    for request in activity.requests:
        conversation, run_id = request.conversation_id, unlooked.get(request.conversation_id)
        if Role.CREATES_RUN in request.roles and request.run_id is not None:
            if request.reading is None and request.run_status not in AT_REST:
                unlooked[conversation] = request.run_id
        elif run_id is None or request.run_id not in {run_id, None}:
            continue  # nothing of it is unknown, or it is about another run
        elif Role.SHOWS_STATUS in request.roles or _is_refused(request):
            del unlooked[conversation]
        elif not READS.isdisjoint(request.roles):
            del unlooked[conversation]
            request.note_ids(RunState(run_id))
            what = "steps" if Role.READS_STEPS in request.roles else "messages"
            yield request, f"the {what} of {run_id} were read, and nothing had asked for its status"


def _lost_instructions(activity: Activity) -> Iterator[tuple[AppRequest, str]]:
    for request in activity.requests:
        if (answer_id := request.facts.lost_instructions) is not None:
            yield request, f"the instructions of {answer_id} were not sent again, and nothing else carries them over"


def _reasoning_dropped(activity: Activity) -> Iterator[tuple[AppRequest, str]]:
    for request in activity.requests:
        if (answer_id := request.facts.dropped_reasoning) is not None:
            yield request, f"what {answer_id} had written was sent again without its reasoning"


def _is_refused(request: AppRequest) -> bool:
    """Whether the application was told, by a refusal, that a run is active."""
    return Role.REFUSED_WHILE_ACTIVE in request.roles and request.status >= 400  # noqa: PLR2004 - HTTP's own boundary


RULES: Mapping[str, Callable[[Activity], Iterator[tuple[AppRequest, str]]]] = {
    "truncated_accepted": _truncated_accepted,
    "retried_too_early": _retried_too_early,
    "polled_after_end": _polled_after_end,
    "outputs_never_submitted": _outputs_never_submitted,
    "submitted_after_expiry": _submitted_after_expiry,
    "polled_without_pause": _polled_without_pause,
    "ignored_ending": _ignored_ending,
    "stream_left_open": _stream_left_open,
    "lost_instructions": _lost_instructions,
    "reasoning_dropped": _reasoning_dropped,
    "read_while_active": _read_while_active,
}
"""By the kind of verdict; the order is that of a report."""
