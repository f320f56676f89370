import json

from traffic_data import TRAFFIC

from runmock.apis.registry import identify
from runmock.core.replay.interaction import Interaction, RecordedPace, StreamEvent
from runmock.core.script.script import Source
from runmock.tape.reading.cassette import cassette_from

REAL = TRAFFIC / "openai-dotnet/StreamingToolCall.json"


def _interactions(text):
    return cassette_from(text).interactions


def _events(items, head=""):
    (interaction,) = _interactions(f"{head}\ninteractions:\n- request: POST /x\n  stream:\n{items}")
    return [(event.name, event.data) for event in interaction.stream]


def test_an_interaction_has_defaults_for_everything_but_its_request_and_answer():
    (interaction,) = _interactions("interactions:\n- request: POST /threads\n  json: {id: thread_1}\n")
    assert interaction == Interaction(
        Source("inline", 0, 2), "POST", "/threads", json={"id": "thread_1"}, identify=identify
    )


def test_an_interaction_with_everything():
    (interaction,) = _interactions("""\
interactions:
- request: GET /threads/t%2F1/messages?order=asc&include%5B%5D=a%5B%2A%5D&include[]=b&after=
  body: {a: {created_at: +3s}, b: null}
  status: 503
  headers: {retry-after: 3}
  text: sorry
  pace: {first: 58ms, gap: 0.1s}
  repeat: 12
  truncated: true
""")
    assert interaction == Interaction(
        Source("inline", 0, 2),
        "GET",
        "/threads/t%2F1/messages",
        query={"order": ("asc",), "include[]": ("a[*]", "b"), "after": ("",)},
        body={"a": {"created_at": "+3s"}, "b": None},
        status=503,
        headers=(("retry-after", "3"),),
        text="sorry",
        pace=RecordedPace(58, 100),
        repeat=12,
        is_truncated=True,
        identify=identify,
    )


def test_times_are_relative_to_the_recording():
    first, second = _interactions(
        """\
recorded: {at: 2026-11-22T10:23:29Z}
interactions:
- request: GET /a
  json: {id: run_1, created_at: +0s, expires_at: +600s, failed_at: null, seen_at: -2s, x_at: +1.5s, y_at: 7, at: +1s,
         z_at: soon, data: [{started_at: +1s}], metadata: {made_at: +1s}}
- request: GET /a
  json: {same: run_1, completed_at: +2s}
"""
    )
    base = 1_795_343_009
    assert first.json == {
        "id": "run_1",
        "created_at": base,
        "expires_at": base + 600,
        "failed_at": None,
        "seen_at": base - 2,
        "x_at": base + 1.5,
        "y_at": 7,
        "at": "+1s",
        "z_at": "soon",
        "data": [{"started_at": base + 1}],
        "metadata": {"made_at": "+1s"},
    }
    assert second.json == {**first.json, "completed_at": base + 2}


def test_times_and_objects_in_an_object_are_found():
    first, second = _interactions(
        """\
interactions:
- request: GET /a
  json: {last_error: {failed_at: -2s, in: {seen_at: +3s}}, message: {id: msg_1, role: user}}
- request: GET /a
  json: {same: msg_1, status: completed}
"""
    )
    assert first.json["last_error"] == {"failed_at": 1_767_225_598, "in": {"seen_at": 1_767_225_603}}
    assert second.json == {"id": "msg_1", "role": "user", "status": "completed"}


def test_without_a_header_times_begin_with_2026():
    (interaction,) = _interactions("interactions:\n- request: GET /a\n  json: {created_at: +1s}\n")
    assert interaction.json == {"created_at": 1_767_225_601}


def test_same_is_the_last_object_of_that_id_with_changes():
    first, second, third, fourth = _interactions("""\
interactions:
- request: GET /a
  json: {id: run_1, status: queued, tools: [{type: a}], usage: null}
- request: GET /a
  stream:
  - thread.run.in_progress: {same: run_1, status: in_progress}
  - thread.run.completed: {same: run_1, status: completed, usage: {total: 3}, drop: [tools]}
- request: GET /a
  json: {object: list, data: [{same: run_1}, {same: run_1, status: failed, drop: usage}], drop: 1}
- request: GET /a
  json: [{same: run_1}]
""")
    in_progress, completed = (event.data for event in second.stream)
    assert in_progress == {"id": "run_1", "status": "in_progress", "tools": [{"type": "a"}], "usage": None}
    assert list(in_progress) == ["id", "status", "tools", "usage"]
    assert completed == {"id": "run_1", "status": "completed", "usage": {"total": 3}}
    assert third.json == {"object": "list", "data": [completed, {"id": "run_1", "status": "failed"}], "drop": 1}
    assert fourth.json[0]["id"] == "run_1"
    assert in_progress["tools"] is not first.json["tools"]


