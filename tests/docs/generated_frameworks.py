"""The parts of docs/reference/frameworks-under-faults.md: what clients gave in the last run of `make frameworks`.

A result is shown when it is of the versions that are pinned now, and as the table of the tests has it. Else the page says
that the cell is untested.
"""

import ast
import json
import runpy
from pathlib import Path

FRAMEWORKS = Path(__file__).parents[1] / "frameworks"
TABLE = runpy.run_path(str(FRAMEWORKS / "framework_faults.py"))
UNTESTED = "untested"
OWN = ("openai", "openai-agents")
"""Clients by OpenAI; the tables of others stand apart, so that each is narrow enough to be read."""


def results():
    """What the last run has written down; nothing where there was none."""
    path = FRAMEWORKS / "results.json"
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


def of_now(found):
    """The results of frameworks whose versions are still the pinned ones."""
    return {name: result for name, result in found.items() if result["versions"] == TABLE["pinned"](name)}


def versions(found=None):
    """The clients, with versions and date."""
    tested = of_now(results() if found is None else found)
    rows = []
    for name, words in TABLE["FRAMEWORKS"].items():
        pinned = TABLE["pinned"](name)
        sdk = pinned.pop("openai")
        own = ", ".join(f"{package} {version}" for package, version in pinned.items())
        rows.append((words, own, sdk, tested[name]["date"] if name in tested else UNTESTED))
    return _table(("client", "version", "openai", "run on"), rows)


def streamed(*, is_own, found=None):
    """A table of responses that are streamed; `is_own`: by clients of OpenAI, else by the others."""
    return _outcomes(TABLE["STREAMED_WAYS"], TABLE["STREAMED"], found, is_own)


def unstreamed(*, is_own, found=None):
    """The same of responses that come whole."""
    return _outcomes(TABLE["WHOLE_WAYS"], TABLE["UNSTREAMED"], found, is_own)


def signs(found=None):
    """What an application can look at, as the functions that the cells use for it."""
    tested = of_now(results() if found is None else found)
    return "".join(
        f"- {words}: {'; '.join(_signs(name)) if name in tested else UNTESTED}.\n"
        for name, words in TABLE["FRAMEWORKS"].items()
    )


def _outcomes(all_ways, faults, found, is_own):
    tested = of_now(results() if found is None else found)
    ways = [way for way in all_ways if (way.framework in OWN) == is_own]
    heading = [f"{TABLE['FRAMEWORKS'][way.framework]} `{way.name}`" for way in ways]
    rows = [(TABLE["FAULTS"][fault].words, *(_outcome(tested, way, fault) for way in ways)) for fault in faults]
    return _table(("fault", *heading), rows)


def _outcome(tested, way, fault):
    outcome = tested.get(way.framework, {}).get("outcomes", {}).get(way.name, {}).get(fault)
    if outcome != TABLE["OUTCOMES"][way][fault]:
        return UNTESTED
    return f"**{outcome}**" if _is_silent(outcome) else outcome


def _signs(name):
    text = (FRAMEWORKS / f"test_{name.replace('-', '_')}_cells.py").read_text(encoding="utf-8")
    functions = [node for node in ast.parse(text).body if isinstance(node, ast.FunctionDef)]
    found = [_sign(node, text) for node in functions if node.name.startswith(("is_whole", "says_nothing"))]
    silent = [way for way, by_fault in TABLE["OUTCOMES"].items() if any(map(_is_silent, by_fault.values()))]
    if not found and name in {way.framework for way in silent}:
        raise ValueError(f"nothing shows half an answer of {name}")
    return found or ["nothing of this is silent"]


def _sign(node, text):
    (end,) = (part for part in node.body if isinstance(part, ast.Return))
    code = " ".join(ast.get_source_segment(text, end.value).split())
    words = ast.get_docstring(node).removesuffix(".")
    return f"{words[0].lower()}{words[1:]}: `{code}`"


def _is_silent(outcome):
    return outcome in {TABLE["SILENT"], TABLE["EMPTY"]}


def _table(heading, rows):
    lines = [heading, ["---"] * len(heading), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)
