"""Which response a request continues: the one whose calls it answers.

A response remembers where in its script it stands, so what a request continues is looked up, and nothing advances.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from runmock.apis.responses import objects, refusals
from runmock.apis.responses.item_checks import is_of_user
from runmock.apis.service.refusals import Refused

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from runmock.apis.responses.history import Expanded
    from runmock.apis.responses.state import Memory
    from runmock.apis.responses.stored import StoredResponse
    from runmock.core.http.exchange import JSON


class Continued(NamedTuple):
    """The response that a request continues, and the outputs of its calls by their ids."""

    response: StoredResponse
    outputs: Mapping[str, str]
    is_followed: bool = False
    """Whether the request has a message of the user behind the outputs."""

    @property
    def ends_run(self) -> bool:
        """Whether the outputs are the end of the run, so that the message behind them begins another."""
        return self.is_followed and self.response.is_last


def continued(memory: Memory, request: Expanded) -> Continued | None:
    """The response whose calls the request answers; None where it begins something new.

    Counted are the outputs behind the last message of the request. Outputs with messages of the user behind them count
    when these calls were never answered before; so do outputs that were put into the conversation beforehand.
    """
    if not memory.announced:
        return None  # nothing has called yet
    found = _answered(memory, request, behind_last_message(request.input))
    if found is not None:
        return found
    found = _answered(memory, request, before_messages(request.input, request.before))
    return found._replace(is_followed=True) if found is not None and not found.response.was_continued else None


def behind_last_message(items: Sequence[JSON]) -> list[JSON]:
    """The outputs behind the last message."""
    begin = next((index + 1 for index in range(len(items) - 1, -1, -1) if items[index].get("type") == "message"), 0)
    return [item for item in items[begin:] if _is_output(item)]


def before_messages(items: Sequence[JSON], before: Sequence[JSON] = ()) -> list[JSON]:
    """The outputs before the messages of the user that the items end with; of `before` where there is nothing else."""
    end = len(items)
    while end and is_of_user(items[end - 1]):
        end -= 1
    return behind_last_message(items[:end] or before)


def _answered(memory: Memory, request: Expanded, outputs: Sequence[JSON]) -> Continued | None:
    """The response that announced the last of the outputs whose calls scripted runs have announced."""
    response = next(
        (
            found
            for item in reversed(outputs)
            if (found := _announcer(memory, request, item.get("call_id"))) is not None
        ),
        None,
    )
    if response is None:
        return None
    given = {item.get("call_id"): text_of_output(item.get("output")) for item in request.items if _is_output(item)}
    missing = [call_id for call_id in response.waiting if call_id not in given]
    if missing:
        raise Refused(refusals.no_output(missing[0]))
    return Continued(response, {call_id: given[call_id] for call_id in response.waiting})


def _announcer(memory: Memory, request: Expanded, call_id: Any) -> StoredResponse | None:
    """The response that announced a call.

    Where a script gives calls their ids, several may have announced it: then it is the one whose item the request has,
    else the latest.
    """
    found = memory.announced.get(call_id)
    if not found:
        return None
    if len(found) > 1:
        ids = {item.get("id") for item in request.items if item.get("call_id") == call_id}
        found = [response for response in found if not ids.isdisjoint(_ids_of(response.items))] or found
    return found[-1]


def _ids_of(items: Iterable[JSON]) -> set[Any]:
    return {item.get("id") for item in items}


def _is_output(item: Mapping[str, Any]) -> bool:
    return bool(item.get("type") == "function_call_output")


def text_of_output(output: Any) -> str:
    """An output as a text: of a list of parts, their texts one below the other."""
    return output if isinstance(output, str) else objects.text_of({"content": output})
