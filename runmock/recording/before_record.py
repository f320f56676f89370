"""`before_record`, the user's hook: it changes an interaction before it is written, a request before it is compared.

So a request with a user's name matches a recording from which the hook has removed the name.
"""

from __future__ import annotations

import copy
import traceback
from typing import TYPE_CHECKING, TypeAlias

from runmock.apis import registry
from runmock.core.errors import ScriptError, UsageError
from runmock.core.replay.draft import Draft
from runmock.core.replay.matching import request_key
from runmock.core.secrets.redacted import redacted_query

if TYPE_CHECKING:
    from collections.abc import Callable

    from runmock.core.api import Incoming
    from runmock.core.replay.interaction import Interaction
    from runmock.core.replay.matching import RequestKey

    BeforeRecord: TypeAlias = Callable[[Draft], Draft | None]
    """Changes an interaction before it is written; a hook that returns None drops it."""


def as_written(hook: BeforeRecord | None, interaction: Interaction) -> Interaction | None:
    """The interaction as the hook changes it; None when the hook drops it.

    Raises UsageError when the hook returns something else, and any exception of the hook.
    """
    if hook is None:
        return interaction
    draft = _returned(hook, Draft.of(interaction))
    return None if draft is None else draft.interaction(interaction)


def as_compared(hook: BeforeRecord, incoming: Incoming, sent: RequestKey) -> RequestKey:
    """The key of a request after the hook has changed it; unchanged where the hook drops it.

    The hook gets the request with an empty answer: status 200, `json` {}. Raises ScriptError, with the hook's file and
    line, when the hook fails: the application's client would take any other exception for a network error.
    """
    query, body = redacted_query(incoming.request.query), copy.deepcopy(incoming.body)
    draft = Draft(sent.method, sent.path, query, body, json={})
    try:
        returned = _returned(hook, draft)
    except UsageError as error:
        raise ScriptError(f"{error}\n  sent      {sent.method} {sent.path}  ({sent.label})") from None
    except Exception as error:
        raise ScriptError(
            f"{failure_of(hook, error)}\n  sent      {sent.method} {sent.path}  ({sent.label})"
        ) from error
    if returned is None:
        return sent
    return request_key(registry.identify(returned.method, returned.path), returned.queries, returned.body)


def _returned(hook: BeforeRecord, draft: Draft) -> Draft | None:
    returned = hook(draft)
    if returned is not None and not isinstance(returned, Draft):
        raise UsageError(f"before_record returns the interaction, or None to drop it, not {returned!r}")
    return returned


def failure_of(hook: BeforeRecord, error: BaseException) -> str:
    """The text about a hook's exception: what it raised, and where."""
    return f"before_record raised {type(error).__name__}: {error}\n  at        {place_of(hook, error)}"


def place_of(hook: BeforeRecord, error: BaseException) -> str:
    """File, line and function where a hook failed: the last place in the hook's own file, if there is one."""
    frames = traceback.extract_tb(error.__traceback__)
    file = getattr(getattr(hook, "__code__", None), "co_filename", None)
    place = next((frame for frame in reversed(frames) if frame.filename == file), frames[-1])
    return f"{place.filename}:{place.lineno}, in {place.name}"
