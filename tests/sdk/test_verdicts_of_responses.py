"""What looks like a defect of an application of Responses: by every way to play and to continue, beside its right twin."""

import json

import openai
import pytest
from sdk_clients import opened

import runmock

TEXT = "Hello my dear friend."
QUESTION = "How warm is it?"
MODEL = "gpt-5"
TOOLS = [{"type": "function", "name": "get_weather", "parameters": {}}]
AT_WORK = ("queued", "in_progress")


@pytest.fixture(params=["sync", "asyncio"])
def client(request):
    with opened(request.param) as client:
        yield client


class BrokenOffError(Exception):
    """What a careful application raises."""


def create(client, **how):
    return client.responses.create(**{"model": MODEL, "tools": TOOLS, "input": QUESTION} | how)


def last_of(events, response=None):
    """The last Response object that a stream shows, however the stream ends."""
    for event in events:
        response = getattr(event, "response", None) or response
    return response


def whole(client, **how):
    return create(client, **how)


def streamed(client, **how):
    return last_of(create(client, stream=True, **how))


def polled(client, **how):
    response = create(client, background=True, **how)
    while response.status in AT_WORK:
        response = client.responses.retrieve(response.id)
    return response


def resumed(client, **how):
    """In the background, with a stream that is left after its first event and had again from there."""
    with create(client, background=True, stream=True, **how) as events:
        first = next(iter(events))
    return last_of(client.responses.retrieve(first.response.id, stream=True, starting_after=0), first.response)


PLAYED = {"whole": whole, "streamed": streamed, "polled": polled, "resumed": resumed}


def dumped(response):
    return [item.model_dump(exclude_none=True) for item in response.output]


def by_previous(client, ask, following="And tomorrow?", **how):
    response = ask(client, **how)
    return response, lambda **more: create(client, input=following, previous_response_id=response.id, **more)


def by_conversation(client, ask, following="And tomorrow?", **how):
    conversation = client.conversations.create()
    response = ask(client, conversation=conversation.id, **how)
    return response, lambda **more: create(client, input=following, conversation={"id": conversation.id}, **more)


def by_history(client, ask, following="And tomorrow?", **how):
    response = ask(client, **how)
    history = [{"role": "user", "content": QUESTION}, *dumped(response), {"role": "user", "content": following}]
    return response, lambda **more: create(client, input=history, **more)


def by_texts(client, ask, following="And tomorrow?", **how):
    response = ask(client, **how)
    said = [{"role": "assistant", "content": response.output_text}, {"role": "user", "content": following}]
    return response, lambda **more: create(client, input=[{"role": "user", "content": QUESTION}, *said], **more)


CONTINUED = {
    "previous_response_id": by_previous,
    "conversation": by_conversation,
    "history": by_history,
    "texts": by_texts,
}


def load(session, *runs):
    session.load({"runmock": 1, "runs": list(runs)})


def kinds(session):
    return [verdict.kind for verdict in session.verdicts]


ENDINGS = {
    "incomplete": {"reply": TEXT, "incomplete": "max_completion_tokens"},
    "filtered": {"reply": TEXT, "incomplete": "content_filter"},
    "failed": {"reply": TEXT, "fail": "server_error"},
    "cancelled": {"reply": TEXT, "cancel": True},
}
SHOWN = [
    (ending, way)
    for ending in ENDINGS
    for way in PLAYED
    if (ending != "failed" or way in {"whole", "polled"}) and (ending != "cancelled" or way == "polled")
]
"""An ending, and a way to play that shows it in a Response object: of a failed stream the SDK makes an exception."""


@pytest.mark.parametrize(("ending", "way"), SHOWN)
@pytest.mark.parametrize("by", CONTINUED)
def test_going_on_after_a_bad_end(client, runmock, ending, way, by):
    if by == "history" and ending in {"failed", "cancelled"}:
        by = "texts"  # the response has no items that a history could have
    load(runmock, ENDINGS[ending], {"reply": TEXT})
    response, goes_on = CONTINUED[by](client, PLAYED[way])
    assert response.output_text in TEXT
    assert kinds(runmock) == []  # who merely reads the text may have a reason
    goes_on()
    assert kinds(runmock) == ["ignored_ending"]
    assert runmock.verdicts[0].run_id == response.id == runmock.runs[0].id
    assert "was continued as if it had completed" in runmock.verdicts[0].message


