"""Headers that the service sends with every answer, and with those that are to be asked for again."""

from __future__ import annotations

from itertools import count, repeat
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runmock.core.engine.stage import Stage

VERSION_HEADER = ("openai-version", "2020-10-01")
POLL_HEADER = "openai-poll-after-ms"
"""The SDK's poll helpers sleep this long instead of a second; a stuck run keeps the second.

Source: docs/protocol/polling.md#the-poll-helpers-of-the-sdk.
"""


def answer_headers(_: Stage) -> Iterator[tuple[tuple[str, str], ...]]:
    """The headers of each answer of a session, in order; answers are numbered.

    All APIs share it: `stage.shared(answer_headers)`.
    """
    return zip(repeat(VERSION_HEADER), zip(repeat("x-request-id"), map("req_{:032x}".format, count(1))))
