"""The official SDK's own suites for Assistants, Responses, Conversations, files, vector stores, uploads and models.

They run against `runmock serve`. They come with the source distribution of the openai package, of the version that is
installed here; it is fetched when this runs, and none of it is kept in the project. Every suite runs twice: without
runmock's pytest plugin, and with it installed and unmarked, when it must make no difference. `make conformance` does
it for three generations.

usage: python conformance/official_suites.py [folder for the source distribution]
"""

from __future__ import annotations

import json
import subprocess
import sys
import tarfile
import urllib.request
import xml.etree.ElementTree as ET
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

SUITES = (
    "tests/api_resources/beta/test_assistants.py",
    "tests/api_resources/beta/test_threads.py",
    "tests/api_resources/beta/threads/test_messages.py",
    "tests/api_resources/beta/threads/test_runs.py",
    "tests/api_resources/beta/threads/runs/test_steps.py",
    "tests/api_resources/test_files.py",
    "tests/api_resources/test_models.py",
    "tests/api_resources/test_uploads.py",
    "tests/api_resources/uploads/test_parts.py",
    "tests/api_resources/test_vector_stores.py",
    "tests/api_resources/vector_stores/test_files.py",
    "tests/api_resources/vector_stores/test_file_batches.py",
    "tests/api_resources/test_responses.py",
    "tests/api_resources/responses/test_input_items.py",
    "tests/api_resources/test_conversations.py",
    "tests/api_resources/conversations/test_items.py",
)
"""Every method with every parameter; the answers checked loosely and strictly, by sync and async clients."""
SINCE_2 = (
    "tests/api_resources/responses/test_input_tokens.py",
    "tests/api_resources/beta/test_responses.py",
    "tests/api_resources/beta/responses/test_input_items.py",
    "tests/api_resources/beta/responses/test_input_tokens.py",
)
"""Suites of methods that the SDK 1.x does not have."""
SKIPPED_BY_ITSELF = {"tests/api_resources/test_files.py": 3}
"""Tests that the SDK's own suite skips: downloads, which it mocks with respx, by clients on aiohttp."""
IN_PROCESS = ("tests/lib/test_assistants*.py", "tests/lib/responses/test_responses.py")
"""Suites that need no server; they run with the plugin installed."""

PLUGINS = {"without the plugin": ("-p", "no:runmock"), "plugin installed, unmarked": ()}


@dataclass(frozen=True)
class Outcome:
    """What pytest's own report says of one suite."""

    suite: str
    passed: int
    failed: int
    skipped: int
    details: tuple[str, ...]


def main() -> int:
    """Exit code 0 when all passed: none failed, none skipped but what the suite always skips, none of them empty."""
    sdk = version("openai")
    folder = fetched(sdk, Path(sys.argv[1] if len(sys.argv) > 1 else "build/conformance"))
    in_process = sorted(str(path.relative_to(folder)) for pattern in IN_PROCESS for path in folder.glob(pattern))
    answered = [*SUITES, *(() if sdk.startswith("1.") else SINCE_2)]
    is_whole, reached = True, []
    with serving() as url:
        for label, options in PLUGINS.items():
            suites = [*answered, *([] if options else in_process)]
            before = requests_at(url)
            outcomes = run(folder, suites, options, url)
            reached.append(requests_at(url) - before)
            is_whole &= told(f"openai {sdk}, {label}: {reached[-1]} requests reached the server", outcomes)
    if len(set(reached)) > 1:
        print("  the plugin made a difference: not every request reached the server")
    return 0 if is_whole and len(set(reached)) == 1 else 1


def fetched(sdk: str, into: Path) -> Path:
    """The unpacked source distribution."""
    folder = into.resolve() / f"openai-{sdk}"
    if not folder.exists():
        into.mkdir(parents=True, exist_ok=True)
        download = (sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-binary", "openai")
        subprocess.run([*download, "--dest", str(into), f"openai=={sdk}"], check=True)
        with tarfile.open(into / f"openai-{sdk}.tar.gz") as archive:
            archive.extractall(into, filter="data")
    return folder


@contextmanager
def serving() -> Iterator[str]:
    """A server without a cassette on a free port; gives its address."""
    command = [sys.executable, "-m", "runmock", "serve", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        first = process.stdout.readline()
        if not first.startswith("OPENAI_BASE_URL="):
            raise SystemExit(f"runmock serve did not start: {first}")
        try:
            yield first.strip().partition("=")[2].removesuffix("/v1")
        finally:
            process.terminate()


def run(folder: Path, suites: list[str], options: tuple[str, ...], url: str) -> list[Outcome]:
    """Run the suites where they lie, with their own settings, in the order in which they stand."""
    report = folder / "report.xml"
    report.unlink(missing_ok=True)
    pytest = [sys.executable, "-m", "pytest", "-q", "--no-header", "--durations=0", "--durations-min=10"]
    plain = ["-p", "no:randomly", "-p", "no:cacheprovider", "-o", "junit_family=xunit1", f"--junitxml={report}"]
    environment = {"TEST_API_BASE_URL": url, "PATH": "/usr/bin:/bin", "HOME": str(folder)}
    command = [*pytest, *plain, *options, *suites]
    done = subprocess.run(command, check=False, cwd=folder, env=environment, capture_output=True, text=True)
    if not report.exists() or done.returncode > 1:
        raise SystemExit(f"pytest gave no report:\n{done.stdout}{done.stderr}")
    cases = list(ET.parse(report).iter("testcase"))
    return [outcome_of(suite, [case for case in cases if case.get("file") == suite]) for suite in suites]


def outcome_of(suite: str, cases: list[ET.Element]) -> Outcome:
    """The cases of one suite, counted."""
    failed = [case for case in cases if case.find("failure") is not None or case.find("error") is not None]
    skipped = [case for case in cases if case.find("skipped") is not None]
    details = [f"failed   {case.get('classname')}::{case.get('name')}" for case in failed]
    details += [f"skipped  {case.get('classname')}::{case.get('name')}" for case in skipped]
    return Outcome(suite, len(cases) - len(failed) - len(skipped), len(failed), len(skipped), tuple(details))


def requests_at(url: str) -> int:
    """How many requests a server has answered."""
    with urllib.request.urlopen(f"{url}/_runmock/state") as answer:
        requests = json.load(answer)["requests"]
    return int(requests[-1]["number"]) if requests else 0


def told(title: str, outcomes: list[Outcome]) -> bool:
    """Print a table; whether every suite passed in full."""
    print(title)
    width = max(len(one.suite) for one in outcomes)
    for one in outcomes:
        print(f"  {one.suite:<{width}}  {one.passed:4} passed  {one.failed:3} failed  {one.skipped:3} skipped")
        for line in one.details:
            print(f"    {line}")
    total = sum(one.passed for one in outcomes)
    print(f"  {'together':<{width}}  {total:4} passed", flush=True)
    return all(one.passed and not one.failed and one.skipped == SKIPPED_BY_ITSELF.get(one.suite, 0) for one in outcomes)


if __name__ == "__main__":
    sys.exit(main())
