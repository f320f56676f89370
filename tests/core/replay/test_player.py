import pytest
from recording import Recording, request_of

from runmock.core.errors import ScriptError
from runmock.core.replay.mismatches import Mismatch
from runmock.core.replay.player import ids_only_recorded

RUN = "/threads/thread_1/runs/run_1"
SUBMIT = {"tool_outputs": [{"tool_call_id": "call_1", "output": "21"}]}
LOOP = """
interactions:
  - {request: POST /threads/thread_1/runs, body: {assistant_id: a}, json: {id: run_1, object: thread.run, status: queued}}
  - {request: GET /threads/thread_1/runs/run_1, json: {same: run_1, status: queued}}
  - {request: GET /threads/thread_1/runs/run_1, repeat: 2, json: {same: run_1, status: in_progress}}
  - {request: GET /threads/thread_1/runs/run_1, repeat: 3, json: {same: run_1, status: requires_action}}
  - request: POST /threads/thread_1/runs/run_1/submit_tool_outputs
    body: {tool_outputs: [{tool_call_id: call_1, output: "21"}]}
    json: {same: run_1, status: queued}
  - {request: GET /threads/thread_1/runs/run_1, json: {same: run_1, status: completed}}
  - {request: GET /threads/thread_1/messages, json: {object: list, data: []}}
"""


def loop():
    recording = Recording(LOOP)
    assert recording.sends("POST", "/threads/thread_1/runs", {"assistant_id": "a"})["status"] == "queued"
    return recording


def test_a_recording_is_played_as_it_was_recorded():
    recording = loop()
    assert recording.gets(RUN, 6) == ("queued in_progress in_progress requires_action requires_action requires_action")
    assert recording.sends("POST", f"{RUN}/submit_tool_outputs", SUBMIT)["status"] == "queued"
    assert recording.gets(RUN) == "completed"
    assert recording.sends("GET", "/threads/thread_1/messages") == {"object": "list", "data": []}
    assert recording.left == []


@pytest.mark.parametrize("polls", range(8))
def test_after_the_outputs_the_run_goes_on_however_often_it_was_polled_before(polls):
    recording = loop()
    recording.gets(RUN, polls)
    recording.sends("POST", f"{RUN}/submit_tool_outputs", SUBMIT)
    assert recording.gets(RUN, 3) == "completed completed completed"


def test_more_polls_than_recorded_do_not_see_what_follows_from_outputs_that_were_never_submitted():
    recording = loop()
    assert recording.gets(RUN, 12).split()[3:] == ["requires_action"] * 9
    assert recording.left == [f"{RUN}/submit_tool_outputs"]


def test_a_look_at_what_comes_later_does_not_move_the_run_past_outputs_that_were_never_submitted():
    recording = loop()
    recording.sends("GET", "/threads/thread_1/messages")
    assert recording.gets(RUN, 8).split()[0] == "queued"
    assert recording.gets(RUN) == "requires_action"


def test_a_look_at_what_comes_later_leaves_behind_what_came_before():
    recording = Recording("""
        interactions:
          - {request: GET /threads/thread_1/runs/run_1, repeat: 9, json: {status: in_progress}}
          - {request: GET /threads/thread_1/runs/run_1/steps, json: {data: []}}
          - {request: GET /threads/thread_1/runs/run_1, json: {status: completed}}
    """)
    assert recording.gets(RUN, 2) == "in_progress in_progress"
    recording.sends("GET", f"{RUN}/steps")
    assert recording.gets(RUN, 2) == "completed completed"


def test_outputs_may_be_submitted_without_any_poll():
    recording = loop()
    recording.sends("POST", f"{RUN}/submit_tool_outputs", SUBMIT)
    assert recording.gets(RUN) == "completed"


