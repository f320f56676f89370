"""What a failing test prints: the whole text of leftovers, wrong outputs, and scripts that cannot be played."""

import re


def test_leftovers_are_listed_by_name(project):
    project.write(
        "cassettes/more.yaml",
        """
        runmock: 1
        interactions:
          - request: POST /threads/thread_9/runs
            body: {assistant_id: asst_9, stream: true}
            stream: [done]
          - request: GET /threads/thread_9
            json: {id: thread_9}
        runs:
          - match: {last_message: /Oslo/}
            calls: [get_weather: {city: Oslo}]
            fail: server_error
          - http: 429
          - stuck: queued
          - reply: Hello!
        """,
    )
    project.test("""
        @pytest.mark.runmock("more", script={"runs": [{"json": {}}, {"code_interpreter": "1+1"}]})
        def test_sends_nothing():
            pass
    """)
    ran = project.run()
    ran.counts(passed=1, errors=1)
    assert ran.error_text() == ""
    ran.shows("""
        runmock: not everything on the cassette was played
          cassettes/more.yaml
            interaction 0, line 3: POST /threads/thread_9/runs (create_run, stream)
            run 0, line 9: when last_message /Oslo/; calls get_weather; failed
            run 1, line 12: http 429
            run 2, line 13: stuck queued
            run 3, line 14: reply "Hello!"
          script of test_app.py::test_sends_nothing
            run 0: json
            run 1: code_interpreter
          to allow it: @pytest.mark.runmock(allow_unplayed=True), or --runmock-unused=warn
    """)


def test_wrong_outputs_are_listed_one_by_one(project):
    project.write(
        "cassettes/trip.yaml",
        """
        runmock: 1
        runs:
          - steps:
              - calls:
                  - get_weather: {city: Paris}
                  - get_weather: {city: Oslo}
                  - book: {}
                outputs: ["21", /^-?\\d+$/, any]
              - reply: Done.
        """,
    )
    project.test("""
        @pytest.mark.runmock("trip")
        def test_trip():
            app.submit(app.finish(app.start()), "12", "cold", "whatever")
    """)
    ran = project.run()
    ran.counts(failed=1)
    assert re.sub(r"run_\w{24}", "run_ID", ran.error_text()) == (
        "runmock.OutputMismatch: the application submitted other tool outputs than the script expects\n"
        "  run       run_ID, cassettes/trip.yaml:3\n"
        "  get_weather (call_1)\n"
        "    - expected   '21'\n"
        "    + submitted  '12'\n"
        "  get_weather (call_2)\n"
        "    - expected   /^-?\\d+$/\n"
        "    + submitted  'cold'"
    )


def test_a_tool_that_the_application_does_not_offer_is_shown_with_those_that_it_does(project):
    project.test("""
        @pytest.mark.runmock(script={"runs": [{"calls": ["get_wether"]}]})
        def test_tools():
            thread = app.post("/threads")
            tool = {"type": "function", "function": {"name": "get_weather"}}
            app.post(f"/threads/{thread['id']}/runs", assistant_id="asst_1", tools=[tool])
    """)
    ran = project.run()
    ran.counts(failed=1)
    assert ran.error_text() == (
        "runmock.ScriptError: the script uses a tool that the application does not offer: get_wether\n"
        "  script    script of test_app.py::test_tools run 0\n"
        "  offered   get_weather, by this run's `tools`\n"
        "  fix it    use one of these names in the script, or give the run or its assistant the tool get_wether\n"
        "  or allow  a call of a tool that is not offered: unoffered: true beside 'calls', calls(..., unoffered=True)"
    )


def test_half_a_stream_is_refused_unless_allowed(project):
    project.write(
        "cassettes/half.yaml",
        """
        runmock: 1
        interactions:
          - request: POST /threads/thread_9/runs
            body: {assistant_id: asst_9, stream: true}
            truncated: true
            stream:
              - thread.run.created: {id: run_1, object: thread.run, status: queued}
        """,
    )
    project.test("""
        def send():
            app.client.post("/threads/thread_9/runs", json={"assistant_id": "asst_9", "stream": True})

        @pytest.mark.runmock("half", allow_truncated=True)
        def test_allowed():
            send()

        @pytest.mark.runmock("half")
        def test_refused():
            send()
    """)
    ran = project.run()
    ran.counts(passed=1, failed=1)
    assert ran.error_text() == (
        "runmock.ScriptError: the recorded stream is truncated: its end was not recorded\n"
        "  cassette  cassettes/half.yaml, interaction 0, line 3\n"
        "  fix it    record it again, or allow it with @pytest.mark.runmock(allow_truncated=True)"
    )
