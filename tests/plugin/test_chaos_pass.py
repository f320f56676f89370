"""A chaos pass over a small application with the real SDK: three planted defects are found, and nothing else."""

import re

import pytest
from pytest_runmock.chaos.passes import ChaosTrial

ASSISTANT = '''
"""Asks an assistant; careful in everything but what is marked."""
import functools

import openai

PATIENCE = 100
ENDED = ("completed", "failed", "cancelled", "expired", "incomplete")


class AssistantError(Exception):
    pass


@functools.cache
def client():
    return openai.OpenAI(api_key="sk-not-a-key", http_client=openai.DefaultHttpxClient(verify=False))


class Assistant:
    def __init__(self, careful=True):
        self.client = client()
        self.careful = careful

    def begin(self, text):
        return self.client.beta.threads.create(messages=[{"role": "user", "content": text}]).id

    def last_message(self, thread):
        return self.client.beta.threads.messages.list(thread).data[0].content[0].text.value

    def stream(self, text):
        reply, last = "", None
        for event in self.client.beta.threads.runs.create(
            thread_id=self.begin(text), assistant_id="asst_1", stream=True
        ):
            last = event.event
            if last == "thread.message.delta":
                reply += event.data.delta.content[0].text.value
            elif last in ("thread.run.failed", "thread.run.cancelled", "thread.run.expired", "thread.run.incomplete"):
                raise AssistantError(last)
        if self.careful and last != "thread.run.completed":  # planted: half a stream is an answer
            raise AssistantError("the stream broke off")
        return reply

    def poll(self, text):
        thread, asked = self.begin(text), 0
        runs = self.client.beta.threads.runs
        run = runs.create(thread_id=thread, assistant_id="asst_1")
        while run.status not in ENDED:  # planted: for ever
            asked += 1
            if self.careful and asked > PATIENCE:
                raise AssistantError("it takes too long")
            run = runs.retrieve(run.id, thread_id=thread)
        if run.status != "completed" and (self.careful or run.status != "incomplete"):  # planted: incomplete is well
            raise AssistantError(run.status)
        return self.last_message(thread)

    def use_tools(self, text):
        thread = self.begin(text)
        runs = self.client.beta.threads.runs
        run = runs.create_and_poll(thread_id=thread, assistant_id="asst_1")
        if run.status == "requires_action":
            calls = run.required_action.submit_tool_outputs.tool_calls
            outputs = [{"tool_call_id": call.id, "output": "21"} for call in calls]
            run = runs.submit_tool_outputs_and_poll(run_id=run.id, thread_id=thread, tool_outputs=outputs)
        if run.status != "completed":
            raise AssistantError(run.status)
        return self.last_message(thread)
'''

TESTS = """
import assistant

@pytest.mark.runmock("hello", chaos={chaos})
def test_stream():
    assert assistant.Assistant({careful}).stream("Hi") == "Hello my dear."

@pytest.mark.runmock("hello", chaos={chaos})
def test_poll():
    assert assistant.Assistant({careful}).poll("Hi").startswith("Hello")

@pytest.mark.runmock(chaos={chaos})
def test_tools(runmock):
    runmock.calls(get_weather={{}}).reply("21 degrees.")
    assert assistant.Assistant({careful}).use_tools("Weather?") == "21 degrees."
"""


@pytest.fixture
def tried(project):
    """Run the three tests of the application, and return the lines of the chaos section."""
    project.write("assistant.py", ASSISTANT)
    project.replies("cassettes/hello.yaml", "Hello my dear.")

    def run(*args, careful, chaos="True"):
        project.test(TESTS.format(careful=careful, chaos=chaos))
        ran = project.run("-W", "ignore::DeprecationWarning", *args)
        lines = ran.text.splitlines()
        starts = [number for number, line in enumerate(lines) if re.fullmatch(r"-+ runmock chaos -+", line)]
        ran.section = lines[starts[-1] + 1 :] if starts else []
        return ran

    return run


def defects(ran):
    """What the section calls a defect, as (test, outcome, fault)."""
    found, test = set(), ""
    for line in ran.section:
        if line.startswith("test_app.py::"):
            test = line.partition("::")[2]
        elif found_in := re.match(r"  (silently wrong|crashed|hung|unscripted) +(\w+): ", line):
            found.add((test, *found_in.groups()))
    return found


