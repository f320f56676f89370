"""`runmock demo`: plays a shipped cassette through the real SDK: streaming, two tool calls, the answer."""

from __future__ import annotations

import json
import warnings
from importlib.resources import as_file, files
from typing import TYPE_CHECKING, Any

import click
from rich.console import Console

from runmock.cli.lines import examples

if TYPE_CHECKING:
    from openai import OpenAI

    from runmock.session.session import Session

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


@click.command(
    short_help="Play a shipped cassette through the real openai SDK.", epilog=examples("runmock demo --pace 0")
)
@click.option("--pace", default="recorded", show_default=True, help="0 (at once), recorded, 2x (twice as fast), 20ms.")
def demo(pace: str) -> None:
    """Play a shipped cassette through the real openai SDK: streaming, a tool call, the answer.

    It needs no key and no network; it does need the SDK: pip install openai
    """
    try:
        import openai
    except ImportError:
        raise click.ClickException("the demo shows the real SDK, which is not installed: pip install openai") from None
    from runmock.session.use_cassette import use_cassette

    warnings.filterwarnings("ignore", "The Assistants API is deprecated", DeprecationWarning)
    console = Console(highlight=False)
    with as_file(files("runmock.cli") / "demo.runmock.yaml") as cassette, use_cassette(cassette, pace=pace) as session:
        console.print(f"[dim]openai {openai.__version__}, cassette {cassette.name}: no key, no network[/dim]\n")
        _converse(openai.OpenAI(api_key="not-a-key"), console)
        _look_back(session, console)


def _converse(client: OpenAI, console: Console) -> None:
    """Talk to the API as an application does; no line of it depends on runmock."""
    console.print(f"[bold]user[/bold]       {QUESTION}")
    runs = client.beta.threads.runs
    thread = client.beta.threads.create(messages=[{"role": "user", "content": QUESTION}])
    stream = runs.create(thread_id=thread.id, assistant_id="asst_weather", tools=TOOLS, stream=True)
    while (run := _show(stream, console)) is not None:
        outputs: list[Any] = []
        for call in run.required_action.submit_tool_outputs.tool_calls:
            output = WEATHER[json.loads(call.function.arguments)["city"]]
            console.print(f"[bold]tool[/bold]       {call.function.name}({call.function.arguments}) -> {output}")
            outputs.append({"tool_call_id": call.id, "output": output})
        stream = runs.submit_tool_outputs(thread_id=thread.id, run_id=run.id, tool_outputs=outputs, stream=True)


def _show(stream: Any, console: Console) -> Any:
    """Print a stream while it comes; return the run when it asks for tool outputs, else None."""
    waiting = None
    for event in stream:
        if event.event == "thread.run.requires_action":
            waiting = event.data
        if event.event == "thread.message.created":
            console.print("[bold]assistant[/bold]  ", end="")
        elif event.event == "thread.message.delta":
            console.print(event.data.delta.content[0].text.value, end="", markup=False, soft_wrap=True)
        elif event.event == "thread.message.completed":
            console.print()
        elif event.event.startswith("thread.run.") and "step" not in event.event:
            console.print(f"[dim]run        {event.event.removeprefix('thread.run.')}[/dim]")
    return waiting


def _look_back(session: Session, console: Console) -> None:
    run = session.runs[0]
    console.print(
        f"\n[dim]what a test can look at: {len(session.requests)} requests, run {run.status}, "
        f"tool_outputs {run.tool_outputs}[/dim]",
        soft_wrap=True,
    )