@pytest.mark.parametrize(("ending", "way"), SHOWN)
def test_asking_again_after_a_bad_end(client, runmock, ending, way):
    load(runmock, ENDINGS[ending], {"reply": TEXT}, {"reply": TEXT}, {"reply": TEXT})
    where = {"conversation": client.conversations.create().id}
    PLAYED[way](client, **where)
    second = create(client, **where)
    create(client, input="And tomorrow?", **where)
    create(client, input="And then?", previous_response_id=second.id)
    runmock.assert_resilient()


def raises_its_bad_status(client, **how):
    response = create(client, **how)
    if response.status != "completed":
        raise BrokenOffError(response.status)


def test_going_on_is_allowed_to_who_has_noticed(client, runmock):
    load(runmock, ENDINGS["incomplete"], {"reply": TEXT})
    with pytest.raises(BrokenOffError):
        raises_its_bad_status(client)
    create(client, input="Go on.", previous_response_id=runmock.runs[0].id)
    runmock.assert_resilient()


def test_a_response_that_the_application_has_cancelled_is_no_surprise(client, runmock):
    load(runmock, {"reply": TEXT, "poll": 3}, {"reply": TEXT})
    response = create(client, background=True)
    assert client.responses.cancel(response.id).status == "cancelled"
    assert client.responses.retrieve(response.id).status == "cancelled"
    create(client, input="And tomorrow?", previous_response_id=response.id)
    runmock.assert_resilient()


def test_an_item_that_is_deleted_from_its_conversation_is_not_gone_on_from(client, runmock):
    load(runmock, ENDINGS["incomplete"], {"reply": TEXT})
    response, goes_on = by_conversation(client, whole)
    client.conversations.items.delete(response.output[0].id, conversation_id=response.conversation.id)
    goes_on()
    runmock.assert_resilient()


CUTS = ("truncate", {"garbage": "half_frame"}, {"error_event": {"code": "server_error", "flat": True}})


def cut(how):
    return {"reply": TEXT, **({how: True} if isinstance(how, str) else how)}


def half_of(client, **how):
    """The text of a stream as far as it came, and the id of its response."""
    text, response_id = "", None
    for event in create(client, stream=True, **how):
        if event.type == "response.output_text.delta":
            text += event.delta
        elif event.type == "response.created":
            response_id = event.response.id
    return text, response_id


def wants_the_end(client, **how):
    if last_of(create(client, stream=True, **how)).status != "completed":
        raise BrokenOffError


@pytest.mark.parametrize("background", [False, True])
@pytest.mark.parametrize("how", CUTS, ids=str)
def test_half_a_stream_used_as_an_answer(client, runmock, how, background):
    load(runmock, cut(how))
    text, response_id = half_of(client, background=background)
    assert text in {"", "Hello"}
    assert [(verdict.kind, verdict.run_id) for verdict in runmock.verdicts] == [("truncated_accepted", response_id)]


@pytest.mark.parametrize("how", CUTS, ids=str)
def test_half_a_stream_that_is_noticed(client, runmock, how):
    load(runmock, cut(how))
    with pytest.raises(BrokenOffError):
        wants_the_end(client)
    runmock.assert_resilient()


@pytest.mark.parametrize("is_found", [False, True])
def test_half_a_stream_after_which_the_application_looks(client, runmock, is_found):
    load(runmock, cut("truncate"))
    _, response_id = half_of(client, background=is_found)
    if is_found:
        assert client.responses.retrieve(response_id).status in {*AT_WORK, "completed"}
    else:
        with pytest.raises(openai.NotFoundError):
            client.responses.retrieve(response_id)
    runmock.assert_resilient()


def test_half_a_stream_that_is_had_again_from_where_it_broke_off(client, runmock):
    load(runmock, cut("truncate"))
    _, response_id = half_of(client, background=True)
    assert last_of(client.responses.retrieve(response_id, stream=True, starting_after=5)).output_text == TEXT
    runmock.assert_resilient()


def test_half_a_stream_that_is_asked_for_again(client, runmock):
    load(runmock, cut("truncate"), {"reply": TEXT}, {"reply": TEXT})
    where = {"conversation": client.conversations.create().id}
    half_of(client, **where)
    assert half_of(client, **where)[0] == TEXT
    create(client, input="And tomorrow?", **where)
    runmock.assert_resilient()


