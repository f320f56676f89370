"""Requests and answers of recordings in YAML and of the test proxy, read by code of the tests' own."""

import base64
import gzip
import json
import re
from typing import NamedTuple

import yaml
from ids import in_order_of


class Loader(yaml.SafeLoader):
    """PyYAML's loader, which reads Ruby's bytes as a text of their own."""


Loader.add_constructor("!binary", lambda _, node: base64.b64decode(node.value))


class Exchange(NamedTuple):
    """A request and its answer; bodies are bytes, or the value that the file has in their place."""

    method: str
    uri: str
    sent: object
    sent_as: str
    status: int
    headers: dict
    body: object

    @property
    def media_type(self):
        return self.headers.get("content-type", "").partition(";")[0]

    @property
    def is_value(self):
        """Whether the answer is compared by its meaning: JSON, or a stream."""
        is_json = not self.media_type and self.received.lstrip()[:1] == b"{"
        return is_json or self.media_type in {"application/json", "text/event-stream"}

    @property
    def received(self):
        """The bytes of the answer, without their compression."""
        return bytes_of(self.body)


def exchanges(path):
    """The exchanges of a recording in their order."""
    text = path.read_text(encoding="utf-8-sig")
    return _of_test_proxy(json.loads(text)) if path.suffix == ".json" else _of_yaml(yaml.load(text, Loader))


def _of_yaml(document):
    for item in document.get("http_interactions") or document["interactions"]:
        request, response = item["request"], item["response"]
        headers = {name.lower(): values[0] for name, values in response["headers"].items()}
        sent_as = next((values[0] for name, values in request["headers"].items() if name.lower() == "content-type"), "")
        status = response["status_code"] if "status_code" in response else response["status"]["code"]
        yield Exchange(
            request["method"].upper(), request["uri"], body_in(request), sent_as, status, headers, body_in(response)
        )


def body_in(message):
    if "parsed_body" in message:
        return message["parsed_body"]
    body = message["content"] if "content" in message else message["body"]
    text = body["string"] if isinstance(body, dict) else body
    return text if isinstance(text, bytes) else (text or "").encode()


def _of_test_proxy(document):
    for entry in document["Entries"]:
        sent, received = (
            {name.lower(): value for name, value in entry[f"{of}Headers"].items()} for of in ("Request", "Response")
        )
        bodies = (joined(entry["RequestBody"]), joined(entry["ResponseBody"]))
        yield Exchange(
            entry["RequestMethod"],
            entry["RequestUri"],
            bodies[0],
            sent.get("content-type", ""),
            entry["StatusCode"],
            received,
            bodies[1],
        )


def joined(body):
    """A body of the test proxy: lines are bytes, some of them in base64."""
    if body is None:
        return b""
    if not isinstance(body, list) or not all(isinstance(line, str) for line in body):
        return body
    return b"".join(base64.b64decode(line[4:]) if line.startswith("b64:") else line.encode() for line in body)


def bytes_of(body):
    body = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
    return gzip.decompress(body) if body.startswith(b"\x1f\x8b") else body


def is_played(exchange, played, ids):
    """Whether bytes are the answer of an exchange, with every event and value but for ids and padding."""
    if exchange.media_type != "text/event-stream":
        return ids.are_same(json.loads(exchange.received), json.loads(played))
    events, others = (events_in(body.decode()) for body in (exchange.received, played))
    return len(events) == len(others) > 0 and all(
        ids.are_same(in_order_of(values_in(other), values_in(event)), values_in(other))
        for event, other in zip(events, others, strict=True)
    )


def events_in(text):
    """The events of a stream, by the lines of each."""
    blocks = [block for block in re.split(r"(?:\r?\n){2,}", text) if block.strip()]
    fields = [[line.partition(":")[::2] for line in re.split(r"\r?\n", block) if line[:1] != ":"] for block in blocks]
    return [[(name, value.removeprefix(" ")) for name, value in pairs] for pairs in fields if pairs]


def values_in(event):
    """The fields of an event, each with its name; data that is JSON by its value, without padding at random."""
    return [[name, without_padding(json.loads(text)) if text[:1] == "{" else text] for name, text in event]


def without_padding(data):
    return {key: value for key, value in data.items() if key != "obfuscation"}
