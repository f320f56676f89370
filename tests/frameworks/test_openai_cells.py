"""The cells of the openai SDK: Assistants, and the ways in which Responses can be asked."""

import json

import pytest
import trip
from framework_faults import QUESTION, cells_of

openai = trip.framework("openai", "openai")

ASSISTANTS_TOOLS = [{"type": "function", "function": function} for function in trip.FUNCTIONS]
TOOLS = [{"type": "function", **function} for function in trip.FUNCTIONS]


def polled_runs(sdk, tools, thread_id, assistant_id):
    """A run that is polled."""
    runs = sdk.beta.threads.runs
    run = runs.create_and_poll(thread_id=thread_id, assistant_id=assistant_id)
    while run.status == "requires_action":
        outputs = outputs_of_run(tools, run)
        run = runs.submit_tool_outputs_and_poll(run_id=run.id, thread_id=thread_id, tool_outputs=outputs)


def streamed_runs(sdk, tools, thread_id, assistant_id):
    """A run that is streamed."""
    runs = sdk.beta.threads.runs
    with runs.stream(thread_id=thread_id, assistant_id=assistant_id) as stream:
        run = stream.get_final_run()
    while run.status == "requires_action":
        outputs = outputs_of_run(tools, run)
        with runs.submit_tool_outputs_stream(run_id=run.id, thread_id=thread_id, tool_outputs=outputs) as stream:
            run = stream.get_final_run()


def outputs_of_run(tools, run):
    """The outputs that a run waits for."""
    return [
        {"tool_call_id": call.id, "output": tools.call(call.function.name, json.loads(call.function.arguments))}
        for call in run.required_action.submit_tool_outputs.tool_calls
    ]


def on_assistants(run):
    """The conversation on a thread; `run` makes a run and brings it to its end."""

    def have(tools):
        answers = []
        with openai.OpenAI() as sdk:
            assistant = sdk.beta.assistants.create(
                model=trip.MODEL, instructions=trip.INSTRUCTIONS, tools=ASSISTANTS_TOOLS
            )
            thread = sdk.beta.threads.create()
            for question in trip.QUESTIONS:
                sdk.beta.threads.messages.create(thread.id, role="user", content=question)
                run(sdk, tools, thread.id, assistant.id)
                newest = sdk.beta.threads.messages.list(thread.id).data[0]
                answers.append(newest.content[0].text.value)
        return answers

    return have


class Previous:
    """Each request continues the response before it."""

    def __init__(self, sdk):
        self.place = {}

    def with_items(self, items):
        return {"input": items, **self.place}

    def note(self, response):
        self.place = {"previous_response_id": response.id}


class InConversation:
    """Each request is in a conversation."""

    def __init__(self, sdk):
        self.id = sdk.conversations.create().id

    def with_items(self, items):
        return {"input": items, "conversation": self.id}

    def note(self, response):
        """The service has it."""


class History:
    """Each request brings everything."""

    def __init__(self, sdk):
        self.items = []

    def with_items(self, items):
        self.items += items
        return {"input": self.items}

    def note(self, response):
        self.items += response.output


def created(sdk, **request):
    """A response."""
    return sdk.responses.create(**request)


def parsed(sdk, **request):
    """A response, with its texts and arguments read."""
    return sdk.responses.parse(**request)


def created_as_stream(sdk, **request):
    """A response that is streamed."""
    return last_of(sdk.responses.create(stream=True, **request))


def by_helper(sdk, **request):
    """A response that the SDK's helper puts together from its stream."""
    with sdk.responses.stream(**request) as stream:
        return stream.get_final_response()


def polled(sdk, **request):
    """A response that is made in the background, and polled."""
    response = sdk.responses.create(background=True, **request)
    assert response.status == "queued"
    while response.status in {"queued", "in_progress"}:
        response = sdk.responses.retrieve(response.id)
    return response


