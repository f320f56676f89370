"""Which names pytest takes for those of tests and of classes of tests; unittest has its own way."""

from __future__ import annotations

from fnmatch import fnmatch
from typing import ClassVar


class Collected:
    """Beginnings of names, or patterns; mutable, since a project may have its own, which the pytest plugin sets."""

    functions: ClassVar[tuple[str, ...]] = ("test",)
    """pytest's `python_functions`."""
    classes: ClassVar[tuple[str, ...]] = ("Test",)
    """pytest's `python_classes`."""


def is_test(name: str) -> bool:
    """Whether a method of a class of tests is one, by its name."""
    return _matches(name, Collected.functions)


def is_test_class(name: str) -> bool:
    """Whether a class is one of tests, by its name."""
    return _matches(name, Collected.classes)


def shown() -> str:
    """The names of tests, for people."""
    return ", ".join(one if _is_pattern(one) else f"{one}*" for one in Collected.functions)


def _matches(name: str, patterns: tuple[str, ...]) -> bool:
    return any(name.startswith(one) or (_is_pattern(one) and fnmatch(name, one)) for one in patterns)


def _is_pattern(text: str) -> bool:
    return not set("*?[").isdisjoint(text)
