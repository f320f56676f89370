"""The document of what a session's witness saw, with all secrets redacted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runmock.apis.service.files.session_files import SessionFiles
from runmock.core.story.timing import NOT_FROM_OBJECTS
from runmock.documents.story.story_of import story_of
from runmock.tape.secrets.in_interactions import without_secrets
from runmock.tape.secrets.redaction import redacted_text
from runmock.viewer.document import document_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from runmock.core.http.exchange import JSON
    from runmock.deck.deck import Deck
    from runmock.deck.witness import Seen


def document_of_deck(deck: Deck, known: Iterable[str] = ()) -> JSON:
    """What the witness of a deck saw, with the images of its files; `known`: keys that must not be in it."""
    seen = () if deck.witness is None else deck.witness.seen()
    return document_of_seen(seen, files_of(deck), known)


def files_of(deck: Deck) -> dict[str, bytes]:
    """The bytes of a session's files, by their ids."""
    stored = deck.stage.shared(SessionFiles).files.values()
    return {file.id: file.content.data for file in stored if file.content.data is not None}


def document_of_seen(seen: Iterable[Seen], files: Mapping[str, bytes] | None = None, known: Iterable[str] = ()) -> JSON:
    """The document. `files`: bytes of a script's files, by id; `known`: keys that must not be in it."""
    keys = tuple(known)
    return document_of_redacted([redacted_seen(one, keys) for one in seen], files)


def redacted_seen(seen: Seen, known: Iterable[str]) -> Seen:
    """The same without secrets; `known`: keys that must not be in it."""
    keys = tuple(known)
    note = redacted_text(seen.note, keys) if seen.note else ""
    return seen._replace(interaction=without_secrets(seen.interaction, keys), note=note)


def document_of_redacted(seen: Sequence[Seen], files: Mapping[str, bytes] | None = None) -> JSON:
    """The document of requests from which secrets were taken already."""
    start = min((one.began_ms for one in seen), default=0)
    every = [one._replace(began_ms=one.began_ms - start, ended_ms=one.ended_ms - start) for one in seen]
    interactions = [one.interaction for one in every]
    story = story_of(interactions, NOT_FROM_OBJECTS, began_ms=[one.began_ms for one in every])
    story.spans = [(begun, max(ended, one.ended_ms)) for (begun, ended), one in zip(story.spans, every, strict=True)]
    story.is_timed = True
    return document_of(story, interactions, NOT_FROM_OBJECTS, files=files, notes=[one.note for one in every])