def resumed(sdk, **request):
    """A response that is made in the background; its stream is left, and resumed."""
    with sdk.responses.create(background=True, stream=True, **request) as stream:
        begun = next(stream)
    rest = sdk.responses.retrieve(begun.response.id, stream=True, starting_after=begun.sequence_number)
    return last_of(rest)


def last_of(stream):
    """The response at the end of a stream."""
    *_, last = stream
    assert last.type == "response.completed"
    return last.response


def on_responses(state, respond, **options):
    """The conversation on Responses."""

    def have(tools):
        answers = []
        with openai.OpenAI() as sdk:
            so_far = state(sdk)
            for question in trip.QUESTIONS:
                items = [{"role": "user", "content": question}]
                while items:
                    request = so_far.with_items(items)
                    response = respond(
                        sdk, model=trip.MODEL, instructions=trip.INSTRUCTIONS, tools=TOOLS, **options, **request
                    )
                    so_far.note(response)
                    items = outputs_of_response(tools, response)
                answers.append(response.output_text)
        return answers

    return have


def outputs_of_response(tools, response):
    """The outputs of a response's calls, as items."""
    return [
        {
            "type": "function_call_output",
            "call_id": item.call_id,
            "output": tools.call(item.name, json.loads(item.arguments)),
        }
        for item in response.output
        if item.type == "function_call"
    ]


CELLS = {
    "Assistants: create, poll, submit": trip.Cell(on_assistants(polled_runs), (), "assistants"),
    "Assistants: streamed": trip.Cell(on_assistants(streamed_runs), (), "assistants"),
    "previous_response_id": trip.Cell(on_responses(Previous, created), (trip.previous, trip.unstreamed)),
    "conversation": trip.Cell(on_responses(InConversation, created), (trip.conversation, trip.unstreamed)),
    "whole history": trip.Cell(on_responses(History, created), (trip.history, trip.unstreamed)),
    "whole history, store=False": trip.Cell(on_responses(History, created, store=False), (trip.history, trip.unstored)),
    "create(stream=True)": trip.Cell(on_responses(Previous, created_as_stream), (trip.previous, trip.streamed)),
    "stream()": trip.Cell(on_responses(History, by_helper), (trip.history, trip.streamed)),
    "parse()": trip.Cell(on_responses(InConversation, parsed), (trip.conversation, trip.unstreamed)),
    "background, polled": trip.Cell(on_responses(Previous, polled), (trip.previous, trip.background, trip.unstreamed)),
    "background, streamed and resumed": trip.Cell(
        on_responses(InConversation, resumed), (trip.conversation, trip.background, trip.streamed)
    ),
}


@pytest.mark.parametrize("cell", CELLS)
def test_openai(plays, cell):
    plays(CELLS[cell])


def is_whole(response):
    """For a response of `create()`."""
    return response.status == "completed"


def is_whole_stream(event):
    """For the last event of `create(stream=True)`."""
    return event.type == "response.completed"


def whole(sdk, request):
    """The text of a response, and whether it is whole."""
    response = created(sdk, **request)
    return response.output_text, is_whole(response)


def read(sdk, request):
    """The same of a stream that the application reads itself."""
    text = ""
    for event in created(sdk, stream=True, **request):
        if event.type == "response.output_text.delta":
            text += event.delta
    return text, is_whole_stream(event)


def helped(sdk, request):
    """The same of a stream that the SDK's helper reads."""
    response = by_helper(sdk, **request)
    return response.output_text, is_whole(response)


async def answered(ask):
    """What a way gives."""
    with openai.OpenAI(timeout=1) as sdk:
        return ask(sdk, {"model": trip.MODEL, "input": QUESTION})


ASKS = {"create(stream=True)": [read], ".stream()": [helped], "create()": [whole]}


@pytest.mark.parametrize("cell", cells_of("openai", ASKS), ids=str)
def test_openai_under_faults(goes_wrong, cell):
    goes_wrong(cell, answered)
