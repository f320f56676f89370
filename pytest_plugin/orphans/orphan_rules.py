"""Decides which cassettes are orphans: only those that surely no test uses."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pytest_runmock.orphans import suite

from runmock.tape.files.below import cassettes_below, files_below

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    import pytest


@dataclass
class Usage:
    """What one process of pytest noted while it collected and ran tests; paths are resolved."""

    opened: set[str] = field(default_factory=set)
    referenced: set[str] = field(default_factory=set)
    """Cassettes that markers and names of collected tests refer to."""
    files: set[str] = field(default_factory=set)
    """Files of tests whose collection began."""
    collected: set[str] = field(default_factory=set)
    """The ids of all collected tests, deselected ones included."""
    texts: set[str] = field(default_factory=set)
    """Parameters of tests; a cassette may be named in them."""
    with_custom_place: set[str] = field(default_factory=set)
    """The ids of tests whose cassette a fixture of the user places or names: only a run of the test shows where."""
    failed: set[str] = field(default_factory=set)
    """The ids of files and classes that could not be collected, or were skipped as a whole."""
    gaps: set[str] = field(default_factory=set)
    """Sentences that say why the usage is not complete."""

    def add(self, other: dict[str, list[str]]) -> None:
        """Add the usage of another process, which comes as lists of texts."""
        for name, paths in other.items():
            getattr(self, name).update(paths)


@dataclass
class Orphans:
    """The result: `total` cassettes were looked at, and each unused one is in exactly one of the lists."""

    total: int
    orphans: list[Path] = field(default_factory=list)
    possible: list[Path] = field(default_factory=list)
    """Cassettes that tests which did not run or did not pass may use."""
    named_in_sources: list[Path] = field(default_factory=list)
    """Cassettes that no passed test opened, but a source file names; another process may open them."""
    unjudged: list[Path] = field(default_factory=list)
    """Cassettes that tests which were not collected may use, or tests whose own folder is not known."""
    why: str = ""
    """Why some are not judged; empty when all are."""


def orphans_among(config: pytest.Config, usage: Usage, passed: set[str], folders: tuple[Path, ...]) -> Orphans:
    """Return the unused cassettes below the folders, by how sure that is; `passed` are the ids of passed tests."""
    candidates = sorted({path.resolve() for folder in folders for path in cassettes_below(folder)})
    unused = [path for path in candidates if str(path) not in usage.opened | usage.referenced]
    orphans = Orphans(len(candidates))
    if not unused:
        return orphans
    unknown = sorted(usage.with_custom_place - passed)
    reasons = [*_reasons(usage, unknown), *suite.left_out(config, usage.files)]
    orphans.why = next(iter(reasons), "")
    whole = set() if unknown else _collected_whole(config, usage)
    is_all = not reasons and usage.collected <= passed
    sources = [suite.text_of(path) for path in _sources(config, usage)]
    texts = [] if is_all else [*sources, *usage.collected, *usage.texts]
    for path in unused:
        if reasons and _module_of(path) not in whole:
            orphans.unjudged.append(path)
        elif _is_named(path, texts):
            orphans.possible.append(path)
        elif any(path.name in text for text in sources):
            orphans.named_in_sources.append(path)
        else:
            orphans.orphans.append(path)
    return orphans


def _reasons(usage: Usage, unknown: list[str]) -> Iterator[str]:
    """Yield the reasons why the usage does not show everything, a sentence each."""
    yield from sorted(usage.gaps)
    if usage.failed:
        yield suite.not_collected(sorted(usage.failed))
    if unknown:
        more = f" and {len(unknown) - 1} more" if len(unknown) > 1 else ""
        yield f"only a run that passes shows where the cassette of {unknown[0]}{more} is"


def _collected_whole(config: pytest.Config, usage: Usage) -> set[str]:
    """Return the files of which every test was collected."""
    if usage.gaps or suite.is_filtered(config):
        return set()
    failed = {os.path.realpath(config.rootpath / nodeid.partition("::")[0]) for nodeid in usage.failed}
    return usage.files - failed - suite.in_part(config)


def _module_of(cassette: Path) -> str:
    """Return the file of tests whose own folder holds a cassette: MODULE.py for `cassettes/MODULE/...` beside it."""
    folder = cassette.parent
    return str(folder.parent.parent / f"{folder.name}.py")


def _sources(config: pytest.Config, usage: Usage) -> set[str]:
    """Return the files that may name a cassette: the collected ones, and all Python files below rootdir."""
    return {*usage.files, *(os.path.realpath(path) for path in files_below(config.rootpath) if path.suffix == ".py")}


def _is_named(cassette: Path, texts: Iterable[str]) -> bool:
    """Whether a cassette's name without its endings stands as a word in one of the texts."""
    word = re.compile(rf"(?<!\w){re.escape(cassette.name.partition('.')[0])}(?!\w)")
    return any(word.search(text) for text in texts)
