"""The README is short, its links lead somewhere, and the site's front page has a link to every guide and reference."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
INDEX = (ROOT / "docs" / "index.md").read_text(encoding="utf-8")
LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")


def test_the_readme_is_short():
    assert len(README.splitlines()) < 200
    assert len(README.encode()) < 9_000
    assert [line for line in README.splitlines() if len(line) > 150] == []


@pytest.mark.parametrize("link", LINK.findall(README))
def test_a_link_of_the_readme_leads_to_a_file(link):
    assert (ROOT / link).is_file()


def test_the_commands_of_a_checkout_exist():
    targets = re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    named = re.findall(r"^\$ make ([\w-]+)", README, re.MULTILINE)
    assert {"demo", "test"} <= set(named) <= set(targets)


@pytest.mark.parametrize("folder", ["guides", "reference"])
def test_the_front_page_has_every_page(folder):
    pages = {f"{folder}/{path.name}" for path in (ROOT / "docs" / folder).glob("*.md")}
    assert pages <= set(LINK.findall(INDEX))
