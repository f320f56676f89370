"""The scripting verbs, one by one and chained, played to an httpx2 client."""

import json
from datetime import UTC, datetime, timedelta, timezone

import httpx2
import pytest

from runmock import Session, UsageError
from runmock.tape.reading.script import run_from

HEADERS = {"OpenAI-Beta": "assistants=v2"}
ROOT = "https://api.openai.com/v1"


class Conversation:
    """One thread of an application."""

    def __init__(self):
        self.client = httpx2.Client(base_url=ROOT, headers=HEADERS)
        self.thread = "/threads/thread_1"
        self.run = {}

    def create(self, **body):
        self.run = self.client.post(f"{self.thread}/runs", json={"assistant_id": "asst_1", **body}).json()
        return self

    def statuses(self, polls=4):
        """The statuses that retrieves return, without repetitions."""
        path = f"{self.thread}/runs/{self.run['id']}"
        for _ in range(polls):
            self.run = self.client.get(path).json()
            yield self.run["status"]

    def ends(self):
        return list(self.statuses())[-1]

    def calls(self):
        return [
            (call["function"]["name"], call["function"]["arguments"])
            for call in self.run["required_action"]["submit_tool_outputs"]["tool_calls"]
        ]

    def submit(self, *outputs):
        calls = self.run["required_action"]["submit_tool_outputs"]["tool_calls"]
        submitted = [
            {"tool_call_id": call["id"], "output": output} for call, output in zip(calls, outputs, strict=True)
        ]
        path = f"{self.thread}/runs/{self.run['id']}/submit_tool_outputs"
        self.run = self.client.post(path, json={"tool_outputs": submitted}).json()
        return self

    def messages(self):
        listed = self.client.get(f"{self.thread}/messages").json()["data"]
        return [message["content"][0]["text"]["value"] for message in listed]

    def events(self, **body):
        body = {"assistant_id": "asst_1", "stream": True, **body}
        lines = self.client.post(f"{self.thread}/runs", json=body).text.splitlines()
        names = [line.removeprefix("event: ") for line in lines if line.startswith("event: ")]
        return list(
            zip(names, [line.removeprefix("data: ") for line in lines if line.startswith("data: ")], strict=True)
        )


@pytest.fixture
def app():
    return Conversation()


def test_reply_is_the_assistants_message(runmock, app):
    runmock.reply("Hello!")
    assert app.create().ends() == "completed"
    assert app.messages() == ["Hello!"]


def test_several_chunks_are_the_deltas(runmock, app):
    runmock.reply("Hel", "lo", "!")
    deltas = [json.loads(data) for name, data in app.events() if name == "thread.message.delta"]
    assert [delta["delta"]["content"][0]["text"]["value"] for delta in deltas] == ["Hel", "lo", "!"]


def test_a_reply_may_be_json_or_have_annotations(runmock, app):
    citation = {"type": "file_citation", "text": "[1]", "file_citation": {"file_id": "file-1"}}
    runmock.reply(json={"city": "Paris"})
    runmock.reply("See [1].", annotations=[citation])
    runmock.reply({"json": {"city": "Rome"}})
    for _ in range(3):
        app.create().ends()
    assert app.messages() == ['{"city":"Rome"}', "See [1].", '{"city":"Paris"}']
    assert runmock.runs[1].messages[0]["content"][0]["text"]["annotations"][0]["text"] == "[1]"


def test_options_of_a_reply_that_are_the_runs_are_the_runs(runmock, app):
    runmock.reply(
        "Hi",
        usage={"prompt_tokens": 3, "completion_tokens": 4},
        model="gpt-9",
        metadata={"a": "b"},
        run={"top_p": 0.5},
        poll=0,
    )
    app.create()
    assert list(app.statuses(1)) == ["completed"]
    assert app.run["usage"]["total_tokens"] == 7
    assert (app.run["model"], app.run["metadata"], app.run["top_p"]) == ("gpt-9", {"a": "b"}, 0.5)


def test_calls_by_name_as_pairs_and_in_the_long_form(runmock, app):
    runmock.calls(("add", {"a": 1}), ("add", "{broken"), {"name": "sub", "id": "call_x"}, get_weather={"city": "Paris"})
    assert app.create().ends() == "requires_action"
    assert app.calls() == [("add", '{"a":1}'), ("add", "{broken"), ("sub", "{}"), ("get_weather", '{"city":"Paris"}')]


def test_steps_are_chained_into_one_run(runmock, app):
    runmock.calls(look={"at": 1}).calls(look={"at": 2}).reply("Seen $outputs.look.")
    app.create().ends()
    app.submit("one").ends()
    assert app.calls() == [("look", '{"at":2}')]
    assert app.submit("two").ends() == "completed"
    assert app.messages() == ["Seen two."]
    assert runmock.tool_outputs == {"look": ["one", "two"]}


