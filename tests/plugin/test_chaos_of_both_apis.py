"""A chaos pass over one application that speaks either API: the same tests, and what a bad end is that nobody noticed."""

import re

import pytest

APPLICATIONS = '''
"""The same application twice; `careful` says whether it looks how a run has ended."""
import functools

import openai

ENDED = ("completed", "failed", "cancelled", "expired", "incomplete", "requires_action")


@functools.cache
def client():
    return openai.OpenAI(api_key="sk-not-a-key", http_client=openai.DefaultHttpxClient(verify=False), max_retries=1)


class Assistants:
    def ended(self, text):
        """The run at its end, and where it was."""
        thread = client().beta.threads.create(messages=[{"role": "user", "content": text}]).id
        runs = client().beta.threads.runs
        run = runs.create(thread_id=thread, assistant_id="asst_1")
        while run.status not in ENDED:
            run = runs.retrieve(run.id, thread_id=thread)
        return run, thread

    def read(self, run, thread):
        return client().beta.threads.messages.list(thread).data[0].content[0].text.value


class Responses:
    def ended(self, text):
        responses = client().responses
        response = responses.create(model="gpt-5", input=text, background=True)
        while response.status not in ENDED:
            response = responses.retrieve(response.id)
        return response, None

    def read(self, response, _):
        return client().responses.retrieve(response.id).output_text


def sorry(api, text):
    run, place = api.ended(text)
    return api.read(run, place) if run.status == "completed" else "Sorry."


def stubborn(api, text):
    """Asks again."""
    for _ in range(2):
        run, place = api.ended(text)
        if run.status == "completed":
            return api.read(run, place)
    return "Sorry."


def careless(api, text):
    return api.read(*api.ended(text))


def idle(api, text):
    api.ended(text)
    return "Done."


def raising(api, text):
    run, place = api.ended(text)
    if run.status != "completed":
        raise RuntimeError(run.status)
    return api.read(run, place)


def caught(api, text):
    try:
        return raising(api, text)
    except RuntimeError:
        return "Sorry."
'''
APIS = ["Assistants", "Responses"]
ENDINGS = ["fail", "cancel", "incomplete", "content_filter"]


@pytest.fixture
def tried(project):
    """Run a test for each API; returns what came of it, and the outcomes by API and fault."""
    project.write("both.py", APPLICATIONS)

    def run(body, *args, apis=APIS, chaos=ENDINGS, run=project.run):
        project.test(f"""
            import both

            @pytest.mark.parametrize("name", {apis})
            @pytest.mark.runmock(chaos={{"faults": {chaos}, "limit": 3}})
            def test_it(runmock, name):
                runmock.reply("It is 21 degrees.")
                api = getattr(both, name)()
                {body}
        """)
        ran = run("-W", "ignore::DeprecationWarning", *args)
        ran.found, api = {}, ""
        for line in ran.text.splitlines():
            if found := re.fullmatch(r"test_app\.py::test_it\[(\w+)\]", line):
                api = found[1]
            elif found := re.match(r"  (survived|not applicable)  +(.+)", line):
                ran.found |= {(api, fault): found[1] for fault in found[2].split(", ")}
            elif found := re.match(r"  (\w+ \w+|\w+)  +(\w+): ", line):
                ran.found[api, found[2]] = found[1]
        return ran

    return run


def everywhere(outcome, faults=ENDINGS):
    return {(api, fault): outcome for api in APIS for fault in faults}


def test_a_bad_end_that_nobody_noticed_is_listed_and_fails_nothing(tried):
    ran = tried('assert both.idle(api, "Hi") == "Done."', "--junitxml=report.xml")
    assert ran.found == everywhere("not noticed")
    ran.counts(passed=10)
    assert re.search(r"\n  not noticed     fail: (run|resp)_\w+ ended failed, nothing was asked again, ", ran.text)
    assert "to run it again" not in ran.text
    assert ran.result.ret == 0


def test_an_application_that_says_sorry_is_not_noticed_unless_its_test_has_judged(tried):
    """A test that accepts both answers says nothing of the fault; one that reads it does."""
    ran = tried('assert both.sorry(api, "Hi") in {"It is 21 degrees.", "Sorry."}')
    assert ran.found == everywhere("not noticed")
    ran = tried('assert both.sorry(api, "Hi") == ("It is 21 degrees." if runmock.fault is None else "Sorry.")')
    assert ran.found == everywhere("survived")
    ran.counts(passed=10)


def test_the_fault_has_the_name_of_its_experiment(tried):
    ran = tried('both.idle(api, "Hi"); assert runmock.fault in {None, "fail"}', chaos=["fail"])
    assert ran.found == everywhere("survived", ["fail"])


def test_a_test_that_fails_has_not_survived_whatever_it_reads(tried):
    ran = tried('both.idle(api, "Hi"); assert runmock.fault is None', chaos=["fail"])
    assert ran.found == everywhere("silently wrong", ["fail"])


def test_what_was_read_after_a_bad_end_is_silently_wrong(tried):
    ran = tried('assert both.careless(api, "Hi") in "It is 21 degrees."', chaos=["incomplete"])
    assert ran.found == everywhere("silently wrong", ["incomplete"])
    ran.counts(passed=2, failed=2)
    assert re.search(r"incomplete: resp_\w+ ended incomplete, and what it had written was read after that", ran.text)
    assert re.search(r"incomplete: ignored_ending: run_\w+ ended incomplete, ", ran.text)


