"""`before_record`, the user's hook: it changes what is written, and in the same way what is sent before it is compared.

So a recording without a user's name is found again by a request that has it.
"""

from __future__ import annotations

import copy
import traceback
from typing import TYPE_CHECKING, Any, TypeAlias

from runmock.core.errors import ScriptError, UsageError
from runmock.core.replay.draft import Draft
from runmock.core.replay.matching import request_key
from runmock.core.secrets.redacted import redacted_query

if TYPE_CHECKING:
    from collections.abc import Callable

    from runmock.core.http.exchange import Request
    from runmock.core.replay.interaction import Interaction
    from runmock.core.replay.matching import RequestKey

    BeforeRecord: TypeAlias = Callable[[Draft], Draft | None]
    """What a user wants done to an interaction before it is written; None drops it."""


def as_written(hook: BeforeRecord | None, one: Interaction) -> Interaction | None:
    """The interaction as the hook leaves it, None when it drops it.

    Raises UsageError when the hook returns something else, and whatever the hook raises.
    """
    if hook is None:
        return one
    draft = _returned(hook, Draft.of(one))
    return None if draft is None else draft.interaction(one)


def as_compared(hook: BeforeRecord, request: Request, sent: RequestKey, body: Any) -> RequestKey:
    """What a request asks for once the hook has changed it; as it was sent where the hook drops it.

    The hook gets an empty answer with it: status 200, `json` {}. Raises ScriptError, with the hook's file and line,
    when it fails: the application's client would take its exception for one of the network.
    """
    draft = Draft(request.method, sent.path, redacted_query(request.query), copy.deepcopy(body), json={})
    try:
        returned = _returned(hook, draft)
    except UsageError as error:
        raise ScriptError(f"{error}\n  sent      {sent.method} {sent.path}  ({sent.label})") from None
    except Exception as error:
        raise ScriptError(
            f"{failure_of(hook, error)}\n  sent      {sent.method} {sent.path}  ({sent.label})"
        ) from error
    return sent if returned is None else request_key(returned.method, returned.path, returned.queries, returned.body)


def _returned(hook: BeforeRecord, draft: Draft) -> Draft | None:
    returned = hook(draft)
    if returned is not None and not isinstance(returned, Draft):
        raise UsageError(f"before_record returns the interaction, or None to drop it, not {returned!r}")
    return returned


def failure_of(hook: BeforeRecord, error: BaseException) -> str:
    """What a hook raised, and where."""
    return f"before_record raised {type(error).__name__}: {error}\n  at        {place_of(hook, error)}"


def place_of(hook: BeforeRecord, error: BaseException) -> str:
    """File, line and function where a hook failed: in its own file if the exception passed there."""
    frames = traceback.extract_tb(error.__traceback__)
    file = getattr(getattr(hook, "__code__", None), "co_filename", None)
    place = next((frame for frame in reversed(frames) if frame.filename == file), frames[-1])
    return f"{place.filename}:{place.lineno}, in {place.name}"
