"""What is secret, by its shape: redacted where the recording still plays without it, found where it does not.

Redacted: the queries of URLs, and in error answers masked keys, request ids, organisations and projects. Found by
`secrets_in`: the shapes of keys and tokens, and the values of the environment's own keys, anywhere in a finished text,
base64 looked through. It tells the kind and the line, never the value.
"""

from __future__ import annotations

import base64
import binascii
import os
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from runmock.core.redacted import REDACTED

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

IN_ERRORS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"\bsk-[A-Za-z0-9_*-]{4,}"), "sk-redacted"),
    (re.compile(r"(?<=provided: )[^\s.]*\*{3,}[^\s.]*"), REDACTED),
    (re.compile(r"\breq_[A-Za-z0-9]{8,}"), "req_redacted"),
    (re.compile(r"(?i)(?<=request id )[A-Za-z0-9-]{16,}"), REDACTED),
    (re.compile(r"\borg-[A-Za-z0-9]{8,}"), "org-redacted"),
    (re.compile(r"\bproj_[A-Za-z0-9]{8,}"), "proj_redacted"),
)
"""What error texts tell of their caller, and what stands for it."""

SHAPES: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("an OpenAI key", re.compile(r"\bsk-(?!redacted)[A-Za-z0-9_-]{16,}")),
    ("a bearer token", re.compile(r"(?i)\bbearer\s+[A-Za-z0-9._~+/-]{16,}=*")),
    ("a JSON web token", re.compile(r"\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*")),
    ("an AWS key", re.compile(r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b")),
    ("a GitHub token", re.compile(r"\b(?:gh[pousr]_[A-Za-z0-9]{20,}|github_pat_[A-Za-z0-9_]{20,})")),
    ("a Google key", re.compile(r"\bAIza[A-Za-z0-9_-]{30,}")),
    ("a Slack token", re.compile(r"\bxox[abprs]-[A-Za-z0-9-]{10,}")),
    ("a password in a URL", re.compile(r"://[^/\s:@\"']+:[^/\s@\"']{6,}@")),
    ("a cookie", re.compile(r"(?i)\b(?:__cf_bm|_cfuvid|session(?:id)?|sid)=[A-Za-z0-9._%-]{16,}")),
    ("a private key", re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----")),
    (
        "a URL's signature",
        re.compile(r"(?i)[?&](?:sig|signature|x-amz-signature|x-amz-credential)=(?!redacted)[^&\s\"']{8,}"),
    ),
    ("an organisation", re.compile(r"\borg-(?!redacted)[A-Za-z0-9]{20,}")),
    ("a project", re.compile(r"\bproj_(?!redacted)[A-Za-z0-9]{20,}")),
)
"""Kinds of secrets by their shape."""

OF_ENVIRONMENT = re.compile(r"(?:^|_)(?:API_KEY|KEY|TOKEN|SECRET|PASSWORD)$")
"""Variables whose values are secrets."""
SHORTEST = 12
"""Shorter values are no secrets that a text can be searched for."""
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{24,}={0,2}")


@dataclass(frozen=True, slots=True)
class Found:
    """A secret in a text: its kind, and where it stands; line and column count from 1."""

    kind: str
    line: int
    column: int = 1


def redacted_texts(value: Any) -> Any:
    """A JSON value with every text in it redacted as those of error answers are."""
    if isinstance(value, str):
        for shape, instead in IN_ERRORS:
            value = shape.sub(instead, value)
        return value
    if isinstance(value, dict):
        return {key: redacted_texts(part) for key, part in value.items()}
    return [redacted_texts(part) for part in value] if isinstance(value, list) else value


def keys_of_environment(environment: Mapping[str, str] = os.environ) -> tuple[str, ...]:
    """The values of variables that hold keys; short ones are no secrets that can be searched for."""
    return tuple(value for name, value in environment.items() if OF_ENVIRONMENT.search(name) and len(value) >= SHORTEST)


def hidden(text: str, known: Iterable[str] = ()) -> str:
    """A text for a message, with every secret in it hidden; escapes of URLs are undone."""
    shown = unquote(text)
    for _, shape in SHAPES:
        shown = shape.sub(REDACTED, shown)
    for key in known:
        shown = shown.replace(key, REDACTED)
    return shown


def secrets_in(text: str, known: Iterable[str] = ()) -> list[Found]:
    """What is secret in a text; `known` are keys that must not be in it, whatever their shape."""
    found = dict.fromkeys(_found(text, tuple(known)))
    return sorted(found, key=lambda one: (one.line, one.column))


def _found(text: str, known: tuple[str, ...]) -> Iterator[Found]:
    for kind, start in _shapes(text, known):
        yield _placed(kind, text, start)
    for packed in _BASE64.finditer(text):
        for kind, _ in _shapes(_unpacked(packed[0]), known):
            yield _placed(f"{kind} in base64", text, packed.start())
    if "%" in text:
        for number, line in enumerate(text.split("\n"), 1):
            if "%" in line:
                yield from (Found(kind, number) for kind, _ in _shapes(unquote(line), known))


def _placed(kind: str, text: str, start: int) -> Found:
    return Found(kind, text.count("\n", 0, start) + 1, start - text.rfind("\n", 0, start))


def _shapes(text: str, known: tuple[str, ...]) -> Iterator[tuple[str, int]]:
    for kind, shape in SHAPES:
        yield from ((kind, found.start()) for found in shape.finditer(text))
    for key in known:
        if (start := text.find(key)) >= 0:
            yield "a key of the environment", start


def _unpacked(text: str) -> str:
    """What base64 says, the empty string when it is none."""
    padded = text.rstrip("=").translate(str.maketrans("-_", "+/"))
    try:
        return base64.b64decode(padded + "=" * (-len(padded) % 4), validate=True).decode("latin-1")
    except (binascii.Error, ValueError):
        return ""
