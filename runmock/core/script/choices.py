"""The values that scripts and keywords may have, as types: editors complete them, and messages suggest them."""

from __future__ import annotations

from typing import Literal, TypeAlias

FailCode: TypeAlias = Literal["server_error", "rate_limit_exceeded", "invalid_prompt"]
"""Codes of a failed run's `last_error`; hosts have others too. Source: the SDK's types."""
ErrorCode: TypeAlias = Literal[
    "rate_limit_exceeded", "insufficient_quota", "invalid_api_key", "model_not_found", "server_error"
]
"""The codes of refused requests that tests need most; there are many more."""
IncompleteReason: TypeAlias = Literal["max_completion_tokens", "max_prompt_tokens", "content_filter"]
"""Source: the SDK's types, and live servers for the last one."""
StuckStatus: TypeAlias = Literal["queued", "in_progress", "cancelling"]
PollStatus: TypeAlias = Literal["queued", "in_progress"]
LateCancel: TypeAlias = Literal["refused", "overtaken"]
GarbageKind: TypeAlias = Literal[
    "not_json",
    "half_frame",
    "unknown_event",
    "duplicate",
    "out_of_order",
    "wrong_index",
    "sequence_gap",
    "response_id_changes",
    "item_id_changes",
]
Matcher: TypeAlias = Literal["operation", "ids", "query", "body"]