def test_each_verb_of_the_session_begins_a_run(runmock, app):
    runmock.reply("first")
    runmock.reply("second")
    for _ in range(2):
        app.create().ends()
    assert app.messages() == ["second", "first"]


@pytest.mark.parametrize(
    ("verb", "arguments", "status", "field", "value"),
    [
        ("fail", (), "failed", "last_error", {"code": "server_error", "message": "Sorry, something went wrong."}),
        ("fail", ("rate_limit_exceeded", "Slow down."), "failed", "last_error", {"code": "rate_limit_exceeded", "message": "Slow down."}),
        ("expire", (), "expired", "required_action", None),
        ("cancel", (), "cancelled", "required_action", None),
        ("incomplete", (), "incomplete", "incomplete_details", {"reason": "max_completion_tokens"}),
        ("incomplete", ("content_filter",), "incomplete", "incomplete_details", {"reason": "content_filter"}),
        ("stuck", (), "in_progress", "completed_at", None),
        ("stuck", ("queued",), "queued", "started_at", None),
    ],
)  # fmt: skip
def test_a_run_ends_as_the_verb_sets(runmock, app, verb, arguments, status, field, value):
    getattr(runmock, verb)(*arguments)
    assert app.create().ends() == status
    assert app.run[field] == value


@pytest.mark.parametrize(("verb", "status"), [("expire", "expired"), ("cancel", "cancelled")])
def test_a_run_that_waits_may_end_without_a_request(runmock, app, verb, status):
    getattr(runmock.calls(a={}), verb)()
    statuses = list(app.create().statuses(6))
    assert "requires_action" in statuses
    assert statuses[-1] == status


def test_what_follows_an_ending_is_the_next_run(runmock, app):
    runmock.calls(a={}).fail("server_error").reply("again").cancel().json({"id": "run_x", "status": "queued"}).reply(
        "last"
    )
    app.create().ends()
    assert app.submit("1").ends() == "failed"
    assert app.create().ends() == "cancelled"
    app.thread = "/threads/thread_2"
    assert app.create().run == {"id": "run_x", "status": "queued"}
    app.thread = "/threads/thread_3"
    assert app.create().ends() == "completed"


def test_http_refuses_the_request_as_often_as_its_option_sets(runmock, app):
    runmock.http(429, error="rate_limit_exceeded", retry_after=2, times=2, message="Slow down.").reply("Hello!")
    for _ in range(2):
        response = app.client.post("/threads/thread_1/runs", json={"assistant_id": "asst_1"})
        assert (response.status_code, response.headers["retry-after"]) == (429, "2")
        assert response.json()["error"] | {"type": "", "param": None} == {
            "message": "Slow down.",
            "type": "",
            "param": None,
            "code": "rate_limit_exceeded",
        }
    assert app.create().ends() == "completed"


