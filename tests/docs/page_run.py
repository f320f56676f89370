"""A run of a page: its blocks in order, in a folder of its own, as a reader would use them."""

import contextlib
import gc
import os
import re
import shlex
import signal
import socket
import subprocess
import sys
import time
import tomllib
import warnings
from importlib.metadata import PackageNotFoundError, distribution, entry_points
from pathlib import Path

import pytest_runmock.playing
import whole_sdk
from click.testing import CliRunner
from code_blocks import blocks_of, check_text
from node_packages import node_modules
from shown_output import agrees, difference, occurs

import runmock.session.session
import runmock.session.use_cassette
from runmock.cli import main

IMPORTED_ONCE = (pytest_runmock.playing, runmock.session.session, runmock.session.use_cassette, whole_sdk)

ROOT = Path(__file__).parents[2]
BIN = Path(sys.executable).parent
PLUGINS = {
    "runmock": "",
    "anyio": "anyio",
    "asyncio": "asyncio",
    "xdist": " -n",
    "pytest_httpx": "httpx_mock",
    "respx": "respx_mock",
    "recording": "pytest.mark.vcr",
}
"""The plugins of pytest that a page has, and the words on the page that need them; others are left out."""
WARNING = "ignore:The Assistants API is deprecated:DeprecationWarning"
ADDRESS = re.compile(r"(?<=127\.0\.0\.1:)\d+|(?<=localhost:)\d+|(?<=--port )\d+|(?<=--port=)\d+")
PORTS = {"serve": "8765", "record": "8766"}
"""The commands that serve, and the ports that they have by themselves."""
SHELL = re.compile(r"[|<>;*`]|&&|\$\(|^\w+=")
"""What a shell has to read."""
LONGEST = 60
"""Seconds that a command may take."""
PATIENCE = 5
"""Seconds to wait for what a server prints."""
LOOKS_ONLY = {"--collect-only", "--co", "--fixtures", "--markers", "--version", "--help", "-h"}


