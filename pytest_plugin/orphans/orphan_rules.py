"""Which cassettes are orphans: only those of which it is sure that no test uses them."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_runmock.orphans import suite

from runmock.documents.check.cassette_files import cassettes_below, files_below

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import pytest


@dataclass
class Usage:
    """What one process saw; paths are resolved."""

    opened: set[str] = field(default_factory=set)
    meant: set[str] = field(default_factory=set)
    """What markers and names of collected tests mean."""
    files: set[str] = field(default_factory=set)
    """Files that were collected, or begun."""
    collected: set[str] = field(default_factory=set)
    """The ids of tests; those that were deselected too."""
    texts: set[str] = field(default_factory=set)
    """Parameters of tests that may name a file."""
    elsewhere: set[str] = field(default_factory=set)
    """The ids of tests whose folder or name a fixture of the user's gives, when it runs."""
    failed: set[str] = field(default_factory=set)
    """Ids of what could not be collected, or was skipped as a whole."""
    broken: set[str] = field(default_factory=set)
    """Why a process did not see everything, a sentence each."""

    def add(self, other: dict[str, list[str]]) -> None:
        """Take over what another process saw."""
        for name, found in other.items():
            getattr(self, name).update(found)


@dataclass
class Orphans:
    """What came of it; every unused cassette is in one of the lists."""

    total: int
    orphans: list[Path] = field(default_factory=list)
    possible: list[Path] = field(default_factory=list)
    """Tests that did not run, or did not pass, may use them."""
    named: list[Path] = field(default_factory=list)
    """Every test passed and none opened them, but a source names the file: another process may have."""
    unjudged: list[Path] = field(default_factory=list)
    """Tests that were not collected, or whose own folder is not known, may use them."""
    why: str = ""
    """Why some are not judged."""


def judged(config: pytest.Config, seen: Usage, passed: set[str], folders: tuple[Path, ...]) -> Orphans:
    """What is unused below the folders, by how sure that is."""
    candidates = sorted({path.resolve() for folder in folders for path in cassettes_below(folder)})
    unused = [path for path in candidates if str(path) not in seen.opened | seen.meant]
    found = Orphans(len(candidates))
    if not unused:
        return found
    unknown = sorted(seen.elsewhere - passed)
    reasons = [*_reasons(seen, unknown), *suite.left_out(config, seen.files)]
    found.why = next(iter(reasons), "")
    whole = set() if unknown else _whole(config, seen)
    is_all = not reasons and seen.collected <= passed
    sources = [_text(path) for path in _sources(config, seen)]
    told = [] if is_all else [*sources, *seen.collected, *seen.texts]
    for path in unused:
        if reasons and _module_of(path) not in whole:
            found.unjudged.append(path)
        elif _is_named(path, told):
            found.possible.append(path)
        elif any(path.name in text for text in sources):
            found.named.append(path)
        else:
            found.orphans.append(path)
    return found


def _reasons(seen: Usage, unknown: list[str]) -> Iterator[str]:
    """What was seen that leaves something unknown, a sentence each."""
    yield from sorted(seen.broken)
    if seen.failed:
        yield suite.not_collected(sorted(seen.failed))
    if unknown:
        more = f" and {len(unknown) - 1} more" if len(unknown) > 1 else ""
        yield f"only a run that passes tells where the cassette of {unknown[0]}{more} is"


def _whole(config: pytest.Config, seen: Usage) -> set[str]:
    """The files of which every test was collected."""
    if seen.broken or suite.is_filtered(config):
        return set()
    failed = {os.path.realpath(config.rootpath / nodeid.partition("::")[0]) for nodeid in seen.failed}
    return seen.files - failed - suite.in_part(config)


def _module_of(cassette: Path) -> str:
    """The file of tests whose own folder a cassette is in: `cassettes/<module>` beside it."""
    folder = cassette.parent
    return str(folder.parent.parent / f"{folder.name}.py")


def _sources(config: pytest.Config, seen: Usage) -> set[str]:
    """Files that may name a cassette: of tests, and whatever of the project's they may import."""
    return {*seen.files, *(os.path.realpath(path) for path in files_below(config.rootpath) if path.suffix == ".py")}


def _text(path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8")
    except (OSError, ValueError):
        return ""


def _is_named(cassette: Path, texts: Iterable[str]) -> bool:
    """Whether a cassette's name, without its endings, stands in a text as a word."""
    word = re.compile(rf"(?<!\w){re.escape(cassette.name.partition('.')[0])}(?!\w)")
    return any(word.search(text) for text in texts)
