"""Parts of a text that must not be kept, and how they are replaced."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

REDACTED = "redacted"
STAND_INS = frozenset({REDACTED, "sk-redacted", "req_redacted", "org-redacted", "proj_redacted"})
"""All texts that replace a hit. They are no ids, even where they replace one."""


class SecretSpan(NamedTuple):
    """A part of a text: its start and end, what it is, and its replacement; one without a `kind` causes no warning."""

    start: int
    end: int
    kind: str = ""
    instead: str = REDACTED

    def overlaps(self, other: SecretSpan) -> bool:
        """Whether the two have a part of the text in common."""
        return self.start < other.end and other.start < self.end


def merged(hits: Sequence[SecretSpan]) -> list[SecretSpan]:
    """The hits in order; overlapping ones are merged into one."""
    found: list[SecretSpan] = []
    for hit in sorted(hits, key=lambda hit: hit.start):
        if found and hit.start < found[-1].end:
            found[-1] = found[-1]._replace(end=max(hit.end, found[-1].end))
        else:
            found.append(hit)
    return found


def replaced(pieces: Sequence[str], hits: Sequence[SecretSpan]) -> list[str]:
    """The pieces of a text with its hits replaced; the replacement is in the piece where the hit begins."""
    waiting = merged(hits)
    found: list[str] = []
    start = 0
    for piece in pieces:
        end, at, parts = start + len(piece), start, []
        while waiting and waiting[0].start < end:
            hit = waiting[0]
            if hit.start >= start:
                parts += [piece[at - start : hit.start - start], hit.instead]
            at = min(hit.end, end)
            if hit.end > end:
                break
            waiting.pop(0)
        found.append("".join([*parts, piece[at - start :]]))
        start = end
    return found
