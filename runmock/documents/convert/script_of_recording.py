"""The script of a recording while it is made: each API makes the entries of its own interactions.

Whatever the APIs, the entries stand in the order of the recording, so that each request gets its own.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from runmock.apis.registry import documents_of
from runmock.documents.story.story_of import story_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from runmock.core.api import Api
    from runmock.core.api_documents import ScriptEntries
    from runmock.core.http.exchange import JSON
    from runmock.core.replay.interaction import Interaction
    from runmock.documents.convert.replay_against_script import ReplayedInteraction


@dataclass(frozen=True, slots=True)
class PartOfRecording:
    """The interactions of one API, and the entries of a script that are made of them."""

    api: Api
    recording: Sequence[Interaction]
    entries: ScriptEntries


@dataclass(slots=True)
class ScriptOfRecording:
    """Mutable: its entries become longer until they play the recording."""

    recording: Sequence[Interaction]
    base: float
    """When the recording began, in seconds since the epoch."""
    parts: list[PartOfRecording] = field(default_factory=list)
    _places: dict[int, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._places |= {id(interaction): place for place, interaction in enumerate(self.recording)}
        for api in dict.fromkeys(interaction.operation.api for interaction in self.recording):
            if (documents := documents_of(api)) is not None:
                own = [interaction for interaction in self.recording if interaction.operation.api is api]
                self.parts.append(PartOfRecording(api, own, documents.script_entries(story_of(own, self.base), own)))

    def document(self) -> JSON:
        """The script as the value that its YAML reads as."""
        document: JSON = {"runmock": 1}
        for part in self.parts:
            document |= part.entries.head()
        return {**document, "runs": [entry for _, entry in sorted(self._entries(), key=lambda placed: placed[0])]}

    def _entries(self) -> Iterator[tuple[int, JSON]]:
        for part in self.parts:
            for place, entry in part.entries.entries():
                yield self.place_of(part.recording[place]), entry

    def refine(self, replays: Sequence[ReplayedInteraction]) -> bool:
        """Make entries longer where that mends a difference in the replays; returns whether any entry changed."""
        own = [
            (part.entries, [replay for replay in replays if replay.recorded.operation.api is part.api])
            for part in self.parts
        ]
        return any(entries.refine(replays_of_part) for entries, replays_of_part in own)

    def make_all_verbatim(self, why: str) -> bool:
        """Serve every run as it was recorded; returns False when every run is so already."""
        return any(part.entries.make_all_verbatim(why) for part in self.parts)

    @property
    def kept(self) -> list[Interaction]:
        """The interactions that no script answers, in order."""
        answered = {id(interaction) for interaction in self.played}
        return [interaction for interaction in self.recording if id(interaction) not in answered]

    @property
    def played(self) -> tuple[Interaction, ...]:
        """The interactions that the script answers, in order."""
        kept = {id(interaction) for part in self.parts for interaction in part.entries.kept}
        apis = [part.api for part in self.parts]
        return tuple(
            interaction
            for interaction in self.recording
            if interaction.operation.api in apis and id(interaction) not in kept
        )

    def entries_of(self, interaction: Interaction) -> ScriptEntries:
        """The entries of the API of an interaction."""
        return next(part.entries for part in self.parts if part.api is interaction.operation.api)

    def place_of(self, interaction: Interaction) -> int:
        """The index of an interaction in the recording."""
        return self._places[id(interaction)]
