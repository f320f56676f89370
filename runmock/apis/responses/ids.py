"""Ids as the service makes them: a prefix and 50 characters, of which items share 16 with their response.

Source: docs/protocol/responses.md#the-response-object.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

CONVERSATION = "conv"
RESPONSE = "resp"


@dataclass(slots=True)
class ResponseIds:
    """Makes ids; mutable: the first response of every session has the same id, the second another, and so on."""

    made: int = 0
    calls: int = 0
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

    @staticmethod
    def container(partition: str) -> str:
        """The id of the container in which the code of a response, or of a conversation, runs."""
        return f"cntr_{_digits(partition, 16)}{partition}"

    def next_call(self) -> str:
        """The id of the session's next function call: `call_1`, `call_2` and so on."""
        self.calls += 1
        return f"call_{self.calls}"


def _digits(text: str, size: int) -> str:
    return hashlib.blake2b(text.encode(), digest_size=size).hexdigest()
