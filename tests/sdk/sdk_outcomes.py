"""What an application gets of a fault, in the words of the tables: what tests of both APIs need for it."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import openai
from fault_table import IN_HALF_A_MINUTE
from sdk_clients import library

ENDED = {"http", "sunset", "fail", "expire", "cancel", "stuck"}
LATE_CANCELS = ("refused", "overtaken")
ERRORS = (openai.OpenAIError, library.HTTPError, ValueError, IndexError, RuntimeError)


def named(error):
    """An exception's class, with its library where it is not the SDK's own or Python's."""
    kind, module = type(error), type(error).__module__.partition(".")[0]
    return f"`{kind.__name__}`" if module in {"openai", "builtins"} else f"`{module}.{kind.__name__}`"


def waited(slept, run):
    """How long the SDK waited before it sent the request again."""
    seconds = next(filter(None, slept))
    is_date = run["retry_after"] == IN_HALF_A_MINUTE
    return "waits until then" if is_date and 27 < seconds <= 30 else f"waits {seconds:g} s"


def dated(run):
    """The run as it is written at this moment."""
    if run.get("retry_after") != IN_HALF_A_MINUTE:
        return run
    return {**run, "retry_after": format_datetime(datetime.now(UTC) + timedelta(seconds=30), usegmt=True)}
