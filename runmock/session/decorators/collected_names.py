"""Which names pytest collects as tests and classes of tests; unittest has its own rule."""

from __future__ import annotations

from fnmatch import fnmatch
from typing import ClassVar


class Collected:
    """Prefixes or patterns of names; mutable: the pytest plugin sets those of the project."""

    functions: ClassVar[tuple[str, ...]] = ("test",)
    """pytest's `python_functions`."""
    classes: ClassVar[tuple[str, ...]] = ("Test",)
    """pytest's `python_classes`."""


def is_test(name: str) -> bool:
    """Whether a method is a test, by its name."""
    return _matches(name, Collected.functions)


def is_test_class(name: str) -> bool:
    """Whether a class is a class of tests, by its name."""
    return _matches(name, Collected.classes)


def shown() -> str:
    """The names of tests, for people."""
    return ", ".join(pattern if _is_pattern(pattern) else f"{pattern}*" for pattern in Collected.functions)


def _matches(name: str, patterns: tuple[str, ...]) -> bool:
    return any(name.startswith(pattern) or (_is_pattern(pattern) and fnmatch(name, pattern)) for pattern in patterns)


def _is_pattern(text: str) -> bool:
    return not set("*?[").isdisjoint(text)
