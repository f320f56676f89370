"""What every importer needs: a URL as a request, a body as it was before compression, headers by name."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from runmock.apis.registry import identified
from runmock.core.errors import CassetteError
from runmock.core.http.exchange import Request
from runmock.core.replay.recorder import AnswerEnd, CapturedAnswer
from runmock.tape.files.binary_text import bytes_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

Headers = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Imported:
    """The contents of another tool's file: its takes in order.

    `at`: when the first was recorded, in seconds since the epoch; None when the file does not say.
    """

    takes: tuple[CapturedAnswer, ...]
    at: float | None = None
    warnings: tuple[str, ...] = ()
    """Sentences for people: what the file may have lost of an answer."""


def take_of(  # noqa: PLR0913, PLR0917 - an exchange is these six
    method: str, url: str, sent: bytes, status: int, headers: Headers, body: bytes, *, sent_as: str = ""
) -> CapturedAnswer:
    """The take of one exchange. Headers' names are lower case; the body may still be compressed.

    `sent_as`: the content type of the request; no other header of it is needed. Raises CassetteError for a bad URL.
    """
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        host = ""
    if not host:
        raise CassetteError(f"{url!r} is not a URL", "import")
    request = Request(
        method=method.upper(),
        host=host,
        path=parts.path,
        query={name: tuple(values) for name, values in parse_qs(parts.query, keep_blank_values=True).items()},
        headers={"content-type": sent_as} if sent_as else {},
        body=sent,
    )
    take = CapturedAnswer(identified(request), f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}", status, headers)
    take.feed(body, 0)
    take.seal(AnswerEnd.WHOLE)
    return take


def headers_of(pairs: Mapping[str, Any] | Iterable[tuple[str, Any]]) -> Headers:
    """Headers with names in lower case; several values of one name are joined."""
    items = pairs.items() if hasattr(pairs, "items") else pairs
    try:
        return tuple(
            (str(name).lower(), ", ".join(map(str, value)) if isinstance(value, list) else str(value))
            for name, value in items
        )
    except (TypeError, ValueError):
        raise CassetteError("the headers of a message are no names with values", "import") from None


def content_type_of(pairs: Mapping[str, Any] | Iterable[tuple[str, Any]] | None) -> str:
    """The content type among headers, the empty string when there is none."""
    return next((value for name, value in headers_of(pairs or {}) if name == "content-type"), "")


def bytes_of(value: Any, where: str = "a body") -> bytes:
    """The bytes of a body that a file holds as null, a text, bytes, or JSON. Raises CassetteError for anything else."""
    if value is None:
        return b""
    if isinstance(value, bytes):
        return value
    if not isinstance(value, str):
        return json_bytes(value, where)
    try:
        return value.encode()
    except UnicodeEncodeError:
        raise CassetteError(
            f"{where} has half of a character (a lone surrogate), which no text has", "import"
        ) from None


def json_bytes(value: Any, where: str) -> bytes:
    """JSON for a value that a file holds. Raises CassetteError, which names `where`, for what JSON cannot express."""
    try:
        odd = next(_no_json(value, where), None)
        text = "" if odd else json.dumps(value, ensure_ascii=False)
    except RecursionError:
        odd = f"{where} is nested too deeply"
    if odd:
        raise CassetteError(f"{odd}, which JSON cannot express", "import")
    try:
        return text.encode()
    except UnicodeEncodeError:  # half of a character, which JSON can express by its number
        return json.dumps(value).encode()


def _no_json(value: Any, place: str) -> Iterator[str]:
    """What JSON cannot express in a value, and where."""
    if isinstance(value, dict):
        for key, member in value.items():
            if isinstance(key, str):
                yield from _no_json(member, f"{place}.{key}")
            else:
                yield f"{place} has a key that is not text ({key!r})"
    elif isinstance(value, list):
        for number, member in enumerate(value):
            yield from _no_json(member, f"{place}[{number}]")
    elif isinstance(value, float) and not math.isfinite(value):
        yield f"{place} is {value}"
    elif not isinstance(value, str | int | float | None):
        yield f"{place} is of the type '{type(value).__name__}'"


def from_base64(text: Any, where: str = "a body") -> bytes:
    """The bytes that base64 stands for. Raises CassetteError, which names `where`, when it is none."""
    try:
        return bytes_in(text)
    except (AttributeError, ValueError):
        raise CassetteError(f"{where} is marked as base64, but it is not", "import") from None


def from_hex(text: str) -> bytes:
    """The bytes that hexadecimal digits stand for. Raises CassetteError when they are none."""
    try:
        return bytes.fromhex(text)
    except ValueError:
        raise CassetteError("a body is marked as hexadecimal, but it is not", "import") from None


def member_of(value: Any, key: str, kind: type, where: str) -> Any:
    """The member `key` of a mapping. Raises CassetteError, which names `where`, when it is missing or no `kind`."""
    member = value.get(key) if isinstance(value, dict) else None
    if not isinstance(member, kind):
        raise CassetteError(f"{where} has no '{key}' as this format has it", "import")
    return member


def in_order_of(takes: Sequence[tuple[str, CapturedAnswer]]) -> Imported:
    """Takes in the order of their times (ISO 8601, which sorts as text), and the first time."""
    in_order = sorted(takes, key=lambda pair: pair[0])
    try:
        began = datetime.fromisoformat(in_order[0][0]).timestamp() if in_order else None
    except ValueError:
        began = None
    return Imported(tuple(take for _, take in in_order), began)
