"""What the page shows of a recording, as JSON: its conversations, and every request with its answer.

Times are milliseconds since the recording began. `request` is the number of a request in the document, from 0.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from runmock.core.story.story import MessageStory, RunStory
from runmock.core.story.timing import event_times
from runmock.documents.story.timeline_lines import timeline_lines, tokens_of, why_of
from runmock.viewer.images import images_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from runmock.core.http.exchange import JSON
    from runmock.core.replay.interaction import Interaction
    from runmock.core.story.story import RefusalStory, Story, ThreadStory
    from runmock.documents.story.timeline_lines import TimelineLine


def document_of(
    story: Story,
    interactions: Sequence[Interaction],
    base: float | None = None,
    *,
    files: Mapping[str, bytes] | None = None,
    notes: Sequence[str] = (),
) -> JSON:
    """The document of a recording and its story.

    `base`: when the recording began, in seconds since the epoch. `files`: bytes of files that a script has, by id.
    `notes`: what went wrong with each request; an empty text for nothing.
    """
    requests, places = list(_requests(story, interactions, base, notes)), _Places(interactions)
    conversations = [_conversation(thread, places) for thread in story.threads.values()]
    if story.refusals:
        refused = [_refusal(refusal, places) for refusal in story.refusals]
        conversations.append({"id": "", "title": "Refused", "items": refused})
    ends = (item.get("until", item["at"]) for one in conversations for item in one["items"])
    return {
        "isTimed": story.is_timed,
        "lengthMs": max([story.ended_ms, *ends, *(request["until"] for request in requests), 1]),
        "conversations": conversations,
        "requests": requests,
        "images": images_of(interactions, files or {}),
    }


class _Places:
    """Finds the request that an item of a conversation comes from."""

    def __init__(self, interactions: Sequence[Interaction]) -> None:
        self._by_identity = {id(interaction): place for place, interaction in enumerate(interactions)}
        self._by_id: dict[str, int] = {}
        for place, interaction in enumerate(interactions):
            answer = interaction.json
            if isinstance(answer, dict) and isinstance(answer.get("id"), str):
                self._by_id.setdefault(answer["id"], place)

    def of(self, interaction: Interaction) -> int | None:
        return self._by_identity.get(id(interaction))

    def of_id(self, known: str | None) -> int | None:
        return None if known is None else self._by_id.get(known)


def _requests(
    story: Story, interactions: Sequence[Interaction], base: float | None, notes: Sequence[str]
) -> Iterator[JSON]:
    for place, (interaction, (begun, ended)) in enumerate(zip(interactions, story.spans, strict=True)):
        times = event_times(interaction, begun, base)
        if ended > begun and max([begun, *times]) == begun:  # the times are in the objects inside of its events
            times = [begun + (ended - begun) * (number + 1) / len(times) for number in range(len(times))]
        request: JSON = {
            "method": interaction.method,
            "path": interaction.path,
            "operation": interaction.operation.name,
            "status": interaction.status,
            "at": _rounded(begun),
            "until": _rounded(max([ended, *times])),
        }
        if interaction.query:
            request["query"] = {name: list(values) for name, values in interaction.query.items()}
        if interaction.body is not None:
            request["body"] = interaction.body
        if interaction.headers:
            request["headers"] = [list(header) for header in interaction.headers]
        if interaction.repeat > 1:
            request["repeat"] = interaction.repeat
        if interaction.is_truncated:
            request["isTruncated"] = True
        if notes and notes[place]:
            request["note"] = notes[place]
        yield request | _answer(interaction, times)


def _answer(interaction: Interaction, times: Sequence[float]) -> JSON:
    if interaction.stream is not None:
        pairs = zip(interaction.stream, times, strict=True)
        return {"events": [_event(_rounded(at), event.name, event.data, event.raw) for event, at in pairs]}
    if interaction.content is not None:
        return {"content": {"type": interaction.content_type, "size": interaction.content.size}}
    if interaction.text is not None:
        return {"text": interaction.text}
    return {"answer": interaction.json}


def _event(at_ms: float, name: str, data: Any, raw: str | None) -> list[Any]:
    """An event as its time, its name, its data, and, where name and data do not say all of it, its text."""
    return [at_ms, name, data] if raw is None else [at_ms, name, data, raw]


def _conversation(thread: ThreadStory, places: _Places) -> JSON:
    conversation: JSON = {"id": thread.id, "items": list(_items(thread, places))}
    return conversation | ({"existedBefore": True} if thread.existed_before else {})


def _items(thread: ThreadStory, places: _Places) -> Iterator[JSON]:
    for item in thread.items:
        if isinstance(item, MessageStory):
            yield _message(item, places.of_id(item.id) if item.id else thread.place)
        elif isinstance(item, RunStory):
            yield _run(item)
            yield from (_message(step.message, item.place) for step in item.steps if step.message is not None)
        else:
            yield _refusal(item, places)


def _message(message: MessageStory, place: int | None) -> JSON:
    told: JSON = {"kind": "message", "role": message.role, "text": message.text, "at": _rounded(message.at_ms)}
    if place is not None:
        told["request"] = place
    if message.pieces:
        told["until"] = _rounded(message.pieces[-1].at_ms)
    if message.is_made_up:
        told["isMadeUp"] = True
    if images := [file_id for part in message.parts if (file_id := _image_in(part)) is not None]:
        told["images"] = images
    return told


def _image_in(part: JSON) -> str | None:
    """The file's id, or the address, of the image in a content part; None where there is none."""
    kind = str(part.get("type"))
    inside = part.get(kind)
    found = inside.get("file_id", inside.get("url")) if isinstance(inside, dict) else inside or part.get("file_id")
    return found if "image" in kind and isinstance(found, str) else None


def _refusal(refusal: RefusalStory, places: _Places) -> JSON:
    error = refusal.error
    return {
        "kind": "refusal",
        "operation": refusal.operation,
        "status": refusal.interaction.status,
        "code": str(error.get("code") or error.get("type") or ""),
        "text": str(error.get("message") or ""),
        "at": _rounded(refusal.at_ms),
        "request": places.of(refusal.interaction),
    }


def _run(run: RunStory) -> JSON:
    prompt, completion = tokens_of(run)
    told: JSON = {
        "kind": "run",
        "id": run.id,
        "status": run.status,
        "about": run.assistant_and_model,
        "way": run.way,
        "at": _rounded(run.began_ms),
        "until": _rounded(run.ended_ms),
        "request": run.place,
        "lines": [_line(line) for line in timeline_lines(run)],
    }
    if prompt or completion:
        told["tokens"] = [prompt, completion]
    if why := why_of(run):
        told["why"] = why
    if "times" in run.made_up:
        told["isTimeMadeUp"] = True
    return told


def _line(line: TimelineLine) -> JSON:
    told: JSON = {"kind": line.kind, "text": line.text, "at": _rounded(line.at_ms)}
    if line.until_ms is not None:
        told["until"] = _rounded(line.until_ms)
    if line.pieces:
        told["pieces"] = [_rounded(at_ms) for at_ms in line.pieces]
    if line.output is not None:
        told["output"] = line.output
    if line.is_missing:
        told["isMissing"] = True
    if line.is_output_made_up:
        told["isMadeUp"] = True
    return told


def _rounded(at_ms: float) -> float:
    """To a hundredth of a millisecond, which is finer than any clock here, and shorter as text."""
    return int(at_ms) if at_ms == int(at_ms) else round(at_ms, 2)


def json_for_page(value: Any) -> str:
    """A JSON text that may stand in a page: it contains no `<`, so nothing in it can end the element around it."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
