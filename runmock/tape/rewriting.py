"""A cassette that exists, with another recording in it; whatever else stands in the file stays as it is written."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from runmock.core.errors import CassetteError
from runmock.tape.aliases import Aliases
from runmock.tape.cassette import Cassette, cassette_from
from runmock.tape.sameness import same_recording
from runmock.tape.shortening import Shortened
from runmock.tape.writing import blocks, cassette_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from runmock.core.interaction import Interaction
    from runmock.tape.writing import Header

_KEY = re.compile(r"^([A-Za-z_]+)\s*:", re.MULTILINE)
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
    start, end = _spans(text, old.path)["interactions"]
    block, after = _parted(text[start:end], text[end:])
    indent = _ITEM.search(block)
    more = _indented(blocks(told, shortened), indent[1] if indent else "  ")
    return _checked(f"{text[:start]}{block.rstrip()}\n\n{more}\n{after}", old, [*old.interactions, *told])


def rewritten(text: str, old: Cassette, interactions: Sequence[Interaction], header: Header) -> str:
    """The cassette with another recording in the place of its own; scripts, comments and other keys stay.

    Raises CassetteError when the file is written in a way that cannot be taken apart.
    """
    whole = cassette_text(header, interactions)
    spans = _spans(text, old.path)
    _, recorded, block = whole.split("\n", 2)
    parts = {"recorded": f"{recorded}\n", "interactions": block}
    for key in sorted(_OURS, key=lambda name: -spans.get(name, (len(text), 0))[0]):
        if key in spans:
            start, end = spans[key]
            text = text[:start] + parts[key] + _parted(text[start:end], text[end:])[1]
    if "recorded" not in spans:
        parts["interactions"] = parts["recorded"] + parts["interactions"]
    if "interactions" not in spans:
        text = f"{text.rstrip()}\n{parts['interactions']}"
    elif "recorded" not in spans:
        start = _spans(text, old.path)["interactions"][0]
        text = f"{text[:start]}{parts['recorded']}{text[start:]}"
    return _checked(text, old, interactions)


def _spans(text: str, path: str) -> dict[str, tuple[int, int]]:
    """Where each top-level key's lines begin and end. Raises CassetteError when they cannot be told apart."""
    starts = [(found[1], found.start()) for found in _KEY.finditer(text)]
    if not starts:
        raise CassetteError(
            "this cassette is written in one mapping, and nothing can be added to it by lines; write its keys on lines "
            "of their own",
            path,
        )
    ends = [start for _, start in starts[1:]] + [len(text)]
    return {name: (start, end) for (name, start), end in zip(starts, ends, strict=True)}


def _parted(block: str, rest: str) -> tuple[str, str]:
    """A key's own lines, and what follows: comments and empty lines above the next key belong to that."""
    lines = block.splitlines(keepends=True)
    kept: list[str] = []
    while rest and lines and (not lines[-1].strip() or lines[-1].startswith("#")):
        kept.insert(0, lines.pop())
    return "".join(lines), "".join(kept) + rest


def _indented(text: str, indent: str) -> str:
    """Items as deep as those that are there; they are written with two spaces."""
    return "\n".join(f"{indent}{line[2:]}" if line else line for line in text.split("\n"))


def _checked(text: str, old: Cassette, wanted: Sequence[Interaction]) -> str:
    """The text, when it reads back as what it should be. Raises CassetteError."""
    try:
        read = cassette_from(text, old.path)
        is_right = same_recording(read.interactions, wanted) and _runs(read) == _runs(old)
    except CassetteError:
        is_right = False
    if not is_right:
        raise CassetteError("this file is written in a way that nothing can be put into; record into another", old.path)
    return text


def _runs(cassette: Cassette) -> int | None:
    return None if cassette.script is None else len(cassette.script.runs)
