"""Whole applications with files, through the SDK: search with a citation, a plot that is downloaded, attachments."""

import openai
import pytest

import runmock

PNG = b"\x89PNG\r\n\x1a\nplot"
CASSETTE = """
files:
  - {id: file-report, filename: report.txt, text: Summer was warm.}
  - {id: file-plot, filename: plot.png, path: plot.png, purpose: assistants_output}
  - {id: file-out, filename: /mnt/data/out.csv, base64: eCx5, purpose: assistants_output}
vector_stores:
  - {id: vs_handbook, name: Handbook, files: [file-report], expires_after: {anchor: last_active_at, days: 7}}
  - {id: vs_gone, status: expired}
  - {id: vs_faq, search: [{filename: faq.md, score: 0.9, text: Yes.}]}
processing:
  - {filename: /broken/, fail: invalid_file, message: The file could not be parsed.}
  - {poll: 2}
runs:
  - steps:
      - code_interpreter: {input: plot(), images: [file-plot]}
      - reply:
          text: See sandbox:/mnt/data/out.csv.
          images: [file-new]
          annotations: [{type: file_path, text: "sandbox:/mnt/data/out.csv", start_index: 4, end_index: 29, file_path: {file_id: file-out}}]
"""


@pytest.fixture
def session(tmp_path):
    (tmp_path / "plot.png").write_bytes(PNG)
    path = tmp_path / "files.runmock.yaml"
    path.write_text(f"runmock: 1\n{CASSETTE}")
    with runmock.use_cassette(path) as opened:
        yield opened


def test_a_plot_and_a_table_of_a_run_are_downloaded(client, session):
    code = [{"type": "code_interpreter"}]
    run = client.beta.threads.create_and_run_poll(assistant_id="asst_1", tools=code)
    (message,) = client.beta.threads.messages.list(run.thread_id).data
    image, text = message.content
    assert client.files.content(image.image_file.file_id).read().startswith(b"\x89PNG")
    (annotation,) = text.text.annotations
    assert client.files.content(annotation.file_path.file_id).read() == b"x,y"
    (step, _) = client.beta.threads.runs.steps.list(run.id, thread_id=run.thread_id, order="asc").data
    (output,) = step.step_details.tool_calls[0].code_interpreter.outputs
    assert client.files.content(output.image.file_id).read() == PNG
    assert [file.id for file in client.files.list()] == ["file-new", "file-out", "file-plot", "file-report"]
    assert session.files == []


def test_what_the_cassette_says_of_stores_holds(client, session):
    stores = client.vector_stores
    handbook = stores.retrieve("vs_handbook")
    assert (handbook.name, handbook.status, handbook.usage_bytes) == ("Handbook", "completed", 16)
    assert stores.search("vs_handbook", query="warm").data[0].filename == "report.txt"
    (faq,) = stores.search("vs_faq", query="anything").data
    assert (faq.filename, faq.score, faq.content[0].text) == ("faq.md", 0.9, "Yes.")
    with pytest.raises(openai.BadRequestError, match="Vector store 'vs_gone' has expired"):
        stores.search("vs_gone", query="warm")


def test_what_it_says_of_processing_holds(client, session, sleeps):
    stores = client.vector_stores
    broken = stores.files.upload_and_poll(vector_store_id="vs_handbook", file=("broken.pdf", b"x"))
    assert (broken.status, broken.last_error.code) == ("failed", "invalid_file")
    assert broken.last_error.message == "The file could not be parsed."
    assert sleeps == []
    slow = stores.files.upload_and_poll(vector_store_id="vs_handbook", file=("slow.pdf", b"x"))
    assert slow.status == "completed"
    assert len(sleeps) == 2


def test_an_application_uploads_asks_with_a_citation_and_cleans_up(client):
    run = "{steps: [{file_search: {results: [{file_name: a.txt}]}}, {reply: {text: 'Warm [1]', annotations: [{text: '[1]', file_citation: {file_id: file-a}}]}}]}"
    with runmock.use_cassette(script=f"runs: [{run}]") as session:
        store = client.vector_stores.create(name="Notes")
        file = client.vector_stores.files.upload_and_poll(vector_store_id=store.id, file=("a.txt", b"warm"))
        assistant = client.beta.assistants.create(
            model="gpt-4o",
            tools=[{"type": "file_search"}],
            tool_resources={"file_search": {"vector_store_ids": [store.id]}},
        )
        attachment = {"file_id": file.id, "tools": [{"type": "file_search"}]}
        thread = client.beta.threads.create(
            messages=[{"role": "user", "content": "How was it?", "attachments": [attachment]}]
        )
        (own,) = thread.tool_resources.file_search.vector_store_ids
        assert client.vector_stores.retrieve(own).file_counts.completed == 1
        run = client.beta.threads.runs.create_and_poll(thread_id=thread.id, assistant_id=assistant.id)
        (answer,) = client.beta.threads.messages.list(thread.id, run_id=run.id).data
        (citation,) = answer.content[0].text.annotations
        assert client.files.retrieve(citation.file_citation.file_id).purpose == "assistants_output"
        assert [sorted(view.files) for view in session.vector_stores] == [[file.id], [file.id]]
        client.files.delete(file.id)
        client.vector_stores.delete(store.id)
        client.beta.assistants.delete(assistant.id)
        (view,) = session.files
        assert (view.filename, view.content, view.deleted) == ("a.txt", b"warm", True)
        assert [view.files for view in session.vector_stores] == [[]]


def test_a_script_in_a_test_finds_its_files_beside_it():
    with (
        runmock.use_cassette(script="files: [{id: file-x, filename: x.py, path: test_files_in_runs.py}]"),
        openai.OpenAI(api_key="k") as client,
    ):
        assert client.files.retrieve("file-x").bytes > 1000


def test_a_mapping_that_a_test_loads_finds_its_files_beside_it():
    with runmock.use_cassette() as session, openai.OpenAI(api_key="k") as client:
        session.load({"files": [{"id": "file-x", "filename": "x.py", "path": "test_files_in_runs.py"}]})
        assert client.files.retrieve("file-x").bytes > 1000
