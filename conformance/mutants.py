"""Forty planted defects, each of which the tests must find: the table is mutants.toml, two defects for each room.

Whoever makes the tests faster runs this before and after. The project is copied into a folder for temporary files; in
the copy one defect after the other is planted, and the tests that must find it run until the first one fails.

usage: python conformance/mutants.py [word of a room, a file or a defect ...]
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

ROOT = Path(__file__).resolve().parent.parent
TABLE = Path(__file__).with_suffix(".toml")
KILLED, SURVIVED, LOST = "killed", "SURVIVED", "LINE NOT FOUND"
ALL_PASSED, SOME_FAILED = 0, 1
"""Exit codes of pytest; every other one means that the tests could not run."""


@dataclass(frozen=True)
class Mutant:
    """One defect, as it is in the table."""

    room: str
    file: str
    defect: str
    line: str
    becomes: str
    tests: list[str]

    @property
    def path(self) -> str:
        """The path of the file in the project."""
        return f"{self.room}/{self.file}"


def main(words: Sequence[str]) -> int:
    """Exit code 0 when every chosen mutant was killed."""
    table = [Mutant(**row) for row in tomllib.loads(TABLE.read_text(encoding="utf-8"))["mutant"]]
    chosen = [mutant for mutant in table if not words or any(word in f"{mutant}" for word in words)]
    with tempfile.TemporaryDirectory(prefix="runmock-mutants-") as folder:
        copy = copied(Path(folder))
        tests = list(dict.fromkeys(path for mutant in chosen for path in mutant.tests))
        print(f"{len(chosen)} mutants; without any, the tests must pass", flush=True)
        code, output = run(copy, tests, "-n", "auto")
        if code != ALL_PASSED:
            print(output)
            return 1
        outcomes = list(told(copy, chosen))
    print(f"{outcomes.count(KILLED)} of {len(outcomes)} killed")
    return 0 if chosen and set(outcomes) == {KILLED} else 1


def copied(folder: Path) -> Path:
    """A copy of all files that git knows, as they are now, in which the plugin can be imported by its name."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    copy = folder / "project"
    for name in filter(None, listed.split("\0")):
        if (ROOT / name).is_file():
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, copy / name)
    (folder / "names").mkdir()
    (folder / "names" / "pytest_runmock").symlink_to(copy / "pytest_plugin")
    return copy


def told(copy: Path, mutants: Sequence[Mutant]) -> Iterator[str]:
    """Plant each mutant, and print a line on what came of it; yields the outcomes."""
    for mutant in mutants:
        began = time.perf_counter()
        outcome, test = outcome_of(copy, mutant)
        print(f"{outcome:<14}  {mutant.path:<46}  {mutant.defect}")
        print(f"{time.perf_counter() - began:12.1f} s  {test}", flush=True)
        yield outcome


def outcome_of(copy: Path, mutant: Mutant) -> tuple[str, str]:
    """What came of one mutant, and the test that killed it."""
    file = copy / mutant.path
    text = file.read_text(encoding="utf-8") if file.exists() else ""
    if text.count(mutant.line) != 1:
        return LOST, f"{TABLE.name} has a line that is {text.count(mutant.line)} times in the file: {mutant.line}"
    try:
        file.write_text(text.replace(mutant.line, mutant.becomes or "pass"), encoding="utf-8")
        code, output = run(copy, mutant.tests, "-x")
    finally:
        shutil.copy2(ROOT / mutant.path, file)
    if code not in {ALL_PASSED, SOME_FAILED}:
        return f"PYTEST: {code}", output
    if code == ALL_PASSED:
        return SURVIVED, ""
    failed = re.findall(r"^(?:FAILED|ERROR) (\S+)", output, re.MULTILINE)  # in runs of pytest within the tests, too
    return KILLED, failed[-1] if failed else ""


def run(copy: Path, tests: Sequence[str], *options: str) -> tuple[int, str]:
    """The exit code and the output of pytest in the copy; the copy's packages come before installed ones."""
    plain = ("-q", "-p", "no:cacheprovider", "-p", "no:randomly", "-rfE", "--tb=short")
    command = [sys.executable, "-m", "pytest", *plain, *options, *(f"tests/{path}" for path in tests)]
    environment = os.environ | {"PYTHONPATH": f"{copy}{os.pathsep}{copy.parent / 'names'}"}
    done = subprocess.run(command, check=False, cwd=copy, env=environment, capture_output=True, text=True)
    return done.returncode, done.stdout + done.stderr


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
