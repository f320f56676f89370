"""The recordings may be passed on: each folder names whose they are and under which licence, and nothing secret is in them."""

import re
from collections import Counter

import pytest
from traffic_data import TRAFFIC

from runmock.tape.secrets.redaction import secret_hits

LICENCES = {
    "MIT": "Permission is hereby granted, free of charge",
    "BSD-3-Clause": "Redistribution and use in source and binary forms",
    "Apache-2.0": "END OF TERMS AND CONDITIONS",
}
"""A line from the text of each licence that is allowed here."""
STAND_INS = {"proj_exampleProject0000000000", "example-cookie-value", "test_openai_api_key"}
"""What looks like a secret and is none."""

PROJECTS = sorted(path.parent for path in TRAFFIC.rglob("README.md") if path.parent != TRAFFIC)
RECORDINGS = sorted(
    path for path in TRAFFIC.rglob("*") if path.suffix in {".json", ".yaml", ".yml", ".txt"} and path.stem != "LICENSE"
)


def name_of(path):
    return path.relative_to(TRAFFIC).as_posix()


def facts(project):
    """The facts in the README of a project's folder, by the first word of each item."""
    text = (project / "README.md").read_text(encoding="utf-8")
    return dict(re.findall(r"^- ([^:]+): (.+(?:\n  .+)*)$", text, re.MULTILINE))


def test_all_recordings_are_here():
    found = Counter(path.relative_to(TRAFFIC).parts[0] for path in RECORDINGS)
    assert found == {"openai-dotnet": 15, "openllmetry": 5, "files": 49, "responses": 269}


def test_each_recording_is_in_the_folder_of_a_project():
    assert [name_of(path) for path in RECORDINGS if not set(PROJECTS) & set(path.parents)] == []


@pytest.mark.parametrize("project", PROJECTS, ids=name_of)
def test_a_project_is_named_with_its_commit_and_with_what_was_changed(project):
    named = facts(project)
    assert list(named) == ["Source", "Commit", "Licence", "Recorded", "Changed here"]
    assert named["Source"].startswith("<https://github.com/")
    assert re.match(r"`[0-9a-f]{40}`|not noted", named["Commit"])


@pytest.mark.parametrize("project", PROJECTS, ids=name_of)
def test_the_licence_of_a_project_is_beside_its_recordings(project):
    texts = "\n".join(path.read_text(encoding="utf-8") for path in project.glob("LICENSE*"))
    names = [name for name in LICENCES if name in facts(project)["Licence"]]
    assert any(LICENCES[name] in texts for name in names)


@pytest.mark.parametrize("project", PROJECTS, ids=name_of)
def test_nothing_secret_is_in_the_recordings_of_a_project(project):
    for path in RECORDINGS:
        if project in path.parents:
            text = path.read_text(encoding="utf-8-sig")
            assert {text[hit.start : hit.end] for hit in secret_hits(text)} <= STAND_INS, name_of(path)
