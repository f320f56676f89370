"""Everything that runmock does with an API, done with one that it has never heard of: `toy_api.py`."""

import json

import httpx
import pytest
from click.testing import CliRunner
from live import Live
from toy_api import KITCHEN

import runmock
from runmock.apis import registry
from runmock.cli import main
from runmock.core.http.sse import EventDecoder

SCRIPT = {"runs": [{"match": {"last_message": "soup"}, "reply": "Hot soup."}, {"reply": "A cold salad."}]}


@pytest.fixture(autouse=True)
def kitchen(monkeypatch):
    """The one registration."""
    monkeypatch.setattr(registry, "APIS", (*registry.APIS, KITCHEN))


@pytest.fixture
def live():
    """A real kitchen, to record from."""
    server = Live()
    server.plays(SCRIPT)
    yield server
    server.end()


def kitchen_client(root="https://kitchen.example/v1"):
    return httpx.Client(base_url=root)


def order(client, dish, **more):
    return client.post("/orders", json={"dish": dish, **more})


def states(client, order_id, times):
    return [client.get(f"/orders/{order_id}").json()["state"] for _ in range(times)]


def events(response):
    return [(event.name, event.json()) for event in EventDecoder().feed(response.content)]


def session(*cassettes, **keywords):
    return runmock.use_cassette(*cassettes, hosts=["kitchen.example", "127.0.0.1"], **keywords)


def test_a_script_is_played_as_json():
    with session(script=SCRIPT) as opened, kitchen_client() as client:
        made = order(client, "salad").json()
        assert states(client, made["id"], 3) == ["waiting", "cooking", "ready"]
        assert client.get(f"/orders/{made['id']}").json()["served"] == "A cold salad."
        (view,) = opened.runs
        assert (view.id, view.status, view.request) == (made["id"], "completed", {"dish": "salad"})


def test_a_script_is_played_as_a_stream():
    with session(script=SCRIPT) as opened, kitchen_client() as client:
        names, (waiting, *_) = zip(*events(order(client, "soup", stream=True)), strict=True)
        assert names == ("order.waiting", "order.cooking", "order.word", "order.word", "order.ready")
        assert states(client, waiting["id"], 1) == ["ready"]
        assert opened.verdicts == []


def test_a_run_obeys_the_table_of_statuses():
    with session(script=SCRIPT), kitchen_client() as client:
        made = order(client, "soup").json()
        assert client.post(f"/orders/{made['id']}/cancel").json()["state"] == "cooking"
        assert states(client, made["id"], 3) == ["cooking", "gone", "gone"]


def test_a_request_that_nothing_answers_is_a_miss():
    script = {"runs": [{"match": {"last_message": "soup"}, "reply": "Hot soup."}]}
    with session(script=script), kitchen_client() as client, pytest.raises(runmock.UnmatchedRequest) as miss:
        order(client, "steak")
    text = str(miss.value)
    assert "no scripted run matches this request" in text
    assert "POST /orders  (create_order)" in text
    assert "last_message differs" in text


def recorded(live, path):
    with session(path, record_mode="once"), kitchen_client(live.url) as client:
        made = order(client, "salad").json()
        states(client, made["id"], 3)
        order(client, "soup", stream=True)
    return made


def test_it_is_recorded_and_replayed(live, tmp_path):
    path = tmp_path / "kitchen.yaml"
    recorded(live, path)
    asked = len(live.heard)
    with session(path, allow_unplayed=False) as opened, kitchen_client(live.url) as client:
        made = order(client, "salad").json()
        assert (made["id"], made["state"]) == ("order_1", "waiting")
        assert states(client, "order_1", 4) == ["waiting", "cooking", "ready", "ready"]
        replayed = events(order(client, "soup", stream=True))
        assert [name for name, _ in replayed][-1] == "order.ready"
        assert opened.verdicts == []
    assert len(live.heard) == asked


def test_the_recording_is_found_right_and_shown(live, tmp_path):
    path = tmp_path / "kitchen.yaml"
    recorded(live, path)
    checked = CliRunner().invoke(main, ["check", str(path)])
    assert checked.exit_code == 0, checked.output
    shown = CliRunner().invoke(main, ["show", str(path)])
    assert "besides: POST /orders, GET /orders/order_1" in shown.output
    in_full = CliRunner().invoke(main, ["show", "--full", str(path)])
    assert "order.ready" in in_full.output


def test_a_script_is_shown(tmp_path):
    path = tmp_path / "soup.yaml"
    path.write_text(json.dumps({"runmock": 1, **SCRIPT}), encoding="utf-8")
    shown = CliRunner().invoke(main, ["show", str(path)])
    assert shown.exit_code == 0, shown.output
    assert "Hot soup." in shown.output
