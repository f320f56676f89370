"""Recordings of Responses and Conversations, whatever their format: requests, and what the service answered.

Where a recording has no request, one is made up that asks for such an answer.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from traffic_data import TRAFFIC

from runmock.apis.responses.api import RESPONSES
from runmock.core.http.sse import EventDecoder
from runmock.core.script.script import Source
from runmock.tape.importers.to_cassette import read
from runmock.tape.reading.from_take import body_of_answer, interaction_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

FOLDER = TRAFFIC / "responses"
BARE = ("vercel__ai", "microsoft__agent-framework", "sashirestela__simple-openai")
"""Whose recordings are bodies without requests, or pairs of files."""
OF_OTHERS = ("lmstudio", "github-copilot", "_xai_", "deepseek", "bedrock", "perplexity", "openrouter")
"""In the names of recordings of other servers that speak the protocol."""
OTHERS = (*OF_OTHERS, "openai-phase.1")
"""The last one was shortened by hand: of its Response it has eight keys."""
NEVER_SCRIPTED = ("count_input_tokens", "compact_response")
"""Operations that no script answers."""

Events = tuple[tuple[str, Any], ...]


@dataclass(frozen=True, slots=True)
class Exchange:
    """A request and its answer: JSON, or the events of a stream."""

    method: str
    path: str
    body: Any
    status: int
    json: Any = None
    events: Events | None = None
    query: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    host: str = "api.openai.com"
    is_made_up: bool = False
    """Whether the recording does not have the request."""

    @property
    def operation(self) -> str:
        """The name of the operation; the empty string for a request of another API."""
        found = RESPONSES.identify(self.method, self.path)
        return "" if found is None else found.name

    @property
    def response(self) -> Any:
        """The Response object in the answer as it is at last; None where there is none."""
        if self.events is not None:
            shown = [data["response"] for _, data in self.events if "response" in data]
            return shown[-1] if shown else None
        is_response = isinstance(self.json, dict) and self.json.get("object") == "response"
        return self.json if is_response else None


def paths() -> Iterator[Path]:
    """Every file that is a recording of the service's own answers."""
    for path in sorted(FOLDER.rglob("*")):
        is_recording = path.suffix in {".json", ".yaml", ".yml", ".txt"} and path.stem != "LICENSE"
        is_beside = path.stem.endswith(("request", "_setup"))
        if is_recording and not is_beside and not any(other in path.name for other in OTHERS):
            yield path


def name_of(path: Path) -> str:
    """A recording's path below the folder."""
    return path.relative_to(FOLDER).as_posix()


@cache
def exchanges(name: str) -> tuple[Exchange, ...]:
    """The exchanges of a recording with this API, in order."""
    path = FOLDER / name
    if name.startswith(BARE):
        found = _bare(path)
    elif name.startswith("DataDog__dd-trace-py") and path.suffix == ".json":
        found = _of_datadog(path)
    else:
        found = _imported(path)
    return tuple(exchange for exchange in found if exchange.operation not in {"", *NEVER_SCRIPTED})


def _imported(path: Path) -> Iterator[Exchange]:
    setup = path.with_stem(f"{path.stem}_setup")
    if setup.exists():
        yield from _imported(setup)
    for number, take in enumerate(read(path.read_text(encoding="utf-8-sig"), path.name).takes):
        read_ = interaction_of(take, Source(path.name, number))
        events = None if read_.stream is None else _of_sse(body_of_answer(take).decode())
        answer = {"json": read_.json, "events": events, "query": read_.query, "host": take.request.host}
        yield Exchange(read_.method, f"/v1{read_.path}", read_.body, read_.status, **answer)


def _of_datadog(path: Path) -> Iterator[Exchange]:
    recorded = json.loads(path.read_text(encoding="utf-8"))
    request, response = recorded["request"], recorded["response"]
    text, url = response["body"], urlsplit(request["url"])
    answer = {"events": _of_sse(text)} if text.startswith("event:") else {"json": json.loads(text)}
    query = {key: tuple(values) for key, values in parse_qs(url.query).items()}
    body = json.loads(request["body"]) if request["body"] else None
    yield Exchange(request["method"], url.path, body, response["status"]["code"], query=query, **answer)


def _bare(path: Path) -> Iterator[Exchange]:
    text = path.read_text(encoding="utf-8")
    request = path.with_name(path.stem.replace("response", "request") + ".json")
    sent = json.loads(request.read_text(encoding="utf-8")) if request.name != path.name and request.exists() else None
    if path.suffix == ".json":
        yield _made(sent, path, json=json.loads(text))
    elif text.startswith("event:"):
        yield _made(sent, path, events=_of_sse(text))
    else:
        yield from (_made(sent, path, events=events) for events in _of_lines(text))


def _of_sse(text: str) -> Events:
    found = EventDecoder().feed(text.encode() + b"\n\n")
    return tuple((event.name or "", event.json()) for event in found)


def _of_lines(text: str) -> Iterator[Events]:
    """The streams in a file with one event a line: each begins with its first event."""
    events: list[tuple[str, Any]] = []
    for line in filter(str.strip, text.splitlines()):
        data = json.loads(line)
        if data["type"] == "response.created" and events:
            yield tuple(events)
            events = []
        events.append((data["type"], data))
    yield tuple(events)


def _made(sent: Any, path: Path, **answer: Any) -> Exchange:
    """The exchange of an answer without its address: with the request that it has, or with one that asks for it."""
    shown = answer.get("json")
    shown = {"object": "response", "id": "", **(shown if isinstance(shown, dict) else {})}
    kind = "error" if "error" in shown and "status" not in shown else shown["object"]
    method, place = {
        "conversation": ("POST", "/v1/conversations" + (f"/{shown['id']}" if "update" in str(path) else "")),
        "conversation.deleted": ("DELETE", f"/v1/conversations/{shown['id']}"),
    }.get(kind, ("POST", "/v1/responses"))
    made = Exchange(method, place, sent, 400 if kind == "error" else 200, is_made_up=sent is None, **answer)
    if made.response is not None and "content_filters" in made.response:
        made = replace(made, host="runmock.openai.azure.com")
    if sent is not None:
        return made
    said = {"metadata": shown.get("metadata")} if kind == "conversation" else None
    return replace(made, body=said if made.response is None else asking_for(made))


SAID = ("instructions", "max_output_tokens", "metadata", "model", "parallel_tool_calls", "store", "temperature")
SAID_TOO = ("text", "tool_choice", "tools", "top_p", "truncation", "prompt_cache_key", "max_tool_calls", "background")
INCLUDED = (
    ("results", "file_search_call.results"),
    ("outputs", "code_interpreter_call.outputs"),
    ("encrypted_content", "reasoning.encrypted_content"),
)


def asking_for(made: Exchange) -> dict[str, Any]:
    """A request that gets an answer: what a Response repeats of its request, and what its items include."""
    response = made.response
    said = {key: response[key] for key in (*SAID, *SAID_TOO) if response.get(key) is not None}
    reasoning = {key: value for key, value in (response.get("reasoning") or {}).items() if value is not None}
    included = [name for key, name in INCLUDED if any(item.get(key) for item in response["output"])]
    is_padded = any("obfuscation" in data for _, data in made.events or ())
    options = {} if made.events is None else {"stream": True, "stream_options": {"include_obfuscation": is_padded}}
    return {"input": "Hi", **said, "reasoning": reasoning, "include": included, **options}
