"""Applications with files as people publish them: file search with citations, images of the code interpreter, loops.

They are written here as they stand in tutorials and repositories: files that are opened, an event handler that prints,
citations that become footnotes, images that are saved in each way that the SDK has, lists that are read page by page.
"""

import io
import re

import openai
import pytest
from sdk_ways import handler

import runmock

PNG = b"\x89PNG\r\n\x1a\nplot"
REPORT = "Summer was warm.\n"
CITED = "Summer was warm【4:0†report.txt】, winter cold【4:1†report.txt】."
TABLE = "sandbox:/mnt/data/out.csv"
PLOTTED = f"""
files:
  - {{id: file-plot, filename: 5c3b1a1e-plot, path: plot.png, purpose: assistants_output}}
  - {{id: file-table, filename: /mnt/data/out.csv, base64: eCx5, purpose: assistants_output}}
runs:
  - steps:
      - code_interpreter: {{input: plot("data.csv"), logs: "2 rows\\n", images: [file-plot]}}
      - reply:
          text: The plot. [All rows]({TABLE})
          images: [file-plot]
          annotations: [{{text: "{TABLE}", file_path: {{file_id: file-table}}}}]
"""


@pytest.fixture
def report(tmp_path):
    path = tmp_path / "report.txt"
    path.write_text(REPORT)
    return path


# Upload, make a store, attach, ask with citations, delete


def cited(runmock, *file_ids):
    """Script an answer that cites these files, in turn."""
    runmock.load(
        {
            "runs": [
                {
                    "steps": [
                        {"file_search": {"results": [{"file_id": file_ids[0], "file_name": "report.txt"}]}},
                        {
                            "reply": {
                                "text": CITED,
                                "annotations": [
                                    {"text": text, "file_citation": {"file_id": file_id}}
                                    for text, file_id in zip(re.findall("【.*?】", CITED), file_ids, strict=True)
                                ],
                            }
                        },
                    ]
                }
            ]
        }
    )


def with_footnotes(client, text):
    """A text as the quick start of file search prints it."""
    content, citations = text.value, []
    for index, annotation in enumerate(text.annotations):
        content = content.replace(annotation.text, f"[{index}]")
        if citation := getattr(annotation, "file_citation", None):
            citations.append(f"[{index}] {client.files.retrieve(citation.file_id).filename}")
    return "\n".join([content, *citations])


FOOTNOTES = "Summer was warm[0], winter cold[1].\n[0] report.txt\n[1] report.txt"


def searching(client, report):
    """An assistant with a store of opened files, as the quick start makes it; and the ids of the files."""
    assistant = client.beta.assistants.create(
        name="Analyst", instructions="Use the reports.", model="gpt-4o", tools=[{"type": "file_search"}]
    )
    store = client.vector_stores.create(name="Reports")
    with report.open("rb") as first, io.BytesIO(b"Winter was cold.") as second:
        second.name = "report.txt"
        batch = client.vector_stores.file_batches.upload_and_poll(vector_store_id=store.id, files=[first, second])
    assert (batch.status, batch.file_counts.completed) == ("completed", 2)
    assistant = client.beta.assistants.update(
        assistant_id=assistant.id, tool_resources={"file_search": {"vector_store_ids": [store.id]}}
    )
    assert assistant.tool_resources.file_search.vector_store_ids == [store.id]
    return assistant, store, [file.id for file in client.vector_stores.files.list(vector_store_id=store.id)]


def cleaned_up(client, assistant, store, thread):
    """Delete everything, in the order of most applications."""
    for file in list(client.vector_stores.files.list(vector_store_id=store.id)):
        assert client.vector_stores.files.delete(vector_store_id=store.id, file_id=file.id).deleted
        assert client.files.delete(file.id).deleted
    assert client.vector_stores.delete(store.id).deleted
    assert client.beta.threads.delete(thread.id).deleted
    assert client.beta.assistants.delete(assistant.id).deleted
    assert not [file for file in client.files.list() if file.purpose == "assistants"]


def test_a_store_of_reports_is_asked_and_removed(client, runmock, report, sleeps):
    assistant, store, ids = searching(client, report)
    cited(runmock, *ids)
    thread = client.beta.threads.create(messages=[{"role": "user", "content": "How was the year?"}])
    run = client.beta.threads.runs.create_and_poll(thread_id=thread.id, assistant_id=assistant.id)
    (answer,) = client.beta.threads.messages.list(thread_id=thread.id, run_id=run.id).data
    assert with_footnotes(client, answer.content[0].text) == FOOTNOTES
    cleaned_up(client, assistant, store, thread)
    assert [file.deleted for file in runmock.files] == [True, True]
    assert runmock.vector_stores == []
    assert sum(sleeps) == 0


