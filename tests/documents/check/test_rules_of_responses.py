"""Rules of Responses: real recordings break none, and with one change each breaks the rule that it should."""

import base64

import pytest
from traffic_data import TRAFFIC

from runmock.documents.check.checking import check_text
from runmock.documents.check.findings import RULES
from runmock.tape.importers.to_cassette import import_recording

FOLDER = TRAFFIC / "responses"
PYDANTIC = "pydantic__pydantic-ai/cassettes/test_openai_responses"
DOTNET = "openai__openai-dotnet"
RECORDINGS = {
    "text": f"{DOTNET}/ResponsesTests/StreamingResponses.json",
    "call": f"{DOTNET}/ResponsesTests/FunctionCallStreamingWorks.json",
    "code": f"{PYDANTIC}/test_openai_responses_thinking_with_code_execution_tool_stream.yaml",
    "search": f"{DOTNET}/ResponsesToolTests/WebSearchCallStreaming.json",
    "patch": f"{DOTNET}/ResponsesToolTests/ApplyPatchToolWorks(%CreateFile%).json",
    "history": "lmnr-ai__lmnr-python/test_instrumentations/test_openai_agents/cassettes/test_agents_integration/test_agent_with_tool.yaml",
    "incomplete": f"{DOTNET}/ResponsesTests/MaxTokens.json",
    "background": f"{PYDANTIC}/test_background_mode_streaming_vcr.yaml",
    "cancelled": f"{DOTNET}/ResponsesTests/CanCancelBackgroundResponses.json",
    "deleted": f"{DOTNET}/ResponsesTests/CanDeleteResponse.json",
    "conversation": f"{PYDANTIC}/test_openai_conversation_id_streaming_provider_details.yaml",
    "items": f"{DOTNET}/ConversationTests/ConversationItemEndpointsAcceptIncludeQuery.json",
}


@pytest.fixture(scope="module")
def recordings():
    """The text of each recording as a cassette."""
    return {name: import_recording(FOLDER / path).text for name, path in RECORDINGS.items()}


def findings(text):
    """Line, rule and message of each finding, in the order of the lines."""
    return [(found.line, f"{found.rule}: {found.message}") for found in sorted(check_text(text, "c"))]


@pytest.mark.parametrize("name", RECORDINGS)
def test_a_real_recording_breaks_no_rule(name, recordings):
    assert findings(recordings[name]) == []


TEXT_DONE = "response.output_text.done: {}"
PART_DONE = "response.content_part.done: {}"
ITEM_DONE = "      - response.output_item.done: {}\n"
COMPLETED = "response.completed: {same: resp_1, status: completed"
DELTA = '      - text: [Hello, "!", " How", " can", " I", " assist", " you", " today", "?"]\n'
IN_PROGRESS = "      - response.in_progress: {same: resp_1}\n"
CANCEL = "\n  - request: POST /responses/resp_1/cancel\n    json: {same: resp_1, status: cancelled}\n"
ADDED = "      - response.output_item.added: {item: {id: msg_1, type: message, status: in_progress, content: [], role: assistant}}\n"
PART_ADDED = (
    '      - response.content_part.added: {part: {type: output_text, annotations: [], logprobs: [], text: ""}}\n'
)


def after_deltas(fields):
    """The deltas with another one behind them, which has these fields."""
    return DELTA + f'      - response.output_text.delta: {{{fields}, delta: ""}}\n'


