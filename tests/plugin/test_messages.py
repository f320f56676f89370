"""What a failing test prints: the whole text of a miss."""

TWO_CITIES = """
    runmock: 1
    # What a gateway answered
    # when two cities were
    # asked for
    # at once.
    recorded: {at: 2026-11-22T10:23:29Z, upstream: https://gateway.example/v1}
    interactions:
      - request: POST /threads/thread_9/runs
        body: {assistant_id: asst_weather}
        json:
          id: run_1
          object: thread.run
          created_at: +0s
          thread_id: thread_9
          assistant_id: asst_weather
          status: queued

      - request: GET /threads/thread_9/runs/run_1
        json:
          same: run_1
          status: requires_action
          required_action:
            type: submit_tool_outputs
            submit_tool_outputs:
              tool_calls:
                - id: call_oslo
                  type: function
                  function:
                    name: get_weather
                    arguments: '{"city":"Oslo"}'
                - id: call_rome
                  type: function
                  function:
                    name: get_weather
                    arguments: '{"city":"Rome"}'

      # Both outputs go back in one request,
      # and the answer to it
      # is a stream.

      - request: POST /threads/thread_9/runs/run_1/submit_tool_outputs
        body:
          stream: true
          tool_outputs:
            - {tool_call_id: call_oslo, output: "12"}
            - {tool_call_id: call_rome, output: "24"}
        stream:
          - thread.run.completed: {same: run_1, status: completed}
          - done
"""


def test_a_miss_on_a_recording_shows_what_came_nearest_and_what_was_played(project):
    project.write("cassettes/weather_tool_call.yaml", TWO_CITIES)
    project.test(
        """
        @pytest.mark.runmock("weather_tool_call")
        def test_two_cities():
            run = app.post("/threads/thread_9/runs", assistant_id="asst_weather")
            assert app.finish(run)["status"] == "requires_action"
            outputs = [{"tool_call_id": "call_oslo", "output": "12"}]
            app.post("/threads/thread_9/runs/run_1/submit_tool_outputs", stream=True, tool_outputs=outputs)
        """,
        "tests/test_weather.py",
    )
    ran = project.run()
    ran.counts(failed=1)
    assert ran.error_text() == (
        "runmock.UnmatchedRequest: nothing left on the cassette for this request\n"
        "  sent      POST /threads/thread_9/runs/run_1/submit_tool_outputs  (submit_tool_outputs, stream)\n"
        "  cassette  cassettes/weather_tool_call.yaml   mode none\n"
        "  nearest   interaction 2, line 41: operation, run_id and stream agree; tool_call_ids differ\n"
        "              cassette  call_oslo, call_rome\n"
        "              sent      call_oslo\n"
        "  played    0 create_run, 1 retrieve_run\n"
        "  to record it: pytest --runmock-record=all --runmock-upstream=URL tests/test_weather.py::test_two_cities"
    )


def test_a_miss_on_a_script_names_the_run_that_came_nearest(project):
    project.write(
        "cassettes/cities.yaml",
        """
        runmock: 1
        runs:
          - match: {last_message: /Paris/, assistant_id: asst_1}
            reply: 21 degrees.
          - match: {assistant_id: asst_9, model: gpt-9}
            reply: Never.
        """,
    )
    project.test("""
        @pytest.mark.runmock("cities")
        def test_asks():
            app.post("/threads/thread_1/messages", role="user", content="Weather in Oslo?")
            app.post("/threads/thread_1/runs", assistant_id="asst_1")
    """)
    ran = project.run()
    ran.counts(failed=1)
    assert ran.error_text() == (
        "runmock.UnmatchedRequest: no scripted run matches this request\n"
        "  sent      POST /threads/thread_1/runs  (create_run)\n"
        "  cassette  cassettes/cities.yaml   mode none\n"
        "  nearest   run 0, line 3: assistant_id agrees; last_message differs\n"
        "              cassette  /Paris/\n"
        "              sent      Weather in Oslo?\n"
        "  played    nothing\n"
        "  to answer it: put this into cassettes/cities.yaml, as line 7\n"
        '  - match: {last_message: "Weather in Oslo?"}\n'
        "    reply: Hello!"
    )


def test_a_miss_after_the_last_verb_reports_that_all_was_used(project):
    project.test("""
        def test_asks_twice(runmock):
            runmock.reply("once")
            app.ask()
            app.post("/threads/thread_2/runs", assistant_id="asst_1")
    """)
    ran = project.run()
    ran.counts(failed=1)
    assert ran.error_text() == (
        "runmock.UnmatchedRequest: nothing left on the cassette for this request\n"
        "  sent      POST /threads/thread_2/runs  (create_run)\n"
        "  cassette  inline   mode none\n"
        "  nearest   none: every scripted run was used\n"
        "  played    run 0\n"
        '  to answer it: runmock.reply("Hello!")'
    )


def test_a_request_outside_the_family_is_a_miss_by_its_path(project):
    project.test("""
        def test_chats(runmock):
            app.post("/chat/completions", model="gpt-4o", messages=[])
    """)
    ran = project.run()
    ran.counts(failed=1)
    assert ran.error_text() == (
        "runmock.UnmatchedRequest: chat.completions is another API than Assistants and Responses, and nothing answers it\n"
        "  sent      POST https://api.openai.com/v1/chat/completions  (chat.completions)\n"
        "  cassette  none   mode none\n"
        "  played    nothing\n"
        '  to answer it: runmock.router.post("https://api.openai.com/v1/chat/completions").respond(json={'
        "'id': 'chatcmpl-1', 'object': 'chat.completion', 'created': 0, 'model': 'gpt-4o', 'choices': [{'index': 0, "
        "'finish_reason': 'stop', 'message': {'role': 'assistant', 'content': 'Hello!'}}]})\n"
        "  to record it: pytest --runmock-record=new_episodes test_app.py::test_chats"
    )


def test_the_command_that_records_is_fit_for_a_shell(project):
    project.test("""
        @pytest.mark.parametrize("text", ["It's $5"])
        def test_asks(runmock, text):
            app.ask(text)
    """)
    ran = project.run()
    ran.counts(failed=1)
    ran.shows("""pytest --runmock-record=new_episodes --runmock-upstream=URL 'test_app.py::test_asks[It'"'"'s $5]'""")
