"""A conversation with a recording: send, and get what was recorded."""

import json
from urllib.parse import parse_qs

from runmock.apis.registry import identify
from runmock.core.engine.pace import Pace
from runmock.core.http.sse import EventDecoder
from runmock.core.replay.matching import MATCHERS, request_key
from runmock.core.replay.player import Player
from runmock.tape.reading.cassette import cassette_from


class Recording:
    """A player with the recording of a cassette, as a YAML text or a mapping."""

    def __init__(self, cassette, pace=None, match_on=MATCHERS, allow_truncated=False):
        self.cassette = cassette_from(cassette)
        self.player = Player(self.cassette.interactions, Pace.read(pace), match_on, allow_truncated)
        self.reply = None

    def sends(self, method, path, body=None):
        """The recorded answer, read; None when there is none."""
        played = self.player.answer(request_of(method, path, body))
        if played is None:
            return None
        self.reply = self.player.reply(played)
        text = b"".join(frame.data for frame in self.reply.frames)
        if self.reply.is_stream:
            return [(event.name, event.json()) for event in EventDecoder().feed(text)]
        kind = dict(self.reply.headers).get("content-type", "")
        return json.loads(text) if kind == "application/json" else text.decode()

    def gets(self, path, times=1):
        """The statuses that so many GETs return, as one text."""
        return " ".join(self.sends("GET", path)["status"] for _ in range(times))

    @property
    def left(self):
        """The paths of what was recorded and never requested."""
        return [track.interaction.path for track in self.player.unplayed()]


def request_of(method, path, body=None):
    """The key of a request."""
    path, _, query = path.partition("?")
    return request_key(identify(method, path), {name: tuple(values) for name, values in parse_qs(query).items()}, body)
