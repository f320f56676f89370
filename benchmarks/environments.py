"""The environments that are measured: each with one generation of the SDK, and the mocks that fit it."""

import json
import select
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parent
CONTENDERS = {
    "sdk-3": ("runmock", "pytest-httpx2", "vcrpy"),
    "sdk-2": ("runmock", "respx", "pytest-httpx", "vcrpy", "openai-responses"),
}
"""Those that do not see what the other SDK speaks are not asked there."""
PLACES = {
    "sdk-3": ["openai>=3,<4", "vcrpy", "pytest-recording", "pytest-httpx2"],
    "sdk-2": ["openai>=2,<3", "vcrpy", "pytest-recording", "pytest-httpx"],
    "sdk-2-openai-responses": ["openai>=2,<3", "openai-responses"],
}
"""What is installed in each, beside runmock and what that needs."""
ELSEWHERE = {"openai-responses": "sdk-2-openai-responses"}
"""The places of contenders that need an older version of another one."""
SHOWN = ("openai", "httpx", "httpx2", "respx", "pytest-httpx", "pytest-httpx2", "vcrpy", "openai-responses", "pytest", "PyYAML", "pydantic", "uvicorn")  # fmt: skip
LONGEST_S = 300
"""A round that takes longer is given up."""


class Environment:
    """One generation of the SDK with its contenders, each in the place where its newest version fits."""

    def __init__(self, name, *, is_upgraded):
        self.name = name
        self.contenders = CONTENDERS[name]
        places = dict.fromkeys([name, *(ELSEWHERE.get(who, name) for who in self.contenders)])
        self.places = {place: Place(place, is_upgraded=is_upgraded) for place in places}

    def round(self, row, who):
        """The value of one round, or the reason why there is none."""
        return self.places[ELSEWHERE.get(who, self.name)].round(row, who)

    def renew(self):
        """Go on with new processes."""
        for place in self.places.values():
            place.end()
            place.worker = place.start()

    def versions(self):
        """What is measured, by place."""
        return {name: place.versions() for name, place in self.places.items()}

    def end(self):
        for place in self.places.values():
            place.end()


class Place:
    """A folder with Python, and a worker in it."""

    def __init__(self, name, *, is_upgraded):
        folder = ROOT / f".venv-bench-{name}"
        self.python, note = folder / "bin" / "python", folder / ".installed"
        wanted = f"{ROOT}\n" + "\n".join(PLACES[name])
        is_there = note.exists() and note.read_text() == wanted
        if not is_there:
            subprocess.run([sys.executable, "-m", "venv", "--clear", folder], check=True)
        if is_upgraded or not is_there:
            print(f"installing {name}: {', '.join(PLACES[name])}", file=sys.stderr)
            options = ["-qq", "--upgrade", "--upgrade-strategy=eager", "--editable", f"{ROOT}[serve]"]
            done = subprocess.run([self.python, "-m", "pip", "install", *options, *PLACES[name]], check=False)
            if done.returncode and not is_there:
                raise SystemExit(f"{name} could not be installed")
            note.write_text(wanted)
        self.is_upgraded = is_upgraded
        self.worker = self.start()

    def start(self):
        command = [self.python, HERE / "worker.py"]
        return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=HERE)

    def round(self, row, who):
        """The value of one round, or the reason why there is none. A worker that ends or hangs is replaced."""
        self.worker.stdin.write(json.dumps({"row": row, "who": who}) + "\n")
        self.worker.stdin.flush()
        is_ready, _, _ = select.select([self.worker.stdout], [], [], LONGEST_S)
        line = self.worker.stdout.readline() if is_ready else ""
        if line:
            answer = json.loads(line)
            return answer.get("value", answer.get("cannot"))
        self.worker.kill()
        code = self.worker.wait()
        self.worker = self.start()
        return f"its process ended with code {code}" if is_ready else f"a round took more than {LONGEST_S} s"

    def versions(self):
        """The versions as a text; where another package holds a peer back, also the newest."""
        found = self.listed("version")
        newest = self.listed("latest_version", "--outdated") if self.is_upgraded else {}
        shown = {name: found[name.lower()] for name in SHOWN if name.lower() in found}
        held_back = {name: f" (the newest is {newest[name.lower()]})" for name in shown if name.lower() in newest}
        held_back["openai"] = ""  # which generation is measured is chosen above
        return ", ".join(f"{name} {version}{held_back.get(name, '')}" for name, version in shown.items())

    def listed(self, key, *options):
        """A value that pip lists, by package; nothing where pip cannot ask its index."""
        command = [self.python, "-m", "pip", "list", "--format=json", "--disable-pip-version-check", *options]
        listed = subprocess.run(command, check=False, capture_output=True).stdout
        return {one["name"].lower(): one[key] for one in json.loads(listed or "[]")}

    def end(self):
        self.worker.stdin.close()
        self.worker.wait()
