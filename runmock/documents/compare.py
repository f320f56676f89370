"""Two cassettes compared at the level of runs: which tool got which arguments, what was said, how it ended."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Any

from runmock.core.http.json_values import mapping_inside, mappings_inside
from runmock.documents.convert.expanding import expanded, header_of
from runmock.documents.story.story import MessageStory, RefusalStory, RunStory
from runmock.documents.story.story_builder import story_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from runmock.core.http.exchange import JSON
    from runmock.documents.story.story import CallStory
    from runmock.tape.reading.cassette import Cassette

CREATING = frozenset({"create_run", "create_thread_and_run"})

FACTS: Mapping[str, str] = {
    "question": "the user's last message before the run",
    "assistant": "the assistant's id",
    "model": "the model",
    "instructions": "the run's instructions",
    "tools": "each call in order: the tool, what it got, and what came back",
    "reply": "what the run said",
    "status": "how it ended",
    "error": "why it failed, was cut short, or was refused",
}
"""What is compared of a run, in the order in which it is told."""

OF_THE_REQUEST = frozenset({"question", "assistant", "model", "instructions"})
"""What a script leaves to the application: not compared with a recording's."""


@dataclass(frozen=True, slots=True)
class Change:
    """A fact of a run that is another one in the second cassette; None where there is none."""

    fact: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class RunDifference:
    """A run that differs; `before` and `after` are its numbers in the cassettes, None where it is in one only."""

    before: int | None
    after: int | None
    question: str
    changes: list[Change] = field(default_factory=list)


def compared(one: Cassette, other: Cassette) -> list[RunDifference]:
    """The runs that differ; scripts are expanded first. Raises CassetteError as `expanded` does."""
    are_alike = (one.script is None) is (other.script is None)
    facts = [fact for fact in FACTS if are_alike or fact not in OF_THE_REQUEST]
    return list(_differences([*_facts(one)], [*_facts(other)], facts))


def _facts(cassette: Cassette) -> Iterator[JSON]:
    """The facts of every run, refused ones too, in order."""
    story = story_of(expanded(cassette), header_of(cassette).base)
    found: list[tuple[float, JSON]] = []
    for thread in story.threads.values():
        question = ""
        for item in thread.items:
            if isinstance(item, MessageStory):
                question = item.text if item.role == "user" else question
            elif isinstance(item, RunStory):
                found.append((item.began_ms, _of_run(item, question)))
            elif item.operation in CREATING:
                found.append((item.at_ms, _of_refusal(item, question)))
    found += [(one.at_ms, _of_refusal(one, "")) for one in story.refusals if one.operation in CREATING]
    yield from (facts for _, facts in sorted(found, key=lambda pair: pair[0]))


def _of_run(run: RunStory, question: str) -> JSON:
    told = run.object
    why = mapping_inside(told, "last_error") or mapping_inside(told, "incomplete_details")
    return {
        "question": question,
        "assistant": told.get("assistant_id"),
        "model": told.get("model"),
        "instructions": told.get("instructions"),
        "tools": [_of_call(call) for call in run.calls],
        "reply": run.text,
        "status": run.status,
        "error": " ".join(str(value) for value in why.values()) or None,
    }


def _of_call(call: CallStory) -> JSON:
    """A call; arguments are compared by their meaning."""
    given: Any = call.input
    if call.kind == "function":
        try:
            given = json.loads(call.input)
        except ValueError:
            given = call.input
    said = {"tool": call.name, "input": given, "output": call.output}
    if call.kind == "file_search":
        results = mappings_inside(call.told, "file_search", "results")
        said["input"], said["output"] = None, [one.get("file_name") for one in results]
    return said


def _of_refusal(refusal: RefusalStory, question: str) -> JSON:
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


def _differences(one: Sequence[JSON], other: Sequence[JSON], facts: Sequence[str]) -> Iterator[RunDifference]:
    """Runs that are alike are found in both; those between them are compared in order."""
    keys, other_keys = ([_key(run, facts) for run in runs] for runs in (one, other))
    matcher = SequenceMatcher(None, keys, other_keys, autojunk=False)
    for kind, start, end, other_start, other_end in matcher.get_opcodes():
        if kind == "equal":
            continue
        common = min(end - start, other_end - other_start)
        for number in range(common):
            before, after = one[start + number], other[other_start + number]
            changes = [Change(fact, before[fact], after[fact]) for fact in facts if before[fact] != after[fact]]
            yield RunDifference(start + number, other_start + number, before["question"], changes)
        yield from (RunDifference(number, None, one[number]["question"]) for number in range(start + common, end))
        for number in range(other_start + common, other_end):
            yield RunDifference(None, number, other[number]["question"])


def _key(run: JSON, facts: Sequence[str]) -> str:
    return json.dumps([run[fact] for fact in facts], sort_keys=True)
