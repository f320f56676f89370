"""What a living service has learned since: unknown items, keys and events are recorded and played as they came."""

import json

import httpx2
import openai
import pytest
from click.testing import CliRunner
from invented import OF_ASSISTANTS, OF_RESPONSES, numbered, service
from upstream import KEY, ROOT, client

import runmock
from runmock.cli import main
from runmock.tape.importers.to_cassette import import_recording


def on_responses(sdk):
    """An application that streams, sends all that it got again, retrieves, and lists."""
    dream = {"dreams": ["vivid"], "tide": {"id": "tide_x"}}
    events = [
        event.to_dict(warnings=False)
        for event in sdk.responses.create(model="gpt-9", input="Dream.", stream=True, extra_body=dream)
    ]
    response = events[-1]["response"]
    history = [{"role": "user", "content": "Dream."}, *response["output"], {"type": "dream_wish", "wish": "More."}]
    again = sdk.responses.create(model="gpt-9", input=history)
    known = sdk.responses.retrieve(response["id"])
    items = sdk.conversations.items.list("conv_x")
    return [*events, again.to_dict(warnings=False), known.to_dict(warnings=False), items.to_dict(warnings=False)]


def on_assistants(sdk):
    """An application that streams a run, and looks at everything afterwards."""
    threads = sdk.beta.threads
    dream = {"dreams": ["vivid"], "tide": {"id": "tide_x"}}
    stream = threads.create_and_run(assistant_id="asst_x", stream=True, extra_body=dream)
    events = [event.to_dict(warnings=False) for event in stream]
    ids = {"thread_id": events[0]["data"]["id"], "run_id": events[1]["data"]["id"]}
    run = threads.runs.retrieve(**ids)
    steps = threads.runs.steps.list(**ids)
    messages = threads.messages.list(ids["thread_id"])
    return [*events, run.to_dict(warnings=False), steps.to_dict(warnings=False), messages.to_dict(warnings=False)]


def as_vcrpy(exchanges):
    """The exchanges as vcrpy records them."""
    return {
        "interactions": [
            {
                "request": {
                    "method": request.method,
                    "uri": str(request.url),
                    "body": request.read().decode(),
                    "headers": {},
                },
                "response": {
                    "status": {"code": 200},
                    "headers": {"content-type": [response.headers["content-type"]]},
                    "body": {"string": response.text},
                },
            }
            for request, response in exchanges
        ]
    }


def as_har(exchanges):
    """The exchanges as a browser records them."""
    entries = [
        {
            "startedDateTime": f"2026-05-28T20:26:4{number}.000Z",
            "request": {
                "method": request.method,
                "url": str(request.url),
                "postData": {"text": request.read().decode()},
            },
            "response": {
                "status": 200,
                "headers": [{"name": "content-type", "value": response.headers["content-type"]}],
                "content": {"text": response.text},
            },
        }
        for number, (request, response) in enumerate(exchanges)
    ]
    return {"log": {"entries": entries}}


def as_test_proxy(exchanges):
    """The exchanges as the Azure SDKs' test proxy records them."""
    entries = [
        {
            "RequestMethod": request.method,
            "RequestUri": str(request.url),
            "RequestBody": json.loads(request.read() or b"null"),
            "StatusCode": 200,
            "ResponseHeaders": {"Content-Type": response.headers["content-type"]},
            "ResponseBody": response.text.splitlines(keepends=True)
            if "stream" in response.headers["content-type"]
            else response.json(),
        }
        for request, response in exchanges
    ]
    return {"Entries": entries}


FORMS = [as_vcrpy, as_har, as_test_proxy]
APPLICATIONS = [on_responses, on_assistants]
STREAMS = [("/responses", numbered(OF_RESPONSES)), ("/threads/runs", OF_ASSISTANTS)]
WORDS = {
    on_responses: [
        *("response.dreaming", "response.dream_call.deepening", "response.output_hologram.delta", "dream_call"),
        *("mood_x", "layer_x", "output_hologram", "dream_citation", "warmth", "colour", "wake", "tide"),
    ],
    on_assistants: [
        *("thread.run.dreaming", "hologram", "dream_citation", "dreaming", "tempo", "weather"),
        *("mood_x", "layer_x", "warmth", "colour", "wake", "tide"),
    ],
}
"""Of every invented thing one word, which the SDK gives to the application."""
SHOWN = {
    on_responses: [
        'dream_call {"vivid":0.5,"status":"completed","text":"A sheep jumps"}',
        "[output_hologram]\n             Done.",
    ],
    on_assistants: [
        'dreaming {"dreaming":{"vivid":0.5,"layers":[{"id":"layer_1"}]}}',
        "[hologram]\n             Done.",
    ],
}


