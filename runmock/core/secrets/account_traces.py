"""Finds texts of the service that identify its caller: request ids, masked keys, organisations and projects.

They change from call to call, and identify who recorded. Usually they have to match a full pattern, so that a word
such as `org-chart` or `req_params` stays; in the description of an error, which is about the caller, a shorter one.
Sources: docs/protocol/streams.md#the-error-event, docs/protocol/headers.md#what-must-not-be-kept.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from runmock.core.secrets.hits import REDACTED, STAND_INS, SecretSpan


class Trace(NamedTuple):
    """A pattern: every text with a match contains `anchor`, and `instead` replaces the pattern's last group."""

    anchor: str
    shape: re.Pattern[str]
    instead: str
    is_of_errors: bool = False
    """Whether it only applies in the description of an error."""


def _trace(anchor: str, shape: str, instead: str, *, is_of_errors: bool = False) -> Trace:
    return Trace(anchor, re.compile(shape), instead, is_of_errors)


_REQUEST_ID = r"(?i)request[ _-]?id\\*[\"']?[ ]?[:=]?[ ]?\\*[\"']?"
_UUID = r"[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}(?![0-9a-f])"
ACCOUNT = r"(?:[A-Za-z0-9]{24}\b|(?=[a-z]*[A-Z0-9])[A-Za-z0-9]{20,})"
"""The part after the prefix: 24 letters or digits, as the service makes them; or at least 20, not all small letters."""

TRACES: tuple[Trace, ...] = (
    _trace("sk-", r"\bsk-[A-Za-z0-9_*-]{4,}", "sk-redacted", is_of_errors=True),
    _trace("sk-", r"\bsk-[A-Za-z0-9_-]*\*{3,}[A-Za-z0-9_*-]*", "sk-redacted"),
    _trace("provided: ", r"(?i)(?<=api key provided: )[^\s\"']*[^\s\"'.,]", REDACTED, is_of_errors=True),
    _trace("provided: ", r"(?<=provided: )[^\s.]*\*{3,}[^\s.]*", REDACTED),
    _trace("req_", r"\breq_[A-Za-z0-9]{8,}", "req_redacted", is_of_errors=True),
    _trace("req_", r"\breq_(?=[A-Za-z]*[0-9])[A-Za-z0-9]{16,}", "req_redacted"),
    _trace("request", rf"{_REQUEST_ID}({_UUID})", REDACTED),
    _trace("request", rf"{_REQUEST_ID}((?!req_)(?=[a-z_-]*[0-9])[a-z0-9_-]{{16,}})", REDACTED, is_of_errors=True),
    _trace("org-", r"\borg-[A-Za-z0-9]{8,}", "org-redacted", is_of_errors=True),
    _trace("org-", rf"\borg-{ACCOUNT}", "org-redacted"),
    _trace("proj_", r"\bproj_[A-Za-z0-9]{8,}", "proj_redacted", is_of_errors=True),
    _trace("proj_", rf"\bproj_{ACCOUNT}", "proj_redacted"),
)
"""Texts that name the caller's account; of two that begin at one place the first counts."""

_ID_NAME = re.compile(r"(?i)(?:^|[_-])(?:client)?request[_-]?id$")
_ID = re.compile(r"(?=[A-Za-z_-]*[0-9])[A-Za-z0-9_-]{16,}")


def account_traces(text: str, key: str = "", is_error: bool = False) -> list[SecretSpan]:
    """The places in a text that name the caller's account; `key` is the key that the text stands under."""
    if is_error and _ID_NAME.search(key) and _ID.fullmatch(text) and text not in STAND_INS:
        return [SecretSpan(0, len(text), instead="req_redacted" if text.startswith("req_") else REDACTED)]
    lowered = text.lower()
    found: list[SecretSpan] = []
    for anchor, shape, instead, is_of_errors in TRACES:
        if anchor in lowered and (is_error or not is_of_errors):
            found += [SecretSpan(*match.span(shape.groups), "", instead) for match in shape.finditer(text)]
    return [hit for hit in found if text[hit.start : hit.end] not in STAND_INS]
