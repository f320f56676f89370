"""What looks like a defect of the application, read from what it did; each rule in a table, with its evidence.

A verdict is never about a single request that went wrong, but about what the application did next.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING

from runmock.core.assistants.operations import READS, READS_STEPS
from runmock.core.engine.run_status import AT_REST, TERMINAL, UNWELCOME, RunStatus
from runmock.core.report.activity import StreamEnd

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from runmock.core.report.activity import Activity, AppRequest

LOOKS = frozenset({"retrieve_run", "list_runs", "cancel_run", "submit_tool_outputs"})
"""Requests by which an application learns how a run stands."""
CREATES = frozenset({"create_run", "create_thread_and_run"})
REFUSABLE = frozenset({"create_message", "create_run", "modify_thread", "modify_run"})
"""Requests that are refused while a run is active."""
MERELY_TOLD = frozenset({"read_while_active"})
"""Kinds that are worth knowing, and no failure: an application that waits long enough works all the same."""
MOST_LOOKS_AFTER_END = 2
"""Some clients retrieve a finished run once more, or twice (docs/protocol/clients.md#polls)."""
QUICK_POLLS = 3
TOLERANCE = 0.9
"""Clocks and sleeps are not exact."""


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
    for act in activity.acts:
        if (
            act.reading is not None and act.run_id is None
        ):  # only now, for looking through a stream would keep its first event waiting
            act.learn(act.reading.tells())
    return [
        Verdict(kind, message, act.run_id, act.operation)
        for kind, rule in RULES.items()
        for act, message in rule(activity)
    ]


def _truncated_accepted(activity: Activity) -> Iterator[tuple[AppRequest, str]]:
    for act in activity.acts:
        if act.end is StreamEnd.CUT and not act.was_noticed and not _looked_after(activity, act):
            yield act, f"the stream of {act.run_id} ended before its run, and nothing asked how the run stands"


def _looked_after(activity: Activity, act: AppRequest) -> bool:
    return any(
        (later.operation in LOOKS and act.run_id in {later.run_id, None})
        or (later.operation == "list_runs" and later.thread_id == act.thread_id)
        or later.operation in CREATES
        for later in activity.after(act)
    )


def _retried_too_early(activity: Activity) -> Iterator[tuple[AppRequest, str]]:
    for act in activity.acts:
        if act.wait_ms is None:
            continue
        again = next((later for later in activity.after(act) if later.operation == act.operation), None)
        # The SDK's own retries wait, as long as the wait is one that it accepts.
        if again is None or again.is_sdk_retry:
            continue
        waited_ms = again.at_ms - act.at_ms
        if waited_ms < act.wait_ms * TOLERANCE:
            yield (
                again,
                f"{act.operation} was sent again after {waited_ms:.0f} ms, and Retry-After said {act.wait_ms:.0f} ms",
            )


def _polled_after_end(activity: Activity) -> Iterator[tuple[AppRequest, str]]:
    ended: set[str] = set()
    for run_id, group in itertools.groupby(
        activity.acts, key=lambda act: act.run_id if act.operation == "retrieve_run" else None
    ):
        acts = list(group)
        if run_id is not None:
            known = run_id in ended
            late = list(itertools.dropwhile(lambda act: act.told not in TERMINAL, acts))
            looks = len(acts) if known else max(len(late) - 1, 0)
            if looks > MOST_LOOKS_AFTER_END:
                yield acts[-1], f"{run_id} had ended, and was retrieved {looks} times in a row"
        ended |= {act.run_id for act in acts if act.run_id is not None and act.told in TERMINAL}


def _outputs_never_submitted(activity: Activity) -> Iterator[tuple[AppRequest, str]]:
    last: dict[str, AppRequest] = {
        act.run_id: act for act in activity.acts if act.run_id is not None and act.told is not None
    }
    for run_id, act in last.items():
        answers = {"submit_tool_outputs", "cancel_run"}
        if act.told is RunStatus.REQUIRES_ACTION and not any(
            later.run_id == run_id and later.operation in answers for later in activity.after(act)
        ):
            yield act, f"{run_id} waits for tool outputs, and nothing submits them or cancels it"


def _submitted_after_expiry(activity: Activity) -> Iterator[tuple[AppRequest, str]]:
    for act in activity.acts:
        if act.operation == "submit_tool_outputs" and act.status >= 400 and act.told is RunStatus.EXPIRED:  # noqa: PLR2004
            yield act, f"the outputs for {act.run_id} came when it had expired"


def _polled_without_pause(activity: Activity) -> Iterator[tuple[AppRequest, str]]:
    quick: dict[str, int] = {}
    before: AppRequest | None = None
    for act in activity.acts:
        is_next = before is not None and act.operation == before.operation == "retrieve_run"
        if before is not None and is_next and act.run_id == before.run_id and before.told not in TERMINAL:
            gap_ms = act.at_ms - before.at_ms
            if act.run_id is not None and gap_ms < before.poll_ms / 2:
                quick[act.run_id] = quick.get(act.run_id, 0) + 1
                if quick[act.run_id] == QUICK_POLLS:
                    yield act, f"{act.run_id} was retrieved again and again without a pause ({gap_ms:.0f} ms)"
        before = act


def _ignored_ending(activity: Activity) -> Iterator[tuple[AppRequest, str]]:
    for act in activity.acts:
        if act.told not in UNWELCOME or act.was_noticed or act.status >= 400:  # noqa: PLR2004 - HTTP's own boundary
            continue
        earlier = itertools.takewhile(lambda one, act=act: one is not act, activity.acts)  # type: ignore[misc]
        if any(one.run_id == act.run_id and (one.told is act.told or one.operation == "cancel_run") for one in earlier):
            continue  # told before, or asked for
        later = itertools.takewhile(lambda one: one.operation not in CREATES, activity.after(act))
        if any(one.operation in READS and one.thread_id == act.thread_id for one in (act, *later)):
            yield act, f"{act.run_id} ended {act.told}, and its messages were read as if it had completed"


def _stream_left_open(activity: Activity) -> Iterator[tuple[AppRequest, str]]:
    for act in activity.acts:
        if act.is_left_open:
            yield act, f"the stream of {act.run_id} was neither read to its end nor closed"


def _read_while_active(activity: Activity) -> Iterator[tuple[AppRequest, str]]:
    unlooked: dict[str | None, str] = {}
    """By thread: its run, whose state the application does not know."""
    for act in activity.acts:
        thread_id, run_id = act.thread_id, unlooked.get(act.thread_id)
        if act.operation in CREATES and act.run_id is not None:
            if act.reading is None and act.told not in AT_REST:
                unlooked[thread_id] = act.run_id
        elif run_id is None or act.run_id not in {run_id, None}:
            continue  # nothing of it is unknown, or it is about another run
        elif act.operation in LOOKS or (act.operation in REFUSABLE and act.status >= 400):  # noqa: PLR2004 - as above
            del unlooked[thread_id]
        elif act.operation in READS | READS_STEPS:
            del unlooked[thread_id]
            act.learn({"id": run_id})
            what = "steps" if act.operation in READS_STEPS else "messages"
            yield act, f"the {what} of {run_id} were read, and nothing had asked how it stands"


RULES: Mapping[str, Callable[[Activity], Iterator[tuple[AppRequest, str]]]] = {
    "truncated_accepted": _truncated_accepted,
    "retried_too_early": _retried_too_early,
    "polled_after_end": _polled_after_end,
    "outputs_never_submitted": _outputs_never_submitted,
    "submitted_after_expiry": _submitted_after_expiry,
    "polled_without_pause": _polled_without_pause,
    "ignored_ending": _ignored_ending,
    "stream_left_open": _stream_left_open,
    "read_while_active": _read_while_active,
}
"""By the kind of verdict; the order is that of a report."""
