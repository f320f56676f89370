"""A rule that a cassette breaks. The table of the rules is `documents/check/findings.py`."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from runmock.core.replay.interaction import none_of

if TYPE_CHECKING:
    from runmock.core.http.json_values import Keys
    from runmock.core.replay.interaction import Ends


class BrokenRule(NamedTuple):
    """A rule that is broken: its name, the keys that lead to the place in the document, and a sentence."""

    rule: str
    keys: Keys
    message: str


def missing_end(last: str, ends: Ends, keys: Keys) -> BrokenRule:
    """The broken rule for a stream whose last event does not end it."""
    return BrokenRule("truncated", keys, f"the stream ends with {last}, and {none_of(ends)}")