@pytest.mark.parametrize("by", ["history", "conversation", "previous_response_id"])
def test_going_on_from_half_a_stream(client, runmock, by):
    load(runmock, cut("truncate"), *([] if by == "previous_response_id" else [{"reply": TEXT}]))
    where = {"conversation": client.conversations.create().id} if by == "conversation" else {}
    text, response_id = half_of(client, **where)
    said = [{"role": "assistant", "content": text}, {"role": "user", "content": "And tomorrow?"}]
    if by == "history":
        create(client, input=[{"role": "user", "content": QUESTION}, *said])
    elif by == "conversation":
        create(client, input="And tomorrow?", **where)
    else:
        try:
            create(client, input="And tomorrow?", previous_response_id=response_id)
        except openai.BadRequestError:
            text = "Sorry."
    assert kinds(runmock) == ["truncated_accepted"]


@pytest.mark.parametrize("fault", ["disconnect", {"error_event": "server_error"}, {"stall": "3600s"}, "fail"], ids=str)
def test_what_the_sdk_makes_an_exception_of_is_no_defect(client, runmock, fault):
    load(runmock, {"reply": TEXT, "fail": "server_error"} if fault == "fail" else cut(fault))
    with pytest.raises(Exception, match=r"."):
        half_of(client)
    runmock.assert_resilient()


def outputs_of(response):
    calls = [item for item in response.output if item.type == "function_call"]
    return [{"type": "function_call_output", "call_id": call.call_id, "output": "21"} for call in calls]


ROUNDS = {"steps": [{"calls": ["get_weather"]}, {"calls": ["get_weather"]}, {"reply": "It was $outputs.get_weather."}]}


def submitted_by_previous(client, ask, rounds, **how):
    response = ask(client, **how)
    for _ in range(rounds):
        response = ask(client, input=outputs_of(response), previous_response_id=response.id, **how)


def submitted_to_a_conversation(client, ask, rounds, **how):
    where = {"conversation": client.conversations.create().id}
    response = ask(client, **where, **how)
    for _ in range(rounds):
        response = ask(client, input=outputs_of(response), **where, **how)


def submitted_beforehand(client, ask, rounds, **how):
    """The outputs are put into the conversation, and then a request is empty."""
    where = {"conversation": client.conversations.create().id}
    response = ask(client, **where, **how)
    for _ in range(rounds):
        client.conversations.items.create(where["conversation"], items=outputs_of(response))
        response = ask(client, input=[], **where, **how)


def submitted_in_a_history(client, ask, rounds, **how):
    history = [{"role": "user", "content": QUESTION}]
    response = ask(client, input=history, **how)
    for _ in range(rounds):
        history = [*history, *dumped(response), *outputs_of(response)]
        response = ask(client, input=history, **how)


LOOPS = [submitted_by_previous, submitted_to_a_conversation, submitted_beforehand, submitted_in_a_history]


@pytest.mark.parametrize("way", PLAYED)
@pytest.mark.parametrize("rounds", [0, 1, 2])
@pytest.mark.parametrize("loop", LOOPS)
def test_outputs_that_never_come_are_missed_and_no_others(client, runmock, loop, rounds, way):
    load(runmock, ROUNDS)
    loop(client, PLAYED[way], rounds)
    assert kinds(runmock) == ([] if rounds == 2 else ["outputs_never_submitted"])
    assert [view.status for view in runmock.runs] == ["completed" if rounds == 2 else "requires_action"]
    assert {verdict.run_id for verdict in runmock.verdicts} <= {runmock.runs[0].id}


def test_outputs_whose_request_is_refused_were_submitted(client, runmock):
    load(runmock, {"steps": [{"calls": ["get_weather"]}, {"http": 400}, {"reply": TEXT}]})
    with pytest.raises(openai.BadRequestError):
        submitted_by_previous(client, whole, 1)
    runmock.assert_resilient()


def test_outputs_whose_answer_breaks_off_were_submitted(client, runmock):
    load(runmock, {"steps": [{"calls": ["get_weather"]}, {"reply": TEXT, "disconnect": True}]})
    with pytest.raises(Exception, match=r"."):
        submitted_by_previous(client, streamed, 1)
    runmock.assert_resilient()


def test_a_response_that_is_deleted_waits_for_nothing(client, runmock):
    load(runmock, {"calls": ["get_weather"]})
    response = create(client)
    assert kinds(runmock) == ["outputs_never_submitted"]
    client.responses.delete(response.id)
    runmock.assert_resilient()


FORCED = [
    "required",
    {"type": "function", "name": "get_weather"},
    {"type": "allowed_tools", "mode": "required", "tools": [{"type": "function", "name": "get_weather"}]},
]


