"""Walks over every text of an interaction: in path, query, body, headers, JSON, stream and text.

The caller's function returns which parts of a text are hits; the walk replaces them. Deltas are pieces of one text:
they are joined first, so that a hit may begin in one event and end in another. A value without a hit stays the same
object, so that a search makes no copies.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from operator import is_
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from runmock.core.secrets.hits import SecretSpan, replaced
from runmock.core.secrets.windows import SIZE, windows_of

if TYPE_CHECKING:
    from runmock.core.http.json_values import Keys
    from runmock.core.replay.interaction import Interaction, StreamEvent


ERRORS = frozenset({"error", "last_error"})
"""Keys under which an error is described."""
FAILED = 400
"""Answers with this status or a higher one are errors."""


Find: TypeAlias = Callable[[str, str, bool], Sequence[SecretSpan]]
"""Returns the hits in a text; arguments are the text, its key, and whether it is part of an error."""


class Walk:
    """Walks over JSON values; mutable: `keys` lead to the present text."""

    def __init__(self, find: Find) -> None:
        self.find = find
        self.keys: list[str | int] = []
        self._names: dict[str, str] = {}
        """By key of a mapping: the key after replacement; there are few, so each is searched once."""

    def value(self, value: Any, key: str = "", is_error: bool = False) -> Any:
        """The value with its hits replaced; it stands under `key`, and is a part of an error if `is_error`."""
        if isinstance(value, str):
            hits = self.find(value, key, is_error)
            return replaced([value], hits)[0] if hits else value
        if isinstance(value, dict):
            return self._mapping(value, is_error)
        return self._list(value, key, is_error) if isinstance(value, list) else value

    def _list(self, value: list[Any], key: str, is_error: bool) -> Any:
        items = []
        for position, item in enumerate(value):
            self.keys.append(position)
            items.append(self.value(item, key, is_error))
            self.keys.pop()
        return value if all(map(is_, items, value)) else items

    def _mapping(self, value: dict[str, Any], is_error: bool) -> Any:
        named = _name_of_value(value)
        changed = {}
        for name, part in value.items():
            self.keys.append(name)
            key = named if named and name == "value" else name
            new = self.value(part, key, is_error or name in ERRORS)
            self.keys.pop()
            if (new_name := self._names.get(name)) is None:
                new_name = self._names[name] = self.value(name)
            if new is not part or new_name is not name:
                changed[name] = new_name, new
        return dict(changed.get(name, (name, part)) for name, part in value.items()) if changed else value


def _name_of_value(value: dict[str, Any]) -> str:
    """The name in `{"name": "password", "value": "..."}`; the empty string for other mappings."""
    if "value" not in value:
        return ""
    name = value.get("name", value.get("key"))
    return name if isinstance(name, str) else ""


def with_texts(interaction: Interaction, finder: Callable[[str], Find]) -> Interaction:
    """The interaction with every hit replaced; `finder` returns the function for a part, such as `body`."""

    def part(name: str, value: Any, key: str = "", is_error: bool = False) -> Any:
        return Walk(finder(name)).value(value, key, is_error)

    is_error = interaction.status >= FAILED
    return interaction._replace(
        path=part("path", interaction.path),
        query={
            part("query", name): tuple(part("query", value, name) for value in values)
            for name, values in interaction.query.items()
        },
        body=part("body", interaction.body),
        headers=tuple((name, part("headers", value, name)) for name, value in interaction.headers),
        json=part("json", interaction.json, "", is_error),
        stream=None if interaction.stream is None else _stream(interaction.stream, finder("stream"), is_error),
        text=part("text", interaction.text, "", is_error),
    )


BETWEEN = "\n\x00\n"
"""Put between texts that are searched together: it is part of no text, and no secret's shape reaches across it."""


def texts_of(interaction: Interaction) -> list[str]:
    """Every text of an interaction, names in its JSON and joined deltas included."""
    found: list[str] = []

    def note(text: str, _key: str, _is_error: bool) -> Sequence[SecretSpan]:
        found.append(text)
        return ()

    with_texts(interaction, lambda _part: note)
    return found


