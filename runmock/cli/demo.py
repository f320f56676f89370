"""`runmock demo`: plays a shipped cassette through the real SDK: tool calls, a file search, a plot, all streamed."""

from __future__ import annotations

import json
import warnings
import zlib
from importlib.resources import as_file, files
from typing import TYPE_CHECKING, Any

import click
from rich.console import Console

from runmock.cli.lines import examples

if TYPE_CHECKING:
    from openai import OpenAI

    from runmock.session.session import Session

ASSISTANT = "asst_weather"
QUESTION = "I fly to Oslo today and to Rome tomorrow. Do I need a coat?"
WEATHER = {"Oslo": "snow, -4 degrees", "Rome": "sunny, 24 degrees"}
TOOLS: list[Any] = [
    {
        "type": "function",
        "function": {
            "name": "get_weather",
            "description": "The weather in a city, now",
            "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
        },
    }
]
SECOND_QUESTION = "Is this week warmer in Rome than usual? Plot its degrees."
WEEK = ("week.csv", b"16,18,20,24,22,18,16\n")
STORE = "vs_climate"


@click.command(
    short_help="Play a shipped cassette through the real openai SDK.", epilog=examples("runmock demo --pace 0")
)
@click.option("--pace", default="recorded", show_default=True, help="0 (at once), recorded, 2x (twice as fast), 20ms.")
def demo(pace: str) -> None:
    """Play a shipped cassette through the real openai SDK: streams, tool calls, a file search, a plot.

    It needs no key and no network; it does need the SDK: pip install openai
    """
    try:
        import openai
    except ImportError:
        raise click.ClickException("the demo shows the real SDK, which is not installed: pip install openai") from None
    from runmock.session.use_cassette import use_cassette

    warnings.filterwarnings("ignore", "The Assistants API is deprecated", DeprecationWarning)
    console = Console(highlight=False, markup=False)
    with as_file(files("runmock.cli") / "demo.runmock.yaml") as cassette, use_cassette(cassette, pace=pace) as session:
        console.print(f"openai {openai.__version__}, cassette {cassette.name}: no key, no network\n", style="dim")
        application = _Application(openai.OpenAI(api_key="not-a-key"), console)
        application.ask_with_tools()
        console.print()
        application.ask_with_files()
        _look_back(session, console)


class _Application:
    """Talks to the API and prints what comes; no line of it depends on runmock."""

    def __init__(self, client: OpenAI, console: Console) -> None:
        self.client = client
        self.console = console

    def ask_with_tools(self) -> None:
        """Ask a question, and call a tool for the assistant."""
        runs = self.client.beta.threads.runs
        self._show("user", QUESTION)
        thread = self.client.beta.threads.create(messages=[{"role": "user", "content": QUESTION}])
        stream = runs.create(thread_id=thread.id, assistant_id=ASSISTANT, tools=TOOLS, stream=True)
        while (run := self._follow(stream)) is not None:
            outputs: list[Any] = []
            for call in run.required_action.submit_tool_outputs.tool_calls:
                output = WEATHER[json.loads(call.function.arguments)["city"]]
                self._show("tool", f"{call.function.name}({call.function.arguments}) -> {output}")
                outputs.append({"tool_call_id": call.id, "output": output})
            stream = runs.submit_tool_outputs(thread_id=thread.id, run_id=run.id, tool_outputs=outputs, stream=True)

    def ask_with_files(self) -> None:
        """Upload a file, and ask a question about it and about a vector store."""
        self._show("user", SECOND_QUESTION)
        file = self.client.files.create(file=WEEK, purpose="assistants")
        self._show("upload", f"{file.filename}, {file.bytes} bytes")
        attachments: list[Any] = [{"file_id": file.id, "tools": [{"type": "code_interpreter"}]}]
        thread = self.client.beta.threads.create(
            messages=[{"role": "user", "content": SECOND_QUESTION, "attachments": attachments}],
            tool_resources={"file_search": {"vector_store_ids": [STORE]}},
        )
        self._follow(self.client.beta.threads.runs.create(thread_id=thread.id, assistant_id=ASSISTANT, stream=True))

    def _show(self, who: str, text: str) -> None:
        self.console.print(f"{who:<11}", style="bold", end="")
        self.console.print(text, soft_wrap=True)

    def _follow(self, stream: Any) -> Any:
        """Print a stream while it comes; return the run when it asks for tool outputs, else None."""
        waiting = None
        for event in stream:
            kind, data = event.event.removeprefix("thread."), event.data
            if kind == "run.requires_action":
                waiting = data
            if kind == "run.step.completed":
                self._show_step(data)
            elif kind == "message.created":
                self.console.print(f"{'assistant':<11}", style="bold", end="")
            elif kind == "message.delta":
                texts = (part.text.value for part in data.delta.content if part.type == "text")
                self.console.print("".join(texts), end="", soft_wrap=True)
            elif kind == "message.completed":
                self.console.print()
                self._show_files(data)
            elif kind.startswith("run.") and "step" not in kind:
                self.console.print(f"{'run':<11}{kind.removeprefix('run.')}", style="dim")
        return waiting

    def _show_step(self, step: Any) -> None:
        """Print what a tool of the service did."""
        for call in getattr(step.step_details, "tool_calls", ()):
            if call.type == "file_search":
                for found in call.file_search.results:
                    self._show("search", f"{found.file_name}, score {found.score}")
            elif call.type == "code_interpreter":
                self._show("code", call.code_interpreter.input)

    def _show_files(self, message: Any) -> None:
        """Print the names of the files that a message cites, and the images in it."""
        for part in message.content:
            for annotation in part.text.annotations if part.type == "text" else ():
                file = self.client.files.retrieve(annotation.file_citation.file_id)
                self._show("citation", f"{annotation.text} {file.filename}")
        for part in message.content:
            if part.type == "image_file":
                image = self.client.files.content(part.image_file.file_id).read()
                self._show("plot", f"an image of {len(image)} bytes:")
                for line in _pixels(image):
                    self._show("", line)


def _pixels(png: bytes) -> list[str]:
    """The pixels of the cassette's PNG, which has one bit for each, as lines of text; a dark one is `#`."""
    width, data = int.from_bytes(png[16:20]), png.index(b"IDAT") + 4
    rows = zlib.decompress(png[data : data + int.from_bytes(png[data - 8 : data - 4])])
    row_bytes = 1 + (width + 7) // 8  # the first one names a filter: none here
    lines = (rows[start + 1 : start + row_bytes] for start in range(0, len(rows), row_bytes))
    bits = ("".join(f"{byte:08b}" for byte in line)[:width] for line in lines)
    return [line.replace("0", "#").replace("1", " ").rstrip() for line in bits]


def _look_back(session: Session, console: Console) -> None:
    first, second = session.runs
    console.print(
        f"\nwhat a test can look at: {len(session.requests)} requests, runs {first.status} and {second.status}, "
        f"tool_outputs {first.tool_outputs}, files {[file.filename for file in session.files]}",
        style="dim",
        soft_wrap=True,
    )
