"""What an API tells of the application's requests: what each does with the answers before it.

The rules of verdicts know roles and statuses. How a request continues an answer is an API's own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence


class Act(NamedTuple):
    """A request of the application, with what it has had of the answer."""

    operation: str
    """The operation's name."""
    ids: Mapping[str, str]
    """The ids in its path."""
    body: Any
    status: int
    """Of HTTP; 0 while there is no answer."""
    answer: bytes
    is_stream: bool


class Facts(NamedTuple):
    """What one request does with earlier answers. Answers are named by their ids."""

    run_id: str | None = None
    """The run that its answer is part of, where several answers are one run."""
    continues: frozenset[str] = frozenset()
    """The answers that it goes on from, as if they were whole."""
    submits: frozenset[str] = frozenset()
    """The answers whose calls it brings outputs for."""
    awaits_outputs: bool = False
    """Whether its answer ends with calls whose outputs are to come."""
    lost_instructions: str | None = None
    """The answer whose instructions it should have said again, and does not."""
    dropped_reasoning: str | None = None
    """The answer that it repeats without the reasoning in it."""


NO_FACTS = Facts()
FactsOf: TypeAlias = "Callable[[Sequence[Act]], Sequence[Facts]]"
"""Returns the facts of each request of a session, in order."""
