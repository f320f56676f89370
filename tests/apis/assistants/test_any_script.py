"""What holds for every script, however it is consumed: docs/protocol/runs.md, docs/protocol/streams.md#orders."""

import itertools

from conversation import ASSISTANT, RUNS, Service, calls_of, place, submission
from hypothesis import given, settings
from hypothesis import strategies as st

from runmock.core.engine.run_status import TERMINAL, TRANSITIONS, RunStatus

WORDS = st.text(alphabet="ab $", max_size=6).map(lambda text: text.replace("$", "$$"))
CALLS = st.lists(st.sampled_from(["f", "g", {"h": {"city": "Paris"}}]), min_size=1, max_size=3)
STEPS = st.one_of(
    st.fixed_dictionaries({"reply": st.one_of(WORDS, st.lists(WORDS, min_size=1, max_size=3))}),
    st.fixed_dictionaries({"calls": CALLS}),
    st.fixed_dictionaries({"code_interpreter": st.fixed_dictionaries({"input": WORDS}, optional={"logs": WORDS})}),
    st.just({"file_search": {"results": [{"text": "a"}]}}),
)
ENDINGS = st.sampled_from(
    [
        {},
        {"fail": "server_error"},
        {"expire": True},
        {"cancel": True},
        {"incomplete": "max_completion_tokens"},
        {"stuck": "in_progress"},
        {"stuck": "queued"},
    ]
)
SCRIPTS = st.builds(
    lambda steps, ending, more: {"steps": steps, **ending, **more},
    st.lists(STEPS, min_size=1, max_size=4),
    ENDINGS,
    st.fixed_dictionaries(
        {},
        optional={
            "poll": st.one_of(st.integers(0, 2), st.sampled_from([["in_progress"], ["queued"]])),
            "usage": st.fixed_dictionaries({"prompt_tokens": st.integers(0, 99), "completion_tokens": st.just(7)}),
        },
    ),
)
WAYS = st.lists(st.one_of(st.just("poll"), st.just("stream"), st.integers(0, 12)), min_size=5, max_size=5)
"""How each answer of a run is consumed; a number: so many events of its stream are read, then the run is polled."""


STREAMING = ["stream"] * 5


class Application:
    """An application that plays one run to its end, polling it after every answer for as long as it could move."""

    def __init__(self, script, ways):
        self.service = Service({"runs": [script]})
        self.streams = []
        """The events of each answer that was read whole."""
        path, body = RUNS, ASSISTANT
        for way in ways:
            self._asks(path, body, way)
            for _ in range(8):
                self.run = self.service.asks("GET", place(self.run))
            if self.run["status"] != "requires_action":
                break
            outputs = {call["id"]: f"of {call['id']}" for call in calls_of(self.run)}
            path, body = f"{place(self.run)}/submit_tool_outputs", submission(**outputs)

    def _asks(self, path, body, way):
        if way == "poll":
            self.run = self.service.asks("POST", path, body)
            return
        stream = self.service.opens("POST", path, {**body, "stream": True})
        if way == "stream":
            self.streams.append(stream.rest())
        else:
            stream.reads(way)
            stream.closes()
        (self.run,) = self.service.asks("GET", RUNS)["data"]

    @property
    def remembered(self):
        """Everything that requests can return afterwards."""
        return self.run, self.service.steps(self.run), self.service.messages()

    @property
    def events(self):
        return [event for stream in self.streams for event in stream]

    def events_of(self, kind):
        """What happened to each object of this kind, in turn, by its id."""
        happened = {}
        for name, data in self.events:
            prefix, _, what = name.rpartition(".")
            if prefix == kind:
                happened.setdefault(data["id"], []).append(what)
        return happened


@settings(max_examples=50)
@given(SCRIPTS, WAYS)
def test_a_run_ends_the_same_however_it_is_consumed(script, ways):
    assert Application(script, ways).remembered == Application(script, STREAMING).remembered


