"""Rules for a recording: each API checks its own interactions, and what holds for every answer is checked here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runmock.apis.registry import documents_of
from runmock.core.http.exchange import REFUSED
from runmock.core.replay.interaction import has_end
from runmock.core.report.broken_rule import BrokenRule, missing_end

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from runmock.core.api import Api
    from runmock.core.api_documents import ApiRules
    from runmock.core.http.json_values import Keys
    from runmock.core.replay.interaction import Interaction


class RecordingRules:
    """Checks the interactions of a recording in order; mutable: the rules of an API learn from each of its answers."""

    def __init__(self, ids: Iterable[str] = ()) -> None:
        """`ids`: the ids of objects that the cassette declares; they existed before the recording."""
        self.ids = tuple(ids)
        self.rules: dict[Api, ApiRules | None] = {}

    def check(self, interaction: Interaction, keys: Keys, keys_of_event: Callable[[int], Keys]) -> Iterator[BrokenRule]:
        """Yield the rules that an interaction breaks; `keys_of_event(number)` returns the keys of a stream event."""
        if interaction.is_truncated:
            yield BrokenRule(
                "truncated", (*keys, "truncated"), f"the answer to {interaction.method} {interaction.path} has no end"
            )
        if interaction.status >= REFUSED:
            return
        api = interaction.operation.api
        if api not in self.rules:
            documents = documents_of(api)
            self.rules[api] = None if documents is None else documents.rules(self.ids)
        rules = self.rules[api]
        if rules is None:
            yield from _check_end_of_stream(interaction, keys_of_event)
        else:
            yield from rules.check(interaction, keys, keys_of_event)

    def check_end(self) -> Iterator[BrokenRule]:
        """Yield the rules that are broken because something is missing at the end of the recording."""
        for rules in self.rules.values():
            if rules is not None:
                yield from rules.check_end()


def _check_end_of_stream(interaction: Interaction, keys_of_event: Callable[[int], Keys]) -> Iterator[BrokenRule]:
    """A stream must have its end, if the events that end it are known."""
    ends = interaction.operation.ends
    if ends and interaction.stream and not interaction.is_truncated and not has_end(interaction.stream, ends):
        yield missing_end(interaction.stream[-1].name, ends, keys_of_event(len(interaction.stream) - 1))
