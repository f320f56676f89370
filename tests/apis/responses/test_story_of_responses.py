"""What `show` reads from recordings of responses: conversations with their messages, runs, calls and refusals."""

import pytest

from runmock.core.story.story import MessageStory, RefusalStory, RunStory
from runmock.documents.story.story_of import story_of
from runmock.documents.story.timeline_lines import call_text, output_of, timeline_lines, tokens_of, why_of
from runmock.tape.reading.cassette import cassette_from

STREAMED = """
- request: POST /conversations
  body: {items: [{type: message, role: user, content: Before}, {type: function_call_output, output: x}]}
  json: {id: conv_1, object: conversation, created_at: +0s}
- request: POST /responses
  body: {conversation: conv_1, input: Search., stream: true}
  pace: {first: 10ms, gap: 5ms}
  stream:
  - response.created: {id: resp_1, object: response, created_at: +1s, status: in_progress, model: gpt-4o, output: [], conversation: {id: conv_1}}
  - response.output_item.added: {item: {id: rs_1, type: reasoning, summary: []}}
  - response.output_item.done: {item: {summary: [{type: summary_text, text: Look first.}]}}
  - response.output_item.added: {item: {id: fs_1, type: file_search_call, status: in_progress, queries: [], results: null}}
  - response.output_item.done: {item: {results: [{filename: a.txt, score: 0.5}]}}
  - response.output_item.added: {item: {id: ci_1, type: code_interpreter_call, status: in_progress, code: '', outputs: null}}
  - code: [print, (1)]
  - response.output_item.done: {item: {outputs: [{type: logs, logs: '1'}]}}
  - response.output_item.added: {item: {id: ws_1, type: web_search_call, status: in_progress}}
  - response.output_item.done: {item: {action: {query: warm}}}
  - response.output_item.added: {item: {id: msg_1, type: message, status: in_progress, content: [], role: assistant}}
  - response.content_part.added: {part: {type: output_text, text: ''}}
  - text: [It, ' is']
  - response.output_text.done: {}
"""
CALL = "{id: fc_1, type: function_call, call_id: call_1, name: get_weather, arguments: '{}', status: completed}"
OUTPUT = "{type: function_call_output, call_id: call_1, output: '21'}"


def story(text):
    return story_of(cassette_from(f"runmock: 1\ninteractions:\n{text}").interactions)


def response(number, output="", more="", status="completed"):
    return (
        f"{{id: resp_{number}, object: response, created_at: +{number}s, status: {status}, output: [{output}]{more}}}"
    )


def asked(said, answer):
    return f"- request: POST /responses\n  body: {{{said}}}\n  json: {answer}\n"


def said(number, text):
    return f"{{id: msg_{number}, type: message, role: assistant, content: [{{type: output_text, text: {text}}}]}}"


def told(thread):
    """A conversation in words."""
    lines = []
    for item in thread.items:
        if isinstance(item, MessageStory):
            lines.append(f"{item.role}: {item.text}")
        elif isinstance(item, RunStory):
            lines.append(f"{item.id} {item.status}: {item.text}")
        else:
            assert isinstance(item, RefusalStory)
            lines.append(f"refused: {item.operation}")
    return lines


def test_a_stream_is_told_item_by_item():
    found = story(STREAMED + "  truncated: true\n")
    [thread] = found.threads.values()
    assert (thread.id, thread.existed_before, found.is_timed) == ("conv_1", False, True)
    assert told(thread) == ["user: Before", "user: Search.", "resp_1 in_progress: It is"]
    [run] = found.runs
    assert (run.is_streamed, run.is_created, run.broken_off) == (True, True, "the stream breaks off")
    assert [(call.kind, call_text(call), output_of(call)) for call in run.calls] == [
        ("file_search", "file_search", "a.txt (0.50)"),
        ("code_interpreter", "print(1)", "1"),
        ("web_search_call", 'web_search_call {"status":"completed","action":{"query":"warm"}}', None),
    ]
    assert [len(line.pieces) for line in timeline_lines(run)] == [0, 0, 0, 2, 0, 2]
    assert [line.text for line in timeline_lines(run)][1] == "reasoning: Look first."


@pytest.mark.parametrize(
    ("event", "why"),
    [
        ("{error: {message: Too busy}}", "error event: Too busy"),
        ("{message: Flat}", "error event: Flat"),
        ("{}", "error event"),
    ],
)
def test_an_error_event_says_why_it_breaks_off(event, why):
    [run] = story(f"{STREAMED}  - error: {event}\n").runs
    assert why_of(run) == why


