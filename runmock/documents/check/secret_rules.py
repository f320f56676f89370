"""Secrets of a cassette that its lines do not show: names give them away, or deltas add up to them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from runmock.core.secrets.every_text import Walk
from runmock.core.secrets.redacted import in_place
from runmock.documents.check.findings import Broken
from runmock.tape.secrets.in_interactions import joined_texts
from runmock.tape.secrets.redaction import keys_of_environment, secret_hits

if TYPE_CHECKING:
    from collections.abc import Sequence

    from runmock.core.replay.interaction import Interaction
    from runmock.core.secrets.hits import SecretSpan
    from runmock.tape.format.run_keys import Keys


def named(document: Any) -> list[Broken]:
    """Values that are secrets by the names before them, in a whole document; those that a shape shows are left out."""
    known = keys_of_environment()
    found: list[Broken] = []

    def look(text: str, key: str, is_error: bool) -> Sequence[SecretSpan]:
        hits = [hit for hit in in_place(text, key, is_error) if hit.kind]
        shown = secret_hits(text, known) if hits else []
        alone = [hit for hit in hits if not any(hit.overlaps(other) for other in shown)]
        found.extend(Broken("secret", tuple(walk.keys), f"{hit.kind} stands here") for hit in alone)
        return ()

    walk = Walk(look)
    walk.value(document)
    return found


def added_up(one: Interaction, keys: Keys) -> list[Broken]:
    """Secrets that deltas add up to, and no line shows."""
    known = keys_of_environment()
    kinds = {hit.kind for text in joined_texts(one) for hit in (*secret_hits(text, known), *in_place(text)) if hit.kind}
    where = (*keys, "stream")
    return [Broken("secret", where, f"the deltas of this stream add up to {kind}") for kind in sorted(kinds)]
