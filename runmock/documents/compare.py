"""Compares two cassettes by what their runs did: the calls of tools with their arguments, the replies, the ends."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Any

from runmock.core.http.json_values import mapping_inside, mappings_inside
from runmock.core.story.story import MessageStory, RefusalStory, RunStory
from runmock.documents.convert.expanding import expanded, header_of
from runmock.documents.progress import UNWATCHED
from runmock.documents.story.story_of import story_of
from runmock.tape.writing.aliases import Aliases

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from runmock.core.http.exchange import JSON
    from runmock.core.replay.interaction import Interaction
    from runmock.core.story.story import CallStory
    from runmock.documents.progress import Progress
    from runmock.tape.reading.cassette import Cassette


FACTS: Mapping[str, str] = {
    "question": "the user's last message before the run",
    "assistant": "the assistant's id",
    "model": "the model",
    "instructions": "the run's instructions",
    "tools": "each call in order: the tool, what it got, and what came back",
    "reply": "the texts of the run's messages",
    "status": "how it ended",
    "error": "why it failed, was cut short, or was refused",
}
"""What is compared of a run, in the order in which differences are shown."""

OF_THE_API = frozenset({"assistant", "model", "instructions"})
"""Facts that each API has in its own way: cassettes of two APIs are compared without them."""
OF_THE_REQUEST = frozenset({"question", "assistant", "model", "instructions"})
"""Facts that the application decides. Scripts lack them: a script and a recording are compared without them."""


@dataclass(frozen=True, slots=True)
class Change:
    """A fact of a run that differs between the two cassettes; a side that lacks it has None."""

    fact: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class RunDifference:
    """A run that differs; `before` and `after` are its indexes in the cassettes, None where one lacks it."""

    before: int | None
    after: int | None
    question: str
    changes: list[Change] = field(default_factory=list)


def compared(before: Cassette, after: Cassette, progress: Progress = UNWATCHED) -> list[RunDifference]:
    """The runs that differ; scripts are expanded first. Raises CassetteError as `expanded` does."""
    one, other = _recording(before, progress), _recording(after, progress)
    left_out: frozenset[str] = frozenset()
    if (before.script is None) is not (after.script is None):
        left_out |= OF_THE_REQUEST
    if {*map(_api_of, one)} != {*map(_api_of, other)}:
        left_out |= OF_THE_API
    facts = [fact for fact in FACTS if fact not in left_out]
    return list(_differences([*_facts(before, one)], [*_facts(after, other)], facts))


def _recording(cassette: Cassette, progress: Progress) -> Sequence[Interaction]:
    """A cassette's interactions; of a script those that it gives.

    Ids that a script's author wrote are aliased, too: a recording of the same has aliases in their place.
    """
    interactions = expanded(cassette, progress=progress)
    return interactions if cassette.script is None else Aliases().aliased(interactions)


def _api_of(interaction: Interaction) -> str:
    return interaction.operation.api.name


def _facts(cassette: Cassette, recording: Sequence[Interaction]) -> Iterator[JSON]:
    """The facts of every run in the order of time; a refused request to create one counts as a run."""
    story = story_of(recording, header_of(cassette).base)
    runs: list[tuple[float, JSON]] = []
    for thread in story.threads.values():
        question = ""
        for item in thread.items:
            if isinstance(item, MessageStory):
                question = item.text if item.role == "user" else question
            elif isinstance(item, RunStory):
                runs.append((item.began_ms, _run_facts(item, question)))
            elif item.creates_run:
                runs.append((item.at_ms, _refusal_facts(item, question)))
    runs += [(refusal.at_ms, _refusal_facts(refusal, "")) for refusal in story.refusals if refusal.creates_run]
    yield from (facts for _, facts in sorted(runs, key=lambda pair: pair[0]))


def _run_facts(run: RunStory, question: str) -> JSON:
    payload = run.object
    whys = (mapping_inside(payload, key) for key in ("last_error", "error", "incomplete_details"))
    why = next(filter(None, whys), {})
    return {
        "question": question,
        "assistant": payload.get("assistant_id"),
        "model": payload.get("model"),
        "instructions": payload.get("instructions"),
        "tools": [_call_facts(call) for call in run.calls],
        "reply": run.text,
        "status": run.status,
        "error": " ".join(str(value) for value in why.values()) or None,
    }


def _call_facts(call: CallStory) -> JSON:
    """The facts of a call; arguments are parsed, so that spaces in their JSON do not count."""
    arguments: Any = call.input
    if call.kind == "function":
        try:
            arguments = json.loads(call.input)
        except ValueError:
            arguments = call.input
    facts = {"tool": call.name, "input": arguments, "output": call.output}
    if call.kind == "file_search":
        results = mappings_inside(call.object, "file_search", "results")
        facts["input"], facts["output"] = None, [result.get("file_name") for result in results]
    return facts


def _refusal_facts(refusal: RefusalStory, question: str) -> JSON:
    error = refusal.error
    code = error.get("code") or error.get("type")
    return {
        "question": question,
        "assistant": None,
        "model": None,
        "instructions": None,
        "tools": [],
        "reply": "",
        "status": f"refused with {refusal.interaction.status}",
        "error": ": ".join(str(part) for part in (code, error.get("message")) if part) or None,
    }


def _differences(
    before_runs: Sequence[JSON], after_runs: Sequence[JSON], facts: Sequence[str]
) -> Iterator[RunDifference]:
    """The differences: equal runs are paired first, and the runs between two pairs are compared in order."""
    before_keys, after_keys = ([_key(run, facts) for run in runs] for runs in (before_runs, after_runs))
    matcher = SequenceMatcher(None, before_keys, after_keys, autojunk=False)
    for kind, start, end, after_start, after_end in matcher.get_opcodes():
        if kind == "equal":
            continue
        common = min(end - start, after_end - after_start)
        for number in range(common):
            before, after = before_runs[start + number], after_runs[after_start + number]
            changes = [Change(fact, before[fact], after[fact]) for fact in facts if before[fact] != after[fact]]
            yield RunDifference(start + number, after_start + number, before["question"], changes)
        yield from (
            RunDifference(number, None, before_runs[number]["question"]) for number in range(start + common, end)
        )
        for number in range(after_start + common, after_end):
            yield RunDifference(None, number, after_runs[number]["question"])


def _key(run: JSON, facts: Sequence[str]) -> str:
    return json.dumps([run[fact] for fact in facts], sort_keys=True)
