"""What a request without any state repeats of an earlier response."""

from __future__ import annotations

from itertools import takewhile
from typing import TYPE_CHECKING, Any

from runmock.apis.responses import objects
from runmock.apis.responses.judged.answers import CALLS
from runmock.apis.responses.judged.sent_items import asked_before, dicts_in, ids_in

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from runmock.apis.responses.judged.answers import Answer
    from runmock.core.http.exchange import JSON


def repeated(sent: Sequence[JSON], answer: Answer) -> list[str]:
    """The keys of the items of a response that a request repeats; its reasoning does not count.

    A message without its id is known by its text, where it answers what the response has answered. Where the response
    has written nothing, so is an empty one.
    """
    ids = ids_in(sent)
    call_ids = ids_in((item for item in sent if item["type"] in CALLS), "call_id")
    written = {key: item for key, item in answer.items.items() if item.get("type") != "reasoning"}
    texts = _texts_behind_the_question(sent, answer)
    is_whole = not texts.isdisjoint(answer.whole_texts)
    found = [
        key
        for key, item in written.items()
        if key in ids
        or item.get("call_id", "") in call_ids
        or (item.get("type") == "message" and (is_whole or answer.text_of(key) in texts))
    ]
    return found or ([""] if is_whole and not written else [])


def _texts_behind_the_question(sent: Sequence[JSON], answer: Answer) -> set[str]:
    """The texts of the model's messages in a request that stand where the response would stand."""
    question = asked_before(answer.sent)
    return {
        objects.text_of(item)
        for index, item in enumerate(sent)
        if item["type"] == "message" and item.get("role") == "assistant" and asked_before(sent, index) == question
    }


def drops_reasoning(body: Mapping[str, Any], sent: Sequence[JSON], answer: Answer) -> bool:
    """Whether a request repeats items of a response without the reasoning that stood before them.

    Another model has no use for it, and what was neither stored nor handed out cannot be sent.
    """
    if body.get("model") != answer.body.get("model"):
        return False
    items = [*answer.items.items()]
    for key in repeated(sent, answer):
        before = items[: [*answer.items, key].index(key)]
        thoughts = takewhile(_is_reasoning, (item for _, item in reversed(before)))
        if any(_is_usable(item, answer) and not _is_sent(item, sent) for item in thoughts):
            return True
    return False


def _is_reasoning(item: Mapping[str, Any]) -> bool:
    return item.get("type") == "reasoning"


def _is_usable(item: Mapping[str, Any], answer: Answer) -> bool:
    return bool(item.get("encrypted_content")) or answer.body.get("store") is not False


def _is_sent(reasoning: JSON, sent: Sequence[JSON]) -> bool:
    """Whether reasoning is among the items: by its id, by its content, or its summary as a text of the model."""
    summary = [part["text"] for part in dicts_in(reasoning, "summary") if isinstance(part.get("text"), str)]
    told = "\n".join(objects.text_of(item) for item in sent if item.get("role") == "assistant")
    return any(not ids_in([reasoning], key).isdisjoint(ids_in(sent, key)) for key in ("id", "encrypted_content")) or (
        any(summary) and all(text in told for text in summary)
    )
