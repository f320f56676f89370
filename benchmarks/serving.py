"""`runmock serve` with 200 clients streaming at once, beside a bare uvicorn application that sends the same bytes.

Both are servers of one process, asked over plain sockets, so that no client library is measured; the rounds take
turns. usage: python benchmarks/serving.py [rounds]
"""

import asyncio
import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

CLIENTS, DELTAS = 200, 100
BODY = json.dumps({"assistant_id": "asst_1", "thread": {}, "stream": True})
REQUEST = (
    f"POST /v1/threads/runs HTTP/1.1\r\nHost: x\r\nOpenAI-Beta: assistants=v2\r\nConnection: close\r\n"
    f"Content-Type: application/json\r\nContent-Length: {len(BODY)}\r\n\r\n{BODY}"
).encode()

BARE = """
import pathlib, sys, uvicorn

frames = [frame + b"\\n\\n" for frame in pathlib.Path(sys.argv[1]).read_bytes().split(b"\\n\\n") if frame]
HEAD = [(b"content-type", b"text/event-stream; charset=utf-8")]


async def app(scope, receive, send):
    await receive()
    await send({"type": "http.response.start", "status": 200, "headers": HEAD})
    for frame in frames:
        await send({"type": "http.response.body", "body": frame, "more_body": True})
    await send({"type": "http.response.body", "body": b"", "more_body": False})


uvicorn.run(app, port=int(sys.argv[2]), http="h11", lifespan="off", access_log=False, log_level="error")
"""


async def stream(port):
    """One client's stream: its bytes without the head, and when the first and the last of them came."""
    began = time.perf_counter()
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(REQUEST)
    first = await reader.read(1)
    came = time.perf_counter() - began
    rest = await reader.read()
    writer.close()
    return first + rest, came, time.perf_counter() - began


async def everybody(port):
    began = time.perf_counter()
    streams = await asyncio.gather(*(stream(port) for _ in range(CLIENTS)))
    return time.perf_counter() - began, streams


def events(body):
    return body.count(b"event: ")


def until_listening(port):
    for _ in range(200):
        try:
            asyncio.run(stream(port))
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise SystemExit("a server did not start")


def decoded(answer):
    """The body of a chunked answer."""
    _, _, rest = answer.partition(b"\r\n\r\n")
    parts = []
    while rest:
        length, _, rest = rest.partition(b"\r\n")
        size = int(length, 16)
        parts.append(rest[:size])
        rest = rest[size + 2 :]
    return b"".join(parts)


def main():
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    with tempfile.TemporaryDirectory() as folder:
        cassette, body, bare = Path(folder, "x.yaml"), Path(folder, "body"), Path(folder, "bare.py")
        words = ", ".join(["word"] * DELTAS)
        cassette.write_text("runmock: 1\nruns:\n" + f"- reply: [{words}]\n" * (CLIENTS * (rounds + 1) + 1))
        command = [sys.executable, "-m", "runmock", "serve", "--port", "0", str(cassette)]
        ours = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        port = int(ours.stdout.readline().strip().rpartition(":")[2].removesuffix("/v1"))
        sample, _, _ = asyncio.run(stream(port))
        body.write_bytes(decoded(sample))
        bare.write_text(BARE)
        theirs = subprocess.Popen([sys.executable, str(bare), str(body), str(port + 1)])
        try:
            until_listening(port + 1)
            asyncio.run(everybody(port)), asyncio.run(everybody(port + 1))  # warm
            times = {"bare uvicorn": [], "runmock serve": []}
            firsts = {name: [] for name in times}
            for _ in range(rounds):
                for name, at in (("bare uvicorn", port + 1), ("runmock serve", port)):
                    took, streams = asyncio.run(everybody(at))
                    assert len({events(answer) for answer, _, _ in streams}) == 1, "a stream is not whole"
                    times[name].append(took)
                    firsts[name].append(statistics.median(first for _, first, _ in streams))
        finally:
            ours.terminate()
            theirs.terminate()
    count = events(sample)
    print(f"{CLIENTS} clients, {count} events each, {rounds} rounds")
    floor = statistics.median(times["bare uvicorn"])
    for name, took in times.items():
        median = statistics.median(took)
        print(
            f"{name:<14} {median * 1000:7.0f} ms in all  {median / CLIENTS / count * 1e6:5.1f} us an event  "
            f"{median / floor:4.2f} of the floor  first byte {statistics.median(firsts[name]) * 1000:5.0f} ms"
        )


if __name__ == "__main__":
    main()