@pytest.mark.parametrize("application", ["stubborn", "caught"])
def test_who_asks_again_or_raises_has_noticed(tried, application):
    ran = tried(f'assert both.{application}(api, "Hi") in {{"It is 21 degrees.", "Sorry."}}')
    assert ran.found == everywhere("survived")


def test_an_application_that_cancels_its_run_knows_how_it_ends(tried):
    cancels = 'response = both.client().responses.create(model="gpt-5", input="Hi", background=True)'
    cancels += "; both.client().responses.cancel(response.id); both.client().responses.retrieve(response.id)"
    assert tried(cancels, apis=["Responses"], chaos=["cancel"]).found == {("Responses", "cancel"): "survived"}


def test_workers_of_xdist_report_what_was_not_noticed(tried, project):
    arguments = ("-n", "2", "-p", "no:cacheprovider")
    ran = tried('assert both.idle(api, "Hi") == "Done."', *arguments, chaos=["fail"], run=project.spread)
    assert ran.found == everywhere("not noticed", ["fail"])


EVERY = {
    "http_429_once": ("survived", "survived"),
    "http_500_once": ("survived", "survived"),
    "http_503": ("clear error", "clear error"),
    "http_401": ("clear error", "clear error"),
    "sunset": ("clear error", "not applicable"),
    "fail": ("clear error", "clear error"),
    "expire": ("clear error", "not applicable"),
    "cancel": ("clear error", "clear error"),
    "incomplete": ("clear error", "clear error"),
    "content_filter": ("clear error", "clear error"),
    "stuck": ("hung", "hung"),
    "expire_while_waiting": ("not applicable", "not applicable"),
    "poll_500_once": ("survived", "survived"),
    "submit_429_once": ("not applicable", "not applicable"),
    "previous_response_gone": ("not applicable", "not applicable"),
    "disconnect": ("not applicable", "not applicable"),
    "truncate": ("not applicable", "not applicable"),
    "stall": ("not applicable", "not applicable"),
    "error_event": ("not applicable", "not applicable"),
    "error_event_flat": ("not applicable", "not applicable"),
    "not_json": ("not applicable", "not applicable"),
    "half_frame": ("not applicable", "not applicable"),
    "unknown_event": ("not applicable", "not applicable"),
}


def test_every_experiment_of_a_pass_is_run_on_both_apis(tried):
    ran = tried('assert both.raising(api, "Hi") == "It is 21 degrees."', chaos=True)
    expected = {fault: dict(zip(APIS, outcomes, strict=True)) for fault, outcomes in EVERY.items()}
    assert {fault: {api: ran.found[api, fault] for api in APIS} for _, fault in ran.found} == expected


STREAMING = """
import openai


class CutError(Exception):
    pass


def joined(careful):
    client = openai.OpenAI(api_key="sk-not-a-key", http_client=openai.DefaultHttpxClient(verify=False), max_retries=1)
    text, last = "", None
    for event in client.responses.create(model="gpt-5", input="Hi", stream=True):
        if event.type == "response.output_text.delta":
            text += event.delta
        last = event.type
    if careful and last != "response.completed":
        raise CutError(last)
    return text


def chat(recovers):
    client = openai.OpenAI(api_key="sk-not-a-key", http_client=openai.DefaultHttpxClient(verify=False), max_retries=1)
    first = client.responses.create(model="gpt-5", input="Hi")
    try:
        return client.responses.create(model="gpt-5", input="And?", previous_response_id=first.id).output_text
    except openai.BadRequestError as error:
        if not recovers or error.code != "previous_response_not_found":
            raise
    history = [{"role": "user", "content": "Hi"}, *first.output, {"role": "user", "content": "And?"}]
    return client.responses.create(model="gpt-5", input=history).output_text
"""
FAULTS = "disconnect,truncate,stall,error_event,error_event_flat,not_json,half_frame,fail,incomplete"
GARBAGE = "unknown_event,sequence_gap,response_id_changes,item_id_changes,wrong_index"


@pytest.mark.parametrize("careful", [True, False])
def test_a_stream_of_a_response_under_chaos(project, careful):
    project.write("streaming.py", STREAMING)
    project.test(f"""
        import streaming

        @pytest.mark.runmock(chaos="{FAULTS},{GARBAGE}")
        def test_it(runmock):
            runmock.reply("Hello my dear.")
            assert streaming.joined({careful}) == "Hello my dear."
    """)
    ran = project.run("-W", "ignore::DeprecationWarning")
    wrong = re.findall(r"  silently wrong  (\w+): ", ran.text)
    assert wrong == ([] if careful else ["incomplete", "truncate", "error_event_flat", "half_frame"])
    assert ran.text.count("\n  clear error ") == (9 if careful else 5)
    assert (
        "  survived        unknown_event, wrong_index, sequence_gap, response_id_changes, item_id_changes\n" in ran.text
    )


@pytest.mark.parametrize(("recovers", "outcome"), [(True, "survived"), (False, "clear error")])
def test_a_previous_response_that_is_gone(project, recovers, outcome):
    project.write("streaming.py", STREAMING)
    project.test(f"""
        import streaming

        @pytest.mark.runmock(chaos="previous_response_gone")
        def test_it(runmock):
            runmock.reply("Hello.")
            runmock.reply("Bye.")
            assert streaming.chat({recovers}) == "Bye."
    """)
    ran = project.run("-W", "ignore::DeprecationWarning")
    ran.counts(passed=2)
    assert f"  {outcome:14}  previous_response_gone" in ran.text
