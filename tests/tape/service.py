"""A service that is made up: what a conversation looks like on the wire, in ids, times and a pace of its own choice."""

from itertools import count
from typing import Any, NamedTuple

from runmock.apis.registry import identify
from runmock.core.replay.interaction import Interaction, RecordedPace, StreamEvent
from runmock.core.script.script import Source

SOURCE = Source("x", 0)


class Turn(NamedTuple):
    """A question and what becomes of it; `output`: of the tool that is called before the answer."""

    question: str = "Hello?"
    pieces: tuple[str, ...] = ("It is", " 21", ".")
    is_streamed: bool = True
    polls: int = 2
    output: str | None = None
    status: str = "completed"

    @property
    def answer(self):
        """The whole text of the assistant's message."""
        return "".join(self.pieces)


class Service:
    """Answers turn by turn; mutable: its clock goes on, and it counts its ids."""

    def __init__(self, salt="a", now=1_761_861_532, step=1):
        self.salt, self.now, self.step = salt, now, step
        self.numbers = count(1)
        self.interactions: list[Interaction] = []

    def ident(self, kind):
        return f"{kind}_{self.salt}{next(self.numbers):020d}"

    def later(self):
        self.now += self.step
        return self.now

    def ask(self, method, path, **fields: Any):
        self.interactions.append(Interaction(SOURCE, method, path, identify=identify, **fields))

    def conversation(self, turns, first_body=None):
        """All interactions of one conversation."""
        thread = self.ident("thread")
        answer = {"id": thread, "object": "thread", "created_at": self.later(), "metadata": {"sent_at": 1}}
        self.ask("POST", "/threads", body={} if first_body is None else first_body, json=answer)
        for turn in turns:
            self.turn(thread, turn)
        return self.interactions

    def turn(self, thread, turn):
        self.ask(
            "POST",
            f"/threads/{thread}/messages",
            body={"role": "user", "content": turn.question},
            json=self.message(thread, "user", turn.question),
        )
        run = {"id": self.ident("run"), "object": "thread.run", "created_at": self.later(), "thread_id": thread}
        run |= {"assistant_id": "asst_mine", "status": "queued", "expires_at": self.now + 600, "started_at": None}
        body: dict[str, Any] = {"assistant_id": "asst_mine"}
        path = f"/threads/{thread}/runs"
        if turn.output is not None:
            call = {"id": self.ident("call"), "type": "function", "function": {"name": "now", "arguments": "{}"}}
            waiting = run | {"status": "requires_action", "required_action": {"tool_calls": [call]}}
            self.ask("POST", path, body=body, json=run)
            self.polls(f"{path}/{run['id']}", run, turn.polls)
            self.ask("GET", f"{path}/{run['id']}", json=waiting | {"started_at": self.later()})
            body = {"tool_outputs": [{"tool_call_id": call["id"], "output": turn.output}]}
            path += f"/{run['id']}/submit_tool_outputs"
        message = self.message(thread, "assistant", turn.answer)
        done = run | {"status": turn.status, "started_at": self.later(), "completed_at": self.later()}
        if turn.is_streamed:
            pace = RecordedPace(self.step % 50, self.step % 7)
            events = self.events(run, message, turn, done)
            self.ask("POST", path, body=body | {"stream": True}, stream=events, pace=pace)
        else:
            self.ask("POST", path, body=body, json=run)
            poll = f"/threads/{thread}/runs/{run['id']}"
            self.polls(poll, run, turn.polls)
            for _ in range(1 + turn.polls // 2):
                self.ask("GET", poll, json=done)
        self.ask(
            "GET",
            f"/threads/{thread}/messages",
            query={"limit": ("1",)},
            json={"object": "list", "data": [message], "has_more": True},
        )

    def polls(self, path, run, number):
        for _ in range(number):
            self.ask("GET", path, json=run)
        if number > 2:
            self.ask("GET", path, json=run | {"status": "in_progress", "started_at": self.later()})

    def message(self, thread, role, text):
        return {
            "id": self.ident("msg"),
            "object": "thread.message",
            "created_at": self.later(),
            "thread_id": thread,
            "role": role,
            "content": [{"type": "text", "text": {"value": text, "annotations": []}}],
        }

    def events(self, run, message, turn, done):
        deltas = [
            {"value": piece, "annotations": []} if number == 0 else {"value": piece}
            for number, piece in enumerate(turn.pieces)
        ]
        return (
            StreamEvent("thread.run.created", run),
            StreamEvent("thread.run.in_progress", run | {"status": "in_progress", "started_at": self.later()}),
            StreamEvent("thread.message.created", message | {"content": []}),
            *(
                StreamEvent(
                    "thread.message.delta",
                    {
                        "id": message["id"],
                        "object": "thread.message.delta",
                        "delta": {"content": [{"index": 0, "type": "text", "text": delta}]},
                    },
                )
                for delta in deltas
            ),
            StreamEvent("thread.message.completed", message),
            StreamEvent(f"thread.run.{turn.status}", done),
            StreamEvent("done"),
        )
