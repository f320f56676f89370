"""Every way in which the SDK lets an application create a run and follow it, as functions with one signature.

A way takes a client and what the assistant is asked, calls `tools` for the outputs of each round, and gives the run as
it saw it last and the names of the events that it saw (None when it polls).
"""

from dataclasses import dataclass
from typing import Any

import openai
from openai.types.beta.threads import Run
from sdk_clients import is_async

ASSISTANT = "asst_weather"
AT_REST = ("requires_action", "completed", "failed", "cancelled", "expired", "incomplete")


@dataclass
class FollowedRun:
    """What an application got of a run."""

    run: Any = None
    events: list[str] | None = None
    data: list[Any] | None = None


def question(text="How warm is it in Paris?"):
    """The beginning of a thread."""
    return {"messages": [{"role": "user", "content": text}]}


def weather(run):
    """The outputs that a run waits for: 21 degrees, whatever the city."""
    calls = run.required_action.submit_tool_outputs.tool_calls
    return [{"tool_call_id": call.id, "output": "21"} for call in calls]


def place(run):
    """The two ids that a request for a run needs."""
    return {"run_id": run.id, "thread_id": run.thread_id}


def _on_a_thread(client):
    thread = client.beta.threads.create(**question())
    return client.beta.threads.runs, {"thread_id": thread.id, "assistant_id": ASSISTANT}


def _with_a_thread(_client):
    return {"assistant_id": ASSISTANT, "thread": question()}


def _retrieved(client, run):
    """The loop of every tutorial."""
    while run.status not in AT_REST:
        run = client.beta.threads.runs.retrieve(**place(run))
    return run


def _polled(client, run):
    return client.beta.threads.runs.poll(**place(run))


def _each_round(followed, tools, submit):
    """Submit the outputs of each round with `submit` until the run does not ask any more."""
    while followed.run.status == "requires_action":
        followed.run = submit(**place(followed.run), tool_outputs=tools(followed.run))
    return followed


def _by_looking(create, look):
    def way(client, tools=weather, **more):
        runs = client.beta.threads.runs
        followed = FollowedRun(look(client, create(client, **more)))
        return _each_round(followed, tools, lambda **options: look(client, runs.submit_tool_outputs(**options)))

    return way


def _by_helper(create):
    def way(client, tools=weather, **more):
        followed = FollowedRun(create(client, **more))
        return _each_round(followed, tools, client.beta.threads.runs.submit_tool_outputs_and_poll)

    return way


def _create(client, **more):
    runs, body = _on_a_thread(client)
    return runs.create(**body, **more)


def _create_and_run(client, **more):
    return client.beta.threads.create_and_run(**_with_a_thread(client), **more)


def _create_and_poll(client, **more):
    runs, body = _on_a_thread(client)
    return runs.create_and_poll(**body, **more)


def _create_and_run_poll(client, **more):
    return client.beta.threads.create_and_run_poll(**_with_a_thread(client), **more)


def _noted(followed, events):
    """Iterate over a stream and note what comes; gives the last run."""
    for event in events:
        followed.events.append(event.event)
        followed.data.append(event.data)
    return _last_run(followed)


def _last_run(followed):
    return next((data for data in reversed(followed.data) if isinstance(data, Run)), followed.run)


def _by_stream(create):
    def way(client, tools=weather, **more):
        followed = FollowedRun(events=[], data=[])
        followed.run = _noted(followed, create(client, stream=True, **more))
        submit = client.beta.threads.runs.submit_tool_outputs
        return _each_round(followed, tools, lambda **options: _noted(followed, submit(**options, stream=True)))

    return way


def _by_stream_helper(begin, note):
    """`note` takes the function that makes the stream, and gives the last run."""

    def way(client, tools=weather, **more):
        followed = FollowedRun(events=[], data=[])
        create, options = begin(client)
        followed.run = note(client, followed, lambda **handler: create(**options, **more, **handler))
        submit = client.beta.threads.runs.submit_tool_outputs_stream
        return _each_round(
            followed, tools, lambda **options: note(client, followed, lambda **handler: submit(**options, **handler))
        )

    return way


def _stream(client):
    runs, body = _on_a_thread(client)
    return runs.stream, body


def _create_and_run_stream(client):
    return client.beta.threads.create_and_run_stream, _with_a_thread(client)


def _iterating(_client, followed, make):
    with make() as stream:
        return _noted(followed, stream)


def _handling(client, followed, make):
    with make(event_handler=handler(client, on_event=lambda event: _note(followed, event))) as stream:
        stream.until_done()
    return _last_run(followed)


def _note(followed, event):
    followed.events.append(event.event)
    followed.data.append(event.data)


def handler(client, **hooks):
    """An event handler of the client's kind with these hooks; they are plain functions for both kinds."""

    def awaited(hook):
        async def hooked(_self, *args):
            hook(*args)

        return hooked

    def plain(hook):
        return lambda _self, *args: hook(*args)

    base = openai.AsyncAssistantEventHandler if is_async(client) else openai.AssistantEventHandler
    adapted = awaited if is_async(client) else plain
    return type("Handler", (base,), {name: adapted(hook) for name, hook in hooks.items()})()


WAYS = {
    "create, retrieve in a loop": _by_looking(_create, _retrieved),
    "create, poll": _by_looking(_create, _polled),
    "create_and_poll": _by_helper(_create_and_poll),
    "create_and_run, retrieve in a loop": _by_looking(_create_and_run, _retrieved),
    "create_and_run_poll": _by_helper(_create_and_run_poll),
    "create(stream=True)": _by_stream(_create),
    "stream": _by_stream_helper(_stream, _iterating),
    "stream with a handler": _by_stream_helper(_stream, _handling),
    "create_and_run(stream=True)": _by_stream(_create_and_run),
    "create_and_run_stream": _by_stream_helper(_create_and_run_stream, _iterating),
    "create_and_run_stream with a handler": _by_stream_helper(_create_and_run_stream, _handling),
}
POLLING = tuple(name for name in WAYS if "stream" not in name)
STREAMING = tuple(name for name in WAYS if "stream" in name)


def ask(client, text="How warm is it in Paris?"):
    """A run on a new thread, created and not looked at yet."""
    thread = client.beta.threads.create(**question(text))
    return client.beta.threads.runs.create(thread_id=thread.id, assistant_id=ASSISTANT)


def said(client, thread_id):
    """The text of the newest message of a thread."""
    newest = client.beta.threads.messages.list(thread_id).data[0]
    return "".join(part.text.value for part in newest.content)


_LETTERS = {"R": "thread.run", "S": "thread.run.step", "M": "thread.message", "T": "thread"}


def spelled(order):
    """The events that short names stand for (docs/protocol/streams.md#short-names): `R.created S.delta*`; T. is `thread.`."""
    names = []
    for word in order.split():
        letter, _, kind = word.rstrip("*").partition(".")
        names.append(f"{_LETTERS[letter]}.{kind}")
    return names


def collapsed(events):
    """The names of events, each row of deltas as one."""
    return [name for name, before in zip(events, [None, *events], strict=False) if name != before]
