"""The pages of docs/protocol: all are in the index, and their JSON is JSON."""

import json
import re
from pathlib import Path

import pytest

FOLDER = Path(__file__).parent.parent / "docs" / "protocol"
PAGES = sorted(FOLDER.glob("*.md"))


def test_the_index_has_every_page():
    index = (FOLDER / "README.md").read_text(encoding="utf-8")
    listed = re.findall(r"^\| \[([\w-]+\.md)\]\(\1\) \|", index, re.MULTILINE)
    assert sorted([*listed, "README.md"]) == [page.name for page in PAGES]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_each_line_of_an_example_is_json(page):
    for example in re.findall(r"^```json\n(.*?)^```$", page.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL):
        for line in example.splitlines():
            assert isinstance(json.loads(line), dict)


@pytest.mark.parametrize("page", [page for page in PAGES if page.name != "README.md"], ids=lambda page: page.name)
def test_a_page_explains_its_words_for_sources(page):
    text = page.read_text(encoding="utf-8")
    assert "(README.md#how-to-read-a-page)" in text or "\n## Sources\n" in text