def test_rounds_of_calls_are_one_run_and_its_tokens_add_up():
    cost = ", usage: {input_tokens: 3, output_tokens: 4}"
    text = (
        asked("input: How warm?", response(1, CALL, cost))
        + asked(f"input: [{OUTPUT}], previous_response_id: resp_1", response(2, said(1, "It is 21."), cost))
        + asked(
            "input: Again, previous_response_id: resp_2",
            response(3, said(2, "Still 21."), ", previous_response_id: resp_2"),
        )
        + f"- request: GET /responses/resp_2\n  json: {response(2, said(1, 'It is 21.'), cost)}\n"
    )
    found = story(text)
    [thread] = found.threads.values()
    assert told(thread) == [
        "user: How warm?",
        "resp_1 completed: It is 21.",
        "user: Again",
        "resp_3 completed: Still 21.",
    ]
    first = found.runs[0]
    assert [state.status for state in first.states] == ["requires_action", "completed"]
    assert [(call.name, call.output) for call in first.calls] == [("get_weather", "21")]
    assert (tokens_of(first), first.is_addressed, first.is_cancelled) == ((6, 8), True, False)


def test_a_whole_history_is_told_once():
    first = "{role: user, content: How warm?}"
    text = (
        asked(f"input: [{first}]", response(1, CALL))
        + asked(f"input: [{first}, {CALL}, {OUTPUT}]", response(2, said(1, "It is 21.")))
        + asked(f"input: [{first}, {CALL}, {OUTPUT}, {said(1, 'It is 21.')}, {{role: user, content: Thanks}}]", response(3, said(2, "Welcome.")))
        + asked(f"input: [{first}, {{role: assistant, content: Welcome.}}, {{role: user, content: More}}]", response(4, said(3, "Yes.")))
    )  # fmt: skip
    [thread] = story(text).threads.values()
    assert told(thread) == [
        "user: How warm?",
        "resp_1 completed: It is 21.",
        "user: Thanks",
        "resp_3 completed: Welcome.",
        "user: More",
        "resp_4 completed: Yes.",
    ]


def test_what_began_before_the_recording_says_so():
    text = asked("input: Go on, previous_response_id: resp_0", response(1, "", ", previous_response_id: resp_0"))
    text += asked("input: Hi, conversation: {id: conv_9}", response(2, "", ", conversation: {id: conv_9}"))
    text += "- request: GET /conversations/conv_8\n  json: {id: conv_8, object: conversation}\n"
    assert [(thread.id, thread.existed_before) for thread in story(text).threads.values()] == [
        ("resp_1", True),
        ("conv_9", True),
        ("conv_8", True),
    ]


def test_refusals_stand_where_they_belong():
    refused = "  status: 400\n  json: {error: {code: bad, message: No.}}\n"
    text = (
        asked("input: Hi, conversation: conv_1", response(1, "", ", conversation: {id: conv_1}"))
        + f"- request: POST /responses\n  body: {{conversation: conv_1}}\n{refused}"
        + f"- request: GET /conversations/conv_1\n{refused}"
        + f"- request: POST /responses\n  body: {{previous_response_id: resp_1}}\n{refused}"
        + f"- request: POST /responses\n  body: {{previous_response_id: resp_7}}\n{refused}"
    )
    found = story(text)
    assert told(found.threads["conv_1"])[2:] == [
        "refused: create_response",
        "refused: retrieve_conversation",
        "refused: create_response",
    ]
    assert [refusal.operation for refusal in found.refusals] == ["create_response"]


def test_endings_and_cancels():
    text = asked("input: Hi, background: true", response(1, status="queued"))
    text += f"- request: POST /responses/resp_1/cancel\n  json: {response(1, status='cancelled')}\n"
    text += asked("input: Hi", response(2, "", ", error: {code: server_error, message: Oops}", "failed"))
    text += asked("input: Hi", response(3, "", ", incomplete_details: {reason: max_output_tokens}", "incomplete"))
    cancelled, failed, incomplete = story(text).runs
    assert (cancelled.is_cancelled, cancelled.status) == (True, "cancelled")
    assert (why_of(failed), why_of(incomplete)) == ("server_error: Oops", "max_output_tokens")


def test_a_response_that_is_only_retrieved_is_a_run_with_its_calls_answered():
    other = CALL.replace("fc_1", "fc_2").replace("call_1", "call_2")
    text = f"- request: GET /responses/resp_1\n  json: {response(1, f'{CALL}, {other}')}\n"
    text += asked(f"input: [{OUTPUT.replace('call_1', 'call_2')}, {OUTPUT}]", response(2))
    [run] = story(text).runs
    assert (run.is_created, [call.output for call in run.calls]) == (False, ["21", "21"])


def test_odd_answers_are_passed_over():
    text = """
- request: POST /responses
  json: [1]
- request: POST /responses
  json: {object: response}
- request: GET /responses/resp_1/input_items
  json: {object: list, data: []}
- request: GET /conversations/conv_1
  json: {id: 5, object: conversation}
- request: POST /responses
  body: {input: 5}
  stream:
  - ping: null
  - response.output_text.delta: {type: x, item_id: msg_1, delta: x}
  - response.created: {type: x, response: 5}
- request: POST /responses
  body: {input: Hi}
  stream:
  - response.created: {id: resp_1, object: response}
  - ping: 5
  - response.output_text.delta: {type: x, item_id: msg_1, delta: x}
  - response.output_item.added: {item: {id: fc_1, type: function_call, call_id: call_1}}
  - response.output_text.delta: {type: x, item_id: fc_1, delta: 5}
  - arguments: '{}'
"""
    found = story(text)
    [run] = found.runs
    assert (run.id, run.status, [call.input for call in run.calls]) == ("resp_1", "", ["{}"])


