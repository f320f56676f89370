"""Tables on the site that list something of the product are complete, and list nothing else."""

import json
import re
from pathlib import Path
from typing import get_args

from pytest_runmock.option_table import MARKER_KEYWORDS

from runmock.apis.assistants.operations import TABLE
from runmock.apis.service.claims import HOSTS
from runmock.core.engine.experiments import EXPERIMENTS
from runmock.core.replay.record_modes import RecordMode
from runmock.core.report.verdicts import RULES as VERDICTS
from runmock.core.script.choices import GarbageKind, IncompleteReason
from runmock.core.script.conditions import CONDITIONS
from runmock.documents.check.findings import RULES
from runmock.session.verbs.verb_options import RunOptions
from runmock.session.verbs.verbs import Verbs
from runmock.tape.format.run_keys import ALONE, CONTENT, DOINGS, ENDINGS, STREAM_FAULTS
from runmock.tape.importers.kinds import KINDS

DOCS = Path(__file__).parents[2] / "docs"
ROW = re.compile(r"^\|(?P<first>.*?)(?<!\\)\|(?P<others>.*)\|$", re.MULTILINE)


def page(name):
    return (DOCS / name).read_text(encoding="utf-8")


def table(text, head):
    """The rows of the table whose first line begins with `head`: the words in the first column, and the rest."""
    assert text.count(f"\n{head}") == 1, f"{text.count(head)} tables begin with {head}"
    body = text[text.index(f"\n{head}") + 1 :].partition("\n\n")[0]
    return [(row["first"].strip(), row["others"].strip()) for row in ROW.finditer(body)][2:]


def names(text, head):
    """The names in code marks in the first column of a table, without what follows a name."""
    return [name for first, _ in table(text, head) for name in re.findall(r"`(\w+)", first)]


def test_the_rules_of_check():
    rows = table(page("guides/reviewing-cassettes.md"), "| rule |")
    assert dict(rows) == {f"`{name}`": sentence for name, sentence in RULES.items()}


def test_the_verdicts():
    assert names(page("guides/verdicts-and-chaos.md"), "| kind |") == list(VERDICTS)


def test_the_faults_of_a_chaos_pass():
    text = page("guides/verdicts-and-chaos.md")
    tables = [
        [name for first, _ in ROW.findall(body) for name in re.findall(r"`(\w+)`", first)]
        for body in text[text.index("### Choose the faults") :].split("\n\n")
        if body.startswith("|")
    ]
    assert tables == [[name for name, item in EXPERIMENTS.items() if item.is_usual is usual] for usual in (True, False)]


def test_the_record_modes():
    assert names(page("guides/recording.md"), "| mode |") == list(map(str, RecordMode))


def test_what_can_go_wrong():
    text = page("guides/when-a-run-goes-wrong.md")
    in_cassettes = {
        name for _, others in table(text, "| you want |") for name in re.findall(r"`(\w+):", others.partition("|")[0])
    }
    assert in_cassettes == {*ENDINGS, "http", "sunset", *STREAM_FAULTS}
    assert set(names(text, "| key | meaning | if it is left out |")) == {"http", *ALONE["http"]} - {"match"}
    reasons = {reason for option in get_args(IncompleteReason) for reason in get_args(option) or (option,)}
    assert all(f"`{word}`" in text for word in {*reasons, *get_args(GarbageKind)})


def test_the_steps_of_a_run():
    rows = names(page("guides/scripting-runs.md"), "| step |")
    assert sorted(rows) == sorted({*CONTENT, *DOINGS})


def test_the_conditions_of_a_run():
    assert names(page("guides/scripting-runs.md"), "| condition |") == list(CONDITIONS)


def test_the_fields_of_a_run():
    section = page("guides/scripting-runs.md").partition("\n## Fields of the run\n")[2].partition("\n## ")[0]
    assert sorted(names(section, "| key |")) == sorted(RunOptions.__annotations__)


def test_the_verbs():
    public = [name for name, value in vars(Verbs).items() if not name.startswith("_") and callable(value)]
    assert sorted(names(page("guides/scripting-runs.md"), "| verb |")) == sorted([*public, "load"])


def test_the_keywords_of_the_marker():
    assert sorted(names(page("guides/pytest.md"), "| keyword |")) == sorted(MARKER_KEYWORDS)


def test_the_formats_that_are_imported():
    formats = [first for first, _ in table(page("guides/importing.md"), "| format |")]
    tools = [kind.name.partition(" ")[0].replace("-", " ") for kind in KINDS]
    assert all(any(tool in found for found in formats) for tool in tools)
    assert len(formats) == len(KINDS) + len(["a log of server-sent events"])


def test_the_endpoints():
    rows = table(page("reference/what-is-answered.md"), "| operation |")
    parts = {part for row in TABLE for part in re.findall(r"/([a-z_]+)", row.path)}
    assert all(any(part in others for _, others in rows) for part in parts)


def test_the_hosts():
    (row,) = [
        first for first, _ in table(page("reference/what-is-answered.md"), "| request | how") if HOSTS[0] in first
    ]
    assert re.findall(r"`([^`]+)`", row) == list(HOSTS)


def test_the_editor_reads_the_file_that_the_command_writes():
    text = page("guides/pytest.md")
    (written,) = re.findall(r"^\$ runmock schema > (\S+)$", text, re.MULTILINE)
    (settings,) = (json.loads(block) for block in re.findall(r"```json\n(.*?)```", text, re.DOTALL) if "yaml." in block)
    (named,) = re.findall(r"^# yaml-language-server: \$schema=(\S+)$", text, re.MULTILINE)
    assert settings == {"yaml.schemas": {f"./{written}": "*.runmock.yaml"}}
    assert Path(named).name == written
