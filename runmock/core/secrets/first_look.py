"""A first look at the texts of an interaction: where it finds nothing, nothing has to be replaced.

Most interactions hold no secret. So the alike deltas of a stream are looked at together, and none becomes an event.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from runmock.core.replay.interaction import AlikeDeltas, StreamEvents, first_of
from runmock.core.secrets.every_text import BETWEEN, FAILED, Walk, last_name, owned_pieces, with_texts
from runmock.core.secrets.windows import SIZE, windows_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from runmock.core.replay.interaction import Interaction, StreamEvent
    from runmock.core.secrets.every_text import Find

_JOINED = 256
"""So many texts are joined at once, because windows take longer to make of many pieces."""


def show_texts(interaction: Interaction, find: Find, shortest: int = 0) -> None:
    """Show every text of an interaction to `find`, whose hits are ignored: where it finds none here, there are none.

    It is `with_texts` for a first look. Of the texts of alike deltas `find` gets them joined, in windows, and lists of
    those that have at least `shortest` characters, for what is only found where no other letters stand around it.
    """
    stream, is_error = interaction.stream, interaction.status >= FAILED
    has_alike = isinstance(stream, StreamEvents)
    with_texts(interaction._replace(stream=None) if has_alike else interaction, lambda _part: find)
    if not isinstance(stream, StreamEvents):
        return
    for key, texts in _joined_in_parts(stream.parts):
        for window in windows_of(_together(texts, "", _JOINED)):
            find(window, key, is_error)
    walk = Walk(find)
    for part in stream.parts:
        for event in _in_lists(part, shortest):
            walk.value(event.data, "", is_error or event.name == "error")
            walk.value(event.raw, "", is_error or event.name == "error")


def _in_lists(part: StreamEvent | AlikeDeltas, shortest: int) -> Iterator[StreamEvent]:
    """An event; of alike deltas the first, and the same with lists of texts, which are no longer than a window."""
    yield first_of(part)
    if isinstance(part, AlikeDeltas):
        texts = [text for text in part.texts if len(text) >= shortest] if shortest else part.texts
        longest = max(map(len, texts), default=0) + len(BETWEEN)
        yield from map(part.with_text, _together(texts, BETWEEN, max(1, SIZE // longest)))


def _together(texts: Sequence[str], between: str, number: int) -> Iterator[str]:
    """The texts with something between them, so many in each of what is yielded."""
    for start in range(0, len(texts), number):
        yield between.join(texts[start : start + number])


def _joined_in_parts(parts: Iterable[StreamEvent | AlikeDeltas]) -> Iterable[tuple[str, list[str]]]:
    """The pieces of texts in deltas, as `joined` returns them, each list with the key of its pieces."""
    found: dict[Any, tuple[str, list[str]]] = {}
    for part in parts:
        event = first_of(part)
        for keys, owner, text in owned_pieces(event):
            _, texts = found.setdefault(owner, (last_name(keys), []))
            texts += part.texts if isinstance(part, AlikeDeltas) else [text]
    return found.values()
