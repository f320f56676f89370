"""The entry of a cassette that would answer a missed request, ready to paste.

A request that begins a run gets an entry of `runs:`, which is for its last message; every other request an interaction,
whose answer is the one that the API has without any cassette.
"""

from __future__ import annotations

import json
import re
from contextlib import suppress
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlencode

from runmock.apis.service.other_apis import smallest
from runmock.apis.service.stock import stock_script
from runmock.core.api import Role
from runmock.core.engine.stage import NothingScripted, Stage
from runmock.core.errors import RunmockFailure
from runmock.core.http.exchange import REFUSED
from runmock.core.replay.ways_out import met_by
from runmock.core.script.script import ToolCalls
from runmock.core.secrets.redacted import redacted, redacted_query

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from runmock.core.api import Incoming

_LARGEST = 20_000
"""Characters of a body that an interaction is matched by; a larger one is left out, and any body matches."""


class Entry(NamedTuple):
    """An entry, and the key of a cassette that it belongs below."""

    below: str
    text: str


def entry_for(incoming: Incoming, facts: Mapping[str, Any] | None) -> Entry:
    """The entry that answers a request. `facts`: what a run is matched by; None where no script was asked."""
    if facts is None and Role.CREATES_RUN in incoming.operation.roles:
        facts = _facts_of(incoming)
    return Entry("interactions", _interaction(incoming)) if facts is None else Entry("runs", _run(facts))


def _facts_of(incoming: Incoming) -> Mapping[str, Any] | None:
    """What a script is asked, where the session has none."""
    backend = incoming.operation.api.backend(Stage())
    if backend is not None:
        try:
            backend.answer(incoming)
        except NothingScripted as nothing:
            return nothing.facts
    return None


def _run(facts: Mapping[str, Any]) -> str:
    rows = [*_match(facts), *_calls(facts["body"]), "reply: Hello!"]
    return "\n".join(f"{'  ' if number else '- '}{row}" for number, row in enumerate(rows))


def _match(facts: Mapping[str, Any]) -> Iterator[str]:
    """The condition on the last message; without a message, on the instructions."""
    asked, instructions = facts["last_message"], facts["instructions"]
    if asked:
        yield f"match: {{last_message: {_in_json(met_by(facts)['last_message'])}}}"
    elif instructions:
        (pattern,) = met_by({"last_message": instructions}).values()
        yield f"match: {{instructions: {_in_json(pattern)}}}"


def _calls(body: Mapping[str, Any]) -> Iterator[str]:
    """A call of a function that the request demands; of one that it only offers, as a comment."""
    offered, choice = body.get("tools") or (), body.get("tool_choice")
    is_demanded = isinstance(choice, dict) or choice == "required"
    functions = [tool for tool in offered if tool.get("type") == "function"]
    for step in stock_script(choice if is_demanded else "required", functions, _function_of).steps:
        if isinstance(step, ToolCalls):
            calls = [{call.name: json.loads(call.arguments)} for call in step.calls]
            yield f"{'' if is_demanded else '# '}calls: {_in_json(calls)}"


def _function_of(tool: Mapping[str, Any]) -> Mapping[str, Any]:
    """The function of a tool or a choice: inside of it in one API, the same object in the other."""
    inside = tool.get("function", tool)
    return inside if isinstance(inside, dict) and tool.get("type") == "function" else {}


def _interaction(incoming: Incoming) -> str:
    request, operation = incoming.request, incoming.operation
    query = urlencode(redacted_query(request.query), doseq=True)
    sent = f"{request.method} {operation.path}{'?' if query else ''}{query}"
    entry: dict[str, Any] = {}
    if incoming.body is not None and incoming.problem is None and len(_in_json(incoming.body)) <= _LARGEST:
        entry["body"] = redacted(incoming.body)
    entry["json"] = _usual_answer(incoming)
    rows = [f"  {name}: {_in_json(value)}" for name, value in entry.items()]
    return "\n".join([f"- request: {sent if _IS_PLAIN.fullmatch(sent) else _in_json(sent)}", *rows])


_IS_PLAIN = re.compile(r"[A-Z]+ [\w/.?=&%+-]+", re.ASCII)
"""A request that YAML takes for a text without quotes."""


def _usual_answer(incoming: Incoming) -> Any:
    """What the API answers without any cassette; for an API that is not played, the smallest answer."""
    backend = incoming.operation.api.backend(Stage(is_stock=True))
    if backend is not None:
        with suppress(NothingScripted, RunmockFailure, ValueError):
            reply = backend.answer(incoming)
            if not reply.is_stream and reply.status < REFUSED:
                return json.loads(reply.body())
    return smallest(incoming.request.method, incoming.request.path)


def _in_json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
