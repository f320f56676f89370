"""Every refusal of Responses and Conversations that the service makes by itself: what is done, and the whole error.

Source: docs/protocol/responses.md#refused-requests. Tests play the rows in process and over a server.
"""

from typing import NamedTuple

WEATHER = {"type": "function", "name": "get_weather", "parameters": {"type": "object", "properties": {}}}
CASSETTE = """runmock: 1
runs:
  - match: {last_message: weather}
    calls: [{get_weather: {city: Paris}}, {get_weather: {city: Oslo}}]
    reply: Warm.
  - match: {last_message: think}
    reasoning: Hm.
    reply: Yes.
  - match: {last_message: think and call}
    steps: [{reasoning: Hm.}, {calls: [get_weather]}, {reply: Warm.}]
  - reply: Hi
  - reply: Bye
"""


class Scene:
    """A client of the SDK, and what it has made."""

    def __init__(self, client):
        self.client, self.responses, self.conversations = client, client.responses, client.conversations

    def creates(self, question="Hello", **options):
        return self.responses.create(model="gpt-4o", input=question, tools=[WEATHER], **options)

    def wants(self, **body):
        """A create with these parameters, as they are."""
        return self.responses.create(extra_body=body)

    def conversation(self):
        return self.conversations.create().id

    def adds(self, *items):
        return self.conversations.items.create(self.conversation(), items=[*items])


class Refusal(NamedTuple):
    """The answer; `MADE` in its text is the id, or the call's id, that what is done has returned first."""

    message: str
    param: str | None = None
    code: str | None = None
    status: int = 400


def user(text):
    return {"role": "user", "content": text}


def output_of(call_id, output="21"):
    return {"type": "function_call_output", "call_id": call_id, "output": output}


def bare(item, *keys):
    return {key: value for key, value in item.model_dump(exclude_none=True).items() if key in keys}


def deleted(scene):
    made = scene.creates().id
    scene.responses.delete(made)
    return made


def unstored(scene):
    return scene.creates(store=False).id


def deleted_conversation(scene):
    made = scene.conversation()
    scene.conversations.delete(made)
    return made


UNKNOWN = Refusal("Response with id 'MADE' not found.", status=404)
NO_CONVERSATION = Refusal("Conversation with id 'MADE' not found.", status=404)
NO_ITEM = Refusal("Item with id 'MADE' not found in conversation.", status=404)
NO_PREVIOUS = Refusal(
    "Previous response with id 'MADE' not found.", "previous_response_id", "previous_response_not_found"
)
NO_OUTPUT = Refusal("No tool output found for function call MADE.", "input")
NO_CALL = Refusal("No tool call found for function call output with call_id MADE.", "input")
LOST = Refusal(
    "Item with id 'MADE' not found. Items are not persisted when `store` is set to false. Try again with `store` set "
    "to true, or remove this item from your input.",
    "input",
    status=404,
)
ALONE = Refusal("Item 'MADE' of type 'reasoning' was provided without its required following item.", "input")


def one_output(scene, **state):
    first = scene.creates("weather")
    return first.output[1].call_id, lambda: scene.creates(
        [output_of(first.output[0].call_id)], **state_of(first, state)
    )


def state_of(first, state):
    return {"previous_response_id": first.id} if state else {}


def forgotten_state(scene):
    first = scene.creates("weather")
    outputs = [output_of(call.call_id) for call in first.output]
    return first.output[0].call_id, lambda: scene.creates(outputs)


def question_meanwhile(scene):
    first = scene.creates("weather")
    return first.output[0].call_id, lambda: scene.creates("Hello?", previous_response_id=first.id)


def question_meanwhile_in_a_conversation(scene):
    conversation = scene.conversation()
    first = scene.creates("weather", conversation=conversation)
    return first.output[0].call_id, lambda: scene.creates("Hello?", conversation=conversation)


def history_without_an_output(scene):
    first = scene.creates("weather", store=False)
    calls = [bare(call, "type", "call_id", "name", "arguments") for call in first.output]
    items = [user("weather"), *calls, output_of(calls[1]["call_id"])]
    return calls[0]["call_id"], lambda: scene.creates(items)


