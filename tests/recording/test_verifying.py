"""Mode `verify`: upstream answers the application, and its answers are compared with the cassette."""

import re

import httpx2
import pytest
from upstream import ROOT, WEATHER, Upstream, client, recorded, weather

import runmock


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "weather.runmock.yaml"
    with recorded(path, Upstream()) as sdk:
        weather(sdk)
    return path


def verified(path, upstream, **options):
    """What the application gets while it is verified, and the differences."""
    before = path.read_bytes()
    received = None
    try:
        with recorded(path, upstream, "verify") as sdk:
            received = weather(sdk, **options)
    except runmock.CassetteError as error:
        return received, str(error).splitlines()
    finally:
        assert path.read_bytes() == before
    return received, []


@pytest.mark.parametrize("polls", [1, 4])
def test_ids_times_polls_chunks_and_the_split_of_deltas_are_no_differences(path, polls):
    split = WEATHER.replace('[It is, " 21", " degrees."]', '["It ", "is 21 deg", rees.]').replace(
        "{city: Paris}", '\'{"city":"Paris"}\''
    )
    upstream = Upstream(split, salt="xyz", later=5000, chunk=11)
    assert verified(path, upstream, polls=polls) == ("It is 21 degrees.", [])
    assert len(upstream.heard) >= 5


def test_another_text_is_reported_by_interaction_and_field(path):
    received, differences = verified(path, Upstream(WEATHER.replace("21", "9")))
    assert received == "It is 9 degrees."
    assert [re.sub("line [0-9]+", "line N", line) for line in differences] == [
        f"{path}: the answers of upstream differ from the cassette",
        "  interaction 6, line N: GET /threads/thread_1/messages  json.data[0].content[0].text.value",
        "      cassette  It is 21 degrees.",
        "      upstream  It is 9 degrees.",
    ]


def test_another_tool_call_is_reported(path):
    _, differences = verified(path, Upstream(WEATHER.replace("city: Paris", "city: Rome")))
    assert next(line.split(": ", 1)[1] for line in differences if "interaction" in line).startswith(
        "POST /threads/thread_1/runs  stream[5]"
    )
    assert any("Rome" in line for line in differences if "upstream" in line)


def test_another_way_of_ending_is_reported(path):
    _, differences = verified(
        path, Upstream("runs: [{steps: [{calls: [{get_weather: {city: Paris}}]}], fail: server_error}]")
    )
    assert '  cassette  ["completed"]' in differences or any("status" in line for line in differences)
    assert any("upstream  failed" in line for line in differences)


def test_another_number_of_events_is_reported_by_their_names(path):
    _, differences = verified(
        path,
        Upstream(
            WEATHER.replace(
                "- calls: [get_weather: {city: Paris}]", "- reply: Wait.\n      - calls: [get_weather: {city: Paris}]"
            )
        ),
    )
    assert any("against" in line for line in differences)


def test_upstream_that_answers_otherwise_with_another_status_is_reported(path):
    with (
        pytest.raises(runmock.CassetteError) as raised,
        client(lambda _: httpx2.Response(500, json={"error": {"message": "no"}})) as sdk,
        runmock.use_cassette(path, record_mode="verify"),
        pytest.raises(Exception, match="500"),
    ):
        sdk.beta.threads.create(messages=[{"role": "user", "content": "Weather in Paris?"}])
    assert "interaction 0, line 4: POST /threads  status\n      cassette  200\n      upstream  500" in str(raised.value)


def test_upstream_that_does_not_answer_is_reported(path):
    def refuses(request):
        raise httpx2.ConnectError("no", request=request)

    with (
        pytest.raises(runmock.CassetteError) as raised,
        runmock.use_cassette(path, record_mode="verify"),
        httpx2.Client(
            transport=httpx2.MockTransport(refuses), base_url=ROOT, headers={"OpenAI-Beta": "assistants=v2"}
        ) as sent,
        pytest.raises(httpx2.ConnectError),
    ):
        sent.post("/threads", json={"messages": [{"role": "user", "content": "Weather in Paris?"}]})
    assert "POST /threads was not answered by upstream: ConnectError" in str(raised.value)


def test_what_the_cassette_does_not_have_is_a_miss_and_does_not_reach_upstream(path):
    upstream = Upstream()
    with pytest.raises(runmock.UnmatchedRequest) as raised, recorded(path, upstream, "verify") as sdk:
        weather(sdk, "Weather in Oslo?")
    assert "mode verify" in str(raised.value)
    assert upstream.heard == []


def test_a_long_list_of_differences_is_cut(path):
    script = (
        "runs: [{steps: [{calls: [{get_weather: {city: Paris}}]}, {reply: It is 9.}], model: other, metadata: {a: b}}]"
    )
    _, differences = verified(path, Upstream(script))
    assert differences[-1].startswith("  and ")
