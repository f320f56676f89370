"""Rules for secrets that no single line shows by its shape: a name gives them away, or deltas add up to them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from runmock.core.report.broken_rule import BrokenRule
from runmock.core.secrets.every_text import Walk
from runmock.core.secrets.redacted import in_place
from runmock.tape.secrets.in_interactions import joined_texts
from runmock.tape.secrets.redaction import keys_of_environment, secret_hits

if TYPE_CHECKING:
    from collections.abc import Sequence

    from runmock.core.http.json_values import Keys
    from runmock.core.replay.interaction import Interaction
    from runmock.core.secrets.hits import SecretSpan


def secrets_given_away_by_names(document: Any) -> list[BrokenRule]:
    """Return the values of a document that are secrets by their key's name; those known by their shape are left out."""
    keys_in_use = keys_of_environment()
    secrets: list[BrokenRule] = []

    def look(text: str, key: str, is_error: bool) -> Sequence[SecretSpan]:
        hits = [hit for hit in in_place(text, key, is_error) if hit.kind]
        by_shape = secret_hits(text, keys_in_use) if hits else []
        only_by_name = [hit for hit in hits if not any(hit.overlaps(other) for other in by_shape)]
        secrets.extend(BrokenRule("secret", tuple(walk.keys), f"{hit.kind} is here") for hit in only_by_name)
        return ()

    walk = Walk(look)
    walk.value(document)
    return secrets


def secrets_across_deltas(interaction: Interaction, keys: Keys) -> list[BrokenRule]:
    """Return the secrets in the joined texts of an interaction's deltas."""
    keys_in_use = keys_of_environment()
    kinds = {
        hit.kind
        for text in joined_texts(interaction)
        for hit in (*secret_hits(text, keys_in_use), *in_place(text))
        if hit.kind
    }
    place = (*keys, "stream")
    return [BrokenRule("secret", place, f"the deltas of this stream add up to {kind}") for kind in sorted(kinds)]
