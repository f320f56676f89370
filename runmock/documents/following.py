"""The requests of a recording, asked of a script: what an application that behaves as it did then would hear now."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from runmock.core.bindings import Bindings
from runmock.core.errors import CassetteError
from runmock.core.found_ids import alike
from runmock.core.inside import mappings_inside, text_inside
from runmock.core.operations import identify
from runmock.core.run import AT_REST
from runmock.documents.asking import Asker

if TYPE_CHECKING:
    from collections.abc import Iterable

    from runmock.core.interaction import Interaction
    from runmock.tape.cassette import Cassette

MOST_POLLS = 50
"""So often a run is asked for that had come to rest in the recording."""


@dataclass(frozen=True, slots=True)
class Heard:
    """A recorded interaction, and what the script answers, in the recording's ids; `fault`: why it has no answer."""

    recorded: Interaction
    said: Interaction | None
    fault: str = ""


def followed(cassette: Cassette, recording: Iterable[Interaction]) -> list[Heard]:
    """Every request of the family, in order; a run that had come to rest is polled until it has."""
    asker, bindings = Asker(cassette), Bindings()
    heard: list[Heard] = []
    for one in recording:
        if identify(one.method, one.path) is None:
            continue
        try:
            said = _asked(asker, bindings, one)
        except CassetteError as error:
            heard.append(Heard(one, None, error.message))
            continue
        bindings.bind(alike(said, one))
        asked = {"path": one.path, "query": one.query, "body": one.body}
        heard.append(Heard(one, bindings.recorded(said)._replace(**asked)))
    return heard


def _asked(asker: Asker, bindings: Bindings, one: Interaction) -> Interaction:
    path = "/".join(bindings.held(unquote(part)) for part in one.path.split("/"))
    query = {name: tuple(bindings.held(value) for value in values) for name, values in one.query.items()}
    body = bindings.held(one.body)
    said = asker.ask(one.method, path, body, query)
    for _ in range(MOST_POLLS):
        if one.method != "GET" or not _rests(one.json) or _rests(said.json):
            break
        said = asker.ask(one.method, path, body, query)
    return said


def _rests(value: Any) -> bool:
    """Whether every run in an answer has come to rest; also when there is none."""
    if not isinstance(value, dict):
        return True
    if value.get("object") == "list":
        return all(_rests(item) for item in mappings_inside(value, "data"))
    return value.get("object") != "thread.run" or text_inside(value, "status") in AT_REST
