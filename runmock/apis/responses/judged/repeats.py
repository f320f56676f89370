"""What a request without any state repeats of an earlier response."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import takewhile
from typing import TYPE_CHECKING, Any

from runmock.apis.responses import objects
from runmock.apis.responses.judged.answers import CALLS
from runmock.apis.responses.judged.sent_items import Asked, asked, dicts_in, ids_in

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from runmock.apis.responses.judged.answers import Answer
    from runmock.core.http.exchange import JSON


@dataclass(frozen=True, slots=True)
class History:
    """The items of a request, looked through once."""

    ids: set[str]
    call_ids: set[str]
    contents: set[str]
    """The encrypted contents of its reasoning."""
    texts: Mapping[Asked | None, set[str]]
    """The texts of the model's messages, by what they answer."""
    told: str
    """These texts together."""

    @classmethod
    def of(cls, sent: Sequence[JSON]) -> History:
        """The history that the items of a request are."""
        texts: dict[Asked | None, set[str]] = {}
        question: Asked | None = None
        for item in sent:
            question = asked(item) or question
            if item["type"] == "message" and item.get("role") == "assistant":
                texts.setdefault(question, set()).add(objects.text_of(item))
        call_ids = ids_in((item for item in sent if item["type"] in CALLS), "call_id")
        told = "\n".join(text for group in texts.values() for text in group)
        return cls(ids_in(sent), call_ids, ids_in(sent, "encrypted_content"), texts, told)


def repeated(history: History, answer: Answer) -> list[str]:
    """The keys of the items of a response that a request repeats; its reasoning does not count.

    A message without its id is known by its text, where it answers what the response has answered. Where the response
    has written nothing, so is an empty one.
    """
    written = {key: item for key, item in answer.items.items() if item.get("type") != "reasoning"}
    texts = history.texts.get(answer.question, set())
    is_whole = not texts.isdisjoint(answer.whole_texts)
    found = [
        key
        for key, item in written.items()
        if key in history.ids
        or item.get("call_id", "") in history.call_ids
        or (item.get("type") == "message" and (is_whole or answer.text_of(key) in texts))
    ]
    return found or ([""] if is_whole and not written else [])


def drops_reasoning(body: Mapping[str, Any], history: History, answer: Answer) -> bool:
    """Whether a request repeats items of a response without the reasoning that stood before them.

    Another model has no use for it, and what was neither stored nor handed out cannot be sent.
    """
    if body.get("model") != answer.body.get("model") or not any(map(_is_reasoning, answer.items.values())):
        return False
    items = [*answer.items.items()]
    for key in repeated(history, answer):
        before = items[: [*answer.items, key].index(key)]
        thoughts = takewhile(_is_reasoning, (item for _, item in reversed(before)))
        if any(_is_usable(item, answer) and not _is_sent(item, history) for item in thoughts):
            return True
    return False


def _is_reasoning(item: Mapping[str, Any]) -> bool:
    return item.get("type") == "reasoning"


def _is_usable(item: Mapping[str, Any], answer: Answer) -> bool:
    return bool(item.get("encrypted_content")) or answer.body.get("store") is not False


def _is_sent(reasoning: JSON, history: History) -> bool:
    """Whether a history has some reasoning: its id, its content, or its summary as a text of the model."""
    if not history.ids.isdisjoint(ids_in([reasoning])):
        return True
    if not history.contents.isdisjoint(ids_in([reasoning], "encrypted_content")):
        return True
    summary = [part["text"] for part in dicts_in(reasoning, "summary") if isinstance(part.get("text"), str)]
    return any(summary) and all(text in history.told for text in summary)
