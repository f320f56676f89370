"""A made-up API, to show what an API package needs: a kitchen that takes orders, and says what it cooks while it cooks.

`POST /orders` creates a run, answered with JSON or with a stream; `GET /orders/ID` and `POST /orders/ID/cancel` are
about it. Nothing of it stands anywhere in `runmock/`.
"""

import re

from runmock.core.api import IdKinds, Operation, Role
from runmock.core.engine.new_ids import Ids
from runmock.core.engine.played_run import PlayedRun, RunStream
from runmock.core.engine.progress import look
from runmock.core.engine.run_status import TERMINAL, RunState, RunStatus
from runmock.core.engine.stage import NothingScripted
from runmock.core.http.event import Event
from runmock.core.http.exchange import Reply
from runmock.core.no_api import NoApi
from runmock.core.report.run_views import RunView
from runmock.core.script.text_pieces import split_text

TABLE = (
    ("create_order", "POST", r"(?P<root>.*)(?P<path>/orders)", {Role.CREATES_RUN, Role.STREAMS}),
    (
        "retrieve_order",
        "GET",
        r"(?P<root>.*)(?P<path>/orders/(?P<order_id>\w+))",
        {Role.RETRIEVES_RUN, Role.SHOWS_STATUS},
    ),
    (
        "cancel_order",
        "POST",
        r"(?P<root>.*)(?P<path>/orders/(?P<order_id>\w+)/cancel)",
        {Role.CANCELS, Role.SHOWS_STATUS},
    ),
)
STATES = {
    "waiting": RunStatus.QUEUED,
    "cooking": RunStatus.IN_PROGRESS,
    "ready": RunStatus.COMPLETED,
    "gone": RunStatus.CANCELLED,
}
WORDS = {status: word for word, status in STATES.items()} | {RunStatus.CANCELLING: "cooking"}
ENDS = ("order.ready", "order.gone")


class Kitchen(NoApi):
    """Fulfils `Api`."""

    name = "Kitchen"
    plays_scripts = True
    id_kinds = IdKinds({"order": "order"}, {})
    run_id = "order_id"
    events = frozenset({"order.waiting", "order.cooking", "order.word", *ENDS})

    def identify(self, method, path):
        for name, wanted, pattern, roles in TABLE:
            if method == wanted and (found := re.fullmatch(pattern, path)):
                ids = found.groupdict()
                root, below = ids.pop("root"), ids.pop("path")
                return Operation(self, name, method, ids, root, below, frozenset(roles), ENDS)
        return None

    def run_state(self, payload):
        is_order = isinstance(payload, dict) and payload.get("object") == "order"
        return RunState(payload["id"], None, STATES.get(payload["state"])) if is_order else None

    def backend(self, stage):
        return Cook(stage)


class Cook:
    """Fulfils `Backend`: plays scripts as orders."""

    is_streaming = False

    def __init__(self, stage):
        self.stage, self.ids, self.runs = stage, Ids({"order": "order_"}), {}

    def add(self, script):
        """A kitchen has nothing beforehand."""

    def answer(self, incoming):
        run_id = incoming.operation.ids.get("order_id")
        if run_id is None:
            return self._create(incoming)
        if (run := self.runs.get(run_id)) is None:
            return Reply.of_json({"error": f"there is no order {run_id}"}, 404)
        if incoming.operation.name == "cancel_order":
            run.cancel()
        else:
            look(run)
        return Reply.of_json(order_of(run)).with_run(lambda: state_of(run))

    def _create(self, incoming):
        facts = {"last_message": incoming.body["dish"], "stream": incoming.body.get("stream") is True}
        script = self.stage.playlist.take(facts)
        if script is None:
            raise NothingScripted(facts)
        run = PlayedRun(id=self.ids.mint("order"), script=script, request=incoming.body)
        run.events, run.cancelling = cooked(run), lambda: ended(run, RunStatus.CANCELLED)
        self.runs[run.id] = run
        self.stage.created.append(run)
        reply = Reply.of_events(RunStream(run)) if facts["stream"] else Reply.of_json(order_of(run))
        return reply.with_run(lambda: state_of(run))

    def views(self):
        for run in self.runs.values():
            yield RunView(run.id, "", str(run.status), run.request, {})


def cooked(run):
    """The events of an order, from the script's steps; making one moves the run on."""
    yield Event("order.waiting", order_of(run))
    run.become(RunStatus.IN_PROGRESS)
    yield Event("order.cooking", order_of(run))
    for step in run.script.steps:
        for piece in split_text(step.text):
            yield Event("order.word", {"id": run.id, "word": piece})
    yield from ended(run, RunStatus.COMPLETED)


def ended(run, status):
    if status is RunStatus.CANCELLED:
        run.become(RunStatus.CANCELLING)
        yield Event("order.cooking", order_of(run))
    run.become(status)
    yield Event(f"order.{WORDS[status]}", order_of(run))


def order_of(run):
    """The order at present; a dish is served when the run has ended."""
    served = "".join(step.text for step in run.script.steps) if run.status in TERMINAL else None
    return {"id": run.id, "object": "order", "state": WORDS[run.status], "served": served}


def state_of(run):
    return RunState(run.id, None, run.status)


KITCHEN = Kitchen()