CHANGED = [
    # numbers
    (
        "a number that is too high",
        "text",
        [
            (
                IN_PROGRESS,
                "      - response.in_progress: {type: response.in_progress, sequence_number: 3, response: {same: resp_1}}\n",
            )
        ],
        [(8, "numbering: response.in_progress has the sequence_number 3; 1 is next")],
    ),
    (
        "numbers that leave one out",
        "text",
        [("content_part.added: {", "content_part.added: {sequence_number: 4, ")],
        [(10, "numbering: response.content_part.added has the sequence_number 4; 3 is next")],
    ),
    (
        "a number that is no number",
        "text",
        [(TEXT_DONE, "response.output_text.done: {sequence_number: '13'}")],
        [(12, "numbering: response.output_text.done has the sequence_number '13', which is not a number")],
    ),
    (
        "a number that comes twice",
        "text",
        [(DELTA, after_deltas("sequence_number: 12"))],
        [(12, "numbering: response.output_text.delta has the sequence_number 12; 13 is next")],
    ),
    # ids
    (
        "another response at the end",
        "text",
        [(COMPLETED, COMPLETED + ", id: resp_2")],
        [(15, "unknown-id: response.completed is about resp_2, and the events before it are about resp_1")],
    ),
    (
        "an item that ends with another id",
        "text",
        [(ITEM_DONE, ITEM_DONE.replace("{}", "{item: {same: msg_1, id: msg_2, status: completed}}"))],
        [(14, "unknown-id: response.output_item.done is of msg_2, and the item was added as msg_1")],
    ),
    (
        "a delta of another item",
        "text",
        [(DELTA, after_deltas("item_id: msg_7"))],
        [(12, "unknown-id: response.output_text.delta is of msg_7, and the item was added as msg_1")],
    ),
    (
        "a delta of an item that nothing added",
        "text",
        [(DELTA, after_deltas("item_id: msg_7, output_index: 3"))],
        [(12, "unknown-id: response.output_text.delta of msg_7, which no event before it added")],
    ),
    (
        "an item in the output with another id",
        "text",
        [(COMPLETED, COMPLETED + ", output: [{same: msg_1, id: msg_9}]")],
        [(15, "unknown-id: the item 0 in the output of resp_1 is msg_9, and the item was added as msg_1")],
    ),
    (
        "a request about another response",
        "deleted",
        [("GET /responses/resp_1\n    json", "GET /responses/resp_4\n    json")],
        [(8, "unknown-id: the request is about resp_4, and the answer about resp_1")],
    ),
    (
        "a deletion of another response",
        "deleted",
        [("DELETE /responses/resp_1", "DELETE /responses/resp_4")],
        [(11, "unknown-id: the request is about resp_4, and the answer about resp_1")],
    ),
    (
        "a cancel of another response",
        "cancelled",
        [("POST /responses/resp_1", "POST /responses/resp_4")],
        [(8, "unknown-id: the request is about resp_4, and the answer about resp_1")],
    ),
    (
        "an item of another id",
        "items",
        [("conv_1/items/msg_1?", "conv_1/items/msg_5?")],
        [(18, "unknown-id: the request is about msg_5, and the answer about msg_1")],
    ),
    (
        "a conversation that nothing created",
        "items",
        [("GET /conversations/conv_1/items?", "GET /conversations/conv_3/items?")],
        [(21, "unknown-id: no answer before this request contains conv_3")],
    ),
    (
        "another previous response in the answer",
        "patch",
        [(", previous_response_id: resp_1, prompt", ", previous_response_id: resp_2, prompt")],
        [(9, "unknown-id: the request is about resp_1, and the answer about resp_2")],
    ),
    (
        "a previous response that nothing created",
        "patch",
        [
            ("body: {previous_response_id: resp_1,", "body: {previous_response_id: resp_4,"),
            (", previous_response_id: resp_1, prompt", ", previous_response_id: resp_4, prompt"),
        ],
        [(9, "unknown-id: no answer before this request contains resp_4")],
    ),
    (
        "another conversation in the answer",
        "conversation",
        [("conversation: {id: conv_1}", "conversation: {id: conv_2}")],
        [(9, "unknown-id: the request is about conv_1, and the answer about conv_2")],
    ),
    # indices
    (
        "an item that is not the next",
        "text",
        [("added: {item: {id: msg_1", "added: {output_index: 1, item: {id: msg_1")],
        [(9, "event-order: response.output_item.added of msg_1 has the output_index 1; 0 is next")],
    ),
    (
        "a part that is not the next",
        "text",
        [("added: {part: {type: output_text", "added: {content_index: 2, part: {type: output_text")],
        [(10, "event-order: response.content_part.added of msg_1 has the content_index 2; 0 is next")],
    ),
    (
        "a summary that is not the next",
        "code",
        [("added: {part: {type: summary_text", "added: {summary_index: 1, part: {type: summary_text")],
        [(10, "event-order: response.reasoning_summary_part.added of rs_1 has the summary_index 1; 0 is next")],
    ),
    (
        "a delta of another index",
        "text",
        [(DELTA, after_deltas("output_index: 3"))],
        [
            (12, "event-order: response.output_text.delta of msg_1 has the output_index 3, not 0"),
            (13, "event-order: response.output_text.done of msg_1 has the output_index 0, not 3"),
        ],
    ),
    (
        "a delta of a part that does not exist",
        "text",
        [(DELTA, after_deltas("content_index: 3"))],
        [(12, "event-order: response.output_text.delta of msg_1 has the content_index 3; 1 is next")],
    ),
    (
        "a state of another index",
        "search",
        [("web_search_call.completed: {}", "web_search_call.completed: {output_index: 4}")],
        [
            (12, "event-order: response.web_search_call.completed of ws_1 has the output_index 4, not 0"),
            (13, "event-order: response.output_item.done of ws_1 has the output_index 0, not 4"),
        ],
    ),
    (
        "a citation that is not the next",
        "search",
        [
            (
                "      - response.output_text.done: {}\n",
                "      - response.output_text.annotation.added: {annotation_index: 1, annotation: {type: url_citation}}\n",
            )
        ],
        [(23, "event-order: response.output_text.annotation.added of msg_1 has the annotation_index 1; 0 is next")],
    ),
    # texts
    (
        "deltas that are not the text",
        "text",
        [(TEXT_DONE, "response.output_text.done: {text: Hello!}")],
        [
            (
                12,
                "text: the text of msg_1: the deltas add up to 'Hello! How can I assist you today?', but here it is 'Hello!'",
            )
        ],
    ),
    (
        "a part that has another text",
        "text",
        [(PART_DONE, "response.content_part.done: {part: {text: Hello!}}")],
        [
            (
                13,
                "text: the text of msg_1: the deltas add up to 'Hello! How can I assist you today?', but here it is 'Hello!'",
            )
        ],
    ),
    (
        "an item that has another text",
        "text",
        [(ITEM_DONE, ITEM_DONE.replace("{}", "{item: {content: [{type: output_text, text: Hi}]}}"))],
        [
            (
                14,
                "text: the text of msg_1: the deltas add up to 'Hello! How can I assist you today?', but here it is 'Hi'",
            )
        ],
    ),
    (
        "an output that has another text",
        "text",
        [(COMPLETED, COMPLETED + ", output: [{same: msg_1, content: [{type: output_text, text: Hi}]}]")],
        [
            (
                15,
                "text: the text of msg_1: the deltas add up to 'Hello! How can I assist you today?', but here it is 'Hi'",
            )
        ],
    ),
    (
        "an output that has one item more",
        "text",
        [(COMPLETED, COMPLETED + ", output: [{same: msg_1}, {same: msg_1, id: msg_9}]")],
        [(15, "text: the output of resp_1 has 2 items, and the events have told 1")],
    ),
    (
        "deltas that are not the arguments",
        "call",
        [("function_call_arguments.done: {}", "function_call_arguments.done: {arguments: '{}'}")],
        [
            (
                11,
                "text: the arguments of fc_1: the deltas add up to '{\"location\":\"San Francisco, CA\"}', but here it is '{}'",
            )
        ],
    ),
    (
        "a call that has other arguments",
        "call",
        [(ITEM_DONE, ITEM_DONE.replace("{}", "{item: {arguments: '{}'}}"))],
        [
            (
                12,
                "text: the arguments of fc_1: the deltas add up to '{\"location\":\"San Francisco, CA\"}', but here it is '{}'",
            )
        ],
    ),
    (
        "deltas that are not the code",
        "code",
        [
            (
                '"100", ":]"]\n      - response.code_interpreter_call_code.done: {}',
                '"100", ":]"]\n      - response.code_interpreter_call_code.done: {code: n}',
            )
        ],
        [(32, "text: the code of ci_2: the deltas add up to 'str(n)[:100], str(n)[-100:]', but here it is 'n'")],
    ),
    (
        "deltas that are not the summary",
        "code",
        [("reasoning_summary_text.done: {}", "reasoning_summary_text.done: {text: Hm.}")],
        [
            (
                19,
                "text: the summary of rs_1: the deltas add up to '**Calculating a large integer**\\n\\nI need ...', but here it is 'Hm.'",
            )
        ],
    ),
    (
        "a part that has another summary",
        "code",
        [("reasoning_summary_part.done: {}", "reasoning_summary_part.done: {part: {text: Hm.}}")],
        [
            (
                20,
                "text: the summary of rs_1: the deltas add up to '**Calculating a large integer**\\n\\nI need ...', but here it is 'Hm.'",
            )
        ],
    ),
    # order
    (
        "a stream that does not begin with the response",
        "text",
        [(IN_PROGRESS, ""), ("response.created: {id: resp_1,", "response.in_progress: {id: resp_1,")],
        [(7, "event-order: the stream of a create_response begins with response.created, not response.in_progress")],
    ),
    (
        "a snapshot that comes twice",
        "text",
        [(IN_PROGRESS, IN_PROGRESS * 2)],
        [(9, "event-order: response.in_progress of resp_1 comes twice in a row")],
    ),
    (
        "a response that is created twice",
        "text",
        [(IN_PROGRESS, IN_PROGRESS.replace("in_progress", "created") + IN_PROGRESS)],
        [(8, "event-order: response.created of resp_1 comes twice in a row")],
    ),
    (
        "a response that is queued late",
        "text",
        [(IN_PROGRESS, IN_PROGRESS + "      - response.queued: {same: resp_1, status: queued}\n")],
        [
            (
                9,
                "transition: resp_1 goes from in_progress to queued; after in_progress comes cancelled, completed, failed, incomplete",
            )
        ],
    ),
    (
        "a snapshot of another status",
        "text",
        [(COMPLETED, "response.completed: {same: resp_1, status: in_progress")],
        [(15, "event-order: response.completed has the status 'in_progress' of resp_1, not 'completed'")],
    ),
    (
        "an item that is added twice",
        "text",
        [(ADDED, ADDED * 2)],
        [
            (10, "event-order: response.output_item.added of msg_1, which was added before"),
            (11, "event-order: response.content_part.added of msg_1 has the output_index 1, not 0"),
        ],
    ),
    (
        "a part that is added twice",
        "text",
        [(PART_ADDED, PART_ADDED + PART_ADDED.replace("{part", "{content_index: 0, part"))],
        [(11, "event-order: response.content_part.added of msg_1: the part 0 was added before")],
    ),
    (
        "an item that is never done",
        "text",
        [(ITEM_DONE, "")],
        [(14, "event-order: resp_1 is completed while msg_1 is not done")],
    ),
    (
        "an item that is done twice",
        "text",
        [(ITEM_DONE, ITEM_DONE * 2)],
        [
            (15, "event-order: response.output_item.done of msg_1, which is done"),
            (16, "text: the output of resp_1 has 2 items, and the events have told 1"),
        ],
    ),
    (
        "an event of an item that is done",
        "text",
        [(ITEM_DONE, ITEM_DONE + f"      - {TEXT_DONE}\n")],
        [(15, "event-order: response.output_text.done of msg_1, which is done")],
    ),
    (
        "an item that is done and was never added",
        "text",
        [(ITEM_DONE, ITEM_DONE + ITEM_DONE.replace("{}", "{output_index: 1, item: {id: msg_2, type: message}}"))],
        [(15, "event-order: response.output_item.done of msg_2 comes before its response.output_item.added")],
    ),
    (
        "an event whose data is of another",
        "text",
        [
            (
                TEXT_DONE,
                "response.output_text.done: {type: response.output_text.delta, item_id: msg_1, output_index: 0, content_index: 0, sequence_number: 13}",
            )
        ],
        [(12, "event-order: the event response.output_text.done has the type 'response.output_text.delta'")],
    ),
    (
        "an event after the end",
        "text",
        [(IN_PROGRESS, "      - error: {code: null, message: Sorry., param: null}\n" + IN_PROGRESS)],
        [(9, "event-order: response.in_progress comes after error, which ends a stream")],
    ),
    (
        "a stream that was not asked for",
        "text",
        [(", stream: true}", "}")],
        [(4, "event-order: the create_response asks for no stream, but the answer is a stream")],
    ),
    (
        "a stream that was asked for in vain",
        "deleted",
        [("body: {model", "body: {stream: true, model")],
        [(4, "event-order: the create_response asks for a stream, but the answer is not a stream")],
    ),
    # endings
    (
        "a stream without its end",
        "text",
        [(COMPLETED, "response.in_progress: {same: resp_1, status: in_progress")],
        [
            (15, "event-order: response.in_progress of resp_1 comes twice in a row"),
            (
                15,
                "truncated: the stream ends with response.in_progress, and neither response.completed, response.failed, response.incomplete nor error",
            ),
        ],
    ),
    (
        "a stream that a gateway ends early",
        "text",
        [(COMPLETED, "done: nameless\n      - response.completed: {same: resp_1, status: completed")],
        [
            (15, "event-order: [DONE] comes while resp_1 is in_progress"),
            (16, "event-order: response.completed comes after [DONE], which ends a stream"),
        ],
    ),
    (
        "an error in a completed response",
        "text",
        [(COMPLETED, COMPLETED + ", error: {code: server_error, message: Sorry.}")],
        [(15, "ending: resp_1 is completed, and has error, as if it were failed")],
    ),
    (
        "a failed response without its error",
        "text",
        [(COMPLETED, "response.failed: {same: resp_1, status: failed")],
        [(15, "ending: resp_1 is failed, and its error does not say why")],
    ),
    (
        "an incomplete response without its reason",
        "incomplete",
        [("incomplete_details: {reason: max_output_tokens}", "incomplete_details: null")],
        [(6, "ending: resp_1 is incomplete, and its incomplete_details does not say why")],
    ),
    (
        "a failed response with a reason",
        "incomplete",
        [("created_at: +0s, status: incomplete", "created_at: +0s, status: failed")],
        [
            (6, "ending: resp_1 is failed, and has incomplete_details, as if it were incomplete"),
            (6, "ending: resp_1 is failed, and its error does not say why"),
        ],
    ),
    (
        "a status that does not exist",
        "incomplete",
        [("created_at: +0s, status: incomplete", "created_at: +0s, status: incomplet")],
        [(6, "transition: resp_1 has the status 'incomplet', which the API does not have; did you mean 'incomplete'?")],
    ),
    (
        "a message that is never completed",
        "text",
        [(ITEM_DONE, ITEM_DONE.replace("{}", "{item: {status: in_progress}}"))],
        [
            (14, "ending: response.output_item.done has the status 'in_progress' of msg_1"),
            (15, "ending: resp_1 is completed, and msg_1 in its output is in_progress"),
        ],
    ),
    (
        "a background response that goes on after its end",
        "cancelled",
        [("status: queued", "status: completed")],
        [(9, "transition: resp_1 goes from completed to cancelled; after completed comes nothing")],
    ),
    (
        "a background response without its end",
        "cancelled",
        [(CANCEL, "")],
        [(6, "unfinished: the end of resp_1 was never recorded: its last status is queued")],
    ),
    (
        "a status that goes back",
        "deleted",
        [("json: {same: resp_1}", "json: {same: resp_1, status: in_progress}")],
        [(9, "transition: resp_1 goes from completed to in_progress; after completed comes nothing")],
    ),
    (
        "a poll of another end",
        "deleted",
        [("json: {same: resp_1}", "json: {same: resp_1, status: cancelled}")],
        [(9, "transition: resp_1 goes from completed to cancelled; after completed comes nothing")],
    ),
    # calls
    (
        "a response that is continued without an output",
        "patch",
        [("input: [{type: apply_patch_call_output, call_id: call_1, status: completed}]", "input: Go on.")],
        [(9, "unanswered-calls: the request goes on without an output for call_1, which resp_1 announced")],
    ),
    (
        "an output of another call",
        "patch",
        [("apply_patch_call_output, call_id: call_1", "apply_patch_call_output, call_id: call_2")],
        [
            (9, "unanswered-calls: the request goes on without an output for call_1, which resp_1 announced"),
            (
                9,
                "unknown-id: an output for call_2, and neither the request nor what it continues has this call; did you mean 'call_1'?",
            ),
        ],
    ),
    (
        "a history without an output",
        "history",
        [(', {call_id: call_1, output: "72°F and sunny", type: function_call_output}', "")],
        [(9, "unanswered-calls: the request goes on without an output for call_1, which resp_1 announced")],
    ),
    (
        "a history without the call",
        "history",
        [("{same: fc_1}, ", "")],
        [(9, "unknown-id: an output for call_1, and neither the request nor what it continues has this call")],
    ),
]


