"""Applications of Responses, one for each way of keeping the state; each returns what it got.

They ask the same, so one script answers them.
"""

SCRIPT = """
runs:
- steps:
  - reasoning: Think hard.
  - calls: [get_weather: {city: Paris}]
  - reply: [It was, ' $outputs.get_weather', ', and dry.']
- reply: And once more.
"""
TOOLS = [{"type": "function", "name": "get_weather", "parameters": {}}]


def outputs_of(response):
    calls = [item for item in response.output if item.type == "function_call"]
    return [{"type": "function_call_output", "call_id": call.call_id, "output": "21"} for call in calls]


def chained(sdk):
    """Streams, continued by the id of the response."""
    ask = {"model": "gpt-4o", "tools": TOOLS, "stream": True}
    first = list(sdk.responses.create(input="How warm?", **ask))
    response = first[-1].response
    more = list(sdk.responses.create(input=outputs_of(response), previous_response_id=response.id, **ask))
    told = sdk.responses.retrieve(more[-1].response.id)
    assert told.output_text == "It was 21, and dry."
    return [event.to_dict() for event in [*first, *more]], told.to_dict()


def stateless(sdk):
    """The whole history each time."""
    said, told = [{"role": "user", "content": "How warm was it?"}], []
    for question in ("And now?", "And then?"):
        response = sdk.responses.create(model="gpt-4o", tools=TOOLS, input=said, store=False)
        told.append(response.to_dict())
        said += [item.to_dict() for item in response.output]
        said += outputs_of(response) or [{"role": "user", "content": question}]
    told.append(sdk.responses.create(model="gpt-4o", tools=TOOLS, input=said, store=False).to_dict())
    return told


def in_a_conversation(sdk):
    conversation = sdk.conversations.create(metadata={"user": "ada"})
    ask = {"model": "gpt-4o", "tools": TOOLS, "conversation": conversation.id}
    response = sdk.responses.create(input="How warm?", **ask)
    sdk.responses.create(input=outputs_of(response), **ask)
    return [item.to_dict() for item in sdk.conversations.items.list(conversation.id)]


def background(sdk):
    """Polled until it is at rest, again and again."""
    ask = {"model": "gpt-4o", "tools": TOOLS, "background": True}
    first = at_rest(sdk, sdk.responses.create(input="How warm?", **ask))
    return [
        first.to_dict(),
        at_rest(sdk, sdk.responses.create(input=outputs_of(first), previous_response_id=first.id, **ask)).to_dict(),
    ]


def at_rest(sdk, response):
    while response.status in {"queued", "in_progress"}:
        response = sdk.responses.retrieve(response.id)
    return response
