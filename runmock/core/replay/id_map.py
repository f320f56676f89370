"""Which ids the application holds for which recorded ones, where they differ.

They differ when two recorded conversations began alike and the application went on with the second where it was told
the first, and when upstream answers in place of the recording.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from runmock.core.replay.interaction import Interaction
    from runmock.core.replay.matching import RequestKey


@dataclass(slots=True)
class IdMap:
    """Mutable: `bind` for what upstream told, `exchange` for conversations that take each other's place."""

    _recorded: dict[str, str] = field(default_factory=dict)
    """The recorded id, by the one that the application holds."""
    _told: dict[str, str] = field(default_factory=dict)
    """The other way round."""
    _are_upstreams: bool = False
    """Ids come from upstream; else each is one of the recording's, and stands for itself until places change."""

    def bind(self, pairs: Mapping[str, str]) -> None:
        """The application holds these ids of upstream's for those; the first word counts."""
        self._are_upstreams = True
        for told, recorded in pairs.items():
            if told not in self._recorded:
                self._recorded[told] = recorded
                self._told.setdefault(recorded, told)

    def exchange(self, pairs: Mapping[str, str]) -> None:
        """Of each pair of recorded ids one takes the other's place."""
        if self._are_upstreams:
            places = {**pairs, **{other: one for one, other in pairs.items()}}
            self._recorded = {told: places.get(recorded, recorded) for told, recorded in self._recorded.items()}
            self._told = {recorded: told for told, recorded in self._recorded.items()}
            return
        for one, other in pairs.items():
            if one == other:
                continue
            told_one, told_other = self._told.get(one, one), self._told.get(other, other)
            self._told[one], self._told[other] = told_other, told_one
            self._recorded[told_one], self._recorded[told_other] = other, one

    def asked(self, sent: RequestKey) -> RequestKey:
        """What a request asks for, in the recording's ids."""
        return renamed(sent, self._recorded) if self._recorded else sent

    def held(self, value: Any) -> Any:
        """A part of a recorded request, in the ids that the application holds."""
        return _replaced(value, self._told)

    def told(self, interaction: Interaction) -> Interaction:
        """A recorded answer, in the ids that the application holds."""
        return _answer(interaction, self._told)

    def recorded(self, interaction: Interaction) -> Interaction:
        """Upstream's answer, in the recording's ids."""
        return _answer(interaction, self._recorded)


def renamed(asked: RequestKey, names: Mapping[str, str]) -> RequestKey:
    """The same request about other things."""
    ids = {name: names.get(value, value) for name, value in asked.ids.items()}
    query = {name: tuple(names.get(value, value) for value in values) for name, values in asked.query.items()}
    return asked._replace(ids=ids, query=query, body=_replaced(asked.body, names))


def _answer(interaction: Interaction, names: Mapping[str, str]) -> Interaction:
    if not names:
        return interaction
    stream = interaction.stream
    if stream is not None:
        stream = tuple(event._replace(data=_replaced(event.data, names)) for event in stream)
    return interaction._replace(json=_replaced(interaction.json, names), stream=stream)


def _replaced(value: Any, names: Mapping[str, str]) -> Any:
    if isinstance(value, str):
        return names.get(value, value)
    if isinstance(value, dict):
        return {key: _replaced(part, names) for key, part in value.items()}
    return [_replaced(part, names) for part in value] if isinstance(value, list) else value