def test_a_report_that_is_attached_is_asked_in_a_stream(client, runmock, report):
    assistant, store, _ = searching(client, report)
    with report.open("rb") as opened:
        message_file = client.files.create(file=opened, purpose="assistants")
    cited(runmock, message_file.id, message_file.id)
    attachment = {"file_id": message_file.id, "tools": [{"type": "file_search"}]}
    thread = client.beta.threads.create(
        messages=[{"role": "user", "content": "How was the year?", "attachments": [attachment]}]
    )
    (own,) = thread.tool_resources.file_search.vector_store_ids
    assert [file.id for file in client.vector_stores.files.list(own)] == [message_file.id]
    shown = []
    printing = handler(
        client,
        on_text_created=lambda text: shown.append("text"),
        on_tool_call_created=lambda call: shown.append(call.type),
        on_message_done=lambda message: shown.append(message.content[0].text),
    )
    with client.beta.threads.runs.stream(
        thread_id=thread.id, assistant_id=assistant.id, event_handler=printing
    ) as stream:
        stream.until_done()
    assert shown[:2] == ["file_search", "text"]
    assert with_footnotes(client, shown[2]) == FOOTNOTES
    client.vector_stores.delete(own)
    client.files.delete(message_file.id)
    cleaned_up(client, assistant, store, thread)
    with pytest.raises(openai.NotFoundError, match="No such File object"):
        client.files.retrieve(message_file.id)


def test_a_message_gets_its_attachment_later(client, runmock, report):
    thread = client.beta.threads.create()
    file = client.files.create(file=report.read_bytes(), purpose="assistants")
    message = client.beta.threads.messages.create(
        thread.id,
        role="user",
        content="How was the year?",
        attachments=[{"file_id": file.id, "tools": [{"type": "file_search"}, {"type": "code_interpreter"}]}],
    )
    assert [attached.file_id for attached in message.attachments] == [file.id]
    resources = client.beta.threads.retrieve(thread.id).tool_resources
    assert resources.code_interpreter.file_ids == [file.id]
    (store,) = resources.file_search.vector_store_ids
    assert client.vector_stores.files.retrieve(file.id, vector_store_id=store).status == "completed"


# The code interpreter draws an image; the application downloads and shows it


@pytest.fixture
def plotting(tmp_path):
    (tmp_path / "plot.png").write_bytes(PNG)
    path = tmp_path / "plots.runmock.yaml"
    path.write_text(f"runmock: 1\n{PLOTTED}")
    with runmock.use_cassette(path) as session:
        yield session


def analysing(client):
    """A thread of an assistant that may use an uploaded table."""
    file = client.files.create(file=("data.csv", b"x,y\n1,2\n"), purpose="assistants")
    assistant = client.beta.assistants.create(
        model="gpt-4o",
        tools=[{"type": "code_interpreter"}],
        tool_resources={"code_interpreter": {"file_ids": [file.id]}},
    )
    assert assistant.tool_resources.code_interpreter.file_ids == [file.id]
    thread = client.beta.threads.create(messages=[{"role": "user", "content": "Plot it."}])
    return assistant, thread


def _streamed_into(client, image, path):
    with client.files.with_streaming_response.content(image) as response:
        response.stream_to_file(path)


SAVES = {
    "read": lambda client, image, path: path.write_bytes(client.files.content(image).read()),
    "content": lambda client, image, path: path.write_bytes(client.files.content(image).content),
    "write_to_file": lambda client, image, path: client.files.content(image).write_to_file(path),
    "iter_bytes": lambda client, image, path: path.write_bytes(b"".join(client.files.content(image).iter_bytes())),
    "stream_to_file": _streamed_into,
    "raw response": lambda client, image, path: path.write_bytes(client.files.with_raw_response.content(image).content),
}


@pytest.mark.parametrize("save", SAVES.values(), ids=SAVES)
def test_an_image_of_a_polled_run_is_saved(client, plotting, tmp_path, save):
    assistant, thread = analysing(client)
    run = client.beta.threads.runs.create_and_poll(thread_id=thread.id, assistant_id=assistant.id)
    assert run.status == "completed"
    for part in client.beta.threads.messages.list(thread.id).data[0].content:
        if part.type == "image_file":
            save(client, part.image_file.file_id, tmp_path / "shown.png")
    assert (tmp_path / "shown.png").read_bytes() == PNG


def test_an_image_of_a_streamed_run_is_shown_with_its_code(client, plotting):
    assistant, thread = analysing(client)
    shown, images = [], []

    def show_delta(delta, _snapshot):
        if delta.type == "code_interpreter":
            shown.append(delta.code_interpreter.input or "")
            outputs = delta.code_interpreter.outputs or ()
            shown.extend(output.logs if output.type == "logs" else f"<{output.image.file_id}>" for output in outputs)

    printing = handler(
        client,
        on_tool_call_delta=show_delta,
        on_image_file_done=lambda image: images.append(image.file_id),
        on_text_delta=lambda delta, _snapshot: shown.append(delta.value),
    )
    with client.beta.threads.runs.stream(
        thread_id=thread.id, assistant_id=assistant.id, event_handler=printing
    ) as stream:
        stream.until_done()
    assert "".join(shown) == f'plot("data.csv")2 rows\n<file-plot>The plot. [All rows]({TABLE})'
    assert [client.files.content(image).read() for image in images] == [PNG]