def history_without_a_call(scene):
    first = scene.creates("weather", store=False)
    calls = [bare(call, "type", "call_id", "name", "arguments") for call in first.output]
    items = [user("weather"), calls[0], *[output_of(call["call_id"]) for call in calls]]
    return calls[1]["call_id"], lambda: scene.creates(items)


def reference(scene, **options):
    message = scene.creates(**options).output[0].id
    return message, lambda: scene.creates([{"type": "item_reference", "id": message}, user("And?")])


def reference_without_a_type(scene):
    message = scene.creates(store=False).output[0].id
    return message, lambda: scene.creates([{"id": message}, user("And?")])


def reference_to_a_deleted_response(scene):
    made = scene.creates()
    scene.responses.delete(made.id)
    message = made.output[0].id
    return message, lambda: scene.creates([{"type": "item_reference", "id": message}, user("And?")])


def reference_in_a_conversation(scene):
    return "msg_9", lambda: scene.adds({"type": "item_reference", "id": "msg_9"})


def reasoning_by_id(scene, **options):
    thought, message = scene.creates("think", **options).output
    items = [user("think"), bare(thought, "type", "id", "summary"), bare(message, *KEYS_OF_MESSAGE), user("And?")]
    return thought.id, lambda: scene.creates(items, store=False)


KEYS_OF_MESSAGE = ("type", "id", "role", "content", "status")


def reasoning_followed_by(*items, **options):
    def does(scene):
        thought = scene.creates("think", **options).output[0]
        return thought.id, lambda: scene.creates([user("think"), thought.model_dump(exclude_none=True), *items])

    return does


def reasoning_without_its_call(scene):
    thought, call = scene.creates("think and call").output
    return thought.id, lambda: scene.creates(
        [user("think and call"), bare(thought, "type", "id", "summary"), output_of(call.call_id)]
    )


def now(made, does):
    """What is done with an id that is made up."""
    return lambda scene: (made, lambda: does(scene, made))


def then(make, does):
    """What is done with an id that something has made."""

    def both(scene):
        made = make(scene)
        return made, lambda: does(scene, made)

    return both


def wants(**body):
    return lambda scene: (None, lambda: scene.wants(**body))


def does(call):
    return lambda scene: (None, lambda: call(scene))


def below(name, limit, value, kind="integer"):
    return Refusal(
        f"Invalid '{name}': {kind} below minimum value. Expected a value >= {limit}, but got {value} instead.",
        name,
        f"{kind}_below_min_value",
    )


def above(name, limit, value, kind="integer"):
    return Refusal(
        f"Invalid '{name}': {kind} above maximum value. Expected a value <= {limit}, but got {value} instead.",
        name,
        f"{kind}_above_max_value",
    )


def too_long(name, limit, length):
    return Refusal(
        f"Invalid '{name}': string too long. Expected a string with maximum length {limit}, but got a string with "
        f"length {length} instead.",
        name,
        "string_above_max_length",
    )


def missing(name):
    return Refusal(f"Missing required parameter: '{name}'.", name, "missing_required_parameter")


def unknown(name):
    return Refusal(f"Unknown parameter: '{name}'.", name, "unknown_parameter")


def not_of_type(name, expected, got):
    return Refusal(f"Invalid type for '{name}': expected {expected}, but got {got} instead.", name, "invalid_type")


def not_among(name, value, values):
    return Refusal(f"Invalid value: '{value}'. Supported values are: {values}.", name, "invalid_value")


def letters(name, value):
    return Refusal(
        f"Invalid '{name}': '{value}'. Expected an ID that contains letters, numbers, underscores, or dashes, but this "
        "value contained additional characters.",
        name,
        "invalid_value",
    )


TOO_MANY_PAIRS = Refusal(
    "Invalid 'metadata': too many properties. Expected an object with at most 16 properties, but got an object with 17 "
    "properties instead.",
    "metadata",
    "object_above_max_properties",
)
TOO_MANY_ITEMS = Refusal(
    "Invalid 'items': array too long. Expected an array with maximum length 20, but got an array with length 21 instead.",
    "items",
    "array_above_max_length",
)
LONG_KEY = Refusal(
    "Invalid property name in 'metadata': 'kkk...kkk' is too long. Expected a string with maximum length 64, but got a "
    "string with length 65 instead.",
    f"metadata.{'k' * 65}",
    "property_name_above_max_length",
)


