"""The checks between the keys of a scripted run; each yields errors as (keys, sentence).

An active key is there and neither null nor false (`Model.active_keys`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from runmock.apis.service.function_names import FUNCTION_NAME
from runmock.core.errors import did_you_mean
from runmock.core.script.substitution import find_faults
from runmock.tape.format import value_checks
from runmock.tape.format.run_keys import (
    ALONE,
    BESIDE_OTHERS,
    BESIDE_PARTS,
    CONTENT,
    DOINGS,
    ENDINGS,
    ENVELOPE,
    GOES_WITH,
    NO_ENVELOPE,
    NO_STEP,
    NOTHING,
    ONE_MESSAGE,
    ONE_TEXT,
    PARTS_ALONE,
    STREAM_FAULTS,
    WHAT_A_FUNCTION_NAME_IS,
    WHY_ALONE,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from runmock.core.http.json_values import Keys
    from runmock.tape.format.model_content import CallModel, ContentModel, ReplyModel
    from runmock.tape.format.run_keys import KeyedErrors


def step_errors(step: ContentModel) -> KeyedErrors:
    """Errors in a step, which does one thing; faults of the stream stand beside that, or are a step of their own."""
    active = step.active_keys()
    doings = [key for key in DOINGS if key in active]
    if len(doings) > 1 and BESIDE_OTHERS in doings:
        doings.remove(BESIDE_OTHERS)
    if not doings and not active & set(STREAM_FAULTS):
        yield (), NO_STEP
    for extra in doings[1:]:
        yield (extra,), f"'{extra}' cannot stand beside '{doings[0]}': make it a step of its own"
    yield from _company(active)
    yield from _envelope_errors(step, active)


def run_errors(run: ContentModel, steps: Sequence[ContentModel] | None) -> KeyedErrors:
    """Errors between the keys of a run, and between the run and its steps."""
    active = run.active_keys()
    if not active & {*CONTENT, *ENDINGS, *ALONE, *STREAM_FAULTS, "steps"}:
        yield (), NOTHING
        return
    head = next((key for key in ALONE if key in active), None)
    if head is not None:
        for key in sorted(active - {head, *ALONE[head]}):
            yield (key,), f"'{key}' cannot stand beside '{head}': {WHY_ALONE[head]}"
        yield from _envelope_errors(run, active)
        return
    endings = [key for key in ENDINGS if key in active]
    for extra in endings[1:]:
        yield (extra,), f"a run ends once: '{endings[0]}' or '{extra}'"
    if "steps" in active:
        for key in sorted(active & set(CONTENT)):
            yield (key,), f"'{key}' cannot stand beside 'steps': make it a step"
        yield from _ending_errors(steps or (), endings)
    elif {"reply", "refusal"} <= active:
        yield ("refusal",), ONE_MESSAGE
    yield from _company(active)
    yield from _conversation(run, steps)


def _ending_errors(steps: Sequence[ContentModel], endings: list[str]) -> KeyedErrors:
    """Errors of endings in steps: only the last step may end the run, and only if no key beside `steps` does."""
    for number, step in enumerate(steps):
        for key in sorted(step.active_keys() & set(ENDINGS)):
            if endings:
                yield ("steps", number, key), f"a run ends once: '{endings[0]}' or '{key}'"
            elif number < len(steps) - 1:
                yield ("steps", number, key), f"'{key}' ends the run: nothing can follow it"


def _company(active: frozenset[str]) -> KeyedErrors:
    for key, owners in GOES_WITH.items():
        if key in active and not active & set(owners):
            yield (key,), f"'{key}' goes with {' or '.join(repr(owner) for owner in owners)}"


def _envelope_errors(of: ContentModel, active: frozenset[str]) -> KeyedErrors:
    """Errors of a refusal: it has the keys of the service's envelope or `body`, not both; `body` may be null."""
    if "body" in of.model_fields_set:
        yield from (((key,), f"'{key}' {NO_ENVELOPE}") for key in ENVELOPE if key in active)