@pytest.mark.parametrize(("name", "edits", "expected"), [row[1:] for row in CHANGED], ids=[row[0] for row in CHANGED])
def test_a_changed_recording_breaks_its_rule(name, edits, expected, recordings):
    text = recordings[name]
    for old, new in edits:
        assert text.count(old) == 1
        text = text.replace(old, new)
    assert findings(text) == expected


def test_every_rule_but_that_of_files_and_secrets_has_a_change_that_breaks_it():
    broken = {message.partition(":")[0] for _, _, _, expected in CHANGED for _, message in expected}
    assert broken == set(RULES) - {"format", "file", "secret"}


KEY = "sk-proj-abcdefghijklmnopqrstuvwxyz123456"
SECRETS = [
    ("history", '"What is the weather in NYC?"', f'"Is {KEY} valid?"', "an OpenAI key is here"),
    (
        "conversation",
        "instructions: Follow the user instructions exactly., model",
        f"instructions: Use {KEY}, model",
        "an OpenAI key is here",
    ),
    ("history", '72°F and sunny", type', f'{KEY}", type', "an OpenAI key is here"),
    ("history", '"The weather in NYC is', f'"{KEY} is', "an OpenAI key is here"),
    ("history", 'call_1, output: "72°F', 'call_1, output: "password=swordfish99 72°F', "a password is here"),
    (
        "text",
        DELTA,
        f"      - text: [{KEY[:9]}, {KEY[9:20]}, {KEY[20:]}]\n",
        "the deltas of this stream add up to an OpenAI key",
    ),
    ("text", DELTA, "      - text: [my pass, word=sword, fish99]\n", "the deltas of this stream add up to a password"),
    (
        "call",
        '"\\":\\"", San, " Francisco"',
        f'"\\":\\"", {KEY[:9]}, {KEY[9:]}',
        "the deltas of this stream add up to an OpenAI key",
    ),
    (
        "code",
        'code: ["n", " =", " pow"',
        f'code: ["n", " =", " {KEY[:9]}", {KEY[9:]}',
        "the deltas of this stream add up to an OpenAI key",
    ),
]


@pytest.mark.parametrize(("name", "old", "new", "message"), SECRETS)
def test_a_secret_is_found_wherever_it_is(name, old, new, message, recordings):
    assert recordings[name].count(old) == 1
    assert [found for _, found in findings(recordings[name].replace(old, new))] == [f"secret: {message}"]


def test_what_is_encrypted_is_no_secret(recordings):
    text = recordings["code"]
    encrypted = base64.b64encode(bytes(range(256)) * 16).decode()
    assert text.count("encrypted_content: enc_1") == 1
    assert findings(text.replace("encrypted_content: enc_1", f"encrypted_content: {encrypted}")) == []
