"""A made-up application: sends requests to the script of a cassette, and keeps requests and answers as a recording."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from runmock.apis import registry
from runmock.apis.service.claims import BETA
from runmock.core.engine.pace import Pace
from runmock.core.errors import CassetteError, RunmockFailure
from runmock.core.http.exchange import Disconnected, Request
from runmock.core.replay.recorder import AnswerEnd, CapturedAnswer
from runmock.core.script.script import Source
from runmock.deck.deck import Deck
from runmock.deck.options import Options
from runmock.tape.reading.from_take import interaction_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from runmock.core.engine.played_run import PlayedRun
    from runmock.core.http.exchange import Reply
    from runmock.core.replay.interaction import Interaction
    from runmock.tape.reading.cassette import Cassette

HEADERS = {BETA: "assistants=v2", "content-type": "application/json", "accept": "application/json"}
HOST = "api.openai.com"
"""Nothing is sent to this host: the deck answers, and applies the rules of the host."""


class CassetteClient:
    """Fulfils `ScriptClient` for the script of one cassette; mutable: each request adds to `interactions`."""

    def __init__(self, cassette: Cassette, upstream: str | None = None) -> None:
        """`upstream`: the root URL of the API whose rules apply, where it is not OpenAI's."""
        self.cassette = cassette
        self.host = HOST if upstream is None else urlsplit(upstream).hostname or HOST
        # Under this path Azure needs no `api-version`, which recordings do not keep.
        self.root = "/v1" if self.host == HOST else "/openai/v1"
        self.interactions: list[Interaction] = []
        self.deck = Deck(Options(pace=Pace.read("recorded")))
        self.deck.load(replace(cassette, interactions=()))

    @property
    def runs(self) -> Sequence[PlayedRun]:
        """The runs that were created so far."""
        return self.deck.stage.created

    def send(
        self, method: str, path: str, body: Any = None, query: Mapping[str, tuple[str, ...]] | None = None
    ) -> Interaction:
        """Send a request, and return it with its answer; both are kept.

        Raises CassetteError, with the text of the miss, when the script does not answer.
        """
        content = b"" if body is None else json.dumps(body, ensure_ascii=False).encode()
        request = Request(method, self.host, f"{self.root}{unquote(path)}", query or {}, HEADERS, content)
        try:
            incoming = registry.identified(request)
            reply = self.deck.reply(incoming)
            take = CapturedAnswer(incoming, f"https://{self.host}", reply.status, reply.headers)
            take.seal(self._read(reply, take))
        except RunmockFailure as failure:
            raise CassetteError(str(failure), self.cassette.path) from None
        interaction = interaction_of(take, Source("expand", len(self.interactions)))
        self.interactions.append(interaction)
        return interaction

    def _read(self, reply: Reply, take: CapturedAnswer) -> AnswerEnd:
        """Read the whole answer into the take; returns how the answer ended."""
        at_ms = 0.0
        try:
            for frame in reply.frames:
                at_ms += frame.after_ms
                take.feed(frame.data, at_ms)
        except Disconnected:
            return AnswerEnd.BROKEN
        return AnswerEnd.WHOLE