@pytest.mark.parametrize("choice", ["auto", None, *FORCED], ids=str)
def test_a_call_that_the_request_demands_is_the_answer_itself(client, runmock, choice):
    load(runmock, {"calls": ["get_weather"]})
    create(client, tool_choice=choice)
    assert kinds(runmock) == ([] if choice in FORCED else ["outputs_never_submitted"])


INSTRUCTED = {"instructions": "Be brief."}


@pytest.mark.parametrize("way", PLAYED)
def test_instructions_that_are_not_sent_again(client, runmock, way):
    load(runmock, {"reply": TEXT}, {"reply": TEXT}, {"reply": TEXT})
    first = PLAYED[way](client, **INSTRUCTED)
    second = PLAYED[way](client, input="And tomorrow?", previous_response_id=first.id)
    assert kinds(runmock) == ["lost_instructions"]
    assert first.id in runmock.verdicts[0].message
    create(client, input="And then?", previous_response_id=second.id)
    assert kinds(runmock) == ["lost_instructions"]


def test_instructions_that_a_tool_loop_does_not_send_again(client, runmock):
    load(runmock, ROUNDS)
    response = create(client, **INSTRUCTED)
    response = create(client, input=outputs_of(response), previous_response_id=response.id, **INSTRUCTED)
    assert "lost_instructions" not in kinds(runmock)
    create(client, input=outputs_of(response), previous_response_id=response.id)
    assert kinds(runmock) == ["lost_instructions"]


KEPT = [
    (INSTRUCTED, INSTRUCTED),
    (INSTRUCTED, {"instructions": "Be very brief."}),
    (INSTRUCTED, {"input": [{"role": "developer", "content": "Be brief."}, {"role": "user", "content": "And?"}]}),
    (INSTRUCTED, {"prompt": {"id": "pmpt_1"}}),
    ({"input": [{"role": "system", "content": "Be brief."}, {"role": "user", "content": QUESTION}]}, {}),
    ({}, INSTRUCTED),
    ({}, {}),
]


@pytest.mark.parametrize(("first", "second"), KEPT, ids=str)
def test_instructions_that_are_there(client, runmock, first, second):
    load(runmock, {"reply": TEXT}, {"reply": TEXT})
    response = create(client, **first)
    create(client, **{"input": "And tomorrow?"} | second, previous_response_id=response.id)
    runmock.assert_resilient()


THOUGHT = {"steps": [{"reasoning": ["Hm."], "calls": ["get_weather"]}, {"reply": TEXT}]}
STATELESS = {"store": False, "include": ["reasoning.encrypted_content"]}


def history_of(response, *drop, without=()):
    """A history with a response, without items of some types, and without some keys."""
    items = [{key: value for key, value in item.items() if key not in without} for item in dumped(response)]
    kept = [item for item in items if item["type"] not in drop]
    return [{"role": "user", "content": QUESTION}, *kept, *outputs_of(response)]


@pytest.mark.parametrize("stored", [STATELESS, {}], ids=["stateless", "stored"])
@pytest.mark.parametrize("way", PLAYED)
def test_a_history_without_its_reasoning(client, runmock, way, stored):
    load(runmock, THOUGHT)
    response = PLAYED[way](client, **stored)
    create(client, input=history_of(response, "reasoning"), **stored)
    assert kinds(runmock) == ["reasoning_dropped"]
    assert response.id in runmock.verdicts[0].message


def test_a_history_of_texts_is_without_its_reasoning_too(client, runmock):
    load(runmock, {"reasoning": [], "reply": TEXT}, {"reply": TEXT}, {"reply": TEXT})
    _, goes_on = by_texts(client, whole)
    goes_on()
    goes_on()  # a forgotten line is one defect, however often it is run
    assert kinds(runmock) == ["reasoning_dropped"]


@pytest.mark.parametrize("without", [(), ("id",), ("encrypted_content",)], ids=str)
def test_a_history_with_its_reasoning(client, runmock, without):
    load(runmock, THOUGHT)
    stored = {} if without == ("encrypted_content",) else STATELESS
    response = create(client, **stored)
    create(client, input=history_of(response, without=without), **stored)
    runmock.assert_resilient()


def test_reasoning_that_is_referred_to_by_its_id(client, runmock):
    load(runmock, THOUGHT)
    response = create(client)
    references = [{"type": "item_reference", "id": item.id} for item in response.output]
    create(client, input=[{"role": "user", "content": QUESTION}, *references, *outputs_of(response)])
    runmock.assert_resilient()


