"""Pairs the application's ids with the recorded ids, where they differ.

They differ when two recorded conversations begin alike and the application got the ids of the first, but goes on as
the second does; and when upstream answers in place of the recording.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from runmock.core.http.exchange import REFUSED
from runmock.core.http.json_values import with_each_text
from runmock.core.replay.interaction import AlikeDeltas, parts_of, stream_of
from runmock.core.replay.matching import with_sorted_sets

if TYPE_CHECKING:
    from collections.abc import Mapping

    from runmock.core.replay.interaction import Interaction, StreamEvent
    from runmock.core.replay.matching import RequestKey


@dataclass(slots=True)
class IdMap:
    """Mutable: `bind` adds ids of upstream's answers, `exchange` swaps the ids of two conversations."""

    _recorded: dict[str, str] = field(default_factory=dict)
    """The recorded id, by the application's id."""
    _of_application: dict[str, str] = field(default_factory=dict)
    """The application's id, by the recorded id."""
    is_empty: bool = True
    """Whether no id stands for another one yet."""
    _are_upstreams: bool = False
    """Whether the application's ids come from upstream; else they are recorded ids, equal until an exchange."""

    def bind(self, pairs: Mapping[str, str]) -> None:
        """Add pairs of upstream's id and the recorded id; an id that is in the map already keeps its pair."""
        self._are_upstreams, self.is_empty = True, False
        for own, recorded in pairs.items():
            if own not in self._recorded:
                self._recorded[own] = recorded
                self._of_application.setdefault(recorded, own)

    def exchange(self, pairs: Mapping[str, str]) -> None:
        """Swap the two recorded ids of each pair: the application's id for one now stands for the other."""
        self.is_empty = False
        if self._are_upstreams:
            places = {**pairs, **{other: one for one, other in pairs.items()}}
            self._recorded = {own: places.get(recorded, recorded) for own, recorded in self._recorded.items()}
            self._of_application = {recorded: own for own, recorded in self._recorded.items()}
            return
        for one, other in pairs.items():
            if one == other:
                continue
            own_one, own_other = self._of_application.get(one, one), self._of_application.get(other, other)
            self._of_application[one], self._of_application[other] = own_other, own_one
            self._recorded[own_one], self._recorded[own_other] = other, one

    def request_in_recorded_ids(self, sent: RequestKey) -> RequestKey:
        """The application's request, with the recorded ids in place of the application's."""
        return renamed(sent, self._recorded) if self._recorded else sent

    def value_in_application_ids(self, value: Any) -> Any:
        """A part of a recorded request, with the application's ids in place of the recorded ones."""
        return _replaced(value, self._of_application)

    def answer_in_application_ids(self, interaction: Interaction) -> Interaction:
        """A recorded answer, with the application's ids in place of the recorded ones."""
        return _answer(interaction, self._of_application)

    def answer_in_recorded_ids(self, interaction: Interaction) -> Interaction:
        """Upstream's answer, with the recorded ids in place of upstream's."""
        return _answer(interaction, self._recorded)


def renamed(request: RequestKey, names: Mapping[str, str]) -> RequestKey:
    """The same request with other ids: `names` has the new id for each old one."""
    ids = {name: names.get(value, value) for name, value in request.ids.items()}
    query = {name: tuple(names.get(value, value) for value in values) for name, values in request.query.items()}
    body = with_sorted_sets(_replaced(request.body, names), request.api.noise)
    return request._replace(operation=_operation(request, names), ids=ids, query=query, body=body)


def _operation(request: RequestKey, names: Mapping[str, str]) -> str:
    """The operation's name. One that no API has named is called by its method and path, and has the ids in it."""
    if not request.operation.endswith(request.path):
        return request.operation
    path = "/".join(names.get(part, part) for part in request.path.split("/"))
    return f"{request.operation.removesuffix(request.path)}{path}"


def _answer(interaction: Interaction, names: Mapping[str, str]) -> Interaction:
    if not names:
        return interaction
    stream = interaction.stream
    if stream is not None:
        stream = stream_of(_part(part, names) for part in parts_of(stream))
    replaced = _replaced(interaction.json, names)
    if interaction.status >= REFUSED:
        replaced = with_each_text(replaced, lambda text: _ID.sub(lambda found: names.get(found[0], found[0]), text))
    return interaction._replace(json=replaced, stream=stream)


def _part(part: StreamEvent | AlikeDeltas, names: Mapping[str, str]) -> StreamEvent | AlikeDeltas:
    if isinstance(part, AlikeDeltas):
        texts = [names.get(text, text) for text in part.texts]
        return AlikeDeltas(part.first._replace(data=_replaced(part.first.data, names)), part.keys, texts)
    return part._replace(data=_replaced(part.data, names))


_ID = re.compile(r"[A-Za-z]+[_-]\w+")
"""What may be an id in the text of an error."""


def _replaced(value: Any, names: Mapping[str, str]) -> Any:
    if isinstance(value, str):
        return names.get(value, value)
    if isinstance(value, dict):
        return {key: _replaced(part, names) for key, part in value.items()}
    return [_replaced(part, names) for part in value] if isinstance(value, list) else value