def test_a_get_of_what_comes_later_does_not_skip_what_the_application_has_to_send():
    recording = Recording("""
        interactions:
          - {request: GET /threads/thread_1, json: {id: thread_1, metadata: {}}}
          - {request: GET /threads/thread_1/messages, json: {data: []}}
          - {request: POST /threads/thread_1, body: {metadata: {a: b}}, json: {}}
          - {request: GET /threads/thread_1, json: {id: thread_1, metadata: {a: b}}}
    """)
    recording.sends("GET", "/threads/thread_1/messages")
    assert recording.sends("GET", "/threads/thread_1")["metadata"] == {}
    assert recording.sends("GET", "/threads/thread_1")["metadata"] == {}
    recording.sends("POST", "/threads/thread_1", {"metadata": {"a": "b"}})
    assert recording.sends("GET", "/threads/thread_1")["metadata"] == {"a": "b"}


def test_other_conversations_do_not_count():
    recording = Recording("""
        interactions:
          - {request: GET /threads/thread_1/runs/run_1, json: {status: queued}}
          - {request: POST /threads/thread_2, json: {}}
          - {request: GET /threads/thread_1/runs/run_1, json: {status: completed}}
    """)
    assert recording.gets(RUN, 3) == "queued completed completed"


def test_a_post_is_used_once():
    recording = Recording("interactions: [{request: POST /threads, json: {id: thread_1}}]")
    assert recording.sends("POST", "/threads", {}) == {"id": "thread_1"}
    assert recording.sends("POST", "/threads", {}) is None
    assert recording.sends("POST", "/threads", {}) is None


def test_equal_posts_are_used_in_order_and_as_often_as_they_were_repeated():
    recording = Recording("""
        interactions:
          - {request: POST /threads, status: 500, repeat: 2, json: {error: {message: Sorry}}}
          - {request: POST /threads, json: {id: thread_1}}
          - {request: POST /threads, json: {id: thread_2}}
    """)
    answers = [(recording.sends("POST", "/threads"), recording.reply.status)[1] for _ in range(4)]
    assert answers == [500, 500, 200, 200]
    assert (recording.sends("POST", "/threads"), recording.left) == (None, [])


def test_a_delete_is_used_once_too():
    recording = Recording("interactions: [{request: DELETE /threads/thread_1, json: {deleted: true}}]")
    assert recording.left == ["/threads/thread_1"]
    assert recording.sends("DELETE", "/threads/thread_1") == {"deleted": True}
    assert recording.sends("DELETE", "/threads/thread_1") is None


def test_what_was_not_recorded_has_no_answer():
    assert loop().sends("POST", "/threads/thread_1/runs", {"assistant_id": "b"}) is None


def test_gets_that_nobody_sent_are_not_left():
    recording = loop()
    recording.sends("POST", f"{RUN}/submit_tool_outputs", SUBMIT)
    assert recording.left == []


STREAM = """
interactions:
  - request: POST /threads/thread_1/runs
    body: {stream: true}
    headers: {content-type: text/event-stream, x-request-id: req_1}
    pace: {first: 50ms, gap: 20ms}
    %s
    stream:
      - thread.run.created: {id: run_1}
      - thread.run.completed: {id: run_1}
      - done
"""


def test_a_stream_is_played_event_by_event():
    recording = Recording(STREAM % "repeat: 1", pace="recorded")
    events = recording.sends("POST", "/threads/thread_1/runs", {"stream": True})
    assert events == [
        ("thread.run.created", {"id": "run_1"}),
        ("thread.run.completed", {"id": "run_1"}),
        ("done", None),
    ]
    assert recording.reply.headers == (("content-type", "text/event-stream; charset=utf-8"), ("x-request-id", "req_1"))


@pytest.mark.parametrize(
    ("pace", "waits"), [(None, [0, 0]), ("recorded", [50, 20, 20]), ("2x", [25, 10, 10]), ("7ms", [7, 7, 7])]
)
def test_a_stream_is_as_fast_as_the_pace(pace, waits):
    recording = Recording(STREAM % "repeat: 1", pace=pace)
    hit = recording.player.answer(request_of("POST", "/threads/thread_1/runs", {"stream": True}))
    assert [frame.after_ms for frame in recording.player.reply(hit).frames] == waits


def test_half_a_stream_is_refused():
    recording = Recording(STREAM % "truncated: true")
    with pytest.raises(ScriptError) as caught:
        recording.sends("POST", "/threads/thread_1/runs", {"stream": True})
    assert str(caught.value) == (
        "the recorded stream is truncated: its end was not recorded\n"
        "  cassette  inline, interaction 0, line 3\n"
        "  fix it    record it again, or allow it with @pytest.mark.runmock(allow_truncated=True)"
    )
    assert recording.left == ["/threads/thread_1/runs"]