def in_order(run: ContentModel, steps: Sequence[ContentModel] | None) -> Iterator[tuple[Keys, str, ContentModel]]:
    """What happens in a run, in order: the keys that lead to a step, the kind of content, and the step itself."""
    places: list[tuple[Keys, ContentModel]] = [((), run)]
    if steps is not None:
        places = [(("steps", number), step) for number, step in enumerate(steps)]
    for keys, step in places:
        yield from ((keys, kind, step) for kind in CONTENT if getattr(step, kind) is not None)


def _conversation(run: ContentModel, steps: Sequence[ContentModel] | None) -> KeyedErrors:
    """Errors between calls, their outputs, and replies, whose substitutions may only name calls before them."""
    ids: set[str] = set()
    names: set[str] = set()
    for keys, kind, step in in_order(run, steps):
        if kind == "reply" and step.reply is not None:
            yield from _reply_errors((*keys, "reply"), step.reply, ids | names)
        elif kind == "reasoning" and step.reasoning is not None:
            yield from _text_errors((*keys, "reasoning"), step.reasoning, ids | names)
        elif kind == "refusal" and step.refusal is not None:
            words = {"text": step.refusal.text, "chunks": step.refusal.chunks}
            yield from _text_errors((*keys, "refusal"), words, ids | names)
        elif kind == "calls" and step.calls is not None:
            for number, call in enumerate(step.calls):
                call_id = call.id or f"call_{len(ids) + 1}"
                if call_id in ids:
                    yield (*keys, "calls", number, "id"), f"the id '{call_id}' belongs to an earlier call of this run"
                ids.add(call_id)
            names |= {call.name for call in step.calls}
            if not step.unoffered:
                yield from _name_errors((*keys, "calls"), step.calls)
            yield from _output_errors((*keys, "outputs"), step.outputs, step.calls)


def _reply_errors(keys: Keys, reply: ReplyModel, outputs: set[str]) -> KeyedErrors:
    has_json = "json_" in reply.model_fields_set
    texts = {"text": reply.text, "chunks": reply.chunks, "json": reply.json_}
    text_keys = [key for key in ("text", "chunks", "json") if texts[key] is not None or (key == "json" and has_json)]
    if reply.parts is not None:
        beside = [
            *text_keys,
            *(["images"] if reply.images else []),
            *([] if reply.annotations is None else ["annotations"]),
        ]
        for key in beside:
            yield (*keys, key), BESIDE_PARTS.get(key, PARTS_ALONE).format(key=key)
        for number, part in enumerate(reply.parts):
            words = {"text": part.text, "chunks": part.chunks, "refusal": part.refusal}
            yield from _text_errors((*keys, "parts", number), words, outputs)
        return
    if len(text_keys) > 1 or not (text_keys or reply.images):
        yield keys, ONE_TEXT
    if reply.annotations is not None and not {"text", "chunks"} & set(text_keys):
        yield (*keys, "annotations"), "'annotations' go with 'text' or 'chunks'"
    yield from _text_errors(keys, texts, outputs)


def _text_errors(keys: Keys, texts: Any, outputs: set[str]) -> KeyedErrors:
    """Errors of substitutions, such as `$outputs.NAME` where no call before it has that name."""
    for inner, text in value_checks.texts(texts):
        if error := find_faults(text, outputs):
            yield (*keys, *inner), error


def _name_errors(keys: Keys, calls: list[CallModel]) -> KeyedErrors:
    """Errors of calls whose name no function can have; with `unoffered: true`, the model has made the name up."""
    for number, call in enumerate(calls):
        if FUNCTION_NAME.fullmatch(call.name) is None:
            text = f"'{call.name}' is not {WHAT_A_FUNCTION_NAME_IS}"
            yield (*keys, number, "name"), f"{text}; beside 'unoffered: true' any name passes"


def _output_errors(keys: Keys, outputs: Any, calls: list[CallModel]) -> KeyedErrors:
    if isinstance(outputs, list) and len(outputs) != len(calls):
        counts = f"{len(outputs)} for {len(calls)} call{'s' * (len(calls) != 1)}"
        yield keys, f"'outputs' has {counts}: one for each, in order; 'any' where it does not matter"
    if isinstance(outputs, dict):
        names = sorted({call.name for call in calls})
        for name in outputs:
            if name not in names:
                hint = did_you_mean(name, names) or f": {', '.join(names)}"
                yield (*keys, name), f"'{name}' is not among the calls{hint}"