@settings(max_examples=50)
@given(SCRIPTS)
def test_a_run_makes_legal_transitions_only(script):
    played = Application(script, STREAMING)
    statuses = [
        data["status"] for name, data in played.events if name.startswith("thread.run.") and name.count(".") == 2
    ]
    statuses.append(played.run["status"])
    assert statuses[0] == "queued"
    for before, after in itertools.pairwise(statuses):
        assert before == after or after in TRANSITIONS[RunStatus(before)]


@settings(max_examples=50)
@given(SCRIPTS)
def test_every_stream_has_one_done_and_it_is_the_last(script):
    played = Application(script, STREAMING)
    for stream in played.streams:
        is_stuck = stream is played.streams[-1] and "stuck" in script and played.run["status"] != "requires_action"
        assert [name for name, _ in stream].count("done") == (not is_stuck)
        assert is_stuck or stream[-1] == ("done", None)


@settings(max_examples=50)
@given(SCRIPTS)
def test_steps_and_messages_are_created_before_their_deltas_and_closed_once(script):
    played = Application(script, STREAMING)
    _, steps, messages = played.remembered
    closed = {"completed", "failed", "cancelled", "expired", "incomplete"}
    assert list(played.events_of("thread.run.step")) == [step["id"] for step in steps]
    assert list(played.events_of("thread.message")) == [message["id"] for message in messages]
    for happened in (*played.events_of("thread.run.step").values(), *played.events_of("thread.message").values()):
        assert happened[:2] == ["created", "in_progress"]
        assert set(happened[2:-1]) <= {"delta"}
        assert happened[-1] in closed or played.run["status"] in ("expired", "cancelled")


@settings(max_examples=50)
@given(SCRIPTS)
def test_deltas_add_up_to_the_text_of_the_message(script):
    played = Application(script, STREAMING)
    texts = {}
    for name, data in played.events:
        if name == "thread.message.delta":
            (part,) = data["delta"]["content"]
            texts[data["id"]] = texts.get(data["id"], "") + part["text"]["value"]
    _, _, messages = played.remembered
    assert texts == {message["id"]: message["content"][0]["text"]["value"] for message in messages}


@settings(max_examples=50)
@given(SCRIPTS)
def test_the_usage_of_a_run_is_that_of_its_steps_or_of_its_script(script):
    run, steps, _ = Application(script, STREAMING).remembered
    if run["status"] not in TERMINAL:
        assert run["usage"] is None
        return
    kinds = ("prompt_tokens", "completion_tokens", "total_tokens")
    used = [run["usage"][kind] for kind in kinds]
    if "usage" in script:
        given_usage = [script["usage"].get(kind, 0) for kind in kinds[:2]]
        assert used == [*given_usage, sum(given_usage)]
    elif run["status"] == "cancelled":
        assert used == [0, 0, 0]
    else:
        assert used == [sum(step["usage"][kind] for step in steps if step["usage"]) for kind in kinds]


@settings(max_examples=50)
@given(SCRIPTS)
def test_ids_are_unique(script):
    run, steps, messages = Application(script, STREAMING).remembered
    calls = [call["id"] for step in steps for call in step["step_details"].get("tool_calls", ())]
    ids = [run["id"], *(item["id"] for item in (*steps, *messages)), *calls]
    assert len(set(ids)) == len(ids)


@settings(max_examples=50)
@given(SCRIPTS, WAYS)
def test_each_status_has_its_times_and_no_others(script, ways):
    run, steps, _ = Application(script, ways).remembered
    status = run["status"]
    times = {name for name in ("completed_at", "failed_at", "cancelled_at") if run[name] is not None}
    own = {"incomplete": {"completed_at"}, "expired": set()}
    assert times == (own.get(status, {f"{status}_at"}) if status in TERMINAL else set())
    assert (run["started_at"] is None) is (status == "queued")
    assert (run["expires_at"] is None) is (status in TERMINAL)
    assert (run["required_action"] is not None) is (status == "requires_action")
    for step in steps:
        assert (step["expires_at"] is None) is (status in TERMINAL)
        assert step["status"] != "in_progress" or status not in TERMINAL
        assert (step["usage"] is not None) is (step["status"] == "completed")
