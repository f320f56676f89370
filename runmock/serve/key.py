"""Checks the key of `--api-key`, in any of the ways in which clients send one."""

from __future__ import annotations

import base64
import binascii
import hmac
from typing import TYPE_CHECKING

from runmock.apis.service import refusals

if TYPE_CHECKING:
    from collections.abc import Mapping

    from runmock.apis.service.refusals import ServiceRefusal

CHALLENGE = ("www-authenticate", 'Basic realm="OpenAI API"')
"""A header of the service's 401 (docs/protocol/headers.md#answers); a browser asks its user for the key then."""


def key_refusal(headers: Mapping[str, str], key: str | None) -> ServiceRefusal | None:
    """The service's 401 unless the headers contain `key`; None when they do, or when there is no key."""
    if key is None:
        return None
    sent = _sent_key(headers)
    if not sent:
        return refusals.no_key()
    return None if hmac.compare_digest(sent.encode(), key.encode()) else refusals.wrong_key(sent)


def _sent_key(headers: Mapping[str, str]) -> str:
    """The key of a request: Azure's `api-key`, a bearer token, or the password of a browser; empty for none."""
    if "api-key" in headers:
        return headers["api-key"]
    scheme, _, value = headers.get("authorization", "").partition(" ")
    if scheme.lower() == "basic":
        try:
            return base64.b64decode(value, validate=True).decode().partition(":")[2]
        except (binascii.Error, UnicodeDecodeError):
            return ""
    return value.strip() if scheme.lower() == "bearer" else ""