def no_tool(name):
    return Refusal(f"Tool choice '{name}' not found in 'tools' parameter.", "tool_choice")


PAIRS = {str(number): "x" for number in range(17)}
HI = {"model": "gpt-4o", "input": "Hello"}
SERVICE = {
    "an unknown response": (now("resp_9", lambda s, made: s.responses.retrieve(made)), UNKNOWN),
    "a response that was deleted": (then(deleted, lambda s, made: s.responses.retrieve(made)), UNKNOWN),
    "a response that was not stored": (then(unstored, lambda s, made: s.responses.retrieve(made)), UNKNOWN),
    "an unknown response, cancelled": (now("resp_9", lambda s, made: s.responses.cancel(made)), UNKNOWN),
    "a deleted response, cancelled": (then(deleted, lambda s, made: s.responses.cancel(made)), UNKNOWN),
    "an unknown response, deleted": (now("resp_9", lambda s, made: s.responses.delete(made)), UNKNOWN),
    "a response, deleted twice": (then(deleted, lambda s, made: s.responses.delete(made)), UNKNOWN),
    "an unknown response, its items": (now("resp_9", lambda s, made: s.responses.input_items.list(made)), UNKNOWN),
    "an unstored response, its items": (then(unstored, lambda s, made: s.responses.input_items.list(made)), UNKNOWN),
    "an unknown response, its stream": (
        now("resp_9", lambda s, made: s.responses.retrieve(made, stream=True)),
        UNKNOWN,
    ),
    "a deleted response, its stream": (
        then(deleted, lambda s, made: s.responses.retrieve(made, stream=True, starting_after=2)),
        UNKNOWN,
    ),
    "an unknown conversation": (now("conv_9", lambda s, made: s.conversations.retrieve(made)), NO_CONVERSATION),
    "a conversation that was deleted": (
        then(deleted_conversation, lambda s, made: s.conversations.retrieve(made)),
        NO_CONVERSATION,
    ),
    "an unknown conversation, changed": (
        now("conv_9", lambda s, made: s.conversations.update(made, metadata={})),
        NO_CONVERSATION,
    ),
    "an unknown conversation, deleted": (now("conv_9", lambda s, made: s.conversations.delete(made)), NO_CONVERSATION),
    "an unknown conversation, its items": (
        now("conv_9", lambda s, made: s.conversations.items.list(made)),
        NO_CONVERSATION,
    ),
    "an unknown conversation, another item": (
        now("conv_9", lambda s, made: s.conversations.items.create(made, items=[user("Hello")])),
        NO_CONVERSATION,
    ),
    "an unknown conversation, one item": (
        now("conv_9", lambda s, made: s.conversations.items.retrieve("msg_1", conversation_id=made)),
        NO_CONVERSATION,
    ),
    "a response in an unknown conversation": (
        now("conv_9", lambda s, made: s.creates(conversation=made)),
        NO_CONVERSATION,
    ),
    "a response in an unknown conversation, as an object": (
        now("conv_9", lambda s, made: s.creates(conversation={"id": made})),
        NO_CONVERSATION,
    ),
    "a response in a deleted conversation": (
        then(deleted_conversation, lambda s, made: s.creates(conversation=made)),
        NO_CONVERSATION,
    ),
    "an unknown item": (
        now("msg_9", lambda s, made: s.conversations.items.retrieve(made, conversation_id=s.conversation())),
        NO_ITEM,
    ),
    "an unknown item, deleted": (
        now("msg_9", lambda s, made: s.conversations.items.delete(made, conversation_id=s.conversation())),
        NO_ITEM,
    ),
    "an unknown previous response": (now("resp_9", lambda s, made: s.creates(previous_response_id=made)), NO_PREVIOUS),
    "a previous response that was deleted": (
        then(deleted, lambda s, made: s.creates(previous_response_id=made)),
        NO_PREVIOUS,
    ),
    "a previous response that was not stored": (
        then(unstored, lambda s, made: s.creates(previous_response_id=made)),
        NO_PREVIOUS,
    ),
    "both states": (
        does(lambda s: s.creates(previous_response_id="resp_9", conversation="conv_9")),
        Refusal(
            "Mutually exclusive parameters: ''. Ensure you are only providing one of: 'pre..._id' or 'conversation'.",
            None,
            "mutually_exclusive_parameters",
        ),
    ),
    "one output of two": (lambda s: one_output(s, previous=True), NO_OUTPUT),
    "a question instead of outputs": (question_meanwhile, NO_OUTPUT),
    "a question instead of outputs, in a conversation": (question_meanwhile_in_a_conversation, NO_OUTPUT),
    "a history without an output": (history_without_an_output, NO_OUTPUT),
    "a history without a call": (history_without_a_call, NO_CALL),
    "outputs without their response": (forgotten_state, NO_CALL),
    "an output of a call that is nowhere": (now("call_9", lambda s, made: s.creates([output_of(made)])), NO_CALL),
    "a reference to what was not stored": (lambda s: reference(s, store=False), LOST),
    "a reference without a type": (reference_without_a_type, LOST),
    "a reference to what was deleted": (reference_to_a_deleted_response, LOST),
    "a reference to what never was": (
        now("msg_9", lambda s, made: s.creates([{"type": "item_reference", "id": made}])),
        LOST,
    ),
    "a reference for a conversation": (reference_in_a_conversation, LOST),
    "reasoning that was not stored, by its id": (lambda s: reasoning_by_id(s, store=False), LOST),
    "reasoning that never was, by its id": (
        now("rs_9", lambda s, made: s.creates([{"type": "reasoning", "id": made, "summary": []}, user("And?")])),
        LOST,
    ),
    "reasoning at the end": (reasoning_followed_by(), ALONE),
    "reasoning before a question": (reasoning_followed_by(user("And?")), ALONE),
    "reasoning before words of a developer": (
        reasoning_followed_by({"role": "developer", "content": "Be brief."}, user("And?")),
        ALONE,
    ),
    "reasoning before another message": (
        reasoning_followed_by({"role": "assistant", "content": "The meaning of life is 42."}, user("And?")),
        ALONE,
    ),
    "reasoning that was not stored, before a question": (reasoning_followed_by(user("And?"), store=False), ALONE),
    "reasoning before an output": (reasoning_without_its_call, ALONE),
    "temperature too low": (wants(**HI, temperature=-1), below("temperature", 0, -1, "decimal")),
    "temperature too high": (wants(**HI, temperature=2.1), above("temperature", 2, 2.1, "decimal")),
    "top_p too low": (wants(**HI, top_p=-0.1), below("top_p", 0, -0.1, "decimal")),
    "top_p too high": (wants(**HI, top_p=1.5), above("top_p", 1, 1.5, "decimal")),
    "max_output_tokens too low": (wants(**HI, max_output_tokens=10), below("max_output_tokens", 16, 10)),
    "max_output_tokens just too low": (wants(**HI, max_output_tokens=15), below("max_output_tokens", 16, 15)),
    "top_logprobs too low": (wants(**HI, top_logprobs=-1), below("top_logprobs", 0, -1)),
    "top_logprobs too high": (wants(**HI, top_logprobs=21), above("top_logprobs", 20, 21)),
    "a limit too high": (
        does(lambda s: s.conversations.items.list(s.conversation(), limit=1000)),
        above("limit", 100, 1000),
    ),
    "a limit too low": (does(lambda s: s.conversations.items.list(s.conversation(), limit=0)), below("limit", 1, 0)),
    "a limit too high, of input items": (
        does(lambda s: s.responses.input_items.list(s.creates().id, limit=101)),
        above("limit", 100, 101),
    ),
    "an order that is none": (
        does(lambda s: s.conversations.items.list(s.conversation(), order="newest")),
        not_among("order", "newest", "'asc' and 'desc'"),
    ),
    "a begin of a stream too low": (
        does(lambda s: s.responses.retrieve(s.creates().id, stream=True, starting_after=-1)),
        below("starting_after", 0, -1),
    ),
    "too much metadata": (wants(**HI, metadata=PAIRS), TOO_MANY_PAIRS),
    "a long key of metadata": (wants(**HI, metadata={"k" * 65: "x"}), LONG_KEY),
    "a long value of metadata": (wants(**HI, metadata={"key": "x" * 513}), too_long("metadata.key", 512, 513)),
    "a value of metadata that is no text": (
        wants(**HI, metadata={"key": 5}),
        not_of_type("metadata.key", "a string", "an integer"),
    ),
    "too much metadata of a conversation": (does(lambda s: s.conversations.create(metadata=PAIRS)), TOO_MANY_PAIRS),
    "too much new metadata of a conversation": (
        does(lambda s: s.conversations.update(s.conversation(), metadata=PAIRS)),
        TOO_MANY_PAIRS,
    ),
    "a long value of a conversation's metadata": (
        does(lambda s: s.conversations.create(metadata={"key": "x" * 513})),
        too_long("metadata.key", 512, 513),
    ),
    "a long safety_identifier": (
        wants(**HI, safety_identifier="x" * 65),
        too_long("safety_identifier", 64, 65),
    ),
    "a long output": (
        wants(input=[output_of("call_1", "x" * 10_485_761)]),
        too_long("input[0].output", 10_485_760, 10_485_761),
    ),
    "a long id of a call": (wants(input=[output_of("c" * 65)]), too_long("input[0].call_id", 64, 65)),
    "a conversation with too many items": (
        does(lambda s: s.conversations.create(items=[user("Hello")] * 21)),
        TOO_MANY_ITEMS,
    ),
    "too many items for a conversation": (does(lambda s: s.adds(*[user("Hello")] * 21)), TOO_MANY_ITEMS),
    "letters of a previous response": (
        wants(**HI, previous_response_id="@results.search"),
        letters("previous_response_id", "@results.search"),
    ),
    "an empty previous response": (wants(**HI, previous_response_id=""), letters("previous_response_id", "")),
    "letters of a conversation": (wants(**HI, conversation="conv 1"), letters("conversation", "conv 1")),
    "letters of a conversation in an object": (
        wants(**HI, conversation={"id": "conv.1"}),
        letters("conversation.id", "conv.1"),
    ),
    "letters of an item": (
        wants(input=[{**user("Hello"), "id": "msg 1"}]),
        letters("input[0].id", "msg 1"),
    ),
    "letters of an item for a conversation": (
        does(lambda s: s.adds({**user("Hello"), "type": "message", "id": "msg:1"})),
        letters("items[0].id", "msg:1"),
    ),
    "a foreground response, cancelled": (
        does(lambda s: s.responses.cancel(s.creates().id)),
        Refusal("Cannot cancel a synchronous response."),
    ),
    "a function that is not offered, chosen": (
        does(lambda s: s.creates(tool_choice={"type": "function", "name": "get_time"})),
        no_tool("function"),
    ),
    "a tool that is not offered, chosen": (
        does(lambda s: s.creates(tool_choice={"type": "image_generation"})),
        no_tool("image_generation"),
    ),
    "a choice without any tools": (wants(**HI, tool_choice={"type": "file_search"}), no_tool("file_search")),
    "an allowed tool that is not offered": (
        does(
            lambda s: s.creates(
                tool_choice={
                    "type": "allowed_tools",
                    "mode": "auto",
                    "tools": [{"type": "function", "name": "get_time"}],
                }
            )
        ),
        no_tool("function"),
    ),
    "a choice that is none": (
        wants(**HI, tool_choice="maybe"),
        not_among("tool_choice", "maybe", "'none', 'auto', and 'required'"),
    ),
    "a choice in the form of chat completions": (
        wants(**HI, tool_choice={"type": "function", "function": {"name": "a"}}),
        missing("tool_choice.name"),
    ),
    "a function in the form of chat completions": (
        wants(**HI, tools=[{"type": "function", "function": {"name": "get_weather"}}]),
        missing("tools[0].name"),
    ),
    "a name that no function has": (
        wants(**HI, tools=[{"type": "function", "name": "get weather"}]),
        Refusal(
            "Invalid 'tools[0].name': string does not match pattern. Expected a string that matches the pattern "
            "'^[a-zA-Z0-9_-]+$'.",
            "tools[0].name",
            "invalid_value",
        ),
    ),
    "a form in the form of chat completions": (
        wants(**HI, text={"format": {"type": "json_schema", "json_schema": {"name": "a", "schema": {}}}}),
        missing("text.format.name"),
    ),
    "a form without its schema": (
        wants(**HI, text={"format": {"type": "json_schema", "name": "a"}}),
        missing("text.format.schema"),
    ),
    "an unknown parameter": (wants(**HI, messages=[]), unknown("messages")),
    "an unknown parameter of reasoning": (
        wants(**HI, reasoning={"efforts": "low"}),
        unknown("reasoning.efforts"),
    ),
    "an unknown parameter of a stream": (
        wants(**HI, stream=True, stream_options={"include_usage": True}),
        unknown("stream_options.include_usage"),
    ),
    "an unknown parameter of a text": (wants(**HI, text={"form": "x"}), unknown("text.form")),
    "an unknown parameter of a conversation": (
        does(lambda s: s.conversations.create(extra_body={"name": "Ada"})),
        unknown("name"),
    ),
    "no metadata for a conversation": (
        does(lambda s: s.client.post(f"/conversations/{s.conversation()}", cast_to=object, body={})),
        missing("metadata"),
    ),
    "no items for a conversation": (
        does(lambda s: s.client.post(f"/conversations/{s.conversation()}/items", cast_to=object, body={})),
        missing("items"),
    ),
    "an input that is a number": (
        wants(model="gpt-4o", input=5),
        not_of_type("input", "one of a string or array of objects", "an integer"),
    ),
    "an item that is a text": (wants(input=["Hello"]), not_of_type("input[0]", "an object", "a string")),
    "a role that is none": (
        wants(input=[{"role": "bot", "content": "Hello"}]),
        not_among("input[0].role", "bot", "'user', 'assistant', 'system', and 'developer'"),
    ),
    "an output without its call's id": (
        wants(input=[{"type": "function_call_output", "output": "21"}]),
        missing("input[0].call_id"),
    ),
    "an output that is an object": (
        wants(input=[output_of("call_1", {"degrees": 21})]),
        not_of_type("input[0].output", "one of a string or array of objects", "an object"),
    ),
    "a text that is no text": (
        wants(input=[user([{"type": "input_text", "text": 5}])]),
        not_of_type("input[0].content[0].text", "a string", "an integer"),
    ),
    "instructions that are no text": (
        wants(**HI, instructions=["Be brief."]),
        not_of_type("instructions", "a string", "an array"),
    ),
    "a boolean that is a text": (wants(**HI, store="no"), not_of_type("store", "a boolean", "a string")),
    "a number that is a text": (wants(**HI, temperature="hot"), not_of_type("temperature", "a decimal", "a string")),
    "an integer that is a decimal": (
        wants(**HI, max_output_tokens=20.5),
        not_of_type("max_output_tokens", "an integer", "a decimal number"),
    ),
    "too many tools": (
        wants(**HI, tools=[WEATHER] * 129),
        Refusal(
            "Invalid 'tools': array too long. Expected an array with maximum length 128, but got an array with length "
            "129 instead.",
            "tools",
            "array_above_max_length",
        ),
    ),
    "tools that are an object": (wants(**HI, tools={}), not_of_type("tools", "an array of objects", "an object")),
    "what is included and is not known": (
        wants(**HI, include=["everything"]),
        not_among(
            "include[0]",
            "everything",
            "'file_search_call.results', 'web_search_call.results', 'web_search_call.action.sources', "
            "'message.input_image.image_url', 'computer_call_output.output.image_url', 'code_interpreter_call.outputs', "
            "'reasoning.encrypted_content', and 'message.output_text.logprobs'",
        ),
    ),
}
"""What is done, and the refusal."""


def refused(client, what, raises):
    """The error of a row as the SDK has it, and as the row says it: the status, and the body with its keys in order."""
    prepare, refusal = SERVICE[what]
    made, act = prepare(Scene(client))
    with raises() as raised:
        act()
    error = raised.value
    message = refusal.message if made is None else refusal.message.replace("MADE", made)
    expected = {
        "message": message,
        "type": "invalid_request_error",
        "param": refusal.param,
        "code": refusal.code,
    }
    return (error.status_code, [*error.body.items()]), (refusal.status, [*expected.items()])