def recorded(path, application, mode="once", upstream=service):
    with client(upstream) as sdk, runmock.use_cassette(path, record_mode=mode):
        return application(sdk)


def played(path, application):
    with openai.OpenAI(api_key=KEY, base_url=ROOT, max_retries=0) as sdk, runmock.use_cassette(path):
        return application(sdk)


def with_aliases(answers):
    """What was answered, with the ids that a cassette has. Those that only requests have stay as they were."""
    text = json.dumps(answers).replace("_x", "_1")
    return json.loads(text.replace("asst_1", "asst_x"))


@pytest.fixture
def path(tmp_path):
    return tmp_path / "invented.yaml"


@pytest.mark.parametrize("application", APPLICATIONS)
def test_what_nobody_knows_yet_is_played_as_it_was_recorded(path, application):
    answers = recorded(path, application)
    text = json.dumps(answers)
    assert [word for word in WORDS[application] if word not in text] == []
    assert played(path, application) == with_aliases(answers)


@pytest.mark.parametrize("application", APPLICATIONS)
def test_recorded_again_the_file_stays_the_same(path, application):
    recorded(path, application)
    before = path.read_bytes()
    recorded(path, application, mode="all")
    assert path.read_bytes() == before


@pytest.mark.parametrize(("url", "events"), STREAMS)
def test_every_event_of_a_stream_is_played_with_all_its_data(path, url, events):
    def frames(transport):
        with httpx2.Client(transport=transport) as http:
            text = http.post(f"{ROOT}{url}", json={"stream": True}).text
        found = [frame.splitlines() for frame in text.strip().split("\n\n")]
        return [(name.removeprefix("event: "), data.removeprefix("data: ")) for name, data in found]

    with runmock.use_cassette(path, record_mode="once", hosts=["gateway.example"]):
        assert frames(httpx2.MockTransport(service)) == frames_of(events)
    with runmock.use_cassette(path, hosts=["gateway.example"]):
        found = frames(None)
    assert [(name, values(data)) for name, data in found] == [
        (name, values(data.replace("_x", "_1"))) for name, data in frames_of(events)
    ]


def frames_of(events):
    """Events as they are sent."""
    return [(name, data if isinstance(data, str) else json.dumps(data)) for name, data in events]


def values(data):
    """The data of an event; a number keeps whether it has a fraction."""
    return data if data == "[DONE]" else json.loads(data, parse_float=str)


@pytest.mark.parametrize("application", APPLICATIONS)
@pytest.mark.parametrize("form", FORMS)
def test_the_recording_of_another_tool_says_the_same(path, tmp_path, application, form):
    exchanges = []

    def heard(request):
        response = service(request)
        exchanges.append((request, response))
        return response

    answers = recorded(path, application, upstream=heard)
    other = tmp_path / "other.json"
    other.write_text(json.dumps(form(exchanges)))
    imported = tmp_path / "imported.yaml"
    imported.write_text(import_recording(other).text)
    assert played(imported, application) == with_aliases(answers)
    assert interactions(imported) == interactions(path)


def interactions(path):
    """The lines of a cassette from its first interaction on; how fast a stream came is of the day."""
    lines = path.read_text().partition("interactions:")[2].splitlines()
    return [line for line in lines if not line.startswith("    pace:")]


@pytest.mark.parametrize("application", APPLICATIONS)
def test_items_and_steps_that_nobody_knows_are_shown(path, application):
    recorded(path, application)
    shown = CliRunner().invoke(main, ["show", str(path)])
    assert shown.exit_code == 0
    told = "".join(shown.output.split())  # however wide the terminal is
    assert [line for line in SHOWN[application] if "".join(line.split()) not in told] == []


def test_a_script_may_have_items_keys_and_events_that_nobody_knows(path):
    events = [{name: data} for name, data in OF_RESPONSES]
    path.write_text(json.dumps({"runmock": 1, "runs": [{"events": events}, {"json": OF_RESPONSES[-1][1]["response"]}]}))
    ask = {"model": "gpt-9", "input": "Dream."}
    with openai.OpenAI(api_key=KEY, max_retries=0) as sdk, runmock.use_cassette(path):
        found = [event.to_dict(warnings=False) for event in sdk.responses.create(stream=True, **ask)]
        response = sdk.responses.create(**ask).to_dict(warnings=False)
    assert [event.pop("type") for event in found] == [name for name, _ in OF_RESPONSES]
    assert [{key: value for key, value in event.items() if key != "sequence_number"} for event in found] == [
        data for _, data in OF_RESPONSES
    ]
    assert response.items() >= OF_RESPONSES[-1][1]["response"].items()
