"""The peak memory of a stream of 50 MB, in a process of its own: `python benchmarks/memory.py CONTENDER FOLDER`."""

import re
import subprocess
import sys
import tempfile
from pathlib import Path

from contenders import CASSETTES, CONTENDERS, Answer, CannotError
from playing import CREATE, RUNS, stream_body, stream_once

EVENTS, PADDING = 10_000, 5_000
MB = 1024 * 1024


def answer(body):
    return Answer("POST", RUNS, CREATE | {"stream": True}, body)


class Peak:
    """Rounds that tell how much more a process takes than before, as times the stream's size."""

    def __init__(self, who):
        body = stream_body(EVENTS, padding="x" * PADDING)
        self.who, self.size = who, len(body)
        self.folder = tempfile.TemporaryDirectory()
        Path(self.folder.name, "body").write_bytes(body)
        if who in CASSETTES:
            Path(self.folder.name, "x.yaml").write_text(CASSETTES[who]([answer(body)]))

    def round(self):
        command = [sys.executable, __file__, self.who, self.folder.name]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise CannotError(done.stderr.strip().rpartition("\n")[2])
        return float(done.stdout) * MB / self.size


def peak_mb():
    """Of this process alone: what getrusage tells begins with its parent's."""
    status = Path("/proc/self/status")
    if not status.exists():
        raise SystemExit("the peak is read from /proc, which Linux has")
    return int(re.search(r"VmHWM:\s+(\d+)", status.read_text())[1]) / 1024


def main():
    who, folder = sys.argv[1], Path(sys.argv[2])
    with CONTENDERS[who]([answer(stream_body(10))]) as client:
        stream_once(client)  # everything is imported
    before = peak_mb()
    answers = [] if who in CASSETTES else [answer(Path(folder, "body").read_bytes())]
    with CONTENDERS[who](answers, folder=folder) as client:
        stream_once(client)
    print(peak_mb() - before)


if __name__ == "__main__":
    main()
