"""How a document says how far it is: loops that may take long take their items through `Progress.each`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

Item = TypeVar("Item")


class Progress(Protocol):
    """Watches loops; a command shows it to people."""

    def each(self, noun: str, items: Collection[Item]) -> Iterable[Item]:
        """The items in order, counted as they are taken; `noun` is what they are: `runs`."""


class NoProgress:
    """Shows nothing."""

    def each(self, noun: str, items: Collection[Item]) -> Iterable[Item]:  # noqa: ARG002 - as Progress has it
        """The items."""
        return items


UNWATCHED = NoProgress()