def test_half_a_stream_is_played_where_it_is_allowed():
    recording = Recording(STREAM % "truncated: true", allow_truncated=True)
    assert len(recording.sends("POST", "/threads/thread_1/runs", {"stream": True})) == 3


def test_the_place_of_what_is_in_no_file_has_no_line():
    recording = Recording({"interactions": [{"request": "POST /threads", "json": {}, "truncated": True}]})
    with pytest.raises(ScriptError, match=r"inline, interaction 0\n"):
        recording.sends("POST", "/threads")


@pytest.mark.parametrize(
    ("answer", "expected", "kind"),
    [
        ("json: {a: 1}", {"a": 1}, "application/json"),
        ("json: null", None, "application/json"),
        ("text: hello", "hello", "text/plain; charset=utf-8"),
        ("text: <p>, headers: {Content-Type: text/html}", "<p>", "text/html"),
        ("json: {a: 1}, headers: {content-type: text/odd}", {"a": 1}, "application/json"),
    ],
)
def test_each_kind_of_answer_has_its_content_type(answer, expected, kind):
    recording = Recording(f"interactions:\n  - {{request: GET /files, status: 418, {answer}}}")
    assert recording.sends("GET", "/v1/files") == expected
    assert [value for name, value in recording.reply.headers if name.lower() == "content-type"] == [kind]
    assert recording.reply.status == 418


def test_polled_runs_let_the_sdk_not_sleep():
    recording = loop()
    assert ("openai-poll-after-ms", "0") not in recording.reply.headers
    recording.gets(RUN)
    assert ("openai-poll-after-ms", "0") in recording.reply.headers
    recording.sends("GET", "/threads/thread_1/messages")
    assert ("openai-poll-after-ms", "0") not in recording.reply.headers


def test_match_on_decides_what_has_to_be_the_same():
    recording = Recording(LOOP, match_on=("operation", "ids"))
    assert recording.sends("POST", "/threads/thread_1/runs", {"assistant_id": "b"})["status"] == "queued"
    assert recording.sends("POST", "/threads/thread_2/runs", {"assistant_id": "b"}) is None


def test_the_nearest_is_that_of_the_same_operation_with_the_fewest_differences():
    recording = loop()
    body = {"tool_outputs": [{"tool_call_id": "call_2", "output": "21"}]}
    track, comparison = recording.player.nearest(request_of("POST", f"{RUN}/submit_tool_outputs", body))
    assert (track.position, comparison.differ) == (4, (Mismatch("tool_call_ids", "call_1", "call_2"),))


def test_the_nearest_was_not_played_while_others_of_its_operation_are_left():
    recording = Recording("""
    interactions:
      - {request: POST /threads/thread_1/runs, body: {assistant_id: a}, json: {id: run_1, object: thread.run}}
      - {request: POST /threads/thread_1/runs, body: {assistant_id: b}, json: {id: run_2, object: thread.run}}
    """)
    again = request_of("POST", "/threads/thread_1/runs", {"assistant_id": "a"})
    recording.sends("POST", "/threads/thread_1/runs", {"assistant_id": "a"})
    assert recording.player.nearest(again)[0].position == 1


def test_a_request_that_was_used_up_is_nearer_than_one_of_another_operation():
    recording = loop()
    track, comparison = recording.player.nearest(request_of("POST", "/threads/thread_1/runs", {"assistant_id": "a"}))
    assert (track.position, comparison.differ) == (0, ())


def test_when_all_were_played_the_nearest_is_one_of_them():
    recording = Recording("interactions: [{request: POST /threads, json: {}}]")
    recording.sends("POST", "/threads")
    track, comparison = recording.player.nearest(request_of("POST", "/threads"))
    assert (track.position, comparison.differ) == (0, ())


def test_nothing_is_nearest_to_an_empty_recording():
    assert Recording("interactions: []").player.nearest(request_of("POST", "/threads")) is None