def test_a_link_to_a_file_of_the_sandbox_becomes_a_download(client, plotting, tmp_path):
    assistant, thread = analysing(client)
    client.beta.threads.runs.create_and_poll(thread_id=thread.id, assistant_id=assistant.id)
    text = client.beta.threads.messages.list(thread.id).data[0].content[-1].text
    value = text.value
    for annotation in text.annotations:
        if annotation.type == "file_path":
            name = client.files.retrieve(annotation.file_path.file_id).filename.rpartition("/")[2]
            client.files.content(annotation.file_path.file_id).write_to_file(tmp_path / name)
            value = value.replace(annotation.text, name)
    assert value == "The plot. [All rows](out.csv)"
    assert (tmp_path / "out.csv").read_bytes() == b"x,y"


def test_an_image_of_a_step_is_removed_after_it_was_shown(client, plotting):
    assistant, thread = analysing(client)
    run = client.beta.threads.runs.create_and_poll(thread_id=thread.id, assistant_id=assistant.id)
    images = [
        output.image.file_id
        for step in client.beta.threads.runs.steps.list(run.id, thread_id=thread.id)
        if step.type == "tool_calls"
        for call in step.step_details.tool_calls
        for output in call.code_interpreter.outputs
        if output.type == "image"
    ]
    assert [client.files.content(image).read() for image in images] == [PNG]
    for image in images:
        client.files.delete(image)
    with pytest.raises(openai.NotFoundError, match="No such File object: file-plot"):
        client.files.content("file-plot")


# Lists that are read to their end


COUNT = 7


def _of_files(client):
    ids = [client.files.create(file=(f"{number}.txt", b"x"), purpose="assistants").id for number in range(COUNT)]
    return client.files.list, {}, ids


def _of_stores(client):
    return client.vector_stores.list, {}, [client.vector_stores.create().id for _ in range(COUNT)]


def _of_a_store(client):
    _, _, ids = _of_files(client)
    store = client.vector_stores.create(file_ids=ids)
    return client.vector_stores.files.list, {"vector_store_id": store.id}, ids


def _of_a_batch(client):
    _, _, ids = _of_files(client)
    store = client.vector_stores.create()
    batch = client.vector_stores.file_batches.create(store.id, file_ids=ids)
    return client.vector_stores.file_batches.list_files, {"vector_store_id": store.id, "batch_id": batch.id}, ids


LISTS = {"files": _of_files, "stores": _of_stores, "files of a store": _of_a_store, "files of a batch": _of_a_batch}
TOO_MANY = 3 * COUNT


@pytest.fixture(params=LISTS)
def listed(client, runmock, request):
    """A list method, its path arguments, and the ids that it lists, oldest first."""
    return LISTS[request.param](client)


@pytest.mark.parametrize("limit", [{}, {"limit": 1}, {"limit": 3}, {"limit": COUNT}], ids=str)
def test_a_loop_that_asks_until_a_page_is_empty_ends(listed, limit):
    """What applications wrote themselves; the SDK before 1.56 asks on in the same way, whatever `has_more` says."""
    method, place, ids = listed
    seen, after = [], {}
    while len(seen) < TOO_MANY:
        page = method(**place, **limit, **after)
        if not page.data:
            break
        seen += [item.id for item in page.data]
        after = {"after": page.data[-1].id}
    assert seen == ids[::-1]


@pytest.mark.parametrize("limit", [{}, {"limit": 3}], ids=str)
def test_a_loop_that_looks_at_has_more_ends(listed, limit):
    method, place, ids = listed
    page = method(**place, **limit, order="asc")
    seen = [item.id for item in page.data]
    while page.has_more and len(seen) < TOO_MANY:
        page = method(**place, **limit, order="asc", after=page.last_id)
        seen += [item.id for item in page.data]
    assert seen == ids


@pytest.mark.parametrize("limit", [{}, {"limit": 1}, {"limit": 3}], ids=str)
def test_a_loop_over_the_list_itself_ends(listed, limit):
    method, place, ids = listed
    assert [item.id for item in method(**place, **limit)] == ids[::-1]


@pytest.mark.parametrize("limit", [{}, {"limit": 2}], ids=str)
def test_a_loop_over_pages_ends(listed, limit):
    method, place, ids = listed
    page, seen = method(**place, **limit), []
    while len(seen) < TOO_MANY:
        seen += [item.id for item in page.data]
        if not page.has_next_page():
            break
        page = page.get_next_page()
    assert seen == ids[::-1]


@pytest.mark.parametrize("limit", [{}, {"limit": 3}], ids=str)
def test_a_loop_that_deletes_what_it_lists_ends(client, runmock, limit):
    _, _, ids = _of_files(client)
    deleted = [file.id for file in client.files.list(**limit) if client.files.delete(file.id).deleted]
    assert deleted[: limit.get("limit", COUNT)] == ids[::-1][: limit.get("limit", COUNT)]
    while files := client.files.list(**limit).data:
        for file in files:
            client.files.delete(file.id)
    assert all(file.deleted for file in runmock.files)
