"""What the live service accepted, this accepts: every request of the real traffic."""

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import yaml
from traffic_data import TRAFFIC

from runmock.apis.assistants.api import ASSISTANTS
from runmock.apis.assistants.requests.checks import check

Exchange = tuple[str, str, Any, int]


def dotnet() -> Iterator[Exchange]:
    for file in sorted((TRAFFIC / "openai-dotnet").glob("*.json")):
        for entry in json.loads(file.read_text(encoding="utf-8-sig"))["Entries"]:
            yield entry["RequestMethod"], entry["RequestUri"], entry["RequestBody"], entry["StatusCode"]


def openllmetry() -> Iterator[Exchange]:
    for file in sorted((TRAFFIC / "openllmetry").glob("*.yaml")):
        for entry in yaml.safe_load(file.read_text(encoding="utf-8"))["interactions"]:
            request = entry["request"]
            body = json.loads(request["body"]) if request["body"] else None
            yield request["method"], request["uri"], body, entry["response"]["status"]["code"]


@pytest.mark.parametrize(("recordings", "at_least"), [(dotnet, 130), (openllmetry, 30)])
def test_every_request_that_the_service_took_passes(recordings, at_least):
    refusals, checked = [], 0
    for method, uri, body, status in recordings():
        url = urlsplit(uri)
        operation = ASSISTANTS.identify(method, url.path)
        if operation is None or status != 200:
            continue
        checked += 1
        query = {name: tuple(values) for name, values in parse_qs(url.query).items()}
        refusal = check(operation.name, body, query)
        if refusal is not None:
            refusals.append((operation.name, body, refusal.message))
    assert refusals == []
    assert checked >= at_least
