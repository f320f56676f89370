"""Ways in which the SDK lets an application create a response and follow it, as functions with one signature."""

from dataclasses import dataclass, field
from typing import Any

REQUEST = {"model": "gpt-4o", "input": "How warm is it in Paris?"}
AT_WORK = ("queued", "in_progress")


@dataclass
class Followed:
    """What an application got: its last Response object, and the events that it saw (None when it saw none)."""

    response: Any = None
    events: list[Any] | None = None
    statuses: list[str] = field(default_factory=list)

    @property
    def text(self):
        """The text of the deltas, else that of the response."""
        if self.events is None:
            return self.response.output_text
        return "".join(event.delta for event in self.events if event.type == "response.output_text.delta")


def created(client, **more):
    """`create()`."""
    return Followed(client.responses.create(**REQUEST, **more))


def iterated(client, **more):
    """`create(stream=True)`, read to its end."""
    return noted(client.responses.create(**REQUEST, stream=True, **more))


def noted(events):
    """What a stream has brought when it is read to its end."""
    followed = Followed(events=[])
    for event in events:
        followed.events.append(event)
        followed.response = getattr(event, "response", None) or followed.response
    return followed


def helped(client, **more):
    """`.stream()`, read to its end, and the response that the helper puts together."""
    with client.responses.stream(**REQUEST, **more) as stream:
        followed = noted(stream)
        followed.response = stream.get_final_response()
    return followed


def polled(client, **more):
    """In the background, retrieved until it is at rest."""
    return looked_at(client, client.responses.create(**REQUEST, background=True, **more))


def looked_at(client, response, times=40):
    """A background response, retrieved until it is at rest, or until somebody has lost patience."""
    followed = Followed(response, statuses=[response.status])
    while followed.response.status in AT_WORK:
        if len(followed.statuses) > times:
            raise ForEverError
        followed.response = client.responses.retrieve(response.id)
        followed.statuses.append(followed.response.status)
    return followed


class ForEverError(Exception):
    """The response is never at rest."""


WAYS = {"create": created, "iterate": iterated, "helper": helped, "poll": polled}
