"""An application without a face: it asks a cassette's script, and keeps what was asked and answered as a recording."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from runmock.core.assistants.request_headers import BETA
from runmock.core.engine.pace import Pace
from runmock.core.errors import CassetteError, RunmockFailure
from runmock.core.http.exchange import Disconnected, Request
from runmock.core.replay.recorder import AnswerEnd, CapturedAnswer
from runmock.core.script.script import Source
from runmock.deck.deck import Deck
from runmock.deck.options import Options
from runmock.tape.reading.from_take import interaction_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from runmock.core.assistants.memory import PlayedRun
    from runmock.core.http.exchange import Reply
    from runmock.core.replay.interaction import Interaction
    from runmock.tape.reading.cassette import Cassette

HEADERS = {BETA: "assistants=v2", "content-type": "application/json", "accept": "application/json"}
HOST = "api.openai.com"
"""Nothing is sent there: the deck answers, by the rules of the host."""


class ScriptClient:
    """Asks the script of one cassette; mutable: `interactions` grow."""

    def __init__(self, cassette: Cassette, upstream: str | None = None) -> None:
        """`upstream`: the API root whose rules hold, where another one than OpenAI's was asked."""
        self.cassette = cassette
        self.host = HOST if upstream is None else urlsplit(upstream).hostname or HOST
        # Below this one Azure needs no version, which recordings do not keep.
        self.root = "/v1" if self.host == HOST else "/openai/v1"
        self.interactions: list[Interaction] = []
        self.deck = Deck(Options(pace=Pace.read("recorded")))
        self.deck.load(replace(cassette, interactions=()))

    @property
    def runs(self) -> list[PlayedRun]:
        """The runs that were created so far."""
        return self.deck.backend.runs

    def ask(
        self, method: str, path: str, body: Any = None, query: Mapping[str, tuple[str, ...]] | None = None
    ) -> Interaction:
        """The answer, which is kept. Raises CassetteError when the script has none, with what it says of that."""
        sent = b"" if body is None else json.dumps(body, ensure_ascii=False).encode()
        request = Request(method, self.host, f"{self.root}{unquote(path)}", query or {}, HEADERS, sent)
        try:
            reply = self.deck.answer(request)
            take = CapturedAnswer(request, f"https://{self.host}", reply.status, reply.headers)
            take.seal(self._read(reply, take))
        except RunmockFailure as failure:
            raise CassetteError(str(failure), self.cassette.path) from None
        said = interaction_of(take, Source("expand", len(self.interactions)))
        self.interactions.append(said)
        return said

    def _read(self, reply: Reply, take: CapturedAnswer) -> AnswerEnd:
        """Take down the whole answer; how it ended."""
        at_ms = 0.0
        try:
            for frame in reply.frames:
                at_ms += frame.after_ms
                take.feed(frame.data, at_ms)
        except Disconnected:
            return AnswerEnd.BROKEN
        return AnswerEnd.WHOLE
