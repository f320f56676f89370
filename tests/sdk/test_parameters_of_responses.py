"""Every parameter that the installed SDK can send for a response or a conversation is taken; its types say which.

A value of each type is made for each parameter: every literal, every branch of a union, every key of an object.
"""

import collections.abc
import contextlib
from typing import Annotated, Literal, NotRequired, Required, get_args, get_origin

import openai
import pytest
import sdk_clients
from openai.types.conversations import conversation_create_params, conversation_update_params, item_create_params
from openai.types.responses import response_create_params
from typing_extensions import get_type_hints, is_typeddict

import runmock
from runmock.apis.responses.requests.conversations import CreateConversation, CreateItems, UpdateConversation
from runmock.apis.responses.requests.responses import CreateResponse

PLAIN = {str: ["text"], int: [20], float: [0.5], bool: [True, False], object: [{}], type(None): [None]}
DEEPEST = 6


def samples(kind, depth=0):
    """Values of a type, at least one of each kind that it allows; none of an object that is too deep."""
    origin, parts = get_origin(kind), get_args(kind)
    if kind in PLAIN or origin is Literal:
        return PLAIN.get(kind, [*parts])
    if origin in (Required, NotRequired, Annotated):
        return samples(parts[0], depth)
    if origin in (list, collections.abc.Iterable):
        each = samples(parts[0], depth)
        return [each] if each else []
    if origin is dict:
        return [{"key": value} for value in samples(parts[1], depth)]
    if is_typeddict(kind):
        return objects(kind, depth + 1) if depth < DEEPEST else []
    assert parts, f"no sample of {kind}"
    return [value for part in parts for value in samples(part, depth)]


def objects(kind, depth):
    """Objects with all their keys; together they have every value of each key."""
    members = {key: samples(member, depth) for key, member in hints_of(kind).items()}
    members = {key: values for key, values in members.items() if values}
    count = max(map(len, members.values()))
    return [{key: values[number % len(values)] for key, values in members.items()} for number in range(count)]


def hints_of(kind):
    return get_type_hints(kind, include_extras=True)


CREATE = hints_of(response_create_params.ResponseCreateParamsNonStreaming)
TOOLS = samples(CREATE["tools"])[0]
STATES = ("previous_response_id", "conversation", "input", "tools", "tool_choice", "stream")
VALUES = [(key, value) for key, kind in CREATE.items() if key not in STATES for value in samples(kind)]


@pytest.fixture(scope="module")
def sdk():
    with openai.OpenAI(**sdk_clients.KEY, http_client=openai.DefaultHttpxClient(verify=sdk_clients.TLS)) as client:
        yield client


def creates(sdk, script="runs: [{reply: Hi}]", **parameters):
    with runmock.use_cassette(script=script):
        return sdk.responses.create(**{"model": "gpt-4o", "input": "Hello", **parameters})


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (CreateResponse, response_create_params.ResponseCreateParamsStreaming),
        (CreateConversation, conversation_create_params.ConversationCreateParams),
        (UpdateConversation, conversation_update_params.ConversationUpdateParams),
        (CreateItems, item_create_params.ItemCreateParams),
    ],
)
def test_every_key_is_known(ours, theirs):
    in_query = {"include"} if ours is CreateItems else set()
    assert {*hints_of(theirs)} - in_query <= {*ours.model_fields}


@pytest.mark.parametrize(("key", "value"), VALUES, ids=[f"{key}-{number}" for number, (key, _) in enumerate(VALUES)])
def test_every_value_is_taken(sdk, key, value):
    assert creates(sdk, **{key: value}).status in {"completed", "queued"}


def test_each_state_is_taken(sdk):
    with runmock.use_cassette(script="runs: [{reply: Hi}, {reply: a}, {reply: b}, {reply: c}]"):
        conversation = sdk.conversations.create(metadata={"a": "b"}).id
        first = sdk.responses.create(model="gpt-4o", input="Hello").id
        states = [
            {"previous_response_id": first},
            {"conversation": conversation},
            {"conversation": {"id": conversation}},
        ]
        answers = [sdk.responses.create(model="gpt-4o", input="And?", **state).output_text for state in states]
    assert answers == ["a", "b", "c"]


@pytest.mark.parametrize("tool", TOOLS, ids=lambda tool: tool["type"])
def test_every_tool_is_taken(sdk, tool):
    assert creates(sdk, tools=[tool]).output_text == "Hi"


@pytest.mark.parametrize("choice", samples(CREATE["tool_choice"]), ids=str)
def test_every_choice_is_taken(sdk, choice):
    if isinstance(choice, dict) and choice["type"] == "allowed_tools":
        choice = {**choice, "tools": [{"type": tool["type"], "name": "text"} for tool in TOOLS]}
    assert creates(sdk, tools=TOOLS, tool_choice=choice).output_text == "Hi"


ITEMS = [item for value in samples(CREATE["input"]) if isinstance(value, list) for item in value]


@pytest.mark.parametrize("item", ITEMS, ids=lambda item: str(item.get("type")))
def test_every_item_is_taken(sdk, item):
    """Some need another item beside them; then it is that which is refused."""
    alone = {"function_call", "function_call_output", "item_reference", "reasoning"}
    may_be_refused = (
        item.get("call_id", "text") and (item.get("type") or "item_reference") in alone and "role" not in item
    )
    with pytest.raises(openai.APIStatusError) if may_be_refused else contextlib.nullcontext() as raised:
        assert creates(sdk, input=[item]).output_text == "Hi"
    if may_be_refused:
        assert (raised.value.param, raised.value.code) == ("input", None)


WHOLE = [item for item in ITEMS if "role" in item or item.get("type") not in {"item_reference", None}]


@pytest.mark.parametrize("item", WHOLE, ids=lambda item: str(item.get("type")))
def test_every_item_goes_into_a_conversation(sdk, item):
    with runmock.use_cassette(script="runs: []"):
        conversation = sdk.conversations.create(items=[item]).id
        [added] = sdk.conversations.items.create(conversation, items=[item]).data
        assert added.type == (item.get("type") or "message")
