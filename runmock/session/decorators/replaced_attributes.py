"""What the decorator of a class has put in the place of a test or of a set-up function, and what stood there before.

A subclass inherits what was put there. Where the subclass is decorated too, or has functions of its own, the original
counts: its sessions are its own, not ones around those of the class above.
"""

from __future__ import annotations

import inspect
from typing import Any, NamedTuple

_NAME = "_runmock_replaced"


class Replaced(NamedTuple):
    """One attribute of a class that was replaced."""

    value: Any
    original: Any
    """None where there was none."""
    is_inherited: bool
    """It was replaced because a class above is decorated, not this one."""


def found(cls: type, name: str) -> tuple[type | None, Replaced | None]:
    """Whose an attribute of a class is, and what is known of it if it stands in the place of another."""
    owner = next((one for one in cls.__mro__ if name in vars(one)), None)
    replaced = None if owner is None else vars(owner).get(_NAME, {}).get(name)
    if owner is None or replaced is None or vars(owner)[name] is not replaced.value:
        return owner, None  # another decorator of the class may have put something else there
    return owner, replaced


def original(cls: type, name: str) -> Any:
    """An attribute as it stands in a class, None where there is none; never what is there for a class above."""
    owner, replaced = found(cls, name)
    if replaced is not None and (owner is not cls or replaced.is_inherited):
        return replaced.original
    return inspect.getattr_static(cls, name, None)


def is_replaced(cls: type, name: str) -> bool:
    """Whether an attribute was replaced in a class or in one above it, whatever stands there now."""
    return any(name in vars(one).get(_NAME, {}) for one in cls.__mro__)


def is_open(cls: type, name: str) -> bool:
    """Whether an attribute is still to be replaced in a subclass of a decorated class."""
    owner, replaced = found(cls, name)
    return owner is not None and (replaced is None or (owner is cls and replaced.is_inherited))


def replace(cls: type, name: str, value: Any, *, is_inherited: bool) -> None:
    """Put a value in the place of what stands in a class."""
    entry = Replaced(value, original(cls, name), is_inherited)
    setattr(cls, _NAME, {**vars(cls).get(_NAME, {}), name: entry})
    setattr(cls, name, value)
