"""What a scripted run asks of its request, and what of that a request does not meet."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from runmock.core.script.patterns import satisfies

if TYPE_CHECKING:
    from collections.abc import Mapping

    from runmock.core.script.script import ScriptedRun

CONDITIONS = ("api", "assistant_id", "model", "last_message", "instructions", "metadata", "stream", "body")


def conditions_of(run: ScriptedRun) -> dict[str, Any]:
    """What a run asks of its request, by the names in CONDITIONS: its `match:`, and the API of its canned values."""
    own = {} if run.only_api is None else {"api": run.only_api}
    if run.match is None:
        return own
    return own | {name: value for name in CONDITIONS if (value := getattr(run.match, name)) is not None}


def unmet(run: ScriptedRun, facts: Mapping[str, Any]) -> list[str]:
    """The names of the conditions that a request with these facts does not meet.

    A condition on what the request cannot have at all, as its facts do not name it, is left out of account.
    """
    expected = {name: value for name, value in conditions_of(run).items() if name in facts}
    return [name for name, value in expected.items() if not satisfies(facts[name], value)]
