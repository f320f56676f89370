"""Puts another recording into the text of a cassette; everything else in the file stays as it is written.

So does what the two recordings have in common, to the byte: a small change of behaviour is a small diff.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from runmock.core.errors import CassetteError
from runmock.tape.comparing.same_recording import same_recording
from runmock.tape.reading.cassette import Cassette, cassette_from
from runmock.tape.writing.aliases import Aliases
from runmock.tape.writing.carrying import Partners, carried
from runmock.tape.writing.cassette_text import blocks, cassette_text, header_line
from runmock.tape.writing.kept_lines import is_exactly, lines_of
from runmock.tape.writing.layout import parted, spans
from runmock.tape.writing.shortening import Shortened

if TYPE_CHECKING:
    from collections.abc import Sequence

    from runmock.core.replay.interaction import Interaction
    from runmock.tape.writing.cassette_text import Header

_ITEM = re.compile(r"^( *)- ", re.MULTILINE)
_OURS = ("recorded", "interactions")


def appended(text: str, old: Cassette, new: Sequence[Interaction], header: Header) -> str:
    """The cassette's text with more interactions at its end; not a byte of what is there already changes.

    Raises CassetteError when the file is written in a way that nothing can be added to.
    """
    if not old.interactions:
        return rewritten(text, old, new, header)
    aliased = Aliases.beside(old.interactions).aliased(new)
    shortened = Shortened(old.base)
    for interaction in old.interactions:
        shortened.remember(interaction)
    start, end = spans(text, old.path)["interactions"]
    block, after = parted(text[start:end], text[end:])
    indent = _ITEM.search(block)
    more = _indented(blocks(aliased, shortened), indent[1] if indent else "  ")
    return _checked(f"{text[:start]}{block.rstrip()}\n\n{more}\n{after}", old, [*old.interactions, *aliased])


def rewritten(
    text: str,
    old: Cassette,
    new: Sequence[Interaction],
    header: Header,
    partners: Partners | None = None,
) -> str:
    """The cassette's text with another recording in it; scripts, comments, other keys and equal interactions stay.

    `partners` says which old interactions the new ones replace; without it, all of them.
    Raises CassetteError when the file is written in a way that cannot be taken apart by lines.
    """
    if partners is None:
        partners = Partners(range(len(old.interactions)))
    apart = Aliases().apart(old.interactions)
    first = min((*partners.used, *(there for _, there in partners.alike)), default=len(apart))
    after = [interaction for place, interaction in enumerate(apart) if place >= first and place not in partners.used]
    expected = [*apart[:first], *new, *after]
    kept = _kept(text, old, new, header, partners)
    if kept is not None and _is_right(kept, old, expected):
        return kept
    _, recorded, block = cassette_text(header, expected).split("\n", 2)
    return _checked(_placed(text, old, recorded, block), old, expected)


def _kept(text: str, old: Cassette, new: Sequence[Interaction], header: Header, partners: Partners) -> str | None:
    """The text with the old lines where they mean the same; None when no old interaction or line can stay."""
    carried_over = carried(old.interactions, new, partners, old.base) if old.interactions else None
    block = None if carried_over is None else lines_of(text, old, carried_over)
    if carried_over is None or block is None:
        return None
    kept_text = _placed(text, old, _recorded(old, header), block)
    return kept_text if _holds(kept_text, old.path, [item.interaction for item in carried_over]) else None


def _holds(text: str, path: str, interactions: Sequence[Interaction]) -> bool:
    """Whether a text, when it is read, has exactly these interactions, times and polls included."""
    try:
        read = cassette_from(text, path).interactions
    except CassetteError:
        return False
    return len(read) == len(interactions) and all(map(is_exactly, read, interactions))


def _recorded(old: Cassette, header: Header) -> str | None:
    """A new line `recorded:`, whose `from` is the time from which the old lines count; None when the old line may stay.

    The old line stays unless the new recording has another upstream or SDK; a new date alone changes nothing.
    """
    before = old.recorded
    if before is None:
        return header_line(replace(header, counted_from=old.base))
    pairs = [(before.upstream, header.upstream), (before.sdk, header.sdk)]
    is_other = any(
        old_value is not None and new_value is not None and old_value != new_value for old_value, new_value in pairs
    )
    return header_line(replace(header, counted_from=old.base)) if is_other else None


def _placed(text: str, old: Cassette, recorded: str | None, block: str) -> str:
    """The text with new lines for `interactions:`, and for `recorded:` unless `recorded` is None."""
    places = spans(text, old.path)
    parts = {"interactions": block} if recorded is None else {"recorded": f"{recorded}\n", "interactions": block}
    for key in sorted(parts, key=lambda name: -places.get(name, (len(text), 0))[0]):
        if key in places:
            start, end = places[key]
            text = text[:start] + parts[key] + parted(text[start:end], text[end:])[1]
    if "interactions" not in places:
        head = parts["recorded"] if recorded is not None and "recorded" not in places else ""
        return f"{text.rstrip()}\n{head}{block}"
    if recorded is not None and "recorded" not in places:
        start = spans(text, old.path)["interactions"][0]
        text = f"{text[:start]}{parts['recorded']}{text[start:]}"
    return text


def _indented(text: str, indent: str) -> str:
    """The items in `text`, with `indent` in the place of their indent of two spaces."""
    return "\n".join(f"{indent}{line[2:]}" if line else line for line in text.split("\n"))


def _checked(text: str, old: Cassette, expected: Sequence[Interaction]) -> str:
    """The text itself. Raises CassetteError when it does not read back as these interactions and as many runs."""
    if not _is_right(text, old, expected):
        raise CassetteError(
            "the recording cannot be added to this file, because of how it is written; record into another file",
            old.path,
        )
    return text


def _is_right(text: str, old: Cassette, expected: Sequence[Interaction]) -> bool:
    try:
        read = cassette_from(text, old.path)
    except CassetteError:
        return False
    return same_recording(read.interactions, expected) and _runs(read) == _runs(old)


def _runs(cassette: Cassette) -> int | None:
    return None if cassette.script is None else len(cassette.script.runs)