def test_three_planted_defects_are_found_and_nothing_else(tried):
    ran = tried(careful=False, chaos="{'limit': 2}")
    assert defects(ran) == {
        ("test_stream", "silently wrong", "truncate"),
        ("test_stream", "silently wrong", "half_frame"),
        ("test_stream", "silently wrong", "error_event_flat"),
        ("test_poll", "silently wrong", "incomplete"),
        ("test_poll", "silently wrong", "content_filter"),
        ("test_poll", "hung", "stuck"),
        ("test_tools", "hung", "stuck"),  # the SDK's own poll helper has no limit
    }
    assert ran.result.parseoutcomes()["failed"] == 7
    assert ran.section[:2] == [
        "test_app.py::test_poll",
        "  survived        http_429_once, http_500_once, poll_500_once",
    ]
    assert "  clear error     fail: assistant.AssistantError: failed" in ran.section
    assert "to run it again: pytest 'test_app.py::test_stream[truncate]' --runmock-chaos" in ran.text


def test_a_careful_application_has_none(tried):
    ran = tried("-k", "stream or poll", careful=True)
    assert defects(ran) == set()
    assert "failed" not in ran.result.parseoutcomes()


def test_a_single_experiment_is_run_again_by_its_id(tried):
    ran = tried("test_app.py::test_stream[truncate]", careful=False)
    ran.counts(failed=1)
    ran.shows(
        """
        runmock chaos: truncate: silently wrong: assert 'Hello' == 'Hello my dear.'
        to run it again: pytest 'test_app.py::test_stream[truncate]' --runmock-chaos
        """
    )


def test_the_option_names_faults_and_wins_over_the_marker(tried):
    ran = tried("--runmock-chaos=truncate, http_401", "-k", "stream", careful=True)
    ran.counts(passed=3)
    assert ran.section[1].startswith("  clear error     http_401: openai.AuthenticationError: Error code: 401 - Inco")
    assert ran.section[2] == "  clear error     truncate: assistant.AssistantError: the stream broke off"


def test_without_the_marker_and_the_option_there_is_no_pass(tried):
    ran = tried(careful=False, chaos="False")
    ran.counts(passed=3)
    assert "runmock chaos" not in ran.text


def test_the_faults_that_no_service_shows_are_tried_when_they_are_named(tried):
    ran = tried("-k", "stream", careful=True, chaos="['duplicate', 'out_of_order', 'wrong_index']")
    assert defects(ran) == {
        ("test_stream", "silently wrong", "duplicate"),
        ("test_stream", "silently wrong", "out_of_order"),
    }


def test_a_seed_strikes_elsewhere_and_again_in_the_same_place(tried):
    usual, other, again = (
        tried(f"--runmock-chaos-seed={seed}", "-k", "stream", careful=False, chaos="'truncate'") for seed in (0, 5, 5)
    )
    assert usual.section[1] != other.section[1] == again.section[1]
    assert other.section[2].endswith("--runmock-chaos --runmock-chaos-seed=5")


def test_with_a_seed_each_test_has_a_fault_of_its_own():
    trial = ChaosTrial("truncate", 5, 60)
    chosen = [trial.chaos(f"test_app.py::test_{number % 20}").random.random() for number in range(40)]
    assert chosen[:20] == chosen[20:]
    assert len(set(chosen)) == 20


def test_what_never_strikes_is_not_applicable(tried):
    ran = tried("-k", "poll", careful=True, chaos="['disconnect', 'submit_429_once']")
    ran.counts(passed=1, skipped=2)
    assert "  not applicable  submit_429_once, disconnect" in ran.section


def test_a_limit_ends_an_application_that_waits(project):
    project.test("""
        import time

        @pytest.mark.runmock(chaos={"faults": "fail", "limit": 0.3})
        def test_waits(runmock):
            runmock.reply("Hi")
            while app.finish(app.start())["status"] != "completed":
                while True:
                    try:
                        time.sleep(60)
                    except Exception:
                        pass
    """)
    ran = project.run()
    ran.counts(passed=1, failed=1)
    ran.shows("runmock chaos: fail: hung: the application does not finish within 0.3 s")


