"""When the first event of a recorded stream reaches the application: `python benchmarks/first_event.py`.

A local upstream sends an event every 100 ms. Each kind of client asks it directly and in each record mode, in turns;
the table tells the median time to the first event in milliseconds, and by how much a recording is later.
"""

import asyncio
import statistics
import tempfile
import threading
import time
from contextlib import nullcontext
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import httpx2
import openai

import runmock

ROUNDS = 9
EVERY_S = 0.1
MODES = ("direct", "once", "new_episodes", "all", "rewrite", "verify")
EVENTS = [
    b'event: thread.run.created\ndata: {"id": "run_A1", "object": "thread.run", "status": "queued"}\n\n',
    b'event: thread.run.completed\ndata: {"id": "run_A1", "object": "thread.run", "status": "completed"}\n\n',
    b"event: done\ndata: [DONE]\n\n",
]


class Streams(BaseHTTPRequestHandler):
    """Answers every POST with EVENTS, one every 100 ms."""

    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        """Stream."""
        self.rfile.read(int(self.headers.get("content-length") or 0))
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.send_header("transfer-encoding", "chunked")
        self.end_headers()
        for event in EVENTS:
            time.sleep(EVERY_S)
            self.wfile.write(b"%x\r\n%s\r\n" % (len(event), event))
        self.wfile.write(b"0\r\n\r\n")

    def log_message(self, *arguments: object) -> None:
        """Say nothing."""


def heard_by_sync(sdk: openai.OpenAI) -> float:
    """Seconds until the first event; the stream is read to its end."""
    began = time.perf_counter()
    with sdk.beta.threads.runs.create(thread_id="thread_t", assistant_id="asst_a", stream=True) as stream:
        events = iter(stream)
        next(events)
        first = time.perf_counter() - began
        list(events)
    return first


async def heard_by_async(sdk: openai.AsyncOpenAI) -> float:
    """The same for an async client."""
    began = time.perf_counter()
    async with await sdk.beta.threads.runs.create(thread_id="thread_t", assistant_id="asst_a", stream=True) as stream:
        events = aiter(stream)
        await anext(events)
        first = time.perf_counter() - began
        async for _ in events:
            pass
    return first


def sync_kind(library) -> object:
    """A client of a library."""

    def once(url: str) -> float:
        with openai.OpenAI(api_key="sk-0", base_url=url, http_client=library.Client()) as sdk:
            heard_by_sync(sdk)  # the connection is made
            return heard_by_sync(sdk)

    return once


def async_kind(made) -> object:
    """An async client of a library."""

    def once(url: str) -> float:
        async def main() -> float:
            async with openai.AsyncOpenAI(api_key="sk-0", base_url=url, http_client=made()) as sdk:
                await heard_by_async(sdk)
                return await heard_by_async(sdk)

        return asyncio.run(main())

    return once


def within(mode: str, path: Path):
    """A session in a mode; with a cassette that is there where the mode needs one."""
    if mode == "direct":
        return nullcontext()
    return runmock.use_cassette(path, record_mode=mode)


def main() -> None:
    """Measure, and print the table."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Streams)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}/v1"
    kinds = {"sync httpx2": sync_kind(httpx2), "async httpx2": async_kind(httpx2.AsyncClient)}
    kinds |= {"sync httpx": sync_kind(httpx), "async httpx": async_kind(httpx.AsyncClient)}
    kinds |= {"async aiohttp": async_kind(openai.DefaultAioHttpClient)}
    print(f"openai {openai.__version__}; milliseconds to the first event, median of {ROUNDS}; (later than direct)")
    print(f"| client | {' | '.join(MODES)} |\n|---|{'---|' * len(MODES)}")
    for name, once in kinds.items():
        with tempfile.TemporaryDirectory() as folder:
            heard: dict[str, list[float]] = {mode: [] for mode in MODES}
            known = Path(folder) / "known.yaml"
            with within("once", known):
                once(url)
            for number in range(ROUNDS):
                for mode in MODES:
                    new = mode in {"once", "new_episodes"}
                    with within(mode, Path(folder) / f"{mode}{number}.yaml" if new else known):
                        heard[mode].append(once(url) * 1000)
            told = {mode: statistics.median(times) for mode, times in heard.items()}
        cells = [
            f"{told[mode]:.1f}" + (f" ({told[mode] - told['direct']:+.1f})" if mode != "direct" else "")
            for mode in MODES
        ]
        print(f"| {name} | {' | '.join(cells)} |", flush=True)


if __name__ == "__main__":
    main()