class PageRun:
    """The state of a page while its blocks are used."""

    def __init__(self, page, text, pytester, skipped=()):
        """`skipped` are blocks that are left out."""
        self.text = text
        self.blocks = [block for block in blocks_of(page, text) if block not in skipped]
        self.pytester = pytester
        self.folder = pytester.path
        self.environment = pytester._monkeypatch  # the one in which pytester is
        self.printed = ""
        self.files = {}
        """The block that wrote a file last, by its path."""
        self.waiting = {}
        """The blocks of tests that no command has run since they were written, by their path."""
        self.servers = {}
        """Servers that run, by their port, and other commands that go on, by their number."""
        self.started = []
        self.jobs = {}
        """What `%1` means in the reader's shell, by the number."""
        named = {*PORTS.values(), *ADDRESS.findall(text)}
        self.free = dict(zip(sorted(named), _free_ports(len(named)), strict=True))

    def run(self):
        """Use all blocks, then run the tests that no command has run. Raises BlockError."""
        self._prepare()
        try:
            with warnings.catch_warnings(action="ignore"):
                for block in self.blocks:
                    check_text(block)
                    self._use(block)
                self._run_waiting()
                self._look_for_unused()
                gc.collect()  # applications of pages do not close their clients
        finally:
            for process in self.started:
                self._end(process)

    def _prepare(self):
        plugins = [name for name, words in PLUGINS.items() if words in self.text]
        others = {point.name for point in entry_points(group="pytest11")}.difference(plugins)
        options = ["-W", shlex.quote(WARNING), f"--rootdir={self.folder}"]
        if "asyncio" in plugins and "asyncio_default_fixture_loop_scope" not in self.text:
            options += ["-o", "asyncio_default_fixture_loop_scope=function"]
        for plugin in sorted(others):
            options += ["-p", f"no:{plugin}"]
        settings = {
            "PYTEST_ADDOPTS": " ".join(options),
            "PYTHONWARNINGS": WARNING,
            "PYTHONUNBUFFERED": "1",
            "PYTHONDONTWRITEBYTECODE": "1",  # a file may be replaced within a second
            "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}",
        }
        for name, value in settings.items():
            self.environment.setenv(name, value)
        self.environment.setattr(sys, "dont_write_bytecode", True)
        for name in ("COLUMNS", "PYTEST_XDIST_WORKER"):
            self.environment.delenv(name, raising=False)

    def _use(self, block):
        if block.language == "console":
            self._run_commands(block)
        elif block.language == "text":
            self._look_for(block)
        elif block.name:
            self._write(block)
        elif block.language == "python":
            self._run_script(block)
        elif block.language not in {"yaml", "json"}:
            raise block.error(f"a block of {block.language} begins with a comment that names its file")

    # files

    def _write(self, block):
        path = self.folder / block.name
        if block.name in self.files and not block.is_more:
            self._run_waiting()
        if block.is_more and block.name not in self.files:
            raise block.error(f"there is no {block.name} to continue")
        path.parent.mkdir(parents=True, exist_ok=True)
        text = self._with_free_ports(block.text if block.is_more else block.whole)
        path.write_text(path.read_text(encoding="utf-8") + text if block.is_more else text, encoding="utf-8")
        self.files[block.name] = block
        if path.name.startswith("test_") and path.suffix == ".py":
            self.waiting[block.name] = block
        if block.language == "javascript":
            node_modules(self.folder)
            self._checked(block, ["node", "--check", path])
        elif block.language == "sh":
            self._checked(block, ["bash", "-n", path])

    def _checked(self, block, command):
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise block.error(f"is no {block.language}: {done.stderr}")

    def _run_script(self, block):
        path = self.folder / "a_block_without_a_name.py"
        path.write_text(self._with_free_ports(block.text), encoding="utf-8")
        code, output = self._shell(f"{shlex.quote(sys.executable)} {path.name}")
        path.unlink()
        self.printed += output
        if code:
            raise block.error(f"it ends with {code}:\n{output}")

    def _run_waiting(self):
        """Run the tests that no command has run, each of which must pass."""
        if not self.waiting:
            return
        waiting = dict(self.waiting)
        code, output = self._pytest(["-q", *waiting])
        if code:
            failed = [
                block for name, block in waiting.items() if re.search(rf"^(FAILED|ERROR) {name}", output, re.MULTILINE)
            ]
            (first, *_) = [*failed, *waiting.values()]
            raise first.error(f"pytest -q {' '.join(waiting)} ends with {code}:\n{output}")

    def _look_for_unused(self):
        """Raises BlockError for a file that nothing on the page uses."""
        for name, block in self.files.items():
            path = Path(name)
            if path.suffix not in {".py", ".yaml", ".yml"} or path.name.startswith(("test_", "conftest.py")):
                continue
            if path.suffix != ".py" and "cassettes" not in path.parts:
                continue
            stem = path.name.removesuffix(path.suffix).removesuffix(".runmock")
            is_own = any(f"/{file.removesuffix('.py')}/" in f"/{name}" for file in map(_name, self.files))
            folder = re.compile(rf"^\$ .*\b{re.escape(path.parts[0])}/?(?: |$)", re.MULTILINE)
            others = "\n".join(other.text for other in self.blocks if other.name != name)
            if not (is_own or re.search(rf"\b{re.escape(stem)}\b", others) or folder.search(others)):
                raise block.error(f"nothing on the page uses {name}")

    # text

    def _look_for(self, block):
        """Raises BlockError unless a command before has printed the text."""
        until = time.monotonic() + PATIENCE
        while not occurs(block.text, self.printed + self._of_servers()):
            if not self.servers or time.monotonic() > until:
                every = self.printed + self._of_servers()
                raise block.error(f"no command of the page has printed this:\n{block.text}\ninstead:\n{every}")
            time.sleep(0.05)

    def _of_servers(self):
        return "".join(self._with_shown_ports(_read(process)) for process in self.started)

    # commands

    def _run_commands(self, block):
        for line, command, shown in _commands(block):
            code, output, process = self._run_command(block, line, command)
            if process is not None and shown:
                until = time.monotonic() + PATIENCE
                while not agrees(shown, output) and time.monotonic() < until and process.poll() is None:
                    time.sleep(0.05)
                    output = self._with_shown_ports(_read(process))
            if shown and not agrees(shown, output):
                raise block.error(f"$ {command}\n{difference(shown, output)}", line)
            if not shown and code:
                raise block.error(f"$ {command}\nends with {code}:\n{output}", line)

    def _run_command(self, block, line, command):
        """The exit code of a command, what it printed, and its process when it goes on."""
        typed = self._with_free_ports(command)
        words = [] if SHELL.search(typed) else shlex.split(typed, comments=True)
        goes_on = typed.endswith("&") or (words[:1] == ["runmock"] and words[1:2] in (["serve"], ["record"]))
        if goes_on:
            goes_on = "--help" not in words
        if goes_on:
            process = self._start(block, line, shlex.split(typed.removesuffix("&")))
            return None, self._with_shown_ports(_read(process)), process
        if words[:1] == ["pytest"] and "-n" not in words:
            self._note_tests(words)
            code, output = self._pytest(words[1:])
        elif words[:1] == ["runmock"]:
            ran = CliRunner().invoke(main, words[1:], prog_name="runmock")
            code, output = ran.exit_code, ran.output
        elif words[:1] == ["export"]:
            for word in words[1:]:
                self.environment.setenv(*word.split("=", 1))
            code, output = 0, ""
        elif words[:1] == ["kill"]:
            code, output = 0, self._kill(words)
        elif words[:1] in (["pip"], ["npm"], ["make"], ["uv"], ["source"]) or words[1:3] == ["-m", "venv"]:
            code, output = self._only_checked(block, line, words)
        else:
            if re.search(r"\bpytest\b", typed):
                self._note_tests(shlex.split(typed))
            code, output = self._shell(typed)
        output = self._with_shown_ports(output)
        self.printed += f"{output}\n"
        return code, output, None

    def _note_tests(self, words):
        """Note which tests a command runs: those it names, those in a folder it names, or all."""
        if LOOKS_ONLY & set(words):
            return
        paths = [word.partition("::")[0] for word in words[words.index("pytest") + 1 :]]
        paths = [path.rstrip("/") for path in paths if (self.folder / path).exists() and not path.startswith("-")]
        for name in list(self.waiting):
            if not paths or any(name == path or name.startswith(f"{path}/") or path == "." for path in paths):
                del self.waiting[name]

    def _pytest(self, words):
        for name in [name for name in words if name in self.waiting]:
            del self.waiting[name]
        names = {path.name.split(".")[0] for path in self.folder.rglob("*.py")}
        ours = {name: sys.modules.pop(name) for name in names & sys.modules.keys()}  # a page may call a file so, too
        try:
            ran = self.pytester.runpytest_inprocess(*words)
        finally:
            sys.modules.update(ours)
        return int(ran.ret), "\n".join([*ran.outlines, *ran.errlines]) + "\n"

    def _shell(self, command):
        done = subprocess.run(
            ["bash", "-c", command], cwd=self.folder, env=_environment(), capture_output=True, text=True,
            check=False, timeout=LONGEST,
        )  # fmt: skip
        return done.returncode, done.stdout + done.stderr

    def _only_checked(self, block, line, words):
        """What installs or builds is not run; what it names must be there. The tests have an environment already."""
        if words[0] == "source" or "venv" in words:
            return 0, ""
        for word in words[1:]:
            if words[0] == "make":
                if not re.search(rf"^{re.escape(word)}:", (ROOT / "Makefile").read_text(), re.MULTILINE):
                    raise block.error(f"the Makefile has no {word}", line)
            elif word in {"install", "pip", "add", "-U", "--upgrade", ".", "openai", "-D", "--save-dev"}:
                continue
            elif words[0] != "npm":
                self._check_requirement(block, line, word)
        return 0, ""

    @staticmethod
    def _check_requirement(block, line, word):
        name, *extras = re.split(r"[\[\],]", re.split(r"[<>=~!]", word)[0].strip(']"'))
        project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
        if name in {"runmock", "."}:
            unknown = [extra for extra in extras if extra and extra not in project["optional-dependencies"]]
            if unknown:
                raise block.error(f"runmock has no extra {unknown[0]}", line)
            return
        try:
            distribution(name)
        except PackageNotFoundError:
            raise block.error(f"{name} is not installed where the tests run", line) from None

    # servers

    def _start(self, block, line, words):
        """Start a command that goes on; it is ready when this returns."""
        key = len(self.started)
        if words[0] == "runmock":
            words = [sys.executable, "-m", *words]
            if "--port" not in words and not any(word.startswith("--port=") for word in words):
                words += ["--port", self.free[PORTS[words[3]]]]
            key = next(port for port in reversed([word.removeprefix("--port=") for word in words]) if port.isdigit())
            if (before := self.servers.pop(key, None)) is not None:
                self._end(before)
        path = self.folder.parent / f"{self.folder.name}-printed-{len(self.started)}"
        with path.open("w") as file:
            process = subprocess.Popen(words, cwd=self.folder, env=_environment(), stdout=file, stderr=file)
        process.printed = path
        self.started.append(process)
        self.jobs = {number: job for number, job in self.jobs.items() if job.poll() is None}
        self.jobs[max(self.jobs, default=0) + 1] = process
        self.servers[key] = process
        until = time.monotonic() + LONGEST
        while not self._is_ready(process, words):
            if process.poll() is not None or time.monotonic() > until:
                raise block.error(f"$ {shlex.join(words)}\nhas ended with {process.poll()}:\n{_read(process)}", line)
            time.sleep(0.02)
        return process

    def _is_ready(self, process, words):
        if words[1:3] == ["-m", "runmock"]:
            return _read(process).startswith("OPENAI_BASE_URL=")  # it listens before
        return all(_listens(port) for port in self.free.values() if any(port in word for word in words))

    def _kill(self, words):
        """End a server as `kill -INT %1` does; what it printed since."""
        name = next((word[1:] for word in words[1:-1]), "TERM").removeprefix("SIG")
        process = self.jobs[int(words[-1].removeprefix("%"))]
        before = len(_read(process))
        self._end(process, signal.Signals[f"SIG{name}"])
        return _read(process)[before:]

    def _end(self, process, with_signal=signal.SIGTERM):
        if process.poll() is None:
            process.send_signal(with_signal)
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self.servers = {key: other for key, other in self.servers.items() if other is not process}

    # ports

    def _with_free_ports(self, text):
        return ADDRESS.sub(lambda found: self.free[found[0]], text)

    def _with_shown_ports(self, text):
        for shown, free in self.free.items():
            text = re.sub(rf"\b{free}\b", shown, text)
        return text


def _name(path):
    return Path(path).name


def _commands(block):
    """The commands of a console block: line, command, and the output that is shown below."""
    found = []
    for number, text in enumerate(block.text.splitlines()):
        if found and found[-1][1].endswith("\\"):
            found[-1][1] = found[-1][1][:-1].rstrip() + " " + text.strip()
        elif text.startswith("$ "):
            found.append([number, text[2:].strip(), ""])
        elif not found:
            raise block.error("a console block begins with a command: `$ `")
        else:
            found[-1][2] += f"{text}\n"
    return [(number, command, shown if shown.strip() else "") for number, command, shown in found]


def _free_ports(count):
    with contextlib.ExitStack() as held:
        sockets = [held.enter_context(socket.socket()) for _ in range(count)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [str(each.getsockname()[1]) for each in sockets]


def _listens(port):
    with socket.socket() as asking:
        asking.settimeout(1)
        return asking.connect_ex(("127.0.0.1", int(port))) == 0


def _read(process):
    return process.printed.read_text(encoding="utf-8")


def _environment():
    return {name: value for name, value in os.environ.items() if name != "PYTEST_CURRENT_TEST"}
