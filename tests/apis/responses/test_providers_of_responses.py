"""What differs in a response between OpenAI and Azure."""

import pytest
from response_conversation import Responses


@pytest.mark.parametrize(
    ("host", "own"),
    [
        ("api.openai.com", "billing"),
        ("gateway.example", "billing"),
        ("mine.openai.azure.com", "content_filters"),
        ("mine.services.ai.azure.com", "content_filters"),
    ],
)
def test_openai_says_who_pays_and_azure_what_its_filters_found(host, own):
    service = Responses("runs: [{reply: Hi}, {reply: Hi}]", host=host)
    response = service.creates()
    keys = list(response)
    assert {"billing", "content_filters"}.intersection(keys) == {own}
    assert keys[keys.index({"billing": "background", "content_filters": "completed_at"}[own]) + 1] == own
    assert service.asks("GET", f"/responses/{response['id']}") == response
    snapshots = [data["response"] for _, data in service.streams() if "response" in data]
    assert len(snapshots) == 3
    for snapshot in snapshots:
        assert {"billing", "content_filters"}.intersection(snapshot) == {own} - {"billing"}
