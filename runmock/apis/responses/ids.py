"""Ids as the service makes them: a prefix and 50 characters, of which items share 16 with their response.

Source: docs/protocol/responses.md#the-response-object.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

CONVERSATION = "conv"
RESPONSE = "resp"
ITEMS = {
    "message": "msg",
    "function_call": "fc",
    "function_call_output": "fc",
    "reasoning": "rs",
    "code_interpreter_call": "ci",
    "file_search_call": "fs",
    "web_search_call": "ws",
    "image_generation_call": "ig",
    "mcp_call": "mcp",
    "mcp_list_tools": "mcpl",
    "mcp_approval_request": "mcpr",
    "mcp_approval_response": "mcpr",
    "compaction": "cmp",
    "custom_tool_call": "ctc",
    "custom_tool_call_output": "ctc",
    "tool_search_call": "tsc",
    "tool_search_output": "tso",
    "apply_patch_call": "apc",
    "shell_call": "sh",
    "shell_call_output": "sho",
    "local_shell_call": "lsh",
}
"""How the id of an item begins, by the item's type."""


@dataclass(slots=True)
class ResponseIds:
    """Makes ids; mutable: the first response of every session has the same id, the second another, and so on."""

    made: int = 0
    calls: int = 0
    known_calls: set[Any] = field(default_factory=set)
    """Ids of calls that others have made: scripts and requests."""
    next_response: str | None = None
    """The id that the next response gets, where a client has brought it."""

    def partition(self) -> str:
        """What the ids of one response, or of one conversation, have in common: 16 hexadecimal digits."""
        self.made += 1
        return _digits(f"partition {self.made}", 8)

    def mint(self, prefix: str, partition: str, seconds: int) -> str:
        """A new id; `seconds` since the epoch are in it."""
        if prefix == RESPONSE and self.next_response is not None:
            brought, self.next_response = self.next_response, None
            return brought
        self.made += 1
        return f"{prefix}_{partition}00{seconds:08x}{_digits(f'{prefix} {self.made}', 12)}"

    def of_item(self, kind: str, partition: str, seconds: int) -> str:
        """A new id for an item of this type."""
        return self.mint(ITEMS.get(kind, "item"), partition, seconds)

    @staticmethod
    def container(partition: str) -> str:
        """The id of the container in which the code of a response, or of a conversation, runs."""
        return f"cntr_{_digits(partition, 16)}{partition}"

    def next_call(self) -> str:
        """The id of the session's next function call: `call_1`, `call_2` and so on, without those that are known."""
        self.calls += 1
        while f"call_{self.calls}" in self.known_calls:
            self.calls += 1
        return f"call_{self.calls}"

    def note_calls(self, items: Iterable[Mapping[str, Any]]) -> None:
        """No later call gets an id that one of these items has: clients refuse a history with the same id twice."""
        self.known_calls |= {item["call_id"] for item in items if "call_id" in item}


def _digits(text: str, size: int) -> str:
    return hashlib.blake2b(text.encode(), digest_size=size).hexdigest()
