"""The tests and set-up functions of a class that its decorator has replaced, with the originals.

A subclass inherits the replacements. Where the subclass is decorated too, or has functions of its own, the original is
replaced anew: its sessions are its own, and not inside those of the base class.
"""

from __future__ import annotations

import inspect
from typing import Any, NamedTuple

_NAME = "_runmock_replaced"


class Replaced(NamedTuple):
    """One attribute of a class that was replaced."""

    value: Any
    original: Any
    """None where the class had no such attribute."""
    is_inherited: bool
    """Whether it was replaced because a base class is decorated, and not this one."""


def found(cls: type, name: str) -> tuple[type | None, Replaced | None]:
    """The class that has an attribute, and the record of its replacement, if it was replaced."""
    owner = next((base for base in cls.__mro__ if name in vars(base)), None)
    replaced = None if owner is None else vars(owner).get(_NAME, {}).get(name)
    if owner is None or replaced is None or vars(owner)[name] is not replaced.value:
        return owner, None  # another decorator of the class may have put something else there
    return owner, replaced


def original(cls: type, name: str) -> Any:
    """An attribute of a class without the replacement for a base class; None where there is none."""
    owner, replaced = found(cls, name)
    if replaced is not None and (owner is not cls or replaced.is_inherited):
        return replaced.original
    return inspect.getattr_static(cls, name, None)


def is_replaced(cls: type, name: str) -> bool:
    """Whether an attribute was replaced in a class or one of its bases, whatever its value is now."""
    return any(name in vars(base).get(_NAME, {}) for base in cls.__mro__)


def is_open(cls: type, name: str) -> bool:
    """Whether an attribute is still to be replaced in a subclass of a decorated class."""
    owner, replaced = found(cls, name)
    return owner is not None and (replaced is None or (owner is cls and replaced.is_inherited))


def replace(cls: type, name: str, value: Any, *, is_inherited: bool) -> None:
    """Replace an attribute of a class, and keep the original."""
    entry = Replaced(value, original(cls, name), is_inherited)
    setattr(cls, _NAME, {**vars(cls).get(_NAME, {}), name: entry})
    setattr(cls, name, value)