def _stream(stream: Sequence[StreamEvent], find: Find, is_error: bool) -> Sequence[StreamEvent]:
    walk, events = Walk(find), _with_joined(stream, find, is_error)
    changed: dict[int, StreamEvent] = {}
    for number, event in enumerate(events):
        is_in_error = is_error or event.name == "error"
        data, raw = walk.value(event.data, "", is_in_error), walk.value(event.raw, "", is_in_error)
        if data is not event.data or raw is not event.raw:
            changed[number] = event._replace(data=data, raw=raw)
    if not changed:
        return events
    return tuple(changed.get(number, event) for number, event in enumerate(events))


class TextPiece(NamedTuple):
    """A text in a delta: the position of its event, and the keys that lead to it."""

    event: int
    keys: Keys
    text: str


def joined(events: Sequence[StreamEvent]) -> list[list[TextPiece]]:
    """The pieces of texts in deltas, in a list for each text."""
    texts: dict[Any, list[TextPiece]] = {}
    for number, event in enumerate(events):
        for keys, owner, text in owned_pieces(event):
            texts.setdefault(owner, []).append(TextPiece(number, keys, text))
    return list(texts.values())


def owned_pieces(event: StreamEvent) -> Iterator[tuple[Keys, Keys, str]]:
    """The texts in an event's delta: the keys that lead there, and what all pieces of one text have in common."""
    if isinstance(event.data, dict):
        owner = (event.name, *(str(event.data.get(name)) for name in _OWNERS))
        yield from ((keys, (*owner, *place), text) for keys, place, text in _pieces(event.data))


def last_name(keys: Keys) -> str:
    """The last name among the keys that lead to a text; the empty string for none."""
    return next((key for key in reversed(keys) if isinstance(key, str)), "")


_OWNERS = ("id", "item_id", "output_index", "content_index", "summary_index")
"""Keys that identify the owner of a delta's text: a message, a step, an item of a response."""


_NO_PIECES = frozenset({"type", "role", "logprobs"})
"""Keys of deltas whose values are not pieces of a text."""


def _pieces(data: dict[str, Any]) -> Iterator[tuple[Keys, Keys, str]]:
    """The texts in an event's delta: the keys that lead there, and a place that all pieces of one text share."""
    if "delta" in data:
        yield from _texts(data["delta"], ("delta",), ("delta",))
    choices = data.get("choices")
    for number, choice in enumerate(choices if isinstance(choices, list) else ()):
        if isinstance(choice, dict):
            index = choice.get("index", number)
            yield from _texts(choice.get("delta"), ("choices", number, "delta"), ("choices", str(index), "delta"))


def _texts(value: Any, keys: Keys, place: Keys) -> Iterator[tuple[Keys, Keys, str]]:
    if isinstance(value, str):
        yield keys, place, value
    elif isinstance(value, dict):
        for name, part in value.items():
            if name not in _NO_PIECES:
                yield from _texts(part, (*keys, name), (*place, name))
    elif isinstance(value, list):
        for number, part in enumerate(value):
            index = part.get("index", number) if isinstance(part, dict) else number
            yield from _texts(part, (*keys, number), (*place, str(index)))


def _with_joined(events: Sequence[StreamEvent], find: Find, is_error: bool) -> Sequence[StreamEvent]:
    """The events with hits replaced in their joined deltas; the same object when there is none."""
    changed: list[StreamEvent] = []
    for pieces in joined(events):
        key = last_name(pieces[0].keys)
        texts = [piece.text for piece in pieces]
        is_long = sum(map(len, texts)) > SIZE
        if is_long and not any(find(part, key, is_error) for part in windows_of(texts)):
            continue
        hits = find("".join(texts), key, is_error)
        for piece, new in zip(pieces, replaced(texts, hits) if hits else texts, strict=True):
            if new != piece.text:
                changed = changed or list(events)
                event = changed[piece.event]
                changed[piece.event] = event._replace(data=_with(event.data, piece.keys, new))
    return tuple(changed) if changed else events


def _with(value: Any, keys: Keys, new: str) -> Any:
    """The value with a new text in the place that `keys` lead to."""
    if not keys:
        return new
    copy: Any = dict(value) if isinstance(value, dict) else list(value)
    copy[keys[0]] = _with(value[keys[0]], keys[1:], new)
    return copy
