"""Ask an assistant from the command line: `python ask.py How warm is it in Paris?`."""

import argparse
import sys
import time
from collections.abc import Sequence

from openai import OpenAI, OpenAIError

ASSISTANT_ID = "asst_command"
ACTIVE = {"queued", "in_progress", "cancelling"}


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the answer and return 0, or print why there is none and return 1."""
    parser = argparse.ArgumentParser(description="Ask an assistant.")
    parser.add_argument("question", nargs="+")
    parser.add_argument("--every", type=float, default=1.0, help="seconds between two looks at the run")
    parser.add_argument("--timeout", type=float, default=60.0, help="seconds until the run is cancelled")
    options = parser.parse_args(arguments)
    try:
        print(answer(OpenAI(), " ".join(options.question), options.every, options.timeout))
    except (OpenAIError, RuntimeError) as error:
        print(f"ask: {error}", file=sys.stderr)
        return 1
    return 0


def answer(client: OpenAI, question: str, every: float, timeout: float) -> str:
    """The text of the answer. Raises RuntimeError when the run ends otherwise, or not in time."""
    runs, deadline = client.beta.threads.runs, time.monotonic() + timeout
    run = client.beta.threads.create_and_run(
        assistant_id=ASSISTANT_ID, thread={"messages": [{"role": "user", "content": question}]}
    )
    while run.status in ACTIVE:
        print(f"{run.status} ...", file=sys.stderr)
        if time.monotonic() >= deadline:
            runs.cancel(run.id, thread_id=run.thread_id)
            raise RuntimeError(f"no answer within {timeout:g} seconds")
        time.sleep(every)
        run = runs.retrieve(run.id, thread_id=run.thread_id)
    if run.status != "completed":
        raise RuntimeError(run.last_error.message if run.last_error else f"the run is {run.status}")
    newest = client.beta.threads.messages.list(run.thread_id, run_id=run.id, limit=1).data[0]
    return "".join(part.text.value for part in newest.content if part.type == "text")


if __name__ == "__main__":
    sys.exit(main())
