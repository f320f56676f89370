"""The annotations of a text: which of its words each is about, and where they stand."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from runmock.core.http.exchange import JSON


def cite(text: str, annotations: Sequence[JSON]) -> list[JSON]:
    """The annotations, with `start_index` and `end_index` filled in where the script left them out."""
    return [_placed(text, annotation) for annotation in annotations]


def _placed(text: str, annotation: JSON) -> JSON:
    quoted = quoted_text(annotation)
    start_index = annotation.get("start_index")
    start = start_index if isinstance(start_index, int) else max(text.find(quoted), 0)
    end = annotation.get("end_index", start + len(quoted))
    place = {"start_index": annotation.get("start_index", start), "end_index": end}
    kind = "file_path" if "file_path" in annotation else "file_citation"
    known = {"type": annotation.get("type", kind), "text": quoted, **place}
    return {**known, **{key: value for key, value in annotation.items() if key not in known}}


def quoted_text(annotation: JSON) -> str:
    """The text that an annotation is about; the empty string when it has none."""
    text = annotation.get("text")
    return text if isinstance(text, str) else ""
