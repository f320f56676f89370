"""Ask about a report: it is uploaded and searched, the answer has sources and plots, and everything is removed."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from openai import OpenAI
from openai.types.beta.threads import Text

ASSISTANT_ID = "asst_reports"  # it has the tools file_search and code_interpreter


class ReportError(Exception):
    """The report cannot be read, or its run did not complete."""


@contextmanager
def uploaded(client: OpenAI, report: Path) -> Iterator[str]:
    """The id of a vector store with the report. The report and the store are deleted in the end, whatever happens."""
    file = client.files.create(file=report, purpose="assistants")
    store = client.vector_stores.create(name=report.stem)
    try:
        attached = client.vector_stores.files.create_and_poll(file.id, vector_store_id=store.id)
        if attached.last_error:
            raise ReportError(f"{report.name}: {attached.last_error.message}")
        yield store.id
    finally:
        client.vector_stores.delete(store.id)
        client.files.delete(file.id)


def ask(client: OpenAI, question: str, store_id: str, folder: Path) -> str:
    """The answer, with the names of its sources and of its plots, which are saved in the folder."""
    run = client.beta.threads.create_and_run_poll(
        assistant_id=ASSISTANT_ID,
        thread={"messages": [{"role": "user", "content": question}]},
        tool_resources={"file_search": {"vector_store_ids": [store_id]}},
    )
    if run.status != "completed":
        raise ReportError(f"the run is {run.status}")
    lines = []
    for part in client.beta.threads.messages.list(run.thread_id, run_id=run.id, limit=1).data[0].content:
        if part.type == "text":
            lines += with_sources(client, part.text)
        elif part.type == "image_file":
            plot = folder / f"{part.image_file.file_id}.png"
            client.files.content(part.image_file.file_id).write_to_file(plot)
            lines.append(f"plot: {plot.name}")
    return "\n".join(lines)


def with_sources(client: OpenAI, text: Text) -> list[str]:
    """The text with numbers in place of its citations, then a line for each of them."""
    value, sources = text.value, []
    for number, annotation in enumerate(text.annotations, 1):
        if annotation.type == "file_citation":
            value = value.replace(annotation.text, f" [{number}]")
            sources.append(f"[{number}] {client.files.retrieve(annotation.file_citation.file_id).filename}")
    return [value, *sources]