CEST = timezone(timedelta(hours=2))
FAULTS = [
    (lambda s: s.reply("a b").disconnect(after=3), {"reply": "a b", "disconnect": {"after": 3}}),
    (lambda s: s.disconnect(), {"disconnect": True}),
    (lambda s: s.truncate(after=0).reply("a b"), {"reply": "a b", "truncate": {"after": 0}}),
    (lambda s: s.reply("a b").stall(0.02).stall(1.5, after=2), {"reply": "a b", "stall": {"for": "1.5s", "after": 2}}),
    (lambda s: s.reply("a b").garbage(), {"reply": "a b", "garbage": True}),
    (lambda s: s.reply("a b").garbage(after=1, kind="duplicate"), {"reply": "a b", "garbage": {"kind": "duplicate", "after": 1}}),
    (lambda s: s.error_event("x", message="No.", flat=True, after=1), {"error_event": {"code": "x", "message": "No.", "flat": True, "after": 1}}),
    (lambda s: s.reply("a").http(500, times=2), {"steps": [{"reply": "a"}, {"http": 500, "times": 2}]}),
    (lambda s: s.sunset(times=2), {"sunset": True, "times": 2}),
    (lambda s: s.reply("a").cancel("overtaken"), {"reply": "a", "cancel": "overtaken"}),
    (lambda s: s.http(429, headers={"x-should-retry": "false"}), {"http": 429, "headers": {"x-should-retry": "false"}}),
    (lambda s: s.http(503, retry_after=datetime(2099, 10, 21, 7, 28, tzinfo=UTC)), {"http": 503, "retry_after": "Wed, 21 Oct 2099 07:28:00 GMT"}),
    (lambda s: s.http(503, retry_after=datetime(2099, 10, 21, 9, 28, tzinfo=CEST)), {"http": 503, "retry_after": "Wed, 21 Oct 2099 07:28:00 GMT"}),
    (lambda s: s.http(429, retry_after="200ms"), {"http": 429, "retry_after": "200ms"}),
    (lambda s: s.http(400, "a", param="b", type="c", message="d"), {"http": 400, "error": "a", "param": "b", "type": "c", "message": "d"}),
    *(
        (lambda s, body=body: s.http(402, body=body, times=2), {"http": 402, "body": body, "times": 2})
        for body in ({}, [], [1, None], {"detail": {"a": []}}, "text", "", 0, False, None)
    ),
    (lambda s: s.http(502, body="<p>", headers={"content-type": "text/html"}), {"http": 502, "body": "<p>", "headers": {"content-type": "text/html"}}),
    (lambda s: s.calls("f").http(402, body={"a": 1}), {"steps": [{"calls": ["f"]}, {"http": 402, "body": {"a": 1}}]}),
    (lambda s: s.calls(("multi_tool_use.parallel", {"a": 1}), get_wether={}, unoffered=True), {"calls": [{"multi_tool_use.parallel": {"a": 1}}, "get_wether"], "unoffered": True}),
    (lambda s: s.calls(f={}, unoffered=False), {"calls": ["f"]}),
    (lambda s: s.calls(("unoffered", {})), {"calls": ["unoffered"]}),
    (lambda s: s.calls("a.b", unoffered=True).calls("f").reply("c"), {"steps": [{"calls": ["a.b"], "unoffered": True}, {"calls": ["f"]}, {"reply": "c"}]}),
    (lambda s: s.events([("thread.run.paused", {"id": "run_1"}), {"ping": None}, "done"]), {"events": [{"thread.run.paused": {"id": "run_1"}}, {"ping": None}, "done"]}),
    (lambda s: s.truncate(), {"truncate": True}),
    (lambda s: s.calls("f").cancel("refused"), {"steps": [{"calls": ["f"]}], "cancel": "refused"}),
    (lambda s: s.calls("f").error_event(), {"steps": [{"calls": ["f"]}], "error_event": "server_error"}),
]  # fmt: skip


@pytest.mark.parametrize(("verbs", "written"), FAULTS)
def test_an_error_has_the_words_of_the_error_in_a_cassette(verbs, written):
    session = Session()
    verbs(session)
    (run,) = session.deck.stage.playlist.leftovers()
    assert run == run_from(written if "calls" not in written else {"steps": [written]}, 0)


def test_after_a_stream_that_was_cut_the_next_verb_is_another_run():
    session = Session()
    session.reply("Hel").truncate().reply("Hello").garbage().calls("f").reply("More.")
    first, second = session.deck.stage.playlist.leftovers()
    assert first == run_from({"reply": "Hel", "truncate": True}, 0)
    assert second == run_from({"steps": [{"reply": "Hello"}, {"calls": ["f"]}, {"reply": "More."}], "garbage": True}, 1)


def test_events_are_served_as_they_are(runmock, app):
    created = {"id": "run_x", "object": "thread.run", "status": "queued", "unheard_of": None}
    runmock.events([("thread.run.created", created), {"thread.run.queued": created}, "done"])
    served = app.events()
    assert [(name, data) for name, data in served][-1] == ("done", "[DONE]")
    assert [(name, json.loads(data)) for name, data in served[:2]] == [
        ("thread.run.created", created),
        ("thread.run.queued", created),
    ]


def test_when_sets_for_which_request_a_run_is(runmock, app):
    runmock.when(last_message="/Oslo/").reply("cold")
    runmock.reply("warm").when(last_message="/Paris/").when(model="gpt-9")
    runmock.reply("anything else")
    for text, model in (("Paris?", "gpt-9"), ("Hello", None), ("Oslo?", None)):
        app.create(additional_messages=[{"role": "user", "content": text}], model=model).ends()
    assert [text for text in app.messages() if not text.endswith("?")] == ["cold", "anything else", "Hello", "warm"]


def test_load_accepts_a_path_or_a_mapping(runmock, app, tmp_path):
    (tmp_path / "a.yaml").write_text("runmock: 1\nruns: [{reply: from a file}]\n")
    assert runmock.load(tmp_path / "a.yaml").load(str(tmp_path / "a.yaml")) is runmock
    runmock.load({"runs": [{"reply": "from a mapping"}]}).reply("from a verb")
    for _ in range(4):
        app.create().ends()
    assert app.messages() == ["from a verb", "from a mapping", "from a file", "from a file"]


def test_a_run_grows_until_a_request_creates_it(runmock, app):
    building = runmock.calls(a={})
    assert building.reply("b") is building
    app.create().ends()
    with pytest.raises(UsageError) as error:
        building.reply("too late")
    assert (
        str(error.value) == "the application has created this run already; begin the next one with runmock.reply(...)"
    )
    assert app.submit("1").ends() == "completed"
