"""Many clients at once, each with its own thread and run."""

import asyncio

import openai

CLIENTS = 200


async def conversation(client, number, all_have_begun):
    """One client's stream: wait for everybody's first event, then read on; its events, and its question."""
    question = f"question {number}"
    thread = await client.beta.threads.create(messages=[{"role": "user", "content": question}])
    stream = await client.beta.threads.runs.create(thread_id=thread.id, assistant_id="asst_1", stream=True)
    events = []
    async for event in stream:
        if not events:
            await all_have_begun.wait()
        events.append(event)
    return thread.id, question, events


async def converse(base_url):
    async with openai.AsyncOpenAI(base_url=base_url, api_key="any", max_retries=0, timeout=60) as client:
        all_have_begun = asyncio.Barrier(CLIENTS)
        return await asyncio.gather(*(conversation(client, number, all_have_begun) for number in range(CLIENTS)))


def test_two_hundred_streams_at_once_are_complete_in_order_and_not_mixed(serve, cassette):
    path = cassette("runs:\n" + "- reply: One two three four five, $last_message is answered.\n" * CLIENTS)
    conversations = asyncio.run(converse(serve(path).base_url))

    orders, runs, messages = set(), set(), set()
    for thread_id, question, events in conversations:
        orders.add(tuple(event.event for event in events))
        ids = {event.data.id for event in events if event.event.startswith("thread.run.") and "step" not in event.event}
        assert len(ids) == 1
        runs |= ids
        named = {event.data.thread_id for event in events if getattr(event.data, "thread_id", None)}
        assert named == {thread_id}
        deltas = [event.data for event in events if event.event == "thread.message.delta"]
        messages |= {delta.id for delta in deltas}
        text = "".join(delta.delta.content[0].text.value for delta in deltas)
        assert text == f"One two three four five, {question} is answered."
    assert len(runs) == len(messages) == CLIENTS
    assert {order[0] for order in orders} == {"thread.run.created"}
    assert {order[-1] for order in orders} == {"thread.run.completed"}
    assert len(orders) == 1  # every stream has the same events in the same order