@pytest.mark.parametrize(
    "slow",
    [
        "gc.callbacks.append(wait); gc.collect(); gc.callbacks.remove(wait)",
        "Left().itself = None",
        "thing = Left(); kept = weakref.ref(thing, wait); del thing",
    ],
    ids=["a callback of the garbage collector", "a finalizer", "a callback of a weak reference"],
)
def test_a_limit_strikes_again_where_python_drops_what_is_raised(project, slow):
    """Hypothesis has a callback of the garbage collector, and every WeakSet one: they may be in anybody's tests."""
    project.test(f"""
        import gc, time, weakref

        def wait(*_):
            ends = time.monotonic() + 0.6
            while time.monotonic() < ends:
                pass

        class Left:
            __del__ = wait

        @pytest.mark.runmock(chaos={{"faults": "fail", "limit": 0.3}})
        def test_waits(runmock):
            runmock.reply("Hi")
            while app.finish(app.start())["status"] != "completed":
                {slow}
                time.sleep(60)
    """)
    ran = project.run("-Werror")
    ran.counts(passed=1, failed=1)
    ran.shows("runmock chaos: fail: hung: the application does not finish within 0.3 s")
    assert "Unraisable" not in ran.text


def test_an_accident_is_a_crash_and_a_request_without_an_answer_is_reported(project):
    project.test("""
        @pytest.mark.runmock(chaos="fail")
        def test_crashes(runmock):
            runmock.reply("Hi")
            run = app.finish(app.start())
            assert run["usage"]["nothing"] if run["status"] == "failed" else True

        @pytest.mark.runmock(chaos="fail")
        def test_asks_something_else(runmock):
            runmock.reply("Hi").when(last_message="Hello")
            if app.finish(app.start())["status"] == "failed":
                app.start("Are you there?")
                app.start("Are you there?")
    """)
    ran = project.run()
    assert "  crashed         fail: KeyError: 'nothing'" in ran.text
    assert "  unscripted      fail: nothing left on the cassette for this request" in ran.text


def test_all_experiments_of_a_test_play_its_own_cassette(project):
    project.replies("cassettes/test_app/test_own[a].runmock.yaml", "own")
    project.test("""
        @pytest.mark.parametrize("name", ["a"])
        @pytest.mark.runmock(chaos="http_500_once,fail")
        def test_own(name):
            thread = app.post("/threads", messages=[{"role": "user", "content": "Hello"}])["id"]
            for _ in range(2):
                run = app.post(f"/threads/{thread}/runs", assistant_id="asst_1")
                if "error" not in run and app.finish(run)["status"] == "completed":
                    break
            assert app.answer(run) == "own"
    """)
    ran = project.run("-v")
    ran.counts(passed=3)
    assert re.findall(r"test_own\[(\S+)\]", ran.text)[:3] == ["a-calm", "a-http_500_once", "a-fail"]


@pytest.mark.parametrize(
    ("chaos", "message"),
    [
        (
            "'truncat'",
            "test_app.py::test_a: @pytest.mark.runmock: chaos knows no fault 'truncat'; did you mean 'truncate'?",
        ),
        (
            "{'fault': 'stall'}",
            "test_app.py::test_a: @pytest.mark.runmock: chaos has no 'fault'; it has faults, seed and limit",
        ),
        ("{'limit': 'long'}", "test_app.py::test_a: @pytest.mark.runmock: chaos: the limit 'long' is not a number"),
        ("5", "test_app.py::test_a: @pytest.mark.runmock: chaos is True or False, or a list of faults, not 5"),
    ],
)
def test_a_word_that_is_wrong_fails_its_test_and_no_other(project, chaos, message):
    project.test(f"@pytest.mark.runmock(chaos={chaos})\ndef test_a(): pass\n\ndef test_b(): pass\n")
    ran = project.run()
    ran.counts(passed=1, errors=1)
    ran.shows(message)


def test_runmock_config_comes_too_late_for_a_pass(project):
    project.test("""
        @pytest.fixture
        def runmock_config():
            return {"chaos": True}

        def test_a(runmock):
            pass
    """)
    ran = project.run()
    ran.counts(errors=1)
    ran.shows("chaos is a keyword of the marker only; runmock_config is read too late for it")


def test_workers_of_xdist_report_the_same(project):
    project.test("""
        @pytest.mark.runmock(chaos="http_401,fail")
        def test_a(runmock):
            runmock.reply("Hi")
            assert app.ask() == "Hi"
    """)
    ran = project.spread("-n", "2", "-p", "no:cacheprovider")
    assert "crashed         http_401: KeyError: 'status'" in ran.text
    assert "fail:" in ran.text