def test_another_model_has_no_use_for_the_reasoning(client, runmock):
    load(runmock, THOUGHT)
    response = create(client)
    create(client, input=history_of(response, "reasoning"), model="gpt-4o")
    runmock.assert_resilient()


@pytest.mark.parametrize("by", ["previous_response_id", "conversation"])
def test_the_service_keeps_the_reasoning_itself(client, runmock, by):
    load(runmock, {"reasoning": [], "reply": TEXT}, {"reply": TEXT})
    _, goes_on = CONTINUED[by](client, whole)
    goes_on()
    runmock.assert_resilient()


def test_a_history_that_leaves_out_a_whole_response(client, runmock):
    load(runmock, {"reasoning": [], "reply": TEXT}, {"reply": TEXT})
    create(client)
    create(client, input=[{"role": "user", "content": "Something else"}])
    runmock.assert_resilient()


def test_sending_again_before_retry_after(client, runmock):
    runmock.http(429, retry_after=2, headers={"x-should-retry": "false"}).reply(TEXT)
    with pytest.raises(openai.RateLimitError):
        create(client)
    create(client)
    assert kinds(runmock) == ["retried_too_early"]


def test_the_sdk_retries_in_time(client, runmock):
    runmock.http(429, retry_after="50ms", times=2).reply(TEXT)
    assert create(client).output_text == TEXT
    runmock.assert_resilient()


@pytest.mark.parametrize("run", [{"reply": TEXT}, {"calls": ["get_weather"]}, ENDINGS["incomplete"]], ids=str)
def test_polling_a_response_that_has_ended(client, runmock, run):
    load(runmock, run)
    response = polled(client, tool_choice="required" if "calls" in run else "auto")
    client.responses.retrieve(response.id)
    client.responses.retrieve(response.id)
    runmock.assert_resilient()
    client.responses.retrieve(response.id)
    assert kinds(runmock) == ["polled_after_end"]
    assert runmock.verdicts[0].run_id == response.id


@pytest.mark.runmock(pace="40ms")
def test_polling_without_a_pause(client, runmock):
    runmock.reply(TEXT, poll=6)
    polled(client)
    assert kinds(runmock) == ["polled_without_pause"]


def test_polling_where_nothing_asks_for_a_pause(client, runmock):
    runmock.reply(TEXT, poll=6)
    polled(client)
    runmock.assert_resilient()


@pytest.mark.parametrize("background", [False, True])
def test_a_stream_that_is_left_open(client, runmock, background):
    runmock.reply(TEXT)
    events = create(client, stream=True, background=background)
    assert next(iter(events)).type == "response.created"
    assert kinds(runmock) == ["stream_left_open"]
    events.close()
    runmock.assert_resilient()


@pytest.mark.parametrize("way", PLAYED)
@pytest.mark.parametrize("by", CONTINUED)
def test_right_applications_get_no_verdict(client, runmock, by, way):
    load(runmock, {"reply": TEXT}, {"reply": TEXT})
    _, goes_on = CONTINUED[by](client, PLAYED[way], **INSTRUCTED)
    assert goes_on(**INSTRUCTED).output_text == TEXT
    runmock.assert_resilient()


def test_what_a_recording_plays_is_judged_likewise(client, tmp_path):
    """The same application, with the script and with its recording."""
    path = tmp_path / "recorded.yaml"
    script = {"runs": [THOUGHT | {"steps": [*THOUGHT["steps"][:1], {"reply": TEXT}]}, ENDINGS["incomplete"]]}
    bodies = []

    def application(session):
        response = create(client, **INSTRUCTED)
        last = create(client, input=history_of(response, "reasoning"))
        half = create(client, input="And?", previous_response_id=last.id)
        bodies.extend(view.json for view in session.requests)
        return [response, last, half]

    with runmock.use_cassette(script=script) as session:
        answers = application(session)
        expected = kinds(session)
    assert expected == ["reasoning_dropped"]
    interactions = [
        {"request": "POST /responses", "body": body, "json": answer.model_dump(mode="json")}
        for body, answer in zip(bodies, answers, strict=True)
    ]
    path.write_text(json.dumps({"runmock": 1, "interactions": interactions}))
    with runmock.use_cassette(path) as session:
        application(session)
        assert kinds(session) == expected