def test_objects_in_lists_are_found_and_deltas_are_not():
    *_, last = _interactions("""\
interactions:
- request: GET /a
  json: {object: list, data: [{id: msg_1, object: thread.message, content: []}]}
- request: GET /a
  stream:
  - thread.message.delta: {id: msg_1, object: thread.message.delta, delta: {}}
- request: GET /a
  json: {same: msg_1, content: [a]}
""")
    assert last.json == {"id": "msg_1", "object": "thread.message", "content": ["a"]}


def test_same_in_metadata_is_the_applications_own_word():
    (interaction,) = _interactions("interactions:\n- request: GET /a\n  json: {metadata: {same: x}}\n")
    assert interaction.json == {"metadata": {"same": "x"}}


def _text(value, message="msg_1", **more):
    text = {"value": value, **more}
    data = {"index": 0, "type": "text", "text": text}
    return (
        "thread.message.delta",
        {"id": message, "object": "thread.message.delta", "delta": {"content": [data]}},
    )


def test_text_is_the_deltas_of_the_current_message():
    events = _events("""\
  - thread.message.created: {id: msg_1}
  - text: [Paris, " 21"]
  - text: "!"
  - thread.message.created: {id: msg_2}
  - text: Oslo
  - done
""")
    assert [event for event in events if event[0].endswith("delta")] == [
        _text("Paris", annotations=[]),
        _text(" 21"),
        _text("!"),
        _text("Oslo", "msg_2", annotations=[]),
    ]
    assert events[-1] == ("done", None)


def test_a_full_delta_before_begins_the_part():
    events = _events("""\
  - thread.message.delta: {id: msg_1, object: thread.message.delta, delta: {content: [{index: 0, type: text}]}}
  - text: b
""")
    assert events[1] == _text("b")


def _call(kind, index=0, **fields):
    details = {"type": "tool_calls", "tool_calls": [{"index": index, "type": kind, kind: fields}]}
    return (
        "thread.run.step.delta",
        {"id": "step_1", "object": "thread.run.step.delta", "delta": {"step_details": details}},
    )


def _header(kind, index):
    call = f"{{index: {index}, id: call_{index}, type: {kind}, {kind}: {{}}}}"
    return f"  - thread.run.step.delta: {{id: step_1, delta: {{step_details: {{tool_calls: [{call}]}}}}}}\n"


def test_arguments_and_code_continue_the_last_tool_call():
    events = _events(
        _header("function", 0)
        + "  - arguments: ['{\"lo', 'catio']\n"
        + _header("function", 1)
        + "  - arguments: '{}'\n"
        + _header("code_interpreter", 0)
        + '  - code: ["a\\r\\n", b]\n'
    )
    assert [event for event in events if "object" in event[1]] == [
        _call("function", arguments='{"lo'),
        _call("function", arguments="catio"),
        _call("function", index=1, arguments="{}"),
        _call("code_interpreter", input="a\r\n"),
        _call("code_interpreter", input="b"),
    ]


def test_events_that_nobody_knows_pass():
    assert _events("  - agent.thing: [1, {a: null}]\n  - error: text\n  - done:\n") == [
        ("agent.thing", [1, {"a": None}]),
        ("error", "text"),
        ("done", None),
    ]


