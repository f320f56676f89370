"""The environments that are measured: each with one generation of the SDK, the mocks that fit it, and a process."""

import json
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parent
OURS = f"{ROOT}[serve]"
ENVIRONMENTS = {
    "sdk-3": [OURS, "openai>=3,<4", "vcrpy", "pytest-recording", "pytest-httpx2"],
    "sdk-2": [OURS, "openai>=2,<3", "vcrpy", "pytest-recording", "pytest-httpx", "openai-responses"],
}
"""What is installed in each, beside what that needs."""
CONTENDERS = {
    "sdk-3": ("runmock", "pytest-httpx2", "vcrpy"),
    "sdk-2": ("runmock", "respx", "pytest-httpx", "vcrpy", "openai-responses"),
}
"""Those that do not see what the other SDK speaks are not asked there."""
TOLD = ("openai", "httpx", "httpx2", "respx", "pytest-httpx", "pytest-httpx2", "vcrpy", "openai-responses", "PyYAML", "pydantic", "uvicorn")  # fmt: skip


class Environment:
    """A folder with Python, and a worker in it."""

    def __init__(self, name):
        self.name = name
        self.contenders = CONTENDERS[name]
        folder = ROOT / f".venv-bench-{name}"
        wanted = "\n".join(ENVIRONMENTS[name])
        self.python, done = folder / "bin" / "python", folder / ".installed"
        if not done.exists() or done.read_text() != wanted:
            print(f"installing {name}: {', '.join(ENVIRONMENTS[name][1:])}", file=sys.stderr)
            subprocess.run([sys.executable, "-m", "venv", "--clear", folder], check=True)
            subprocess.run([self.python, "-m", "pip", "install", "-q", "-e", *ENVIRONMENTS[name]], check=True)
            done.write_text(wanted)
        self.worker = subprocess.Popen(
            [self.python, HERE / "worker.py"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=HERE
        )

    def versions(self):
        """What was measured, for the foot of the table."""
        command = [self.python, "-m", "pip", "list", "--format=json"]
        listed = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
        found = {one["name"].lower(): one["version"] for one in listed}
        return ", ".join(f"{one} {found[one.lower()]}" for one in TOLD if one.lower() in found)

    def round(self, workload, who):
        """The value of one round, or the reason why there is none."""
        self.worker.stdin.write(json.dumps({"workload": workload, "contender": who}) + "\n")
        self.worker.stdin.flush()
        told = json.loads(self.worker.stdout.readline())
        return told.get("value", told.get("cannot"))

    def end(self):
        self.worker.stdin.close()
        self.worker.wait()
