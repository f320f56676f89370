"""Messages with images and refusals, as the SDK reads them: polled, streamed, with a handler, and there beforehand."""

import pytest
from sdk_ways import ASSISTANT, WAYS, handler, question


@pytest.fixture(params=WAYS)
def way(request):
    return WAYS[request.param]


def parts_of(message):
    """The parts of a message: a text, a refusal, or where an image is."""
    return [_part(part) for part in message.content]


def _part(part):
    if part.type == "text":
        return part.text.value
    if part.type == "refusal":
        return ("refusal", part.refusal)
    return part.image_file.file_id if part.type == "image_file" else part.image_url.url


def newest(client, thread_id):
    return client.beta.threads.messages.list(thread_id).data[0]


def test_every_way_leaves_the_same_parts(way, client, runmock, sleeps):
    runmock.calls(get_weather={"city": "Paris"}).reply(
        {"image_file": "file-1"}, "Here", " it is", {"image_url": "https://a.example/b.png"}
    )
    run = way(client).run
    message = newest(client, run.thread_id)
    assert parts_of(message) == ["file-1", "Here it is", "https://a.example/b.png"]
    assert client.beta.threads.messages.retrieve(message.id, thread_id=run.thread_id).to_dict() == message.to_dict()


def test_a_link_to_a_file_is_a_link_for_the_sdk(way, client, runmock, sleeps):
    link = {"text": "sandbox:/mnt/data/a.csv", "file_path": {"file_id": "file-1"}}
    runmock.calls(get_weather={"city": "Paris"}).reply("See [a](sandbox:/mnt/data/a.csv).", annotations=[link])
    (part,) = newest(client, way(client).run.thread_id).content
    (found,) = part.text.annotations
    assert (found.type, found.file_path.file_id, found.text) == ("file_path", "file-1", link["text"])
    assert part.text.value[found.start_index : found.end_index] == link["text"]


def test_a_handler_gets_images_and_texts(client, runmock):
    runmock.reply("Before", {"image_file": "file-1"}, "Here", " it is")
    received = []
    hooks = handler(
        client,
        on_image_file_done=lambda image: received.append(("image", image.file_id)),
        on_text_created=lambda text: received.append(("created", text.value)),
        on_text_done=lambda text: received.append(("done", text.value)),
        on_message_done=lambda message: received.append(parts_of(message)),
    )
    thread = client.beta.threads.create(**question())
    with client.beta.threads.runs.stream(thread_id=thread.id, assistant_id=ASSISTANT, event_handler=hooks) as stream:
        stream.until_done()
        (message,) = stream.get_final_messages()
    assert received == [
        ("created", "Before"),
        ("done", "Before"),
        ("created", "Here"),
        ("image", "file-1"),
        ("done", "Here it is"),
        ["Before", "file-1", "Here it is"],
    ]
    assert parts_of(message) == ["Before", "file-1", "Here it is"]


def test_an_image_alone_is_shown_when_its_message_is_done(client, runmock):
    runmock.reply(images=["file-1"])
    received = []
    hooks = handler(client, on_image_file_done=lambda image: received.append(image.file_id))
    thread = client.beta.threads.create(**question())
    with client.beta.threads.runs.stream(thread_id=thread.id, assistant_id=ASSISTANT, event_handler=hooks) as stream:
        stream.until_done()
    assert received == ["file-1"]


def test_a_refusal_comes_in_deltas_and_is_no_text(client, runmock):
    runmock.refusal("I can't", " help.")
    thread = client.beta.threads.create(**question())
    stream = client.beta.threads.runs.create(thread_id=thread.id, assistant_id=ASSISTANT, stream=True)
    deltas = [event.data.delta.content for event in stream if event.event == "thread.message.delta"]
    assert [(part.index, part.type, part.refusal) for (part,) in deltas] == [
        (0, "refusal", "I can't"),
        (0, "refusal", " help."),
    ]
    assert parts_of(newest(client, thread.id)) == [("refusal", "I can't help.")]


def test_a_thread_has_images_beforehand(client, runmock):
    content = [
        {"image_file": "file-1"},
        "What is it?",
        {"image_url": {"url": "https://a.example/b.png", "detail": "low"}},
    ]
    runmock.load({"threads": [{"id": "thread_a", "messages": [{"role": "user", "content": content}]}]})
    message = newest(client, "thread_a")
    assert parts_of(message) == ["file-1", "What is it?", "https://a.example/b.png"]
    assert [message.content[0].image_file.detail, message.content[2].image_url.detail] == ["auto", "low"]
