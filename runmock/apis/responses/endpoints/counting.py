"""Counting the tokens of an input, and compacting it: only the service's own models can.

No script says what the answer is, so a session with a script has none. Without a cassette it is a stock object.
"""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

from runmock.apis.responses import objects
from runmock.apis.responses.history import expanded
from runmock.core.engine.stage import NothingScripted

if TYPE_CHECKING:
    from runmock.apis.responses.state import Memory
    from runmock.apis.service.call import Call
    from runmock.core.http.exchange import JSON

STOCK_TOKENS = 12
"""What the service has counted in "Tell me a joke." (docs/protocol/responses.md#endpoints)."""


def count_input_tokens(memory: Memory, call: Call) -> JSON:
    """POST /responses/input_tokens."""
    expanded(memory, call.body)
    _require_stock(memory)
    return {"object": "response.input_tokens", "input_tokens": STOCK_TOKENS}


def compact_response(memory: Memory, call: Call) -> JSON:
    """POST /responses/compact: an item that stands for everything before.

    The service lists the messages of users before it; the SDK's strict types have no such item in an output.
    """
    expanded(memory, call.body)
    _require_stock(memory)
    ids, now, partition = memory.ids, memory.stage.clock.tick(), memory.ids.partition()
    compaction = {
        "id": ids.mint("cmp", partition, now),
        "type": "compaction",
        "encrypted_content": base64.b64encode(f"compacted {partition}".encode()).decode(),
    }
    return {
        "id": ids.mint("resp", partition, now),
        "object": "response.compaction",
        "created_at": now,
        "output": [compaction],
        "usage": objects.usage(STOCK_TOKENS, STOCK_TOKENS),
    }


def _require_stock(memory: Memory) -> None:
    """Raise NothingScripted where there is a cassette."""
    if not memory.stage.is_stock:
        raise NothingScripted(None)