def test_ids_that_only_the_recording_contains_are_known():
    recording = Recording("""
interactions:
  - request: POST /threads/runs
    body: {assistant_id: asst_mine}
    json: {id: run_1, object: thread.run, thread_id: thread_1, assistant_id: asst_mine, status: queued}
  - {request: GET /threads/thread_1/runs/run_1, json: {same: run_1, status: completed}}
  - {request: GET /threads/thread_1, json: {id: thread_1, other_id: never_asked}}
""")
    assert recording.player.recorded_ids() == set()
    recording.sends("POST", "/threads/runs", {"assistant_id": "asst_mine"})
    recording.gets("/threads/thread_1/runs/run_1")
    assert recording.player.recorded_ids() == {"run_1", "thread_1"}
    sent = request_of("POST", "/threads/thread_1/messages", {"attachments": [{"run_id": "run_1"}], "x": "thread_9"})
    assert ids_only_recorded([recording.player], sent) == ["thread_1", "run_1"]
    assert ids_only_recorded([recording.player], request_of("POST", "/threads/thread_9/runs")) == []
    assert ids_only_recorded([], sent) == []


def test_a_reply_has_the_current_state_of_the_run():
    recording = loop()
    assert recording.reply.current_run().status == "queued"
    recording.gets(RUN, 6)
    assert recording.reply.current_run().status == "requires_action"
    recording.sends("GET", "/threads/thread_1/messages")
    assert recording.reply.current_run() is None


@pytest.mark.parametrize(
    ("events", "status"),
    [
        ("[thread.run.created: {id: r, object: thread.run, status: queued}, done]", "queued"),
        ("[thread.run.created: {id: r, object: thread.run, status: queued}, thread.run.failed: {same: r, status: failed}]", "failed"),
        ("[done]", None),
    ],
    ids=["one", "two", "none"],
)  # fmt: skip
def test_a_stream_has_the_last_state_of_the_run(events, status):
    recording = Recording(f"interactions:\n  - {{request: POST /threads/t/runs, stream: {events}}}")
    recording.sends("POST", "/threads/t/runs")
    state = recording.reply.current_run()
    assert (state and state.status) == status


OTHERS = """
interactions:
  - request: POST /chat/completions
    stream: [message: {id: chatcmpl_1, choices: [{delta: {content: Hi}}]}, done: nameless]
  - request: POST /responses
    status: 429
    stream: [error: {error: {message: Slow down.}}]
  - request: POST /threads/runs
    stream: [thread.run.queued: {id: run_1, object: thread.run}, done: nameless, thread.odd: {}]
"""


def played(method, path, pace=None):
    """The status and the bytes of what is played."""
    recording = Recording(OTHERS, pace)
    reply = recording.player.reply(recording.player.answer(request_of(method, path)))
    return reply.status, b"".join(frame.data for frame in reply.frames)


@pytest.mark.parametrize("pace", [None, "recorded"])
def test_a_nameless_stream_is_played_byte_for_byte(pace):
    assert played("POST", "/chat/completions", pace) == (
        200,
        b'data: {"id":"chatcmpl_1","choices":[{"delta":{"content":"Hi"}}]}\n\ndata: [DONE]\n\n',
    )


def test_a_refusal_that_came_as_events_keeps_its_status():
    assert played("POST", "/responses") == (429, b'event: error\ndata: {"error":{"message":"Slow down."}}\n\n')


def test_what_came_after_the_end_is_played_too():
    assert played("POST", "/threads/runs")[1].endswith(b"\n\ndata: [DONE]\n\nevent: thread.odd\ndata: {}\n\n")


def test_the_same_request_is_found_again_after_many_others():
    entries = [
        f"  - {{request: POST /threads, body: {{metadata: {{n: '{n}'}}}}, repeat: 4, json: {{n: {n}}}}}"
        for n in range(20)
    ]
    player = Recording("interactions:\n" + "\n".join(entries)).player
    sent = [request_of("POST", "/threads", {"metadata": {"n": str(n)}}) for n in range(20)]
    twice = [request for request in sent for _ in range(2)]
    heard = [player.answer(request).answer.json["n"] for request in [*twice, *twice]]
    assert heard == [number for _ in range(2) for number in range(20) for _ in range(2)]
