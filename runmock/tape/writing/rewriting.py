"""A cassette that exists, with another recording in it; whatever else stands in the file stays as it is written.

So does what the recordings have in common, to the byte: a small change is a small difference of two texts.
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
    """The cassette with more interactions at its end: what is there already is not touched, not even by a space.

    Raises CassetteError when the file is written in a way that cannot be added to.
    """
    if not old.interactions:
        return rewritten(text, old, new, header)
    told = Aliases.beside(old.interactions).aliased(new)
    shortened = Shortened(old.base)
    for one in old.interactions:
        shortened.remember(one)
    start, end = spans(text, old.path)["interactions"]
    block, after = parted(text[start:end], text[end:])
    indent = _ITEM.search(block)
    more = _indented(blocks(told, shortened), indent[1] if indent else "  ")
    return _checked(f"{text[:start]}{block.rstrip()}\n\n{more}\n{after}", old, [*old.interactions, *told])


def rewritten(
    text: str,
    old: Cassette,
    new: Sequence[Interaction],
    header: Header,
    partners: Partners | None = None,
) -> str:
    """The cassette with another recording in it; scripts, comments and other keys stay, and so does what is equal.

    Without `partners` the new interactions take the place of all old ones.
    Raises CassetteError when the file is written in a way that cannot be taken apart.
    """
    if partners is None:
        partners = Partners(range(len(old.interactions)))
    apart = Aliases().apart(old.interactions)
    first = min((*partners.used, *(there for _, there in partners.alike)), default=len(apart))
    after = [one for place, one in enumerate(apart) if place >= first and place not in partners.used]
    wanted = [*apart[:first], *new, *after]
    kept = _kept(text, old, new, header, partners)
    if kept is not None and _is_right(kept, old, wanted):
        return kept
    _, recorded, block = cassette_text(header, wanted).split("\n", 2)
    return _checked(_placed(text, old, recorded, block), old, wanted)


def _kept(text: str, old: Cassette, new: Sequence[Interaction], header: Header, partners: Partners) -> str | None:
    """The text with the old lines where they say the same; None when nothing stays, or there are no lines."""
    told = carried(old.interactions, new, partners, old.base) if old.interactions else None
    block = None if told is None else lines_of(text, old, told)
    if told is None or block is None:
        return None
    found = _placed(text, old, _recorded(old, header), block)
    return found if _holds(found, old.path, [one.interaction for one in told]) else None


def _holds(text: str, path: str, interactions: Sequence[Interaction]) -> bool:
    """Whether a text holds just these interactions, their times and polls too."""
    try:
        read = cassette_from(text, path).interactions
    except CassetteError:
        return False
    return len(read) == len(interactions) and all(map(is_exactly, read, interactions))


def _recorded(old: Cassette, header: Header) -> str | None:
    """Another line `recorded:`, from whose time the old lines count as before; None when the old one may stay.

    It stays unless it names another upstream or SDK: when it was recorded is no difference.
    """
    said = old.recorded
    if said is None:
        return header_line(replace(header, counted_from=old.base))
    pairs = [(said.upstream, header.upstream), (said.sdk, header.sdk)]
    is_other = any(before is not None and now is not None and before != now for before, now in pairs)
    return header_line(replace(header, counted_from=old.base)) if is_other else None


def _placed(text: str, old: Cassette, recorded: str | None, block: str) -> str:
    """The text with other lines for `recorded:` (None: as it is) and `interactions:`."""
    found = spans(text, old.path)
    parts = {"interactions": block} if recorded is None else {"recorded": f"{recorded}\n", "interactions": block}
    for key in sorted(parts, key=lambda name: -found.get(name, (len(text), 0))[0]):
        if key in found:
            start, end = found[key]
            text = text[:start] + parts[key] + parted(text[start:end], text[end:])[1]
    if "interactions" not in found:
        head = parts["recorded"] if recorded is not None and "recorded" not in found else ""
        return f"{text.rstrip()}\n{head}{block}"
    if recorded is not None and "recorded" not in found:
        start = spans(text, old.path)["interactions"][0]
        text = f"{text[:start]}{parts['recorded']}{text[start:]}"
    return text


def _indented(text: str, indent: str) -> str:
    """Items as deep as those that are there; they are written with two spaces."""
    return "\n".join(f"{indent}{line[2:]}" if line else line for line in text.split("\n"))


def _checked(text: str, old: Cassette, wanted: Sequence[Interaction]) -> str:
    """The text, when it reads back as what it should be. Raises CassetteError."""
    if not _is_right(text, old, wanted):
        raise CassetteError("this file is written in a way that nothing can be put into; record into another", old.path)
    return text


def _is_right(text: str, old: Cassette, wanted: Sequence[Interaction]) -> bool:
    try:
        read = cassette_from(text, old.path)
    except CassetteError:
        return False
    return same_recording(read.interactions, wanted) and _runs(read) == _runs(old)


def _runs(cassette: Cassette) -> int | None:
    return None if cassette.script is None else len(cassette.script.runs)
