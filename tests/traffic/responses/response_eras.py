"""What may differ between a recorded and a played answer, each with its reason: the service has changed since 2025."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from response_comparison import ABSENT

if TYPE_CHECKING:
    from response_comparison import Difference
    from response_recordings import Exchange

ALWAYS = "9999"


@dataclass(frozen=True, slots=True)
class Era:
    """A difference that is expected at `place`, a pattern, in recordings made before a day (year, month, day)."""

    place: str
    until: str
    reason: str
    azure: str = ""
    """The day for Azure, which follows later; empty where it is the same."""
    since: str = ""
    """The day from which on it is expected."""
    side: str = "played"
    """Which side alone has the key: `played`, `recorded`, or `both` where their values differ."""

    def covers(self, exchange: Exchange, difference: Difference) -> bool:
        """Whether it is the reason of a difference."""
        sides = {(True, False): "played", (False, True): "recorded", (False, False): "both"}
        side = sides[difference.recorded == ABSENT, difference.played == ABSENT]
        until = (self.azure if is_azure(exchange) else "") or self.until
        return (
            side == self.side
            and self.since <= day_of(exchange) < until
            and re.search(rf"(^|\.){self.place}$", difference.place) is not None
        )


def day_of(exchange: Exchange) -> str:
    """The day of a recorded response; the empty string where it does not say."""
    created_at = (exchange.response or {}).get("created_at")
    return "" if created_at is None else datetime.fromtimestamp(created_at, UTC).date().isoformat()


def is_azure(exchange: Exchange) -> bool:
    """Whether a response is of Azure."""
    return exchange.response is not None and "content_filters" in exchange.response


NEW = "the service has sent it since then"
BY_MODEL = "each model has its own value"
ERAS = (
    Era("background", "2025-06-01", NEW),
    Era("service_tier", "2025-05-01", NEW),
    Era("sequence_number", "2025-05-01", NEW),
    Era(r"reasoning\.summary", "2025-04-01", "it was called `generate_summary`, for some weeks"),
    Era(r"reasoning\.generate_summary", "2025-04-01", "it is called `summary`", side="recorded"),
    Era("logprobs", "2025-06-15", NEW),
    Era("max_tool_calls", "2025-07-10", NEW),
    Era("top_logprobs", "2025-07-10", NEW),
    Era("prompt_cache_key", "2025-07-17", NEW),
    Era("safety_identifier", "2025-07-17", NEW),
    Era(r"text\.verbosity", "2025-08-01", NEW),
    Era("obfuscation", "2025-08-01", NEW),
    Era("billing", "2025-10-25", NEW + ", at first to some"),
    Era("prompt_cache_retention", "2025-11-20", NEW),
    Era("completed_at", "2025-12-15", NEW),
    Era("(frequency|presence)_penalty", "2026-01-10", NEW, azure="2026-02-12"),
    Era("moderation", "2026-04-20", NEW, azure="2026-04-30"),
    Era(r"reasoning\.context", "2026-05-10", NEW),
    Era(r"reasoning\.mode", "2026-05-10", NEW + ", for models that reason"),
    Era(r"(output\[\]|item)\.content", "2026-05-10", "reasoning has had an empty `content` since then"),
    Era("tool_usage", "2026-06-20", NEW, azure="2026-08-01"),
    Era(r"input_tokens_details\.cache_write_tokens", "2026-07-05", NEW, azure="2026-08-01"),
    Era(r"tools\[\]\.output_schema", "2026-07-05", NEW),
    Era(
        r"(output\[\]|item)\.encrypted_content",
        ALWAYS,
        "some accounts get it unasked",
        since="2026-07-01",
        side="recorded",
    ),
    Era("store", ALWAYS, "some accounts never store", side="both"),
    Era("top_p", ALWAYS, BY_MODEL, side="both"),
    Era("prompt_cache_retention", ALWAYS, BY_MODEL, side="both"),
    Era(r"reasoning\.(context|effort)", ALWAYS, BY_MODEL, side="both"),
    Era(r"reasoning\.summary", ALWAYS, "the stored prompt says it", side="both"),
    Era("instructions", ALWAYS, "the stored prompt says them", side="both"),
    Era("moderation", ALWAYS, "what a moderation finds is not in a script", side="both"),
    Era("content_filters", ALWAYS, "what Azure's filters find is not in a script", side="both"),
    Era(r"queries\[\]", ALWAYS, "the model writes them", side="both"),
    Era(r"queries\[\]", ALWAYS, "the model writes several", side="recorded"),
    Era(r"outputs\[\]\.type", ALWAYS, "a script has the logs before the images", side="both"),
    Era(r"outputs\[\]\.(logs|url)", ALWAYS, "a script has the logs before the images", side="recorded"),
    Era(r"outputs\[\]\.(logs|url)", ALWAYS, "a script has the logs before the images"),
)
"""In the order of time; then what is not a matter of time."""
