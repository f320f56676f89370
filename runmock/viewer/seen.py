"""The document of what a session's witness saw, with all secrets redacted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runmock.apis.service.files.session_files import SessionFiles
from runmock.core.story.timing import NOT_FROM_OBJECTS
from runmock.documents.story.story_of import story_of
from runmock.tape.secrets.in_interactions import without_secrets
from runmock.tape.secrets.redaction import keys_of_environment, redacted_text
from runmock.viewer.document import document_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from runmock.core.http.exchange import JSON
    from runmock.deck.deck import Deck
    from runmock.deck.witness import Seen


def document_of_deck(deck: Deck, known: Iterable[str] = ()) -> JSON:
    """What the witness of a deck saw, with the images of its files; `known`: keys that must not be in it."""
    stored = deck.stage.shared(SessionFiles).files.values()
    files = {file.id: file.content.data for file in stored if file.content.data is not None}
    return document_of_seen(() if deck.witness is None else deck.witness.seen(), files, known)


def document_of_seen(seen: Iterable[Seen], files: Mapping[str, bytes] | None = None, known: Iterable[str] = ()) -> JSON:
    """The document. `files`: bytes of a script's files, by id; `known`: keys that must not be in it."""
    every, keys = list(seen), (*keys_of_environment(), *known)
    start = min((one.began_ms for one in every), default=0)
    every = [one._replace(began_ms=one.began_ms - start, ended_ms=one.ended_ms - start) for one in every]
    interactions = [without_secrets(one.interaction, keys) for one in every]
    notes = [redacted_text(one.note, known) if one.note else "" for one in every]
    story = story_of(interactions, NOT_FROM_OBJECTS, began_ms=[one.began_ms for one in every])
    story.spans = [(begun, max(ended, one.ended_ms)) for (begun, ended), one in zip(story.spans, every, strict=True)]
    story.is_timed = True
    return document_of(story, interactions, NOT_FROM_OBJECTS, files=files, notes=notes)
