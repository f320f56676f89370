"""What holds between the times, the ids and the token counts of a session's answers, recorded or played.

Every relation is a function from the answers to sentences about what does not hold.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

LIFETIME_S = 600
ENDED = frozenset({"completed", "incomplete", "failed", "cancelled", "expired"})
KINDS = {"thread.run": "runs", "thread.run.step": "steps", "thread.message": "messages"}


@dataclass(slots=True)
class Answered:
    """Every object in the answers of a session, in the order of the answers; lists, newest first, are turned round."""

    runs: list[Any] = field(default_factory=list)
    steps: list[Any] = field(default_factory=list)
    messages: list[Any] = field(default_factory=list)

    @classmethod
    def by(cls, answers: Iterable[Any]) -> Answered:
        """Collect the objects of answers: JSON values, or streams as tuples of name and data."""
        objects = cls()
        for answer in answers:
            values = [data for _, data in answer] if isinstance(answer, tuple) else [answer]
            for value in values:
                objects.add(value)
        return objects

    def add(self, value: Any) -> None:
        """Add one object, or each item of a list."""
        if not isinstance(value, dict):
            return
        if value.get("object") == "list":
            for item in reversed(value["data"]):
                self.add(item)
        elif (kind := KINDS.get(value.get("object", ""))) is not None:
            getattr(self, kind).append(value)


def lifetime(objects: Answered) -> Iterator[str]:
    """A run lives 600 seconds from its creation, and so do its steps; once it has ended nothing expires."""
    created = {run["id"]: run["created_at"] for run in objects.runs}
    for run in objects.runs:
        expected = None if run["status"] in ENDED else run["created_at"] + LIFETIME_S
        if run["expires_at"] != expected:
            yield f"run {run['status']}: expires_at {run['expires_at']}, not {expected}"
    for step in objects.steps:
        if step["expires_at"] not in (None, created[step["run_id"]] + LIFETIME_S):
            yield f"step {step['status']}: expires_at {step['expires_at']}"


ORDERS = (
    ("runs", "created_at", "started_at"),
    ("runs", "started_at", "completed_at"),
    ("steps", "created_at", "completed_at"),
    ("messages", "created_at", "completed_at"),
)


def order_of_times(objects: Answered) -> Iterator[str]:
    """Nothing starts before it is created or ends before it starts."""
    for kind, earlier, later in ORDERS:
        for item in getattr(objects, kind):
            times = item.get(earlier), item.get(later)
            if None not in times and times[0] > times[1]:
                yield f"{kind}: {earlier} {times[0]} is after {later} {times[1]}"


def creation(objects: Answered) -> Iterator[str]:
    """The time of creation of an object never changes."""
    created: dict[str, int] = {}
    for item in (*objects.runs, *objects.steps, *objects.messages):
        if created.setdefault(item["id"], item["created_at"]) != item["created_at"]:
            yield f"{item['object']} {item['id']}: created_at {created[item['id']]}, then {item['created_at']}"


def restart(objects: Answered) -> Iterator[str]:
    """`started_at` is another at each `in_progress`, and only there: when it was queued again it is still the old one."""
    before: dict[str, Any] = {}
    for run in objects.runs:
        last = before.get(run["id"], run)
        resumes = last["status"] != "in_progress" and run["status"] == "in_progress"
        changes = last["started_at"] != run["started_at"]
        if last["started_at"] is not None and changes != resumes:
            yield f"run from {last['status']} to {run['status']}: started_at {last['started_at']}, {run['started_at']}"
        before[run["id"]] = run


def steps_in_turn(objects: Answered) -> Iterator[str]:
    """A step is created when or after the one before it is completed, and not before its run; the run ends last."""
    runs = {run["id"]: run for run in objects.runs}
    last = {step["id"]: step for step in objects.steps}
    ended: dict[str, int] = {}
    for step in last.values():
        begin = ended.get(step["run_id"], runs[step["run_id"]]["created_at"])
        if step["created_at"] < begin:
            yield f"step created_at {step['created_at']}, before {begin}"
        ended[step["run_id"]] = step["completed_at"] or begin
    for run in runs.values():
        if run["completed_at"] is not None and run["completed_at"] < ended.get(run["id"], 0):
            yield f"run completed_at {run['completed_at']}, its last step {ended[run['id']]}"


def message_and_step(objects: Answered) -> Iterator[str]:
    """A run's message is created with its step and completed no later than it."""
    messages = {message["id"]: message for message in objects.messages}
    for step in objects.steps:
        message_id = step["step_details"].get("message_creation", {}).get("message_id")
        message = messages.get(message_id)
        if message is None:
            continue
        if message["created_at"] != step["created_at"]:
            yield f"message created_at {message['created_at']}, its step {step['created_at']}"
        if None not in (times := (message.get("completed_at"), step["completed_at"])) and times[0] > times[1]:
            yield f"message completed_at {times[0]}, its step {times[1]}"


def tokens(objects: Answered) -> Iterator[str]:
    """A total is the sum of its two parts, and a run's usage that of its steps, where the answers have them."""
    for item in (*objects.runs, *objects.steps):
        usage = item["usage"]
        if usage is not None and usage["prompt_tokens"] + usage["completion_tokens"] != usage["total_tokens"]:
            yield f"{item['object']}: total_tokens {usage}"
    steps = {step["id"]: step for step in objects.steps}
    for run in objects.runs:
        of_run = [step["usage"]["total_tokens"] for step in steps.values() if step["run_id"] == run["id"]]
        if of_run and run["usage"] is not None and sum(of_run) != run["usage"]["total_tokens"]:
            yield f"run: total_tokens {run['usage']['total_tokens']}, its steps {of_run}"


RELATIONS: tuple[Callable[[Answered], Iterator[str]], ...] = (
    lifetime,
    order_of_times,
    creation,
    restart,
    steps_in_turn,
    message_and_step,
    tokens,
)
