"""For each recording a script of the same flow, made from what was said: texts, calls, code, results, and the ending."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from response_recordings import Exchange

Run = dict[str, Any]


class OutOfVocabularyError(Exception):
    """An item that no step of a script makes."""


def script_of(exchanges: Iterable[Exchange]) -> dict[str, Any]:
    """The script of a recording: its runs in order. They are canned if any of them has what no step makes."""
    found = [*exchanges]
    try:
        return {"runs": _runs(found)}
    except OutOfVocabularyError:
        return {"runs": [canned(exchange) for exchange in found if exchange.operation == "create_response"]}


def is_canned(exchanges: Iterable[Exchange]) -> bool:
    """Whether a recording is out of a script's vocabulary."""
    return any(run.keys() <= {"json", "events", "http"} for run in script_of(exchanges)["runs"])


def _runs(exchanges: list[Exchange]) -> list[Run]:
    last = {exchange.response["id"]: exchange.response for exchange in exchanges if exchange.response is not None}
    runs: list[Run] = []
    waiting: set[str] = set()
    for exchange in exchanges:
        response = exchange.response
        if response is not None and exchange.operation == "retrieve_response":
            _polled(runs[-1], response)
        if exchange.operation != "create_response":
            continue
        if response is None:
            runs += [_refusal(exchange)] if exchange.json["error"]["message"].startswith(NOT_BY_ITSELF) else []
            continue
        response = last[response["id"]]
        steps = [*_steps(response["output"], exchange)] or [{"reply": "Nobody hears this."}]
        if waiting and waiting <= _answered(exchange.body):
            runs[-1]["steps"] += steps
        else:
            runs.append({"steps": steps, "model": response["model"]})
        runs[-1] |= _ending(response)
        waiting = {item["call_id"] for item in response["output"] if item["type"] == "function_call"}
    return runs


NOT_BY_ITSELF = ("Unsupported parameter",)
"""How refusals begin that depend on the model, of which nothing but a script can know."""


def _refusal(exchange: Exchange) -> Run:
    return {"http": exchange.status, "body": exchange.json}


def canned(exchange: Exchange) -> Run:
    """The run that has an answer as it is."""
    if exchange.response is None:
        return _refusal(exchange)
    if exchange.events is None:
        return {"json": exchange.json}
    return {"events": [{name: data} for name, data in exchange.events]}


OFFERED = {"function", "code_interpreter", "file_search"}
"""The tools that steps call."""


def _answered(body: Mapping[str, Any]) -> set[str]:
    items = body["input"] if isinstance(body.get("input"), list) else []
    return {item["call_id"] for item in items if item.get("type") == "function_call_output"}


def _polled(run: Run, response: Mapping[str, Any]) -> None:
    """A retrieve of a background response that has not ended is one of its polls."""
    if response["status"] in {"queued", "in_progress"}:
        run.setdefault("poll", []).append(response["status"])


def _ending(response: Mapping[str, Any]) -> Run:
    if response["status"] == "incomplete":
        return {"incomplete": response["incomplete_details"]["reason"].replace("output", "completion")}
    if response["status"] == "failed":
        return {"fail": response["error"]["code"], "message": response["error"]["message"]}
    return {}


def _steps(output: Iterable[Mapping[str, Any]], exchange: Exchange) -> Iterator[Run]:
    calls: list[Any] = []
    if {tool["type"] for tool in exchange.response.get("tools") or ()} - OFFERED:
        raise OutOfVocabularyError("a tool that no step calls")
    for index, item in enumerate(output):
        if item["type"] == "function_call":
            if item.keys() - {"id", "type", "status", "arguments", "call_id", "name"}:
                raise OutOfVocabularyError("a call of a namespace, or of a program")
            calls.append({"name": item["name"], "arguments": item["arguments"]})
            continue
        if calls:
            raise OutOfVocabularyError("an item behind a call")
        if (step := STEPS.get(item["type"])) is None:
            raise OutOfVocabularyError(item["type"])
        yield step(item, index, exchange)
    if calls:
        yield {"calls": calls}


def _reply(item: Mapping[str, Any], index: int, exchange: Exchange) -> Run:
    parts = [_part(part, index, number, exchange) for number, part in enumerate(item["content"])]
    return {"reply": parts[0] if len(parts) == 1 else {"parts": parts}}


def _part(part: Mapping[str, Any], index: int, number: int, exchange: Exchange) -> Run:
    """A text with its recorded deltas, where there are some; its annotations where they were cited."""
    place = ("response.output_text.delta", index, number)
    deltas = [
        data["delta"]
        for name, data in exchange.events or ()
        if (name, data.get("output_index"), data.get("content_index")) == place
    ]
    deltas, text = [_as_it_is(delta) for delta in deltas], _as_it_is(part["text"])
    said: Run = {"chunks": deltas} if len(deltas) > 1 else {"text": text}
    if part["annotations"]:
        cited = [{key: value for key, value in one.items() if key != "container_id"} for one in part["annotations"]]
        said = {"text": text, "annotations": cited}
    return said


def _code(item: Mapping[str, Any], _: int, __: Exchange) -> Run:
    outputs = item["outputs"] or []
    logs = "".join(output["logs"] for output in outputs if output["type"] == "logs")
    images = [f"file-{number}" for number, output in enumerate(outputs) if output["type"] == "image"]
    return {"code_interpreter": {"input": item["code"], **({"logs": logs} if logs else {}), "images": images}}


def _search(item: Mapping[str, Any], _: int, __: Exchange) -> Run:
    return {"file_search": {"results": [_result(result) for result in item["results"] or ()]}}


def _result(result: Mapping[str, Any]) -> Run:
    names = {"filename": "file_name"}
    return {names.get(key, key): value for key, value in result.items() if key != "vector_store_id"}


def _reasoning(item: Mapping[str, Any], _: int, __: Exchange) -> Run:
    return {"reasoning": [_as_it_is(part["text"]) for part in item["summary"]]}


def _as_it_is(text: str) -> str:
    """A text in which nothing is substituted."""
    return text.replace("$", "$$")


STEPS: Mapping[str, Callable[[Mapping[str, Any], int, Exchange], Run]] = {
    "message": _reply,
    "code_interpreter_call": _code,
    "file_search_call": _search,
    "reasoning": _reasoning,
}
