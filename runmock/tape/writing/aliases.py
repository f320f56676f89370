"""Real ids become aliases, numbered by their first appearance in an answer: `thread_1`, `run_1`, `msg_1`, `call_1`.

An id is what stands under `id`, or under a key that ends in `_id` or `_ids`, outside of metadata, attributes and the
arguments of tools (`core/replay/ids_in_payloads.py`). One that the application brought (its request had it before any
answer did) stays as it is. Where a longer text holds an aliased id, an error's message or a URL, it is replaced there
too; a file's content stays as it is.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote

from runmock.apis.service.roots import gives_file
from runmock.core.replay.ids_in_payloads import answer_ids, request_ids
from runmock.core.replay.interaction import AlikeDeltas, StreamEvent, StreamEvents

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from runmock.core.replay.interaction import Interaction

_MAY_HOLD_IDS = (str, dict, list)
_PREFIX = re.compile(r"([A-Za-z]+)[_-]")
_TOKEN = re.compile(r"[A-Za-z0-9_-]{12,}")
"""What may be an id within a longer text; a shorter id is replaced only where it is the whole text."""
_SHORTEST_IN_TEXT = 13
"""A shorter text has no such id in it, and something else besides."""


def _prefix_of(text: str, kind: str) -> str:
    """What an alias begins with: what the id begins with, else the kind of thing that it names."""
    match = _PREFIX.match(text)
    return match[1].lower() if match else kind


@dataclass(slots=True)
class Aliases:
    """The aliases of one cassette; mutable: it learns ids from interactions, in their order."""

    names: dict[str, str] = field(default_factory=dict)
    """The alias of each real id."""
    auto_created: set[str] = field(default_factory=set)
    """Ids that the application sent before any answer had them."""
    taken: set[str] = field(default_factory=set)
    """Texts that no alias may be."""
    _counts: dict[str, int] = field(default_factory=dict)

    @classmethod
    def beside(cls, old: Iterable[Interaction]) -> Aliases:
        """Aliases for interactions that join others in a file: none of them is an id of those."""
        return cls(
            taken={text for interaction in old for text in (*request_ids(interaction), *answer_ids(interaction))}
        )

    def aliased(self, interactions: Iterable[Interaction]) -> tuple[Interaction, ...]:
        """The interactions with aliases in place of ids."""
        in_order = tuple(interactions)
        for interaction in in_order:
            self.learn(interaction)
        return tuple(self.replaced(interaction) for interaction in in_order)

    def learn(self, interaction: Interaction) -> None:
        """Learn the ids of the next interaction."""
        self._note_brought(interaction)
        for text, kind in answer_ids(interaction).items():
            if text not in self.names and text not in self.auto_created:
                has_prefix = kind not in interaction.operation.api.id_kinds.other_keys.values()
                self.names[text] = self._new(_prefix_of(text, kind) if has_prefix else kind)

    def _note_brought(self, interaction: Interaction) -> None:
        """Note the ids of a request that no answer had before."""
        self.auto_created.update(text for text in request_ids(interaction) if text not in self.names)

    def _new(self, name: str) -> str:
        while True:
            self._counts[name] = self._counts.get(name, 0) + 1
            alias = f"{name}_{self._counts[name]}"
            if alias not in self.auto_created and alias not in self.taken:
                return alias

    def apart(self, interactions: Iterable[Interaction]) -> tuple[Interaction, ...]:
        """The interactions of a cassette with changed ids, `run_1~` for `run_1`, so that all aliases are free again."""
        in_order = tuple(interactions)
        for interaction in in_order:
            self._note_brought(interaction)
            self.names |= {text: f"{text}~" for text in answer_ids(interaction) if text not in self.auto_created}
        return tuple(self.replaced(interaction) for interaction in in_order)

    def replaced(self, interaction: Interaction) -> Interaction:
        """The interaction with aliases for every id that is known by now."""
        return interaction._replace(
            path="/".join(self._segment(part) for part in interaction.path.split("/")),
            query={key: tuple(self.text(value) for value in values) for key, values in interaction.query.items()},
            body=self.value(interaction.body),
            json=self.value(interaction.json),
            text=interaction.text
            if interaction.text is None or gives_file(interaction.method, interaction.path)
            else self.text(interaction.text),
            stream=None if interaction.stream is None else self._stream(interaction.stream),
        )

    def _segment(self, part: str) -> str:
        known = self.names.get(unquote(part))
        return part if known is None else quote(known, safe="")

    def _stream(self, stream: Sequence[StreamEvent]) -> Sequence[StreamEvent]:
        if not isinstance(stream, StreamEvents):
            return tuple(self._event(event) for event in stream)
        return StreamEvents(
            AlikeDeltas(self._event(part.first), part.keys, self._texts(part.texts))
            if isinstance(part, AlikeDeltas)
            else self._event(part)
            for part in stream.parts
        )

    def _texts(self, texts: Sequence[str]) -> Sequence[str]:
        """As `text` for each; the texts themselves where most deltas are: in words, none of which is an id."""
        if max(map(len, texts), default=0) < _SHORTEST_IN_TEXT and self.names.keys().isdisjoint(texts):
            return texts
        return [self.text(text) for text in texts]

    def _event(self, event: StreamEvent) -> StreamEvent:
        raw = None if event.raw is None else self.text(event.raw)
        return StreamEvent(event.name, self.value(event.data), raw)

    def value(self, value: Any) -> Any:
        """A JSON value with every id in it replaced."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, dict):
            return {key: self.value(part) if isinstance(part, _MAY_HOLD_IDS) else part for key, part in value.items()}
        return [self.value(part) for part in value] if isinstance(value, list) else value

    def text(self, text: str) -> str:
        """A text with its known ids replaced: itself, or the long ones (`_TOKEN`) in it."""
        known = self.names.get(text)
        if known is not None:
            return known
        if len(text) < _SHORTEST_IN_TEXT:
            return text
        replaced = _TOKEN.sub(self._name, text)
        return text if replaced == text else replaced  # a long text without ids is not in memory twice

    def _name(self, match: re.Match[str]) -> str:
        return self.names.get(match[0], match[0])