HAND_WRITTEN = """\
recorded: {at: 2025-10-30T21:58:51Z, upstream: https://api.openai.com/v1}
interactions:
  - request: POST /threads/runs
    body: {stream: true}
    stream:
      - thread.created:
          {id: thread_6oUGUBxLwhyApwhYBhWjHI5f, object: thread, created_at: +0s, metadata: {},
           tool_resources: &resources {code_interpreter: {file_ids: []}}}
      - thread.run.created:
          id: run_oyfV44CrJXYJkvb2qsd80LvJ
          object: thread.run
          created_at: +0s
          assistant_id: asst_BFMmpHsel3a7MuFuKKY9i5uG
          thread_id: thread_6oUGUBxLwhyApwhYBhWjHI5f
          status: queued
          started_at: null
          expires_at: +600s
          cancelled_at: null
          failed_at: null
          completed_at: null
          required_action: null
          last_error: null
          model: gpt-4o
          instructions: null
          tools:
            - type: function
              function: {name: get_current_weather, description: "Gets the user's current weather",
                         parameters: {type: object, properties: {}}, strict: false}
          tool_resources: *resources
          metadata: {}
          temperature: 1.0
          top_p: 1.0
          reasoning_effort: null
          max_completion_tokens: null
          max_prompt_tokens: null
          truncation_strategy: {type: auto, last_messages: null}
          incomplete_details: null
          usage: null
          response_format: auto
          tool_choice: auto
          parallel_tool_calls: true
      - thread.run.queued: {same: run_oyfV44CrJXYJkvb2qsd80LvJ}
      - thread.run.in_progress: {same: run_oyfV44CrJXYJkvb2qsd80LvJ, status: in_progress, started_at: +1s}
      - thread.run.step.created:
          id: step_9c9pSsTIsCYc1KeHEI6Ba34s
          object: thread.run.step
          created_at: +2s
          run_id: run_oyfV44CrJXYJkvb2qsd80LvJ
          assistant_id: asst_BFMmpHsel3a7MuFuKKY9i5uG
          thread_id: thread_6oUGUBxLwhyApwhYBhWjHI5f
          type: tool_calls
          status: in_progress
          cancelled_at: null
          completed_at: null
          expires_at: +600s
          failed_at: null
          last_error: null
          step_details: {type: tool_calls, tool_calls: []}
          usage: null
      - thread.run.step.in_progress: {same: step_9c9pSsTIsCYc1KeHEI6Ba34s}
      - thread.run.step.delta:
          id: step_9c9pSsTIsCYc1KeHEI6Ba34s
          object: thread.run.step.delta
          delta:
            step_details:
              type: tool_calls
              tool_calls:
                - {index: 0, id: call_xyFYaEeyocjyE6jN64QTcxip, type: function,
                   function: {name: get_current_weather, arguments: "", output: null}}
      - arguments: "{}"
      - thread.run.requires_action:
          same: run_oyfV44CrJXYJkvb2qsd80LvJ
          status: requires_action
          required_action:
            type: submit_tool_outputs
            submit_tool_outputs:
              tool_calls:
                - {id: call_xyFYaEeyocjyE6jN64QTcxip, type: function,
                   function: {name: get_current_weather, arguments: "{}"}}
      - done
  - request: POST /threads/thread_6oUGUBxLwhyApwhYBhWjHI5f/runs/run_oyfV44CrJXYJkvb2qsd80LvJ/submit_tool_outputs
    stream:
      - thread.run.step.completed:
          same: step_9c9pSsTIsCYc1KeHEI6Ba34s
          status: completed
          completed_at: +3s
          step_details:
            type: tool_calls
            tool_calls:
              - {id: call_xyFYaEeyocjyE6jN64QTcxip, type: function,
                 function: {name: get_current_weather, arguments: "{}", output: warm and sunny}}
          usage: {prompt_tokens: 260, completion_tokens: 12, total_tokens: 272, prompt_token_details: {cached_tokens: 0},
                  completion_tokens_details: {reasoning_tokens: 0}}
      - thread.run.queued: {same: run_oyfV44CrJXYJkvb2qsd80LvJ, status: queued, required_action: null}
      - thread.run.in_progress: {same: run_oyfV44CrJXYJkvb2qsd80LvJ, status: in_progress, started_at: +4s}
      - thread.run.step.created:
          same: step_9c9pSsTIsCYc1KeHEI6Ba34s
          id: step_Ou0TFVL8JOSRggWUqsOvtr70
          created_at: +4s
          type: message_creation
          status: in_progress
          completed_at: null
          step_details: {type: message_creation, message_creation: {message_id: msg_kSkj4ryQchn1MSwL3I2N0uWV}}
          usage: null
      - thread.run.step.in_progress: {same: step_Ou0TFVL8JOSRggWUqsOvtr70}
      - thread.message.created:
          {id: msg_kSkj4ryQchn1MSwL3I2N0uWV, object: thread.message, created_at: +4s,
           assistant_id: asst_BFMmpHsel3a7MuFuKKY9i5uG, thread_id: thread_6oUGUBxLwhyApwhYBhWjHI5f,
           run_id: run_oyfV44CrJXYJkvb2qsd80LvJ, status: in_progress, incomplete_details: null, incomplete_at: null,
           completed_at: null, role: assistant, content: [], attachments: [], metadata: {}}
      - thread.message.in_progress: {same: msg_kSkj4ryQchn1MSwL3I2N0uWV}
      - text: [Since, " it's", " warm", " and", " sunny", " outside", ","]
"""


def test_a_hand_written_recording_gives_the_real_events():
    streams = [
        _parsed(entry["ResponseBody"])
        for entry in json.loads(REAL.read_text())["Entries"]
        if isinstance(entry["ResponseBody"], list)
    ]
    first, second = _interactions(HAND_WRITTEN)
    for written, real in ((first.stream, streams[0]), (second.stream, streams[1][: len(second.stream)])):
        assert list(written) == real
        assert [_keys(event.data) for event in written] == [_keys(event.data) for event in real]


def _parsed(lines):
    parts = "".join(lines).strip().split("\n\n")
    pairs = [part.removeprefix("event: ").split("\ndata: ") for part in parts]
    return [StreamEvent(name, None if data == "[DONE]" else json.loads(data)) for name, data in pairs]


def _keys(data):
    return None if data is None else list(data)
