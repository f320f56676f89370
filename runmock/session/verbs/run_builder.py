"""A run that verbs write: each verb adds to a mapping, which is read like an entry of a cassette's `runs:`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from runmock.core.errors import UsageError
from runmock.session.verbs.verbs import Chain
from runmock.tape.format.model_run import MatchModel
from runmock.tape.format.validation_errors import validated
from runmock.tape.reading.script import run_from
from runmock.tape.yaml.plain_values import plain

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from runmock.core.script.script import ScriptedRun
    from runmock.deck.deck import Deck


class RunBuilder(Chain):
    """A run under construction; it is on the deck from its first verb on, and each further verb changes it."""

    def __init__(self, deck: Deck, numbers: Iterator[int], doubled: dict[int, str]) -> None:
        """`numbers` counts the runs of the session; `doubled` gets a sentence for a run with two replies in a row."""
        self._doubled = doubled
        self._deck, self._numbers, self._index = deck, numbers, next(numbers)
        self._mapping: dict[str, Any] = {}
        self._steps: list[dict[str, Any]] = []
        self._placed: ScriptedRun | None = None
        self._is_whole = False

    def _run(self) -> RunBuilder:
        if self._is_whole:
            self._mapping, self._steps, self._placed, self._is_whole = {}, [], None, False
            self._index = next(self._numbers)
        return self

    def step(self, step: dict[str, Any], of_run: Mapping[str, Any] | None = None) -> RunBuilder:
        """Add a step to the run, and set the run's keys that are in `of_run`."""
        before = self._steps[-1:]
        self._place([*self._steps, step], {**self._mapping, **(of_run or {})})
        if before and "reply" in before[0] and "reply" in step:
            first, second = (f"reply({_words(reply_step['reply'])})" for reply_step in (*before, step))
            self._doubled[self._index] = (
                f"{first}.{second} are two messages of one run; if two runs are meant, begin the second with "
                f"runmock.{second}"
            )
        return self

    def end(self, ending: Mapping[str, Any]) -> RunBuilder:
        """Set how the run ends; the next verb begins another run."""
        self._place(self._steps, {**self._mapping, **ending})
        self._is_whole = True
        return self

    def fault(self, name: str, options: Mapping[str, Any], *, is_end: bool = False) -> RunBuilder:
        """Add a fault of the run's stream; after a fault that ends the stream, the next verb begins another run."""
        values = {key: value for key, value in options.items() if value is not None}
        has_content = bool(self._steps)
        self._place(self._steps, {**self._mapping, name: values})
        self._is_whole = is_end and has_content
        return self

    def refused(self, entry: Mapping[str, Any]) -> RunBuilder:
        """Add a refusal: of the request that creates the run, or after a step of a later request about it."""
        return self.step(dict(entry)) if self._steps else self.whole(entry)

    def whole(self, entry: Mapping[str, Any]) -> RunBuilder:
        """Set a whole run at once; the next verb begins another run. Raises UsageError after a step."""
        if self._steps:
            raise UsageError(
                f"{next(iter(entry))}() describes a whole run, so it cannot follow a step; begin with runmock."
            )
        return self.end(entry)

    def conditions(self, match: Mapping[str, Any]) -> RunBuilder:
        """Add conditions on the request that the run answers."""
        validated(MatchModel, plain(match, "inline"), "inline", None, ("match",))
        self._mapping = {**self._mapping, "match": {**self._mapping.get("match", {}), **match}}
        if self._placed is not None:
            return self._place(self._steps, self._mapping)
        self._deck.only_when[self._index] = self._mapping["match"]
        return self

    def _place(self, steps: list[dict[str, Any]], mapping: dict[str, Any]) -> RunBuilder:
        run = run_from({**mapping, **({"steps": steps} if steps else {})}, self._index)
        if self._placed is None:
            self._deck.script(run)
            self._deck.only_when.pop(self._index, None)
        elif not self._deck.rescript(self._placed, run):
            raise UsageError("the application has created this run already; begin the next one with runmock.reply(...)")
        self._steps, self._mapping, self._placed = steps, mapping, run
        return self


_LONGEST = 40


def _words(reply: Mapping[str, Any]) -> str:
    """The text of a reply, quoted as in its verb; dots when it is no text."""
    text = reply.get("text") if "chunks" not in reply else "".join(reply["chunks"])
    if not isinstance(text, str):
        return "..."
    return json.dumps(text if len(text) <= _LONGEST else f"{text[:_LONGEST]}...", ensure_ascii=False)