def test_outputs_before_a_message_or_in_the_conversation_continue_while_they_were_never_given():
    conversation = ", conversation: {id: conv_1}"
    second = CALL.replace("fc_1", "fc_2").replace("call_1", "call_2")
    told_again = f"input: [{OUTPUT}, {{role: user, content: Be brief.}}], conversation: conv_1"
    items = f"{{items: [{OUTPUT.replace('call_1', 'call_2')}]}}"
    text = (
        asked("input: Hi, conversation: conv_1", response(1, CALL, conversation))
        + asked(told_again, response(2, second, conversation))
        + f"- request: POST /conversations/conv_1/items\n  body: {items}\n  json: {{object: list, data: []}}\n"
        + asked("conversation: conv_1", response(3, said(1, "Warm."), conversation))
        + asked(told_again, response(4, said(2, "Again."), conversation))
    )
    first, new = story(text).runs
    assert ([*first.objects], [*new.objects]) == (["resp_1", "resp_2", "resp_3"], ["resp_4"])
    assert [call.output for call in first.calls] == ["21", "21"]


def test_an_older_response_that_is_looked_at_later_is_not_the_runs_status():
    text = (
        asked("input: Hi", response(1, CALL))
        + asked(f"input: [{OUTPUT}], previous_response_id: resp_1", response(2, status="failed"))
        + f"- request: GET /responses/resp_1\n  json: {response(1, CALL)}\n"
    )
    [run] = story(text).runs
    assert (run.status, run.object["id"], [*run.objects]) == ("failed", "resp_2", ["resp_1", "resp_2"])


def test_a_stream_whose_id_changes_is_one_response_and_items_without_ids_are_apart():
    items = "{type: message, content: [{type: output_text, text: a}]}, {type: message, content: [{type: output_text, text: b}]}"
    text = (
        "- request: POST /responses\n  body: {input: Hi, stream: true}\n  stream:\n"
        f"  - response.created: {response(1, status='in_progress')}\n"
        f"  - response.completed: {response(2, items)}\n"
    )
    [run] = story(text).runs
    assert ([*run.objects], run.status, run.text) == (["resp_1"], "completed", "a\n\nb")
    assert {step.object_id for step in run.steps} == {"resp_1"}


OWN = [
    ("{type: mcp_approval_response, id: mcpr_2, approve: true}", 'mcp_approval_response: {"approve":true}'),
    (
        "{type: apply_patch_call_output, call_id: call_9, output: ok}",
        'apply_patch_call_output: {"call_id":"call_9","output":"ok"}',
    ),
    ("{type: dream_wish, mood: calm}", 'dream_wish: {"mood":"calm"}'),
]


@pytest.mark.parametrize(("item", "line"), OWN)
@pytest.mark.parametrize(
    "before", ["previous_response_id: resp_1, input: [", "input: [{role: user, content: Hi}, CALL, "]
)
def test_what_an_application_sends_besides_messages_and_outputs_is_shown(item, line, before):
    call = "{type: dream_call, id: dream_1, status: completed}"
    text = asked("input: Hi", response(1, call)) + asked(
        f"{before.replace('CALL', call)}{item}]", response(2, said(1, "Done."))
    )
    shown = [entry for thread in story(text).threads.values() for entry in told(thread)]
    assert shown[-2:] == [line, "resp_2 completed: Done."]


def test_copies_of_what_the_model_said_are_not_shown_again():
    copies = (
        f"{{type: reasoning, summary: []}}, {{type: dream_call}}, {CALL}, {OUTPUT}, {{type: item_reference, id: x}}"
    )
    text = asked("input: Hi", response(1)) + asked(
        f"previous_response_id: resp_1, input: [{{role: user, content: Again}}, {copies}]",
        response(2, more=", previous_response_id: resp_1"),
    )
    [thread] = story(text).threads.values()
    assert told(thread) == ["user: Hi", "resp_1 completed: ", "user: Again", "resp_2 completed: "]


@pytest.mark.parametrize(
    ("background", "streamed", "way"), [("true", False, "polled"), ("false", False, ""), ("true", True, "streamed")]
)
def test_how_a_response_was_followed(background, streamed, way):
    answer = response(1, said(1, "Hi"), f", background: {background}")
    text = asked("input: Hi", answer)
    if streamed:
        text = f"- request: POST /responses\n  body: {{input: Hi, stream: true}}\n  stream: [response.completed: {answer}]\n"
    assert [run.way for run in story(text).runs] == [way]


def test_a_search_says_for_what_it_looked():
    call = "{id: fs_1, type: file_search_call, status: completed, queries: [warm socks, hats], results: null}"
    [run] = story(asked("input: Hi", response(1, call))).runs
    assert [call_text(found) for found in run.calls] == ["file_search: warm socks, hats"]
